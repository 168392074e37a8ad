#include "server/core/tell_evaluations.h"

#include <functional>
#include <optional>
#include <string>

#include "server/core/asker_in_force.h"
#include "server/core/peer_act.h"
#include "server/core/set_aside_head.h"
#include "server/evaluation/limits.h"

namespace sluis::core {
namespace {

using ledger::Table;

// Who is told.
std::string AskerOf(const Call& call) {
  return call.peer.empty() ? call.terms->organisation : call.peer;
}

Plan Told() {
  Plan plan;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

// Nobody has to tell this node which log is its own.
absl::StatusOr<std::optional<crypto::TreeHead>> KnownOf(const Call& call, const View& view,
                                                        const PartnerHeads& heads) {
  if (call.peer.empty()) return std::optional<crypto::TreeHead>();
  return KnownHeadOf(view, heads, call.peer);
}

// What was signed, with its entry and its row in `table`. `tell` takes the signed bytes.
Plan PlanTelling(const Call& call, std::shared_ptr<Evaluations::Telling> telling,
                 const ledger::Precondition& pinned, Table table,
                 std::function<void(std::string)> tell) {
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  StepWrite& step = effect.step.emplace();
  step.to_log = telling->Log();
  step.table = table;
  effect.preconditions.push_back(pinned);
  for (const evaluation::StoredRow& row : step.to_log.rows) {
    effect.preconditions.push_back({ledger::RowKey(table, row.key), ledger::kAbsent});
  }
  plan.reply = [telling = std::move(telling), ticket = step.ticket,
                tell = std::move(tell)](std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = (*ticket)->Durable(logged[0]);
    if (!durable.ok()) return durable.status();
    absl::StatusOr<std::string> given = telling->Give(*durable);
    if (!given.ok()) return given.status();
    tell(*std::move(given));
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace

const Method& GiveEvaluationList::method() const {
  static const Method& method = MethodNamed("HolderService.GiveEvaluationList");
  return method;
}

absl::StatusOr<Plan> GiveEvaluationList::Decide(const Call& call, View& view) {
  response_->Clear();
  if (request_.key_id().size() != std::tuple_size_v<crypto::Hash> ||
      request_.day() > evaluation::kLastDay) {
    return RefusePeer(call, absl::StatusCode::kInvalidArgument, "list");
  }
  absl::StatusOr<std::optional<Evaluations::Teller>> teller =
      tools_.evaluations.TellerOf(view, call.terms->partnership, request_.key_id());
  if (!teller.ok()) return teller.status();
  if (!*teller) return RefusePeer(call, absl::StatusCode::kNotFound, "no_key");
  const std::string asker = AskerOf(call);
  if (auto kept = (*teller)->KeptList(asker, request_.day())) {
    response_->set_signed_list(*std::move(kept));
    return Told();
  }
  const auto known = KnownOf(call, view, tools_.heads);
  if (!known.ok()) return known.status();
  auto listing = (*teller)->PrepareList(asker, request_.day(), call.now_us, *known,
                                        {tools_.identity, tools_.nonces});
  if (!listing.ok()) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, "not_listed");
  }
  return PlanTelling(
      call, *std::move(listing), (*teller)->pinned(), Table::kHeldList,
      [response = response_](std::string list) { response->set_signed_list(std::move(list)); });
}

const Method& RevealEvaluationNonces::method() const {
  static const Method& method = MethodNamed("HolderService.RevealEvaluationNonces");
  return method;
}

absl::StatusOr<Plan> RevealEvaluationNonces::Decide(const Call& call, View& view) {
  response_->Clear();
  const std::string asker = AskerOf(call);
  const absl::StatusOr<evaluation::StatedPeriod> period =
      evaluation::ReadStatedPeriod(request_.signed_period());
  if (!period.ok() || period->body.asker() != asker) {
    return RefusePeer(call, absl::StatusCode::kInvalidArgument, "period");
  }
  const absl::StatusOr<AskerInForce> partners = AskerInForce::Of(call, view, asker);
  if (!partners.ok()) return partners.status();
  const std::optional<evaluation::AskerFacts> facts = partners->Find(asker);
  if (!facts || !period->SignedBy(facts->identity_keys)) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "period");
  }
  absl::StatusOr<std::optional<Evaluations::Teller>> teller =
      tools_.evaluations.TellerOf(view, call.terms->partnership, period->body.key_id());
  if (!teller.ok()) return teller.status();
  if (!*teller) return RefusePeer(call, absl::StatusCode::kNotFound, "no_key");
  const auto known = KnownOf(call, view, tools_.heads);
  if (!known.ok()) return known.status();
  if (*known) {
    response_->set_log_size((*known)->size);
    response_->set_log_root(std::string(crypto::View((*known)->root)));
  }
  const evaluation::ListSecrets secrets{tools_.identity, tools_.nonces};
  auto kept = (*teller)->KeptReveal(*period, secrets);
  if (kept.ok() && *kept) {
    response_->set_signed_reveal(**std::move(kept));
    return Told();
  }
  auto revealing = (*teller)->PrepareReveal(*period, secrets);
  if (!kept.ok() || !revealing.ok()) {
    response_->Clear();
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, "not_revealed");
  }
  return PlanTelling(call, *std::move(revealing), (*teller)->pinned(), Table::kHeldReveal,
                     [response = response_](std::string reveal) {
                       response->set_signed_reveal(std::move(reveal));
                     });
}

}  // namespace sluis::core
