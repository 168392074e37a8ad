#include "server/envelope/head.h"

#include <algorithm>

#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"
#include "server/envelope/form.h"

namespace sluis::envelope {
namespace {

using crypto::KeyPurpose;
using partnership::Member;
using peer::v1::EnvelopeHead;

constexpr std::string_view kEnvelopeLabel = "sluis/envelope/v1";
constexpr std::string_view kReceiptLabel = "sluis/receipt/v1";

crypto::Bytes Labelled(std::string_view label, std::string_view bytes) {
  crypto::Bytes message = crypto::Lp(label);
  message += bytes;
  return message;
}

// Which fault the signature has under the keys of a member; nothing when it holds. Keys that could
// not have signed rightly are tried last, so that a partner learns what it did wrong.
std::optional<Fault> Judge(const Member& member, KeyPurpose purpose, std::string_view day,
                           crypto::BytesView message, crypto::BytesView signature) {
  for (const partnership::Key& key : member.keys) {
    if (key.purpose == purpose && key.ValidOn(day) &&
        crypto::Verify(key.public_key, message, signature)) {
      return std::nullopt;
    }
  }
  for (const partnership::Key& key : member.keys) {
    if (key.purpose == purpose && key.ValidOn(day)) continue;
    if (!crypto::Verify(key.public_key, message, signature)) continue;
    return key.purpose == purpose ? Fault::kKeyExpired : Fault::kKeyPurpose;
  }
  return Fault::kSignature;
}

}  // namespace

crypto::TreeHead SignedHead::tree() const {
  crypto::TreeHead tree;
  tree.size = head.count();
  std::copy_n(head.root().begin(), kHashBytes, tree.root.begin());
  return tree;
}

crypto::Bytes HeadMessage(std::string_view head) { return Labelled(kEnvelopeLabel, head); }
crypto::Bytes ReceiptMessage(std::string_view head) { return Labelled(kReceiptLabel, head); }

absl::StatusOr<SignedHead> ReadHead(std::string bytes, std::string signature,
                                    std::string receipt_signature) {
  SignedHead read;
  EnvelopeHead& head = read.head;
  if (!ReadCanonical(bytes, kMaxHeadBytes, head) || signature.size() != kSignatureBytes) {
    return Refuse(Fault::kMalformed);
  }
  if (head.version() != kEnvelopeVersion) return Refuse(Fault::kVersion);
  if (!IsKnownKind(head.kind())) return Refuse(Fault::kKind);
  if (head.count() == 0 || head.count() > kMaxLeaves) return Refuse(Fault::kCount);
  if (!authn::IsOrganisationId(head.partnership()) || head.manifest_version() == 0 ||
      !authn::IsOrganisationId(head.sender()) || !authn::IsOrganisationId(head.recipient()) ||
      head.sender() == head.recipient() || !IsHash(head.root())) {
    return Refuse(Fault::kMalformed);
  }
  const bool of_receipts = head.kind() == peer::v1::ENVELOPE_KIND_RECEIPT;
  if (receipt_signature.size() != (of_receipts ? kSignatureBytes : 0)) {
    return Refuse(Fault::kReceiptSignature);
  }
  read.bytes = std::move(bytes);
  read.signature = std::move(signature);
  read.receipt_signature = std::move(receipt_signature);
  return read;
}

absl::Status VerifyHead(const SignedHead& signed_head, const JudgedBy& judged_by) {
  const EnvelopeHead& head = signed_head.head;
  const partnership::Manifest& manifest = judged_by.manifest;
  if (head.partnership() != manifest.partnership) return Refuse(Fault::kPartnership);
  if (manifest.state != record::v1::PARTNERSHIP_STATE_EXERCISE &&
      manifest.state != record::v1::PARTNERSHIP_STATE_ACTIVE && !CrossesSuspension(head.kind())) {
    return Refuse(Fault::kNotExchanging);
  }
  const Member* sender = manifest.Find(head.sender());
  if (sender == nullptr) return Refuse(Fault::kSender);
  if (manifest.Find(head.recipient()) == nullptr ||
      (judged_by.recipient && head.recipient() != *judged_by.recipient)) {
    return Refuse(Fault::kRecipient);
  }
  if (head.manifest_version() != manifest.version) return Refuse(Fault::kUpdate);
  if (const auto fault = Judge(*sender, KeyPurpose::kIdentity, judged_by.day,
                               HeadMessage(signed_head.bytes), signed_head.signature)) {
    return Refuse(*fault);
  }
  if (head.kind() == peer::v1::ENVELOPE_KIND_RECEIPT &&
      Judge(*sender, KeyPurpose::kReceipt, judged_by.day, ReceiptMessage(signed_head.bytes),
            signed_head.receipt_signature)) {
    return Refuse(Fault::kReceiptSignature);
  }
  return absl::OkStatus();
}

absl::Status CheckRepeats(const Leaf& leaf, const EnvelopeHead& head) {
  const peer::v1::Binding& binding = BindingOf(leaf);
  const bool repeats = binding.kind() == head.kind() &&
                       binding.partnership() == head.partnership() &&
                       binding.sender() == head.sender() && binding.recipient() == head.recipient();
  return repeats ? absl::OkStatus() : Refuse(Fault::kBinding);
}

absl::Status CheckOffered(const Leaf& leaf, const partnership::Manifest& manifest) {
  const peer::v1::Binding& binding = BindingOf(leaf);
  if (binding.kind() != peer::v1::ENVELOPE_KIND_OFFER) return absl::OkStatus();
  if (binding.packs(0).digest() != crypto::View(manifest.statutory_pack) ||
      binding.packs(1).digest() != crypto::View(manifest.partnership_pack)) {
    return Refuse(Fault::kUpdate);
  }
  const bool exercise = manifest.state == record::v1::PARTNERSHIP_STATE_EXERCISE;
  return binding.exercise() == exercise ? absl::OkStatus() : Refuse(Fault::kBinding);
}

}  // namespace sluis::envelope
