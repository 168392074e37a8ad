// The group ristretto255 (RFC 9496) with the strictness RFC 9497 asks for, over libsodium.
//
// Guarantee: an Element is a valid element in its one canonical encoding. Deserialize and
// MultiplyEncoded refuse every other encoding, the one with bit 255 set included, which libsodium
// 1.0.18 takes for the same element, and the identity. The arithmetic is total: where libsodium
// answers an error because a result is the identity, the identity comes out. Multiplication takes
// time that does not depend on the scalar or the element; whether a result is the identity shows.
// Not guaranteed: that an Element is not the identity. Thread-safety: pure functions. Ownership: a
// SecretElement lives in locked, wiped memory (crypto/secret.h). Errors: kInvalidArgument.
#ifndef SLUIS_CRYPTO_GROUP_H_
#define SLUIS_CRYPTO_GROUP_H_

#include <cstdint>
#include <span>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/scalar.h"
#include "crypto/secret.h"

namespace sluis::crypto::oprf {

inline constexpr size_t kElementSize = 32;

// Bytes that claim to be an element.
using Encoding = FixedBytes<kElementSize>;

class Element {
 public:
  Element() = default;  // the identity
  static Element Generator();

  // DeserializeElement of RFC 9497: canonical and not the identity.
  static absl::StatusOr<Element> Deserialize(BytesView bytes);
  // The one-way map of RFC 9496 from 64 uniform bytes.
  static Element FromUniform(const FixedBytes<64>& uniform);

  const Encoding& encoding() const { return encoding_; }
  bool IsIdentity() const { return *this == Element(); }

  friend bool operator==(const Element&, const Element&) = default;
  friend Element operator+(const Element& a, const Element& b);
  friend Element operator-(const Element& a, const Element& b);

 private:
  friend class ElementArithmetic;

  Encoding encoding_{};
};

// An element that tells who somebody is: a hashed input, an unblinded result.
class SecretElement {
 public:
  SecretElement(SecretElement&&) noexcept = default;
  SecretElement& operator=(SecretElement&&) noexcept = default;

  // From where it was kept: canonical and not the identity.
  static absl::StatusOr<SecretElement> Deserialize(Secret<kElementSize> bytes);
  static SecretElement FromUniform(const Secret<64>& uniform);

  SecretElement Clone() const { return SecretElement(bytes_.Clone()); }
  const Secret<kElementSize>& bytes() const { return bytes_; }

 private:
  friend class ElementArithmetic;
  explicit SecretElement(Secret<kElementSize> bytes) : bytes_(std::move(bytes)) {}

  Secret<kElementSize> bytes_;
};

Element Multiply(ScalarView scalar, const Element& element);
Element MultiplyGenerator(ScalarView scalar);
// Of a secret element with a blind: what comes out may be shown. kInvalidArgument when it is the
// identity.
absl::StatusOr<Element> Multiply(ScalarView scalar, const SecretElement& element);

// The same from an encoding that nobody has looked at yet, refused as Deserialize refuses it.
// Decoding costs a tenth of a multiplication, which decodes anyway: this does it once.
// kInvalidArgument also when the result is the identity.
absl::StatusOr<Element> MultiplyEncoded(ScalarView scalar, const Encoding& encoding);

// The sum of scalar times element, with each encoding refused as above. kInvalidArgument when there
// is nothing to sum, the counts differ, or a scalar is zero.
absl::StatusOr<Element> SumOfProducts(std::span<const Scalar> scalars,
                                      std::span<const Encoding> encodings);
// The sum of small whole number times element, by additions alone, with each encoding refused as
// above. Takes time that depends on the numbers. kInvalidArgument when fewer than two are given,
// the counts differ or a number is 0.
absl::StatusOr<Element> SmallSumOfProducts(std::span<const int32_t> numbers,
                                           std::span<const Encoding> encodings);
// How many additions that takes, or one more when it begins with a negative number.
size_t AdditionsOf(std::span<const int32_t> numbers);

// SumOfProducts with factors and a result that nobody may see; kInvalidArgument also when the
// result is the identity.
absl::StatusOr<SecretElement> SecretSumOfProducts(std::span<const SecretScalar> scalars,
                                                  std::span<const Encoding> encodings);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_GROUP_H_
