#include "server/core/key_use.h"

#include <algorithm>

#include "server/core/ceremony_step.h"
#include "server/core/refusal.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kDaySeconds = 24 * 3600;
constexpr size_t kKeysPerPlan = 64;

std::string KeyOf(const keys::Package& package) {
  return PinnedKeyKey(package.partnership, package.purpose, package.use, package.epoch);
}

// Whether somebody has to do something about it.
bool StopsByChange(const record::v1::StoredKey& key) { return key.stops_why() != kStopsRolled; }

// For the log, where no catalogue of messages is.
std::string SentenceFor(std::string_view why) {
  return why == kStopsRemoved ? "a holder of the key left the partnership"
                              : "its holders may not hold a key together under this manifest";
}

}  // namespace

absl::Status MayUse(const record::v1::StoredKey& key, const Terms& terms, uint64_t now_us) {
  record::v1::KeyPackage package;
  if (!terms.may_exchange || !package.ParseFromString(key.package()) ||
      package.partnership() != terms.partnership) {
    return absl::FailedPreconditionError(
        "the partnership of this key exchanges nothing now: wait until it is in exercise or "
        "active");
  }
  if (key.exercise() != terms.exercise) {
    return absl::FailedPreconditionError(
        "this key was not made in the state in which the partnership is: make a new one");
  }
  if (key.stops_s() == 0 || now_us / kSecondUs < key.stops_s()) return absl::OkStatus();
  if (key.stops_why() == kStopsRolled) {
    return absl::FailedPreconditionError(
        "a key of a later epoch took the place of this one and its time is over: use that one");
  }
  return absl::FailedPreconditionError(
      "the holders of this key changed and it was not rolled in time: share it anew, then roll it, "
      "or make a new one");
}

std::string_view WhyItStops(const record::v1::StoredKey& key,
                            const partnership::Manifest& manifest) {
  record::v1::KeyPackage package;
  if (key.stops_s() != 0 || !package.ParseFromString(key.package()) ||
      package.use() != record::v1::KEY_USE_TAGS || package.partnership() != manifest.partnership) {
    return {};
  }
  std::vector<keys::Seat> seats;
  for (const auto& holder : package.holders()) {
    if (manifest.Find(holder.organisation()) == nullptr) return kStopsRemoved;
    seats.push_back({static_cast<keys::MemberIndex>(holder.index()), holder.organisation()});
  }
  return keys::CheckCommittee(seats, package.threshold(), manifest).ok() ? std::string_view()
                                                                         : kStopsCommittee;
}

bool IsOver(const record::v1::StoredKey& key, uint64_t now_us) {
  return key.stops_s() != 0 && !StopsByChange(key) && key.stops_s() <= now_us / kSecondUs;
}

absl::StatusOr<size_t> KeyTasks(const View& view) {
  size_t tasks = 0;
  const absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    if (one.row.stops_s() != 0 && StopsByChange(one.row)) ++tasks;
    return true;
  });
  if (!visited.ok()) return visited;
  return tasks;
}

absl::Status AddWindows(const Call& call, const View& view, const keys::Package& made,
                        Effect& effect) {
  if (made.use != record::v1::KEY_USE_TAGS) return absl::OkStatus();
  const uint64_t ends_s = call.now_us / kSecondUs + kDaysAfterRoll * kDaySeconds;
  return VisitPinnedKeys(view, [&](const PinnedKey& one) {
    const bool factor = one.package.use == record::v1::KEY_USE_ROLL;
    if (one.package.partnership != made.partnership || one.package.purpose != made.purpose ||
        one.package.epoch >= made.epoch + (factor ? 1 : 0) || one.row.stops_why() == kStopsRolled) {
      return true;
    }
    record::v1::StoredKey row = one.row;
    row.set_stops_s(row.stops_s() == 0 ? ends_s : std::min(row.stops_s(), ends_s));
    row.set_stops_why(std::string(kStopsRolled));
    effect.preconditions.push_back({KeyOf(one.package), one.stamp});
    effect.rows.push_back({KeyOf(one.package), row.SerializeAsString()});
    return true;
  });
}

absl::StatusOr<bool> KeysMustStop(const View& view, const partnership::Manifest& manifest) {
  bool found = false;
  const absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    found = !WhyItStops(one.row, manifest).empty();
    return !found;
  });
  if (!visited.ok()) return visited;
  return found;
}

const Method& StopKeys::method() const {
  static const Method& method = *new Method{"Node.StopKeys", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> StopKeys::Decide(const Call& call, View& view) {
  Plan plan;
  const absl::Status visited = VisitPinnedKeys(view, [&](const PinnedKey& one) {
    if (call.terms->manifest == nullptr) return false;
    const std::string_view why = WhyItStops(one.row, call.terms->manifest->manifest);
    if (why.empty()) return true;
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.entry.act.set_object_digest(std::string(crypto::View(one.package.digest)));
    effect.entry.act.set_reason(SentenceFor(why));
    record::v1::CeremonyStep& said = *effect.entry.act.mutable_ceremony();
    said.set_ceremony(one.row.ceremony());
    said.set_purpose(one.package.purpose);
    said.set_epoch(one.package.epoch);
    said.set_event(kRemoved);
    said.set_package_digest(std::string(crypto::View(one.package.digest)));
    record::v1::StoredKey row = one.row;
    row.set_stops_s(call.now_us / kSecondUs + kDaysAfterRemoval * kDaySeconds);
    row.set_stops_why(std::string(why));
    effect.preconditions.push_back({KeyOf(one.package), one.stamp});
    effect.rows.push_back({KeyOf(one.package), row.SerializeAsString()});
    return plan.effects.size() < kKeysPerPlan;
  });
  if (!visited.ok()) return visited;
  if (plan.effects.empty()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "nothing of this is due; look again later", ""});
  }
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
