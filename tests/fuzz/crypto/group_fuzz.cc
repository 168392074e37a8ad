// Every way in which an element or a scalar enters gives the same verdict, and what is taken has
// one form only.
#include <array>

#include "crypto/group.h"
#include "crypto/scalar.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;        // NOLINT: a fuzz target is one function
using namespace sluis::crypto::oprf;  // NOLINT
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input = Input(data, size);
  const auto element = Element::Deserialize(input);
  const auto scalar = Scalar::Deserialize(input);
  Require(!element.ok() || View(element->encoding()) == input);
  Require(!scalar.ok() || View(scalar->bytes()) == input);
  if (size != kElementSize) {
    Require(!element.ok() && !scalar.ok());
    return 0;
  }
  const Encoding encoding = ToFixed<kElementSize>(input).value();
  const auto product = MultiplyEncoded(Scalar(1), encoding);
  Require(product.ok() == element.ok() && (!product.ok() || *product == *element));
  const std::array numbers = {2, -3};
  const std::array terms = {encoding, Element::Generator().encoding()};
  const auto sum = SmallSumOfProducts(numbers, terms);
  Require(sum.ok() == element.ok());
  if (sum.ok()) Require(*sum == *element + *element - MultiplyGenerator(Scalar(3)));
  Encoding copy = encoding;
  Require(SecretElement::Deserialize(Secret<32>::FromBytes(copy)).ok() == element.ok());
  copy = encoding;
  const bool nonzero = encoding != Encoding{};
  Require(SecretScalar::Deserialize(Secret<32>::FromBytes(copy)).ok() == (scalar.ok() && nonzero));
  FixedBytes<64> wide{};
  std::copy(encoding.begin(), encoding.end(), wide.begin());
  Require(scalar.ok() == (Scalar::Reduce(wide).bytes() == encoding));
  if (element.ok()) {
    Require(*element + *element == Multiply(Scalar(2), *element));
    Require((*element - *element).IsIdentity());
  }
  return 0;
}
