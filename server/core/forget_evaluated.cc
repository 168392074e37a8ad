#include "server/core/forget_evaluated.h"

#include <algorithm>
#include <memory>
#include <set>

#include "server/core/ceremony_rows.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

constexpr size_t kRowsPerEntry = 256;
constexpr uint64_t kSecondUs = 1'000'000;

absl::StatusOr<std::set<std::string>> PinnedKeyIds(const View& view) {
  std::set<std::string> ids;
  const absl::Status visited = VisitPinnedKeys(view, [&ids](const PinnedKey& one) {
    ids.insert(std::string(crypto::View(one.package.key_id)));
    return true;
  });
  if (!visited.ok()) return visited;
  return ids;
}

// Proofs that are owed for another key than these.
absl::Status AddOwed(const View& view, const std::set<std::string>& pinned,
                     std::vector<std::string>& rows) {
  constexpr size_t kIdBytes = 32;
  const std::string prefix = ledger::RowKey(ledger::Table::kOwedProof);
  return view.snapshot().Scan(prefix, storage::PrefixEnd(prefix),
                              [&](std::string_view key, std::string_view) {
                                // After the organisation id, which holds no zero byte.
                                const size_t end = std::min(key.find('\0'), key.size() - 1);
                                const std::string id(key.substr(end + 1, kIdBytes));
                                if (!pinned.contains(id)) rows.emplace_back(key);
                                return true;
                              });
}

}  // namespace

const Method& ForgetEvaluated::method() const {
  static const Method& method =
      *new Method{"Node.ForgetEvaluated", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> ForgetEvaluated::Decide(const Call& call, View& view) {
  Plan plan;
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  for (const std::string& key : rows_) {
    const absl::StatusOr<uint64_t> stamp = view.StampOf(key);
    if (!stamp.ok()) return stamp.status();
    if (*stamp == ledger::kAbsent) continue;
    effect.preconditions.push_back({key, *stamp});
    effect.rows.push_back({key, std::nullopt});
  }
  if (effect.rows.empty()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "nothing of this is left; look again later", ""});
  }
  effect.entry.act.set_count(static_cast<uint32_t>(effect.rows.size()));
  plan.effects.push_back(std::move(effect));
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

absl::Status ForgetEvaluations(ledger::Ledger& ledger, Executor& executor, Evaluations& evaluations,
                               uint64_t now_us) {
  std::vector<std::string> rows;
  {
    const auto snapshot = ledger.store().NewSnapshot();
    const View view(*snapshot, ledger.keyring());
    const absl::StatusOr<std::set<std::string>> pinned = PinnedKeyIds(view);
    if (!pinned.ok()) return pinned.status();
    auto old = evaluations.Prune(view, *pinned, now_us / kSecondUs);
    if (!old.ok()) return old.status();
    rows = *std::move(old);
    if (absl::Status added = AddOwed(view, *pinned, rows); !added.ok()) return added;
  }
  absl::Status first = absl::OkStatus();
  for (size_t at = 0; at < rows.size(); at += kRowsPerEntry) {
    const size_t end = std::min(at + kRowsPerEntry, rows.size());
    first.Update(executor.RunAsNodeAndWait(std::make_shared<ForgetEvaluated>(
        std::vector<std::string>(rows.begin() + static_cast<ptrdiff_t>(at),
                                 rows.begin() + static_cast<ptrdiff_t>(end)))));
  }
  return first;
}

}  // namespace sluis::core
