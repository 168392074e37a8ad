// What a client or a holder may send: no answer verifies that no holder made, and a holder
// evaluates nothing but elements.
#include "crypto/threshold.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;        // NOLINT: a fuzz target is one function
using namespace sluis::crypto::oprf;  // NOLINT
using fuzz::Input;
using fuzz::Require;

namespace {

// 64 bytes of proof, then elements.
struct Parts {
  BytesView proof;
  std::vector<Encoding> elements;
};

Parts PartsOf(BytesView input) {
  Parts out{input.substr(0, Proof::kSize), {}};
  for (size_t at = Proof::kSize; at + kElementSize <= input.size() && out.elements.size() < 4;
       at += kElementSize) {
    out.elements.push_back(ToFixed<kElementSize>(input.substr(at, kElementSize)).value());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SecretScalar share = SecretScalar::Random(SystemRandom());
  static const Element key = MultiplyGenerator(share);
  const Parts parts = PartsOf(Input(data, size));
  const auto proof = Proof::Deserialize(parts.proof);
  if (!proof.ok()) return 0;
  Require(View(proof->Serialize()) == parts.proof);

  bool all_elements = !parts.elements.empty();
  for (const Encoding& encoding : parts.elements) {
    all_elements = all_elements && Element::Deserialize(View(encoding)).ok();
  }
  const auto evaluated = BlindEvaluate(share, key, parts.elements, SystemRandom());
  Require(evaluated.ok() == all_elements);

  // One input for each element: as if they were the answers.
  if (parts.elements.empty()) return 0;
  const std::vector<BytesView> inputs(parts.elements.size(), "somebody");
  const Request request = Request::Of(inputs, SystemRandom()).value();
  Require(!VerifyAnswer(request, 1, key, {parts.elements, *proof}).ok());
  return 0;
}
