#include "server/exchange/compose.h"

#include <string_view>
#include <utility>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"

namespace sluis::exchange {
namespace {

using peer::v1::EnvelopeKind;

absl::Status Unreadable() {
  return absl::DataLossError("an exchange in the store cannot be read; put the node back");
}

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

// What a message about this Offer repeats, on its way back or on the way of the Offer.
peer::v1::Binding BindingOf(const peer::v1::Binding& offer, EnvelopeKind kind, bool back) {
  peer::v1::Binding binding = offer;
  binding.set_kind(kind);
  if (back) {
    binding.set_sender(offer.recipient());
    binding.set_recipient(offer.sender());
  }
  return binding;
}

// Size of the head of this node's log that a note shows.
absl::StatusOr<uint64_t> HeadSizeOf(const std::string& checkpoint) {
  const auto note = crypto::ParseUnverifiedNote(checkpoint);
  if (!note.ok()) return note.status();
  const auto read = crypto::ParseCheckpointText(note->text);
  if (!read.ok()) return read.status();
  return read->head.size;
}

// What Opened and Unopenable share.
template <typename Answer>
absl::StatusOr<Answer> AnswerToKey(const core::ReceivedRow& received, EnvelopeKind kind) {
  const absl::StatusOr<core::KeptOffer> offered = core::KeptOfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const absl::StatusOr<envelope::RecordProof> key =
      envelope::ReadRecordProof(received.row.key_proof());
  if (!key.ok()) return Unreadable();
  Answer answer;
  *answer.mutable_binding() = BindingOf(offered->binding, kind, true);
  answer.set_offer_digest(received.row.offer_digest());
  answer.set_receipt_digest(received.row.receipt_digest());
  answer.set_key_digest(Text(envelope::LeafDigest(key->leaf_bytes)));
  return answer;
}

// The reason of a closed list that has this word; 0 when none has.
template <typename Reason>
Reason ReasonOf(std::string_view word, std::string_view (*word_of)(Reason), int last) {
  for (int reason = 1; reason <= last; ++reason) {
    if (word_of(static_cast<Reason>(reason)) == word) return static_cast<Reason>(reason);
  }
  return static_cast<Reason>(0);
}

}  // namespace

absl::StatusOr<std::optional<peer::v1::Receipt>> ComposeReceipt(
    const core::ReceivedRow& received, const ledger::ShownCheckpoint& shown,
    const ledger::LogReader& log) {
  if (received.collected_entry() == 0) return Unreadable();
  const uint64_t index = received.collected_entry() - 1;
  if (index >= shown.size) return std::optional<peer::v1::Receipt>();
  const absl::StatusOr<core::StoredOffer> offered = core::OfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const peer::v1::Offer& offer = offered->offer();

  peer::v1::Receipt receipt;
  *receipt.mutable_binding() = BindingOf(offer.binding(), peer::v1::ENVELOPE_KIND_RECEIPT, true);
  receipt.set_offer_digest(received.row.offer_digest());
  if (!receipt.mutable_accepted()->ParseFromString(received.row.accepted())) return Unreadable();
  const absl::StatusOr<ledger::StoredEntry> entry = log.Entry(index);
  if (!entry.ok()) return entry.status();
  receipt.set_log_leaf(entry->leaf);
  const absl::StatusOr<ledger::OpenedPart> part = log.Open(*entry, ledger::Part::kCounterpart);
  if (!part.ok()) return part.status();
  if (part->state != ledger::OpenedPart::State::kOpen) return Unreadable();
  receipt.set_counterpart_salt(std::string(crypto::View(part->salt)));
  receipt.set_counterpart(part->bytes);
  const absl::StatusOr<std::vector<crypto::Hash>> path = log.InclusionProof(index, shown.size);
  if (!path.ok()) return path.status();
  for (const crypto::Hash& hash : *path) receipt.add_inclusion(Text(hash));
  // A head that the sender claims to have seen and that this log never had proves nothing: the
  // sender finds that out by itself.
  if (offer.seen_size() > 0 && offer.seen_size() < shown.size) {
    const absl::StatusOr<std::vector<crypto::Hash>> proof =
        log.ConsistencyProof(offer.seen_size(), shown.size);
    if (!proof.ok()) return proof.status();
    for (const crypto::Hash& hash : *proof) receipt.add_consistency(Text(hash));
  }
  receipt.set_checkpoint(shown.note);
  receipt.set_sealing_key(received.row.sealing_key());
  return std::optional<peer::v1::Receipt>(std::move(receipt));
}

absl::StatusOr<std::optional<ReceiptLeaf>> ReceiptToGive(
    const core::ReceivedRow& received, const std::optional<Acknowledgements::Given>& given,
    const ledger::ShownCheckpoint& shown, const ledger::LogReader& log) {
  if (given) {
    const absl::StatusOr<uint64_t> size = HeadSizeOf(given->checkpoint);
    if (size.ok() && *size <= shown.size) {
      ledger::ShownCheckpoint then;
      then.size = *size;
      then.note = given->checkpoint;
      const auto again = ComposeReceipt(received, then, log);
      // What could not be read now is no reason to give another one.
      if (!again.ok()) return again.status();
      std::string leaf = again->has_value() ? (*again)->SerializeAsString() : std::string();
      if (envelope::LeafDigest(leaf) == given->leaf_digest) {
        return std::optional<ReceiptLeaf>({std::move(leaf), *size, false});
      }
    }
  }
  const auto fresh = ComposeReceipt(received, shown, log);
  if (!fresh.ok()) return fresh.status();
  if (!fresh->has_value()) return std::optional<ReceiptLeaf>();
  return std::optional<ReceiptLeaf>({(*fresh)->SerializeAsString(), shown.size, true});
}

absl::StatusOr<peer::v1::Opened> ComposeOpened(const core::ReceivedRow& received) {
  return AnswerToKey<peer::v1::Opened>(received, peer::v1::ENVELOPE_KIND_OPENED);
}

absl::StatusOr<peer::v1::Unopenable> ComposeUnopenable(const core::ReceivedRow& received) {
  absl::StatusOr<peer::v1::Unopenable> unopenable =
      AnswerToKey<peer::v1::Unopenable>(received, peer::v1::ENVELOPE_KIND_UNOPENABLE);
  if (!unopenable.ok()) return unopenable.status();
  const auto reason = ReasonOf<peer::v1::UnopenableReason>(
      received.row.reason(), core::UnopenableWord, peer::v1::UnopenableReason_MAX);
  if (reason == peer::v1::UNOPENABLE_REASON_UNSPECIFIED) return Unreadable();
  unopenable->set_reason(reason);
  return unopenable;
}

absl::StatusOr<peer::v1::Refusal> ComposeRefusal(const core::ReceivedRow& received,
                                                 uint64_t manifest_version) {
  const absl::StatusOr<core::KeptOffer> offered = core::KeptOfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const auto reason = ReasonOf<peer::v1::RefusalReason>(received.row.reason(), core::RefusalWord,
                                                        peer::v1::RefusalReason_MAX);
  if (reason == peer::v1::REFUSAL_REASON_UNSPECIFIED) return Unreadable();
  peer::v1::Refusal refusal;
  *refusal.mutable_binding() = BindingOf(offered->binding, peer::v1::ENVELOPE_KIND_REFUSAL, true);
  const std::string& key = received.row.refused_key_digest();
  refusal.set_refused_kind(key.empty() ? peer::v1::ENVELOPE_KIND_OFFER
                                       : peer::v1::ENVELOPE_KIND_KEY);
  refusal.set_refused_digest(key.empty() ? received.row.offer_digest() : key);
  refusal.set_reason(reason);
  refusal.set_manifest_version(manifest_version);
  return refusal;
}

}  // namespace sluis::exchange
