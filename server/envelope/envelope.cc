#include "server/envelope/envelope.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include "server/envelope/canonical.h"
#include "server/envelope/fault.h"

namespace sluis::envelope {
namespace {

std::string Text(const crypto::Signature& signature) {
  return std::string(crypto::View(signature));
}

// Receipts of one envelope ask for keys to one one-time key, and keys of one envelope come from one
// encapsulation: the key agreement is paid for once.
bool ShareTheirKeys(const std::vector<Leaf>& leaves) {
  return std::all_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    if (const auto* receipt = std::get_if<peer::v1::Receipt>(&leaf)) {
      return receipt->sealing_key() == std::get<peer::v1::Receipt>(leaves.front()).sealing_key();
    }
    if (const auto* key = std::get_if<peer::v1::Key>(&leaf)) {
      const auto& first = std::get<peer::v1::Key>(leaves.front());
      return key->encapsulation() == first.encapsulation() &&
             key->sealed_wrapping_key() == first.sealed_wrapping_key();
    }
    return true;
  });
}

// Of a message without unknown fields and within the bound on its size.
absl::StatusOr<Envelope> ReadParsed(peer::v1::Envelope message) {
  absl::StatusOr<SignedHead> head =
      ReadHead(std::move(*message.mutable_head()), std::move(*message.mutable_signature()),
               std::move(*message.mutable_receipt_signature()));
  if (!head.ok()) return head.status();
  if (static_cast<uint32_t>(message.leaves_size()) != head->head.count()) {
    return Refuse(Fault::kCount);
  }
  Envelope envelope;
  envelope.leaf_bytes.reserve(head->head.count());
  envelope.leaves.reserve(head->head.count());
  envelope.terms.resize(head->head.count());
  std::set<std::string_view> exchanges;
  for (std::string& bytes : *message.mutable_leaves()) {
    absl::StatusOr<Leaf> leaf =
        ReadLeaf(head->head.kind(), bytes, &envelope.terms[envelope.leaves.size()]);
    if (!leaf.ok()) return leaf.status();
    if (absl::Status repeats = CheckRepeats(*leaf, head->head); !repeats.ok()) return repeats;
    envelope.leaves.push_back(*std::move(leaf));
    envelope.leaf_bytes.push_back(std::move(bytes));
    // Into the vector's own element: its room was reserved, so it stays where it is.
    if (!exchanges.insert(BindingOf(envelope.leaves.back()).exchange_id()).second) {
      return Refuse(Fault::kRepeated);
    }
  }
  if (!ShareTheirKeys(envelope.leaves)) return Refuse(Fault::kBinding);
  envelope.head = *std::move(head);
  envelope.tree = LeafTree(envelope.leaf_bytes);
  return envelope;
}

}  // namespace

peer::v1::Envelope Envelope::Message() const {
  peer::v1::Envelope message;
  message.set_head(head.bytes);
  message.set_signature(head.signature);
  message.set_receipt_signature(head.receipt_signature);
  for (const std::string& leaf : leaf_bytes) message.add_leaves(leaf);
  return message;
}

absl::StatusOr<peer::v1::Envelope> MakeEnvelope(EnvelopeDraft draft, const EnvelopeKeys& keys) {
  peer::v1::EnvelopeHead head;
  head.set_version(kEnvelopeVersion);
  head.set_kind(draft.kind);
  head.set_partnership(std::move(draft.partnership));
  head.set_manifest_version(draft.manifest_version);
  head.set_sender(std::move(draft.sender));
  head.set_recipient(std::move(draft.recipient));
  head.set_count(static_cast<uint32_t>(draft.leaves.size()));
  head.set_root(std::string(crypto::View(LeafTree(draft.leaves).Root())));
  peer::v1::Envelope message;
  message.set_head(head.SerializeAsString());
  message.set_signature(Text(keys.identity.Sign(HeadMessage(message.head()))));
  if (draft.kind == peer::v1::ENVELOPE_KIND_RECEIPT) {
    message.set_receipt_signature(Text(keys.receipt.Sign(ReceiptMessage(message.head()))));
  }
  for (std::string& leaf : draft.leaves) message.add_leaves(std::move(leaf));
  if (message.ByteSizeLong() > kMaxEnvelopeBytes) return Refuse(Fault::kTooLarge);
  return message;
}

absl::StatusOr<Envelope> ReadEnvelope(crypto::BytesView bytes) {
  if (bytes.size() > kMaxEnvelopeBytes) return Refuse(Fault::kTooLarge);
  peer::v1::Envelope message;
  if (!ReadCanonical(bytes, kMaxEnvelopeBytes, message)) return Refuse(Fault::kMalformed);
  return ReadParsed(std::move(message));
}

absl::StatusOr<Envelope> ReadEnvelope(peer::v1::Envelope message) {
  if (message.ByteSizeLong() > kMaxEnvelopeBytes) return Refuse(Fault::kTooLarge);
  if (!message.GetReflection()->GetUnknownFields(message).empty()) {
    return Refuse(Fault::kMalformed);
  }
  return ReadParsed(std::move(message));
}

absl::Status VerifyEnvelope(const Envelope& envelope, const JudgedBy& judged_by) {
  if (absl::Status head = VerifyHead(envelope.head, judged_by); !head.ok()) return head;
  if (envelope.tree.Head() != envelope.head.tree()) return Refuse(Fault::kRoot);
  for (const Leaf& leaf : envelope.leaves) {
    if (absl::Status offered = CheckOffered(leaf, judged_by.manifest); !offered.ok())
      return offered;
  }
  return absl::OkStatus();
}

}  // namespace sluis::envelope
