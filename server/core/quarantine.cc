#include "server/core/quarantine.h"

#include <span>
#include <string_view>

#include "server/core/received_exchange.h"
#include "server/core/refusal.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {
namespace {

constexpr std::string_view kKindQuarantine = "quarantine";
constexpr std::string_view kEnded = "ended";
constexpr size_t kDayBytes = 10;

std::string_view DayOf(std::string_view key) { return key.substr(1, kDayBytes); }

std::string DayKey(std::string_view day) { return ledger::RowKey(ledger::Table::kQuarantine, day); }

}  // namespace

std::string QuarantineKey(const std::string& today, const record::v1::ReceivedExchange& row) {
  peer::v1::Conditions accepted;
  const bool has_day =
      accepted.ParseFromString(row.accepted()) && storage::IsDay(accepted.retention_until());
  return DayKey(has_day ? accepted.retention_until() : today) + row.exchange_id();
}

absl::StatusOr<std::vector<std::string>> QuarantinedPastRetention(const View& view,
                                                                  const std::string& today,
                                                                  size_t most) {
  std::vector<std::string> due;
  const absl::Status visited =
      view.snapshot().Scan(DayKey({}), DayKey(today), [&](std::string_view key, std::string_view) {
        // What cannot be read may be put back; until then it takes nobody's turn.
        const auto held = ReadReceived(view, key.substr(1 + kDayBytes));
        if (!absl::IsDataLoss(held.status())) due.emplace_back(key);
        return due.size() < most;
      });
  if (!visited.ok()) return visited;
  return due;
}

const Method& EndQuarantine::method() const {
  static const Method& method = *new Method{"Node.EndQuarantine", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> EndQuarantine::Decide(const Call& call, View& view) {
  Plan plan;
  for (const std::string& key : keys_) {
    const absl::StatusOr<uint64_t> stamp = view.StampOf(key);
    if (!stamp.ok()) return stamp.status();
    if (*stamp == ledger::kAbsent || DayOf(key) >= call.today) continue;
    const absl::StatusOr<ReceivedRow> held =
        ReadReceived(view, std::string_view(key).substr(1 + kDayBytes));
    // It may be put back; until then it takes nobody's place in the log.
    if (absl::IsDataLoss(held.status())) continue;
    if (!held.ok() && !absl::IsNotFound(held.status())) return held.status();
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.preconditions.push_back({key, *stamp});
    effect.rows.push_back({key, std::nullopt});
    if (!held.ok() || held->row.state() != record::v1::RECEIVED_STATE_QUARANTINED) continue;
    effect.entry.counterpart = ReceiverPart(held->row, call.terms->partnership, kKindQuarantine,
                                            held->row.offer_digest(), kEnded);
    record::v1::ReceivedExchange after = held->row;
    ForgetTerms(after);
    WriteReceived(*held, std::move(after), effect);
  }
  if (plan.effects.empty()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "nothing of this is due; look again later", ""});
  }
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
