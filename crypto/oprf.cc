#include "crypto/oprf.h"

#include <sodium.h>

#include <utility>

#include "crypto/disclose.h"
#include "crypto/expand_message.h"

namespace sluis::crypto::oprf {
namespace {

Bytes ContextString(Mode mode) {
  Bytes out("OPRFV1-");
  AppendU8(out, static_cast<uint8_t>(mode));
  return out + "-ristretto255-SHA512";
}

struct Suite {
  explicit Suite(Mode mode)
      : proofs(ContextString(mode)),
        hash_to_group("HashToGroup-" + proofs.name()),
        derive_key_pair("DeriveKeyPair" + proofs.name()) {}  // without a hyphen, as the RFC has it

  ProofContext proofs;
  Bytes hash_to_group;
  Bytes derive_key_pair;
};

const Suite& SuiteOf(Mode mode) {
  static const Suite oprf(Mode::kOprf);
  static const Suite voprf(Mode::kVoprf);
  return mode == Mode::kOprf ? oprf : voprf;
}

absl::Status CheckInput(BytesView input) {
  if (input.size() > kMaxInputBytes) {
    return absl::InvalidArgumentError("an input has at most 65535 bytes: give a shorter one");
  }
  return absl::OkStatus();
}

Secret<64> HashOutput(BytesView input, const SecretElement& element) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  const auto add = [&](BytesView bytes) {
    crypto_hash_sha512_update(&state, AsSpan(bytes).data(), bytes.size());
  };
  Bytes size;
  AppendU16(size, static_cast<uint16_t>(input.size()));
  add(size);
  add(input);
  add(BytesView("\x00\x20", 2));
  add(View(element.bytes().expose()));
  add("Finalize");
  Secret<64> out;
  crypto_hash_sha512_final(&state, out.mutable_span().data());
  sodium_memzero(&state, sizeof(state));
  return out;
}

}  // namespace

const ProofContext& ContextOf(Mode mode) { return SuiteOf(mode).proofs; }

absl::StatusOr<KeyPair> DeriveKeyPair(Mode mode, const Secret<32>& seed, BytesView info) {
  if (absl::Status checked = CheckInput(info); !checked.ok()) return checked;
  Bytes size;
  AppendU16(size, static_cast<uint16_t>(info.size()));
  for (int counter = 0; counter < 256; ++counter) {
    const FixedBytes<1> last = {static_cast<uint8_t>(counter)};
    SecretScalar key = HashToSecretScalar({View(seed.expose()), size, info, View(last)},
                                          SuiteOf(mode).derive_key_pair);
    if (Disclose(sodium_is_zero(key.bytes().expose().data(), kScalarSize))) continue;
    const Element public_key = MultiplyGenerator(key);
    return KeyPair{std::move(key), public_key};
  }
  return absl::InvalidArgumentError("no key follows from this seed: take another");
}

absl::StatusOr<Blinded> Blind(Mode mode, BytesView input, Random& random) {
  SecretScalar blind = SecretScalar::Random(random);
  const absl::StatusOr<Element> element = internal::BlindWith(mode, input, blind);
  if (!element.ok()) return element.status();
  return Blinded{std::move(blind), *element};
}

absl::StatusOr<Element> internal::BlindWith(Mode mode, BytesView input, const SecretScalar& blind) {
  if (absl::Status checked = CheckInput(input); !checked.ok()) return checked;
  // Refuses the input that hashes to the identity, as the RFC demands: every multiple of it is one.
  return Multiply(blind, HashToSecretElement({input}, SuiteOf(mode).hash_to_group));
}

absl::StatusOr<Element> BlindEvaluate(const SecretScalar& key, const Encoding& blinded) {
  return MultiplyEncoded(key, blinded);
}

absl::StatusOr<Evaluation> BlindEvaluate(const SecretScalar& key, const Element& public_key,
                                         std::span<const Encoding> blinded, Random& random) {
  if (blinded.empty() || blinded.size() > kMaxBatch) {
    return absl::InvalidArgumentError("a request has 1 to 1024 elements: ask for fewer at a time");
  }
  Evaluation out;
  out.evaluated.reserve(blinded.size());
  for (const Encoding& encoding : blinded) {
    const absl::StatusOr<Element> evaluated = MultiplyEncoded(key, encoding);
    if (!evaluated.ok()) return evaluated.status();
    out.evaluated.push_back(evaluated->encoding());
  }
  const absl::StatusOr<Proof> proof =
      GenerateProof(ContextOf(Mode::kVoprf), key,
                    {Element::Generator(), public_key, blinded, out.evaluated}, random);
  if (!proof.ok()) return proof.status();
  out.proof = *proof;
  return out;
}

absl::StatusOr<Secret<64>> Finalize(BytesView input, const SecretScalar& blind,
                                    const Encoding& evaluated) {
  if (absl::Status checked = CheckInput(input); !checked.ok()) return checked;
  const absl::StatusOr<std::vector<SecretScalar>> inverse = Invert(std::span(&blind, 1));
  if (!inverse.ok()) return inverse.status();
  const absl::StatusOr<SecretElement> element =
      SecretSumOfProducts(*inverse, std::span(&evaluated, 1));
  if (!element.ok()) return element.status();
  return HashOutput(input, *element);
}

absl::StatusOr<std::vector<Secret<64>>> Finalize(std::span<const BytesView> inputs,
                                                 std::span<const SecretScalar> blinds,
                                                 std::span<const Encoding> blinded,
                                                 const Element& public_key,
                                                 const Evaluation& evaluation) {
  if (inputs.size() != blinded.size() || blinds.size() != blinded.size()) {
    return absl::InvalidArgumentError("give one input and one blind for each blinded element");
  }
  if (absl::Status verified = VerifyProof(
          ContextOf(Mode::kVoprf),
          {Element::Generator(), public_key, blinded, evaluation.evaluated}, evaluation.proof);
      !verified.ok()) {
    return verified;
  }
  std::vector<Secret<64>> out;
  out.reserve(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    absl::StatusOr<Secret<64>> output = Finalize(inputs[i], blinds[i], evaluation.evaluated[i]);
    if (!output.ok()) return output.status();
    out.push_back(*std::move(output));
  }
  return out;
}

}  // namespace sluis::crypto::oprf
