#include "server/core/sent_correction.h"

#include <memory>
#include <optional>

#include "server/core/refusal.h"
#include "server/envelope/terms.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {
namespace {

using record::v1::SentExchange;

constexpr char kCorrected[] = "corrected";

// The exchange that this one corrects, as it stands; nothing when it corrects none, or one of which
// nothing is left here.
absl::StatusOr<std::optional<SentRow>> EarlierOf(const View& view, const SentRow& share) {
  const absl::StatusOr<peer::v1::Offer> offer = OwnOfferOf(share);
  if (!offer.ok()) return offer.status();
  if (offer->terms().empty()) return std::nullopt;  // its record was erased
  const absl::StatusOr<peer::v1::Terms> terms = envelope::ReadTerms(offer->terms());
  if (!terms.ok()) return absl::DataLossError("a stored exchange cannot be read; run the doctor");
  if (terms->corrects().empty()) return std::nullopt;
  absl::StatusOr<SentRow> earlier = ReadSent(view, terms->corrects());
  if (absl::IsNotFound(earlier.status())) return std::nullopt;
  if (!earlier.ok()) return earlier.status();
  return *std::move(earlier);
}

bool IsReadThere(const SentExchange& earlier, const SentExchange& share) {
  return earlier.state() == record::v1::SENT_STATE_OPENED && earlier.cancel().empty() &&
         earlier.recipient() == share.recipient();
}

// The effect that makes the Cancel owed which says that this version is wrong.
absl::StatusOr<Effect> Closing(const Call& call, const View& view, const SentRow& earlier) {
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, earlier);
  if (!bound.ok()) return bound.status();
  const absl::StatusOr<std::shared_ptr<const OpenedRecord>> record =
      view.OpenRecord(earlier.row.record_id());
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_reason(kCorrected);
  if (record.ok()) {
    AddSubject(**record, effect.entry);
    effect.about = *record;
  }
  peer::v1::Cancel cancel;
  cancel.set_reason(peer::v1::CANCEL_REASON_CORRECTED);
  SentExchange after = earlier.row;
  after.set_cancel(cancel.SerializeAsString());
  effect.entry.counterpart =
      SenderPart(after, call.terms->partnership, EndingKind(true), bound->offer.terms_digest());
  WriteSent(earlier, std::move(after), peer::v1::ENVELOPE_KIND_CANCEL, call.now_us, effect);
  return effect;
}

}  // namespace

bool CanBeCorrected(const SentExchange& earlier, std::string_view record_id,
                    std::string_view recipient, uint32_t version) {
  return earlier.record_id() == record_id && earlier.recipient() == recipient &&
         earlier.state() == record::v1::SENT_STATE_OPENED && earlier.record_version() < version;
}

absl::StatusOr<bool> HasWrongVersion(const View& view, std::string_view record_id,
                                     std::string_view recipient, uint32_t version) {
  bool found = false;
  const absl::Status visited =
      VisitSent(view, record_id, {}, [&](std::string_view, const SentRow& sent) {
        found = CanBeCorrected(sent.row, record_id, recipient, version);
        return !found;
      });
  if (!visited.ok()) return visited;
  return found;
}

bool IsClosing(const SentExchange& row) {
  return row.state() == record::v1::SENT_STATE_OPENED && !row.cancel().empty();
}

absl::StatusOr<bool> LeavesWrongVersion(const View& view, const SentRow& share) {
  if (IsEnded(share.row.state())) return false;
  const absl::StatusOr<std::optional<SentRow>> earlier = EarlierOf(view, share);
  if (!earlier.ok()) return earlier.status();
  return earlier->has_value() && IsReadThere((*earlier)->row, share.row);
}

const Method& CloseCorrected::method() const {
  static const Method& method =
      *new Method{"Node.CloseCorrected", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> CloseCorrected::Decide(const Call& call, View& view) {
  const auto not_due = [&call] {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "no wrong version is left open by this; look again later", ""});
  };
  if (held_up_by_ == HeldUpBy::kSuspension && call.terms->may_exchange) return not_due();
  const absl::StatusOr<SentRow> share = ReadSent(view, exchange_id_);
  if (!share.ok() && !absl::IsNotFound(share.status())) return share.status();
  if (!share.ok() || IsEnded(share->row.state()) || share->row.due_at_us() > call.now_us) {
    return not_due();
  }
  const absl::StatusOr<std::optional<SentRow>> found = EarlierOf(view, *share);
  if (!found.ok()) return found.status();
  if (!found->has_value() || !IsReadThere((*found)->row, share->row)) return not_due();
  absl::StatusOr<Effect> closing = Closing(call, view, **found);
  if (!closing.ok()) return closing.status();
  Plan plan;
  // A correction that is taken back at this moment says nothing against what is there.
  closing->preconditions.push_back({SentKey(exchange_id_), share->stamp});
  plan.effects.push_back(*std::move(closing));
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

absl::Status AddClosedEarlier(const Call& call, const View& view, const SentRow& share,
                              Plan& plan) {
  const absl::StatusOr<std::optional<SentRow>> earlier = EarlierOf(view, share);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value() || !IsReadThere((*earlier)->row, share.row)) return absl::OkStatus();
  const std::string key = SentKey((*earlier)->row.exchange_id());
  for (const Effect& effect : plan.effects) {
    for (const ledger::RowWrite& row : effect.rows) {
      if (row.key == key) return absl::OkStatus();
    }
  }
  absl::StatusOr<Effect> closing = Closing(call, view, **earlier);
  if (!closing.ok()) return closing.status();
  plan.effects.push_back(*std::move(closing));
  return absl::OkStatus();
}

}  // namespace sluis::core
