#include "server/core/take_evaluation_proofs.h"

#include "server/core/asker_in_force.h"
#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/set_aside_head.h"
#include "server/envelope/fault.h"
#include "sluis/record/v1/evaluation.pb.h"

namespace sluis::core {
namespace {

Plan Nothing() {
  Plan plan;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

ledger::RowWrite DifferingRow(std::string_view key, const evaluation::DifferingEntry& entry) {
  record::v1::DifferingEvaluation row;
  row.set_version(1);
  row.set_signed_request(entry.signed_request);
  row.set_counterpart(entry.counterpart);
  return {ledger::RowKey(ledger::Table::kDiffering, key), row.SerializeAsString()};
}

}  // namespace

const Method& TakeEvaluationProofs::method() const {
  static const Method& method = MethodNamed("HolderService.ProveEvaluations");
  return method;
}

absl::StatusOr<bool> TakeEvaluationProofs::TakeHead(const Call& call, const View& view,
                                                    const std::optional<crypto::TreeHead>& known,
                                                    const evaluation::TakenProofs& taken) const {
  if (!taken.checkpoint) return true;  // a larger one is known
  ShownHead shown{.checkpoint = *taken.checkpoint,
                  .note = taken.checkpoint_note,
                  .proven_from = known.value_or(crypto::TreeHead()),
                  .bridge = nullptr,
                  .set_aside = {},
                  .instead = {},
                  .evidence = {}};
  const absl::StatusOr<KnownLog> of_log = KnownLogOf(view, heads_, call.peer);
  if (!of_log.ok()) return of_log.status();
  shown.set_aside = of_log->set_aside;
  shown.instead = of_log->instead;
  return heads_.Take(shown);
}

absl::StatusOr<Plan> TakeEvaluationProofs::Decide(const Call& call, View& view) {
  const auto refuse = [&](const char* code) {
    return RefusePeer(call, absl::StatusCode::kInvalidArgument, code);
  };
  response_->Clear();
  const absl::StatusOr<crypto::Hash> key_id = crypto::ToFixed<32>(request_.key_id());
  if (!key_id.ok()) return refuse("proof");
  const bool own = call.peer.empty();
  const std::string& asker = own ? call.terms->organisation : call.peer;
  const absl::StatusOr<AskerInForce> partners = AskerInForce::Of(call, view, asker);
  if (!partners.ok()) return partners.status();
  // Nobody has to tell this node which log is its own.
  absl::StatusOr<std::optional<crypto::TreeHead>> known = std::optional<crypto::TreeHead>();
  if (!own) known = KnownHeadOf(view, heads_, asker);
  if (!known.ok()) return known.status();
  response_->set_known_size(*known ? (*known)->size : 0);

  const absl::StatusOr<bool> open = evaluations_.AnyOpen(view, asker);
  if (!open.ok()) return open.status();
  // Nothing is held against it: whatever it proves changes nothing, and is not looked at.
  if (!*open) {
    response_->set_taken(true);
    return Nothing();
  }
  const absl::StatusOr<evaluation::TakenProofs> taken = evaluations_.TakeProofs(
      {call.terms->partnership, *key_id}, asker, request_.proofs(), *partners, *known);
  if (absl::IsFailedPrecondition(taken.status())) return Nothing();
  if (!taken.ok()) return refuse("proof");
  const absl::StatusOr<bool> counts =
      own ? absl::StatusOr<bool>(true) : TakeHead(call, view, *known, *taken);
  if (!counts.ok()) {
    if (envelope::FaultOf(counts.status())) return refuse("log");
    return counts.status();
  }
  if (!*counts) return Nothing();
  if (taken->checkpoint && !own) response_->set_known_size(taken->checkpoint->head.size);
  response_->set_taken(true);
  if (taken->changes.empty()) return Nothing();

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  StepWrite& step = effect.step.emplace();
  step.to_log = taken->changes.Log();
  effect.entry.act.set_count(static_cast<uint32_t>(step.to_log.rows.size()));
  for (const evaluation::StoredRow& row : step.to_log.rows) {
    const std::string key = ledger::RowKey(step.table, row.key);
    const absl::StatusOr<uint64_t> stamp = view.StampOf(key);
    if (!stamp.ok()) return stamp.status();
    effect.preconditions.push_back({key, *stamp});
    const absl::StatusOr<evaluation::HeldRow> held = evaluation::ReadHeldRow(row.bytes);
    if (!held.ok()) return held.status();
    for (const evaluation::DifferingEntry& differs : taken->differing) {
      if (differs.signed_request == held->signed_request()) {
        effect.rows.push_back(DifferingRow(row.key, differs));
      }
    }
  }
  if (!own) {
    const absl::Status added = AddReplaced(view, heads_, asker, effect);
    if (!added.ok()) return added;
  }
  plan.reply = [&evaluations = evaluations_, changes = taken->changes,
                ticket = step.ticket](std::span<const ledger::Logged> logged) mutable {
    const absl::StatusOr<evaluation::LoggedDurably> durable = (*ticket)->Durable(logged[0]);
    if (!durable.ok()) return durable.status();
    return evaluations.Apply(changes, *durable);
  };
  return plan;
}

}  // namespace sluis::core
