#include "server/exchange/compose.h"

#include <array>
#include <utility>

#include "crypto/merkle.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"

namespace sluis::exchange {
namespace {

using peer::v1::EnvelopeKind;

absl::Status Unreadable() {
  return absl::DataLossError("an exchange in the store cannot be read; put the node back");
}

// Index of the entry that a row names; a row written by that very entry names it by its stamp.
absl::StatusOr<uint64_t> EntryOf(uint64_t named, uint64_t stamp) {
  const uint64_t plus_one = named == 0 ? stamp : named;
  if (plus_one == 0) return Unreadable();
  return plus_one - 1;
}

struct Offered {
  envelope::RecordProof proof;
  const peer::v1::Offer& offer() const { return std::get<peer::v1::Offer>(proof.leaf); }
};

absl::StatusOr<Offered> OfferOf(const record::v1::ReceivedExchange& row) {
  absl::StatusOr<envelope::RecordProof> proof = envelope::ReadRecordProof(row.offer_proof());
  if (!proof.ok() || !std::holds_alternative<peer::v1::Offer>(proof->leaf)) return Unreadable();
  return Offered{*std::move(proof)};
}

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

// The two tables of words; the number of a reason is its place.
constexpr std::array<std::string_view, 6> kUnopenable = {"",           "wrap",  "key",
                                                         "ciphertext", "terms", "fields"};
constexpr std::array<std::string_view, 7> kRefusal = {
    "", "rule", "update", "signature", "expired", "replayed", "unknown"};
static_assert(kUnopenable.size() == peer::v1::UnopenableReason_ARRAYSIZE);
static_assert(kRefusal.size() == peer::v1::RefusalReason_ARRAYSIZE);

template <typename Reason, size_t N>
absl::StatusOr<Reason> ReasonOf(const std::array<std::string_view, N>& words,
                                std::string_view word) {
  for (size_t i = 1; i < N; ++i) {
    if (words[i] == word) return static_cast<Reason>(i);
  }
  return Unreadable();
}

// What Opened and Unopenable share.
template <typename Answer>
absl::StatusOr<Answer> AnswerToKey(const ReceivedRow& received, EnvelopeKind kind) {
  absl::StatusOr<Offered> offered = OfferOf(received.row);
  if (!offered.ok()) return offered.status();
  absl::StatusOr<envelope::RecordProof> key = envelope::ReadRecordProof(received.row.key_proof());
  if (!key.ok()) return Unreadable();
  Answer answer;
  *answer.mutable_binding() = BindingFor(offered->offer().binding(), kind, true);
  answer.set_offer_digest(received.row.offer_digest());
  answer.set_receipt_digest(received.row.receipt_digest());
  answer.set_key_digest(Text(envelope::LeafDigest(key->leaf_bytes)));
  return answer;
}

}  // namespace

std::string_view UnopenableWord(peer::v1::UnopenableReason reason) {
  return kUnopenable.at(static_cast<size_t>(reason));
}
std::string_view RefusalWord(peer::v1::RefusalReason reason) {
  return kRefusal.at(static_cast<size_t>(reason));
}

peer::v1::Binding BindingFor(const peer::v1::Binding& offer, EnvelopeKind kind, bool turned) {
  peer::v1::Binding binding = offer;
  binding.set_kind(kind);
  if (turned) {
    binding.set_sender(offer.recipient());
    binding.set_recipient(offer.sender());
  }
  return binding;
}

absl::StatusOr<std::string> ComposeOffer(const SentRow& sent, const ledger::LogReader& log) {
  peer::v1::Offer offer;
  if (!offer.ParseFromString(sent.row.offer())) return Unreadable();
  const absl::StatusOr<uint64_t> index = EntryOf(sent.row.intent_entry(), sent.stamp);
  if (!index.ok()) return index.status();
  const absl::StatusOr<ledger::StoredEntry> entry = log.Entry(*index);
  if (!entry.ok()) return entry.status();
  offer.set_intent_leaf_hash(Text(crypto::LeafHash(entry->leaf)));
  return offer.SerializeAsString();
}

absl::StatusOr<std::optional<std::string>> ComposeReceipt(const ReceivedRow& received,
                                                          const ledger::ShownCheckpoint& shown,
                                                          const ledger::LogReader& log) {
  const absl::StatusOr<uint64_t> index = EntryOf(received.row.collected_entry(), received.stamp);
  if (!index.ok()) return index.status();
  if (*index >= shown.size) return std::optional<std::string>();
  absl::StatusOr<Offered> offered = OfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const peer::v1::Offer& offer = offered->offer();

  peer::v1::Receipt receipt;
  *receipt.mutable_binding() =
      BindingFor(offer.binding(), peer::v1::ENVELOPE_KIND_RECEIPT, true);
  receipt.set_offer_digest(received.row.offer_digest());
  if (!receipt.mutable_accepted()->ParseFromString(received.row.accepted())) return Unreadable();
  absl::StatusOr<ledger::StoredEntry> entry = log.Entry(*index);
  if (!entry.ok()) return entry.status();
  receipt.set_log_leaf(entry->leaf);
  const absl::StatusOr<ledger::OpenedPart> part = log.Open(*entry, ledger::Part::kCounterpart);
  if (!part.ok()) return part.status();
  if (part->state != ledger::OpenedPart::State::kOpen) return Unreadable();
  receipt.set_counterpart_salt(std::string(crypto::View(part->salt)));
  receipt.set_counterpart(part->bytes);
  const auto inclusion = log.InclusionProof(*index, shown.size);
  if (!inclusion.ok()) return inclusion.status();
  for (const crypto::Hash& hash : *inclusion) receipt.add_inclusion(Text(hash));
  // A head that the sender claims to have seen and this log never had proves nothing; the sender
  // finds that out by itself.
  if (offer.seen_size() > 0 && offer.seen_size() < shown.size) {
    const auto consistency = log.ConsistencyProof(offer.seen_size(), shown.size);
    if (!consistency.ok()) return consistency.status();
    for (const crypto::Hash& hash : *consistency) receipt.add_consistency(Text(hash));
  }
  receipt.set_checkpoint(shown.note);
  receipt.set_sealing_key(received.row.sealing_key());
  return std::optional<std::string>(receipt.SerializeAsString());
}

absl::StatusOr<std::string> ComposeOpened(const ReceivedRow& received) {
  const auto opened =
      AnswerToKey<peer::v1::Opened>(received, peer::v1::ENVELOPE_KIND_OPENED);
  if (!opened.ok()) return opened.status();
  return opened->SerializeAsString();
}

absl::StatusOr<std::string> ComposeUnopenable(const ReceivedRow& received) {
  auto unopenable =
      AnswerToKey<peer::v1::Unopenable>(received, peer::v1::ENVELOPE_KIND_UNOPENABLE);
  if (!unopenable.ok()) return unopenable.status();
  const auto reason = ReasonOf<peer::v1::UnopenableReason>(kUnopenable, received.row.reason());
  if (!reason.ok()) return reason.status();
  unopenable->set_reason(*reason);
  return unopenable->SerializeAsString();
}

absl::StatusOr<std::string> ComposeRefusal(const ReceivedRow& received,
                                           uint64_t manifest_version) {
  absl::StatusOr<Offered> offered = OfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const auto reason = ReasonOf<peer::v1::RefusalReason>(kRefusal, received.row.reason());
  if (!reason.ok()) return reason.status();
  peer::v1::Refusal refusal;
  *refusal.mutable_binding() =
      BindingFor(offered->offer().binding(), peer::v1::ENVELOPE_KIND_REFUSAL, true);
  refusal.set_refused_kind(peer::v1::ENVELOPE_KIND_OFFER);
  refusal.set_refused_digest(received.row.offer_digest());
  refusal.set_reason(*reason);
  refusal.set_manifest_version(manifest_version);
  return refusal.SerializeAsString();
}

}  // namespace sluis::exchange
