#include <algorithm>

#include "crypto/dealing.h"
#include "crypto/expand_message.h"

namespace sluis::crypto::oprf {
namespace {

constexpr BytesView kLabel = "TVOPRF-v1-PoP";
constexpr BytesView kNonceLabel = "TVOPRF-v1-PoP-Nonce";

absl::Status CheckContext(BytesView context, const Element& element) {
  if (context.size() > 65535) {
    return absl::InvalidArgumentError("a context has at most 65535 bytes: give a shorter one");
  }
  if (element.IsIdentity()) {
    return absl::InvalidArgumentError("the identity is nobody's element: deal another secret");
  }
  return absl::OkStatus();
}

Bytes LengthOf(BytesView context) {
  Bytes out;
  AppendU16(out, static_cast<uint16_t>(context.size()));
  return out;
}

Scalar Challenge(BytesView context, const Element& element, const Element& commitment) {
  return HashToScalar(
      {LengthOf(context), context, View(element.encoding()), View(commitment.encoding())}, kLabel);
}

}  // namespace

FixedBytes<ProofOfPossession::kSize> ProofOfPossession::Serialize() const {
  FixedBytes<kSize> out;
  std::copy(commitment.encoding().begin(), commitment.encoding().end(), out.begin());
  std::copy(response.bytes().begin(), response.bytes().end(), out.begin() + kElementSize);
  return out;
}

absl::StatusOr<ProofOfPossession> ProofOfPossession::Deserialize(BytesView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("a proof of possession has 64 bytes: ask for it again");
  }
  const absl::StatusOr<Element> commitment = Element::Deserialize(bytes.substr(0, kElementSize));
  if (!commitment.ok()) return commitment.status();
  const absl::StatusOr<Scalar> response = Scalar::Deserialize(bytes.substr(kElementSize));
  if (!response.ok()) return response.status();
  return ProofOfPossession{*commitment, *response};
}

absl::StatusOr<ProofOfPossession> ProvePossession(BytesView context, const SecretScalar& secret,
                                                  const Element& element, crypto::Random& random) {
  if (absl::Status checked = CheckContext(context, element); !checked.ok()) return checked;
  Secret<32> fresh;
  random.Fill(fresh.mutable_span());
  const SecretScalar nonce =
      HashToSecretScalar({View(fresh.expose()), View(secret.bytes().expose()), LengthOf(context),
                          context, View(element.encoding())},
                         kNonceLabel);
  ProofOfPossession out;
  out.commitment = MultiplyGenerator(nonce);
  const Scalar challenge = Challenge(context, element, out.commitment);
  out.response = Reveal(SecretSum(nonce, SecretProduct(challenge, secret)));
  return out;
}

absl::Status VerifyPossession(BytesView context, const Element& element,
                              const ProofOfPossession& proof) {
  if (absl::Status checked = CheckContext(context, element); !checked.ok()) return checked;
  const Scalar challenge = Challenge(context, element, proof.commitment);
  if (MultiplyGenerator(proof.response) != proof.commitment + Multiply(challenge, element)) {
    return absl::DataLossError(
        "the proof of possession does not hold: its maker is at fault, keep it as evidence");
  }
  return absl::OkStatus();
}

}  // namespace sluis::crypto::oprf
