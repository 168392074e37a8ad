#include "server/core/withdraw_share.h"

#include <utility>

#include "server/core/person_statement.h"
#include "server/core/record_act.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {
namespace {

Plan NoSuchExchange(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kNotFound, "not_found",
                            "there is no such share, or its signal was erased", "exchange_id"});
}

// Whether a person can still take it back: while it is on its way, once it was opened, and after
// the key was released whatever the partner answered or left unanswered.
bool CanBeWithdrawn(const record::v1::SentExchange& row) {
  switch (row.state()) {
    case record::v1::SENT_STATE_OPENED:
      return true;
    case record::v1::SENT_STATE_UNOPENABLE:
    case record::v1::SENT_STATE_REFUSED:
    case record::v1::SENT_STATE_EXPIRED:
      return MayBeThere(row);
    default:
      return !IsEnded(row.state());
  }
}

}  // namespace

const Method& WithdrawShare::method() const {
  static const Method& method = MethodNamed("ExchangeService.WithdrawShare");
  return method;
}

absl::StatusOr<Plan> WithdrawShare::Decide(const Call& call, View& view) {
  absl::StatusOr<SentRow> sent = ReadSent(view, request_.exchange_id());
  if (absl::IsNotFound(sent.status())) return NoSuchExchange(call);
  if (!sent.ok()) return sent.status();
  auto opened = OpenFor(call, view, sent->row.record_id());
  if (!opened.ok()) return opened.status();
  if (std::holds_alternative<Plan>(*opened)) return NoSuchExchange(call);

  RecordAct act;
  act.record = std::get<std::shared_ptr<const OpenedRecord>>(*std::move(opened));
  absl::StatusOr<record::v1::ShareContext> context = OpenContext(act.record->keys.data, sent->row);
  if (!context.ok()) return context.status();
  RecordFacts facts = FactsOf(call, *act.record);
  facts.author_is_caller = facts.author_is_caller || context->user_id() == call.caller->user_id;
  act.answer = Ask(call, "withdraw", facts);
  if (!act.answer.permitted()) return DecisionRefusalPlan(call, act.answer, act.record);
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  if (!CanBeWithdrawn(sent->row)) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "ended",
                        "this share has ended; there is nothing to take back", ""});
  }

  record::v1::SentExchange after = sent->row;
  after.set_state(record::v1::SENT_STATE_WITHDRAWN);
  ForgetKeys(after);
  const bool departed = sent->row.state() != record::v1::SENT_STATE_COOLING_OFF ||
                        sent->row.due_at_us() <= call.now_us;
  peer::v1::EnvelopeKind owed = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  if (departed) {
    if (!request_.has_statement()) {
      return RefuseAbout(
          call, act,
          {absl::StatusCode::kInvalidArgument, "no_statement",
           "the partner has it offered already; sign that it is taken back", "statement"});
    }
    absl::StatusOr<envelope::StatementItem> item = ItemOf(sent->row);
    if (!item.ok()) return item.status();
    auto verified = VerifyOwnStatement(call, {.statement = request_.statement(),
                                              .mandate = request_.mandate(),
                                              .action = "withdraw",
                                              .audience = sent->row.recipient(),
                                              .audience_role = {},
                                              .item = *item});
    if (!verified.ok()) return verified.status();
    if (auto* refusal = std::get_if<Refusal>(&*verified)) {
      return RefuseAbout(call, act, std::move(*refusal));
    }
    peer::v1::Cancel cancel;
    cancel.set_reason(peer::v1::CANCEL_REASON_WITHDRAWN);
    *cancel.mutable_user() = std::move(std::get<OwnStatement>(*verified).signature);
    after.set_cancel(cancel.SerializeAsString());
    owed = peer::v1::ENVELOPE_KIND_CANCEL;
  }

  Plan plan;
  Effect& effect =
      plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_ADMINISTRATION));
  effect.entry.act.set_reason(request_.reason());
  peer::v1::Offer offer;
  offer.ParseFromString(sent->row.offer());
  effect.entry.counterpart = SenderPart(after, call.terms->partnership, EndingKind(departed),
                                        offer.binding().terms_digest());
  WriteSent(*sent, std::move(after), owed, call.now_us, effect);
  plan.reply = [this, departed](std::span<const ledger::Logged> logged) {
    response_.set_partner_is_told(departed);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
