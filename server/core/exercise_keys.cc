#include "server/core/exercise_keys.h"

#include <set>
#include <string>
#include <vector>

#include "server/core/ceremony_rows.h"
#include "server/core/ceremony_step.h"
#include "server/core/key_secret.h"
#include "server/core/refusal.h"
#include "server/keys/package.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

struct Left {
  std::vector<PinnedRow> keys;
  std::vector<CeremonyRow> ceremonies;
};

absl::StatusOr<Left> FindLeft(const View& view) {
  Left left;
  absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    if (one.row.exercise()) left.keys.push_back(one);
    return true;
  });
  if (!visited.ok()) return visited;
  visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    if (one.row.exercise()) left.ceremonies.push_back(one);
    return true;
  });
  if (!visited.ok()) return visited;
  return left;
}

Effect& AddErasureOf(const Call& call, const std::string& row, uint64_t stamp, Plan& plan) {
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  effect.entry.act.mutable_ceremony()->set_event(kKeysErased);
  effect.preconditions.push_back({row, stamp});
  effect.rows.push_back({row, std::nullopt});
  return effect;
}

// Once each: a ceremony and the key that it made have one share.
absl::Status AddSecret(const Call& call, const View& view, KeySecretKind kind,
                       const std::string& id, std::set<std::string>& added, Effect& effect) {
  const std::string key = KeySecretKey(kind, id);
  if (id.empty() || !added.insert(key).second) return absl::OkStatus();
  const absl::StatusOr<HeldKeySecret> held = ReadKeySecret(view, key);
  if (absl::IsNotFound(held.status())) return absl::OkStatus();
  if (!held.ok() && !absl::IsDataLoss(held.status())) return held.status();
  effect.rows.push_back({key, std::nullopt});
  // One that cannot be read names no key to erase; nobody can open it either.
  if (!held.ok()) return absl::OkStatus();
  const absl::Status there = view.keyring().Unwrap(view.snapshot(), held->ref).status();
  if (absl::IsNotFound(there)) return absl::OkStatus();
  if (!there.ok()) return there;
  effect.erase.push_back(held->ref);
  effect.entry.act.set_erased_everywhere_on(
      storage::AddDays(call.today, call.terms->key_copy_days + 1));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> KeysOfExercise(const View& view) {
  const absl::StatusOr<Left> left = FindLeft(view);
  if (!left.ok()) return left.status();
  return !left->keys.empty() || !left->ceremonies.empty();
}

const Method& EraseKeysOfExercise::method() const {
  static const Method& method =
      *new Method{"Node.EraseKeysOfExercise", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> EraseKeysOfExercise::Decide(const Call& call, View& view) {
  absl::StatusOr<Left> left = Left();
  if (call.terms->active()) left = FindLeft(view);
  if (!left.ok()) return left.status();
  Plan plan;
  std::set<std::string> added;
  for (const PinnedRow& one : left->keys) {
    if (plan.effects.size() == kMostExerciseKeys) break;
    Effect& effect = AddErasureOf(call, one.key, one.stamp, plan);
    const std::string digest(crypto::View(keys::PackageDigest(one.row.package())));
    effect.entry.act.mutable_ceremony()->set_package_digest(digest);
    for (const std::string& package : {digest, one.row.old_share()}) {
      const absl::Status secret =
          AddSecret(call, view, KeySecretKind::kShare, package, added, effect);
      if (!secret.ok()) return secret;
    }
  }
  for (const CeremonyRow& one : left->ceremonies) {
    if (plan.effects.size() >= kMostExerciseKeys) break;
    Effect& effect = AddErasureOf(call, CeremonyKey(one.id), one.stamp, plan);
    effect.entry.act.mutable_ceremony()->set_ceremony(one.id);
    for (uint32_t number = 0; number < one.row.events(); ++number) {
      effect.rows.push_back({CeremonyEventKey(one.id, number), std::nullopt});
    }
    absl::Status secret = AddSecret(call, view, KeySecretKind::kSeed, one.id, added, effect);
    if (secret.ok()) {
      secret =
          AddSecret(call, view, KeySecretKind::kShare, one.row.package_digest(), added, effect);
    }
    if (!secret.ok()) return secret;
  }
  if (plan.effects.empty()) {
    return RefusalPlan(call,
                       {absl::StatusCode::kFailedPrecondition, "not_due",
                        "no key of an exercise is left, or the partnership is not active", ""});
  }
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
