#include "server/core/drop_taken.h"

#include "server/core/outbox.h"
#include "server/core/refusal.h"
#include "server/ledger/sealed_row.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

const Method& DropTaken::method() const {
  static const Method& method = *new Method{"Node.DropTaken", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> DropTaken::Decide(const Call& call, View& view) {
  Plan plan;
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  for (const TakenMessage& one : taken_) {
    const std::string key = OutboxKey(one.partner, one.exchange_id);
    const absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), view.keyring(), key);
    if (!row.ok()) return row.status();
    if (row->stamp == ledger::kAbsent) continue;
    record::v1::OwedMessage owed;
    if (!owed.ParseFromString(row->value)) {
      return absl::DataLossError("a row of the outbox cannot be read; run the node's doctor");
    }
    if (owed.kind() != static_cast<uint32_t>(one.kind) ||
        (one.not_before_us && owed.not_before_us() != *one.not_before_us)) {
      continue;
    }
    effect.preconditions.push_back({key, row->stamp});
    effect.rows.push_back({key, std::nullopt});
  }
  if (effect.rows.empty()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "nothing of this is left; look again later", ""});
  }
  plan.effects.push_back(std::move(effect));
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
