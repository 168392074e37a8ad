#include "crypto/encrypted_share.h"

#include <algorithm>

#include "crypto/expand_message.h"

namespace sluis::crypto::oprf {
namespace {

constexpr BytesView kPadLabel = "TVOPRF-v1-ShareEnc";
constexpr BytesView kNonceLabel = "TVOPRF-v1-ShareEnc-Nonce";

const ProofContext& ComplaintContext() {
  static const ProofContext context("TVOPRF-v1-Complaint");
  return context;
}

absl::Status CheckAddress(const ShareAddress& address) {
  if (address.dealer == 0 || address.recipient == 0) {
    return absl::InvalidArgumentError(
        "index 0 is the key itself and nobody's: name members from 1");
  }
  if (address.recipient_key.IsIdentity()) {
    return absl::InvalidArgumentError(
        "the identity is nobody's key: ask the recipient for another");
  }
  return absl::OkStatus();
}

// Everything public that a pad depends on, each with its length in two bytes.
Bytes PadInput(const ShareAddress& address, const Element& ephemeral) {
  Bytes out;
  const auto add = [&](BytesView bytes) {
    AppendU16(out, static_cast<uint16_t>(bytes.size()));
    out.append(bytes);
  };
  const auto add_index = [&](MemberIndex index) {
    AppendU16(out, sizeof(index));
    AppendU16(out, index);
  };
  add(View(address.session));
  add_index(address.dealer);
  add_index(address.recipient);
  add(View(ephemeral.encoding()));
  add(View(address.recipient_key.encoding()));
  AppendU16(out, kElementSize);  // of K, which follows
  return out;
}

SecretScalar Pad(const ShareAddress& address, const Element& ephemeral, BytesView shared) {
  return HashToSecretScalar({PadInput(address, ephemeral), shared}, kPadLabel);
}

// K, from either side.
absl::StatusOr<SecretElement> Shared(const SecretScalar& mine, const Element& theirs) {
  return SecretSumOfProducts(std::span(&mine, 1), std::span(&theirs.encoding(), 1));
}

}  // namespace

FixedBytes<EncryptedShare::kSize> EncryptedShare::Serialize() const {
  FixedBytes<kSize> out;
  std::copy(ephemeral.encoding().begin(), ephemeral.encoding().end(), out.begin());
  std::copy(padded.bytes().begin(), padded.bytes().end(), out.begin() + kElementSize);
  return out;
}

absl::StatusOr<EncryptedShare> EncryptedShare::Deserialize(BytesView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("an encrypted share has 64 bytes: its dealer is at fault");
  }
  const absl::StatusOr<Element> ephemeral = Element::Deserialize(bytes.substr(0, kElementSize));
  if (!ephemeral.ok()) return ephemeral.status();
  const absl::StatusOr<Scalar> padded = Scalar::Deserialize(bytes.substr(kElementSize));
  if (!padded.ok()) return padded.status();
  return EncryptedShare{*ephemeral, *padded};
}

absl::StatusOr<EncryptedShare> EncryptShare(const ShareAddress& address, const SecretScalar& share,
                                            Random& random) {
  if (absl::Status checked = CheckAddress(address); !checked.ok()) return checked;
  Secret<32> fresh;
  random.Fill(fresh.mutable_span());
  const SecretScalar rho = HashToSecretScalar(
      {View(fresh.expose()), View(share.bytes().expose()), PadInput(address, Element())},
      kNonceLabel);
  EncryptedShare out;
  out.ephemeral = MultiplyGenerator(rho);
  const absl::StatusOr<SecretElement> shared = Shared(rho, address.recipient_key);
  if (!shared.ok()) return shared.status();
  const SecretScalar pad = Pad(address, out.ephemeral, View(shared->bytes().expose()));
  out.padded = Reveal(SecretSum(share, pad));
  return out;
}

absl::StatusOr<SecretScalar> DecryptShare(const ShareAddress& address, const SecretScalar& key,
                                          const EncryptedShare& encrypted) {
  if (absl::Status checked = CheckAddress(address); !checked.ok()) return checked;
  const absl::StatusOr<SecretElement> shared = Shared(key, encrypted.ephemeral);
  if (!shared.ok()) return shared.status();
  return SecretDifference(encrypted.padded,
                          Pad(address, encrypted.ephemeral, View(shared->bytes().expose())));
}

FixedBytes<Complaint::kSize> Complaint::Serialize() const {
  FixedBytes<kSize> out;
  const FixedBytes<Proof::kSize> tail = proof.Serialize();
  std::copy(shared.encoding().begin(), shared.encoding().end(), out.begin());
  std::copy(tail.begin(), tail.end(), out.begin() + kElementSize);
  return out;
}

absl::StatusOr<Complaint> Complaint::Deserialize(BytesView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("a complaint has 96 bytes: whoever made it is at fault");
  }
  const absl::StatusOr<Element> shared = Element::Deserialize(bytes.substr(0, kElementSize));
  if (!shared.ok()) return shared.status();
  const absl::StatusOr<Proof> proof = Proof::Deserialize(bytes.substr(kElementSize));
  if (!proof.ok()) return proof.status();
  return Complaint{*shared, *proof};
}

absl::StatusOr<Complaint> MakeComplaint(const ShareAddress& address, const SecretScalar& key,
                                        const EncryptedShare& encrypted, Random& random) {
  if (absl::Status checked = CheckAddress(address); !checked.ok()) return checked;
  const Element shared = Multiply(key, encrypted.ephemeral);
  const absl::StatusOr<Proof> proof = GenerateProof(
      ComplaintContext(), key,
      {Element::Generator(), address.recipient_key, std::span(&encrypted.ephemeral.encoding(), 1),
       std::span(&shared.encoding(), 1)},
      random);
  if (!proof.ok()) return proof.status();
  return Complaint{shared, *proof};
}

absl::StatusOr<Fault> Judge(const ShareAddress& address, const Commitments& commitments,
                            BytesView encrypted_share, BytesView complaint) {
  if (absl::Status checked = CheckAddress(address); !checked.ok()) return checked;
  const absl::StatusOr<Element> expected = VerificationKey(commitments, address.recipient);
  if (!expected.ok()) return expected.status();
  const absl::StatusOr<EncryptedShare> encrypted = EncryptedShare::Deserialize(encrypted_share);
  if (!encrypted.ok()) return Fault::kDealer;
  const absl::StatusOr<Complaint> parsed = Complaint::Deserialize(complaint);
  if (!parsed.ok()) return Fault::kComplainer;
  const absl::Status proven = VerifyProof(
      ComplaintContext(),
      {Element::Generator(), address.recipient_key, std::span(&encrypted->ephemeral.encoding(), 1),
       std::span(&parsed->shared.encoding(), 1)},
      parsed->proof);
  if (!proven.ok()) return Fault::kComplainer;
  const SecretScalar share = SecretDifference(
      encrypted->padded, Pad(address, encrypted->ephemeral, View(parsed->shared.encoding())));
  return MultiplyGenerator(share) == *expected ? Fault::kComplainer : Fault::kDealer;
}

}  // namespace sluis::crypto::oprf
