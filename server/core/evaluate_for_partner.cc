#include "server/core/evaluate_for_partner.h"

#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "server/core/asker_in_force.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_use.h"
#include "server/core/peer_act.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

// The code in the act part: the ground that the asker is told.
std::string CodeOf(peer::v1::EvaluationRefusal ground) {
  constexpr std::string_view kPrefix = "EVALUATION_REFUSAL_";
  std::string name = peer::v1::EvaluationRefusal_Name(ground);
  return absl::AsciiStrToLower(name.substr(std::min(kPrefix.size(), name.size())));
}

Plan Nothing(absl::Status status) {
  Plan plan;
  plan.reply = [status = std::move(status)](std::span<const ledger::Logged>) { return status; };
  return plan;
}

absl::StatusOr<evaluation::LoggedDurably> DurableBy(const std::optional<evaluation::Ticket>& ticket,
                                                    std::span<const ledger::Logged> logged) {
  // One entry stands for several refusals, and none of them is shown to be in it.
  if (!ticket || logged.size() != 1) {
    return absl::ResourceExhaustedError("too much is refused at once; ask again in a minute");
  }
  return ticket->Durable(logged[0]);
}

}  // namespace

const Method& EvaluateForPartner::method() const {
  static const Method& method = MethodNamed("HolderService.Evaluate");
  return method;
}

Plan EvaluateForPartner::PlanRefusal(const Call& call, const Evaluations::Seat& seat,
                                     evaluation::Refusal refusal) const {
  Plan plan;
  plan.refusal = true;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal(CodeOf(refusal.ground));
  StepWrite& step = effect.step.emplace();
  step.to_log = refusal.Log();
  plan.reply = [seat, refusal = std::move(refusal), ticket = step.ticket, answer = answer_,
                identity = &tools_.identity](std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = DurableBy(*ticket, logged);
    if (!durable.ok()) return durable.status();
    answer->make = [seat, refusal, durable = *durable, identity] {
      return seat.SignRefusal(refusal, durable, *identity);
    };
    return absl::OkStatus();
  };
  return plan;
}

absl::StatusOr<Plan> EvaluateForPartner::Decide(const Call& call, View& view) {
  const Terms& terms = *call.terms;
  *answer_ = {};
  const absl::StatusOr<evaluation::Request> request = evaluation::ReadRequest(signed_request_);
  if (!request.ok()) {
    answer_->no_request = true;
    // Of this node itself it is a fault, of another one it comes to nothing.
    if (call.peer.empty()) return request.status();
    return Nothing(request.status());
  }
  if (call.peer.empty() && !terms.may_exchange) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_exchanging",
                              "nothing may be exchanged now; look at the partnership", ""});
  }
  const std::string asker = call.peer.empty() ? terms.organisation : call.peer;
  const absl::StatusOr<AskerInForce> partners = AskerInForce::Of(call, view, asker);
  if (!partners.ok()) return partners.status();
  absl::StatusOr<std::optional<Evaluations::Seat>> seat =
      tools_.evaluations.SeatIn(view, terms.partnership, request->body.key_id());
  if (!seat.ok()) return seat.status();
  if (!*seat) return RefusePeer(call, absl::StatusCode::kNotFound, "no_key");

  auto verdict = (*seat)->Admit(signed_request_, asker, *partners, call.now_us);
  if (auto* refusal = std::get_if<evaluation::Refusal>(&verdict)) {
    return PlanRefusal(call, **seat, std::move(*refusal));
  }
  const auto admitted = std::get<std::shared_ptr<Evaluations::Admitted>>(std::move(verdict));
  // Who has a right to ask is told that another key is in use; what was counted is given back.
  if (!MayUse((*seat)->row(), terms, call.now_us).ok()) {
    return PlanRefusal(call, **seat, {peer::v1::EVALUATION_REFUSAL_UPDATE, *request});
  }
  absl::StatusOr<crypto::oprf::SecretScalar> share = OpenKeyShare(view, (*seat)->package());
  if (!share.ok()) return share.status();

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_purpose(request->body.purpose());
  effect.entry.act.set_basis(request->body.basis());
  StepWrite& step = effect.step.emplace();
  step.to_log = admitted->Log();
  effect.preconditions.push_back((*seat)->pinned());
  for (const evaluation::StoredRow& row : step.to_log.rows) {
    effect.preconditions.push_back({ledger::RowKey(step.table, row.key), ledger::kAbsent});
  }
  plan.reply = [admitted, ticket = step.ticket, answer = answer_, tools = tools_,
                share = std::make_shared<crypto::oprf::SecretScalar>(*std::move(share))](
                   std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = DurableBy(*ticket, logged);
    if (!durable.ok()) return durable.status();
    if (absl::Status settled = admitted->Settle(*durable); !settled.ok()) return settled;
    answer->make = [admitted, share, tools] {
      return admitted->Answer({*share, tools.identity, tools.random});
    };
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
