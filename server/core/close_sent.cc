#include "server/core/close_sent.h"

#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "server/core/judge_leaf.h"
#include "server/core/sent_correction.h"
#include "server/core/stop_share.h"
#include "server/envelope/terms.h"
#include "server/ledger/reader.h"

namespace sluis::core {
namespace {

using record::v1::SentExchange;
using record::v1::SentState;

// The words of the closed lists of exchange.proto, each at the place of its number.
constexpr std::array<const char*, 6> kUnopenable = {"",           "wrap",  "key",
                                                    "ciphertext", "terms", "fields"};
constexpr std::array<const char*, 7> kRefusal = {"",        "rule",     "update", "signature",
                                                 "expired", "replayed", "unknown"};
static_assert(kUnopenable.size() == peer::v1::UnopenableReason_ARRAYSIZE);
static_assert(kRefusal.size() == peer::v1::RefusalReason_ARRAYSIZE);

// What an answer makes of the exchange.
constexpr std::string_view kKindCorrection = "correction";

struct Ending {
  SentState state;
  std::string_view kind;
  std::string reason;
};

// The digest of the receipt that was followed; empty when none was.
std::string FollowedReceipt(const SentExchange& row) {
  const absl::StatusOr<envelope::RecordProof> proof =
      envelope::ReadRecordProof(row.receipt_proof());
  if (!proof.ok()) return {};
  const crypto::Hash digest = envelope::LeafDigest(proof->leaf_bytes);
  return std::string(crypto::View(digest));
}

// Its time was over before an answer to its key was here, and nothing was taken back.
bool EndedUntold(const SentExchange& row) {
  return row.state() == record::v1::SENT_STATE_EXPIRED && row.cancel().empty() &&
         !row.receipt_proof().empty();
}

// Whether the answer is to the Offer and to the receipt of this exchange.
template <typename Answer>
bool IsToThis(const Answer& answer, const SentExchange& row, const std::string& offer_digest) {
  return (row.state() == record::v1::SENT_STATE_RELEASED || EndedUntold(row)) &&
         answer.offer_digest() == offer_digest && answer.receipt_digest() == FollowedReceipt(row);
}

// Nothing when the answer is not one to this exchange as it stands.
std::optional<Ending> EndingOf(const envelope::Leaf& leaf, const SentExchange& row,
                               const std::string& offer_digest) {
  if (const auto* opened = std::get_if<peer::v1::Opened>(&leaf)) {
    if (!IsToThis(*opened, row, offer_digest)) return std::nullopt;
    return Ending{record::v1::SENT_STATE_OPENED, "opened", {}};
  }
  if (const auto* unopenable = std::get_if<peer::v1::Unopenable>(&leaf)) {
    if (!IsToThis(*unopenable, row, offer_digest)) return std::nullopt;
    return Ending{record::v1::SENT_STATE_UNOPENABLE, "unopenable",
                  kUnopenable.at(static_cast<size_t>(unopenable->reason()))};
  }
  const auto* refusal = std::get_if<peer::v1::Refusal>(&leaf);
  if (refusal == nullptr) return std::nullopt;
  // A key is never named by its digest here: its wrap is made anew for each attempt.
  const bool of_offer = refusal->refused_kind() == peer::v1::ENVELOPE_KIND_OFFER &&
                        refusal->refused_digest() == offer_digest;
  if (!of_offer && refusal->refused_kind() != peer::v1::ENVELOPE_KIND_KEY) return std::nullopt;
  return Ending{record::v1::SENT_STATE_REFUSED, "refusal",
                kRefusal.at(static_cast<size_t>(refusal->reason()))};
}

// The record of the exchange, under whose keys the entry lies; null when it is gone.
absl::StatusOr<std::shared_ptr<const OpenedRecord>> RecordOf(const View& view,
                                                             const SentExchange& row) {
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(row.record_id());
  if (absl::IsNotFound(record.status())) return std::shared_ptr<const OpenedRecord>();
  return record;
}

// A correction that was opened: the earlier version is closed at the partner. `corrected` are those
// of this plan already.
absl::Status AddCorrected(const View& view, const SentExchange& row, const peer::v1::Offer& offer,
                          std::set<std::string>& corrected, Effect& effect) {
  const absl::StatusOr<peer::v1::Terms> terms = envelope::ReadTerms(offer.terms());
  if (!terms.ok()) return terms.status();
  if (terms->corrects().empty() || corrected.contains(terms->corrects())) return absl::OkStatus();
  const absl::StatusOr<SentRow> earlier = ReadSent(view, terms->corrects());
  if (absl::IsNotFound(earlier.status())) return absl::OkStatus();
  if (!earlier.ok()) return earlier.status();
  if (earlier->row.state() != record::v1::SENT_STATE_OPENED) return absl::OkStatus();
  corrected.insert(terms->corrects());
  SentExchange after = earlier->row;
  after.set_state(record::v1::SENT_STATE_CORRECTED);
  after.set_corrected_by(row.exchange_id());
  WriteSent(*earlier, std::move(after), peer::v1::ENVELOPE_KIND_UNSPECIFIED, 0, effect);
  return absl::OkStatus();
}

// Of an exchange that has ended here: it was opened before the Cancel came, which closed it there.
// Nothing about it changes; but the version that it corrects was closed there too, when it was
// opened.
absl::Status AddLateOpened(const Call& call, const View& view, const SentRow& sent,
                           const PeerLeaf& leaf, std::set<std::string>& corrected, Plan& plan) {
  const auto* opened = std::get_if<peer::v1::Opened>(&leaf.proof.leaf);
  peer::v1::Offer stored;
  if (opened == nullptr || !stored.ParseFromString(sent.row.offer()) || stored.terms().empty()) {
    return absl::OkStatus();
  }
  const ledger::LogReader log(LogOriginOf(call.terms->organisation), view.snapshot(),
                              view.keyring());
  const absl::StatusOr<TravellingOffer> offer = OfferOf(log, sent);
  if (!offer.ok()) return offer.status();
  if (opened->offer_digest() != crypto::View(envelope::LeafDigest(offer->bytes)) ||
      opened->receipt_digest() != FollowedReceipt(sent.row) ||
      !envelope::CheckAnswers(leaf.proof.leaf, offer->offer.binding()).ok()) {
    return absl::OkStatus();
  }
  Effect effect;
  const absl::Status added = AddCorrected(view, sent.row, offer->offer, corrected, effect);
  if (!added.ok() || effect.rows.empty()) return added;
  SentExchange earlier;
  earlier.set_exchange_id(envelope::ReadTerms(offer->offer.terms())->corrects());
  earlier.set_recipient(sent.row.recipient());
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.counterpart =
      SenderPart(earlier, call.terms->partnership, kKindCorrection, crypto::View(leaf.digest));
  plan.effects.push_back(std::move(effect));
  return absl::OkStatus();
}

}  // namespace

const Method& CloseSent::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::Status CloseSent::Close(const Call& call, View& view, const PeerLeaf& leaf,
                              std::set<std::string>& corrected, Plan& plan) const {
  const peer::v1::Binding& binding = envelope::BindingOf(leaf.proof.leaf);
  absl::StatusOr<SentRow> sent = ReadSent(view, binding.exchange_id());
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  const auto refuse = [&] {
    AddUnknown(call, sender_, leaf, "answer", plan);
    return absl::OkStatus();
  };
  if (!sent.ok() || sent->row.recipient() != sender_) return refuse();
  if (IsEnded(sent->row.state()) && !EndedUntold(sent->row)) {
    return AddLateOpened(call, view, *sent, leaf, corrected, plan);
  }
  const ledger::LogReader log(LogOriginOf(call.terms->organisation), view.snapshot(),
                              view.keyring());
  absl::StatusOr<TravellingOffer> offer = OfferOf(log, *sent);
  if (!offer.ok()) return offer.status();
  const crypto::Hash digest = envelope::LeafDigest(offer->bytes);
  const std::string offer_digest(crypto::View(digest));
  const std::optional<Ending> ending = EndingOf(leaf.proof.leaf, sent->row, offer_digest);
  if (!ending || !envelope::CheckAnswers(leaf.proof.leaf, offer->offer.binding()).ok()) {
    return refuse();
  }
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = RecordOf(view, sent->row);
  if (!record.ok()) return record.status();

  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  if (*record) {
    AddSubject(**record, effect.entry);
    effect.about = *record;
  }
  SentExchange after = sent->row;
  after.set_state(ending->state);
  after.set_reason(ending->reason);
  after.set_answer_proof(leaf.proof.Serialise());
  after.set_offer_digest(offer_digest);
  ForgetKeys(after);
  effect.entry.counterpart =
      SenderPart(after, call.terms->partnership, ending->kind, crypto::View(leaf.digest));
  WriteSent(*sent, std::move(after), peer::v1::ENVELOPE_KIND_UNSPECIFIED, call.now_us, effect);
  // Answers of one envelope are of one kind: no other of this plan was opened.
  if (ending->state != record::v1::SENT_STATE_OPENED) {
    return AddClosedEarlier(call, view, *sent, plan);
  }
  return AddCorrected(view, sent->row, offer->offer, corrected, effect);
}

absl::StatusOr<Plan> CloseSent::Decide(const Call& call, View& view) {
  Plan plan;
  std::set<std::string> corrected;
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    const absl::Status closed =
        JudgeLeaf([&] { return Close(call, view, leaf, corrected, plan); }, plan, unreadable);
    if (!closed.ok()) return closed;
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [unreadable](std::span<const ledger::Logged>) { return unreadable; };
  return plan;
}

}  // namespace sluis::core
