#include "server/core/stop_share.h"

#include "server/core/refusal.h"
#include "server/core/sent_correction.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::core {
namespace {

constexpr std::string_view kRefused = "refused";

peer::v1::CancelReason ReasonOf(std::string_view stopped_by) {
  if (stopped_by == "expired") return peer::v1::CANCEL_REASON_EXPIRED;
  if (stopped_by == "receipt" || stopped_by == "log") return peer::v1::CANCEL_REASON_RECEIPT;
  return peer::v1::CANCEL_REASON_RULE;
}

absl::Status Done(std::span<const ledger::Logged>) { return absl::OkStatus(); }

}  // namespace

Effect Stopped(const Call& call, const SentRow& sent, const ReleaseAgain& again,
               bool tell_partner) {
  Effect effect;
  effect.entry =
      EntryOf(again.as_person, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_reason(again.stopped_by);
  AddDecision(call, again.act.answer, effect.entry);
  if (again.act.record) {
    AddSubject(*again.act.record, effect.entry);
    effect.about = again.act.record;
  }
  record::v1::SentExchange after = sent.row;
  const bool expired = again.stopped_by == "expired";
  after.set_state(expired ? record::v1::SENT_STATE_EXPIRED : record::v1::SENT_STATE_STOPPED);
  after.set_reason(again.stopped_by);
  ForgetKeys(after);
  peer::v1::EnvelopeKind owed = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  if (tell_partner) {
    peer::v1::Cancel cancel;
    cancel.set_reason(ReasonOf(again.stopped_by));
    after.set_cancel(cancel.SerializeAsString());
    owed = peer::v1::ENVELOPE_KIND_CANCEL;
  }
  peer::v1::Offer offer;
  offer.ParseFromString(sent.row.offer());
  effect.entry.counterpart = SenderPart(after, call.terms->partnership, EndingKind(tell_partner),
                                        offer.binding().terms_digest());
  WriteSent(sent, std::move(after), owed, call.now_us, effect);
  return effect;
}

absl::StatusOr<Effect> CancelledAgain(const Call& call, const View& view, const SentRow& sent,
                                      const SentBinding& bound) {
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record =
      view.OpenRecord(sent.row.record_id());
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  if (record.ok()) {
    AddSubject(**record, effect.entry);
    effect.about = *record;
  }
  record::v1::SentExchange after = sent.row;
  after.set_told_again(true);
  after.set_offer_digest(std::string(crypto::View(bound.offer_digest)));
  if (after.cancel().empty()) {
    peer::v1::Cancel cancel;
    cancel.set_reason(ReasonOf(sent.row.reason()));
    after.set_cancel(cancel.SerializeAsString());
  }
  effect.entry.counterpart =
      SenderPart(after, call.terms->partnership, EndingKind(true), bound.offer.terms_digest());
  WriteSent(sent, std::move(after), peer::v1::ENVELOPE_KIND_CANCEL, call.now_us, effect);
  return effect;
}

void AddUnknown(const Call& call, std::string_view peer, const PeerLeaf& leaf,
                std::string_view kind, Plan& plan) {
  plan.refused_parts.push_back(plan.effects.size());
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  record::v1::SentExchange named;
  named.set_exchange_id(envelope::BindingOf(leaf.proof.leaf).exchange_id());
  named.set_recipient(std::string(peer));
  effect.entry.counterpart =
      SenderPart(named, call.terms->partnership, kind, crypto::View(leaf.digest), kRefused);
}

const Method& StopShare::method() const {
  static const Method& method = *new Method{"Node.StopShare", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> StopShare::Decide(const Call& call, View& view) {
  absl::StatusOr<SentRow> sent = ReadSent(view, exchange_id_);
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  const auto not_due = [&call] {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "the exchange is not to be stopped", ""});
  };
  if (!sent.ok() || IsEnded(sent->row.state())) return not_due();
  const absl::StatusOr<peer::v1::Offer> kept = OwnOfferOf(*sent);
  if (!kept.ok()) return kept.status();
  absl::StatusOr<ReleaseAgain> again = AskAgain(call, view, sent->row, *kept);
  if (!again.ok()) return again.status();
  if (again->permitted()) return not_due();
  Plan plan;
  plan.effects.push_back(Stopped(call, *sent, *again, departed_));
  const absl::Status closed = AddClosedEarlier(call, view, *sent, plan);
  if (!closed.ok()) return closed;
  plan.reply = Done;
  return plan;
}

}  // namespace sluis::core
