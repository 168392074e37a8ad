// Whether a pinned key may be used, and which day it stops.
//
// A key stops when a holder left the partnership, when its holders may not hold a key together
// under the manifest in force any more (too few hosts, say), and when a key of a later epoch took
// its place. The first two are a task with a deadline, which ends when the key is rolled or made
// anew: shared anew it is still the same key, and what somebody may know of it stays known. In the
// third the time until then is the window in which what the old key made is taken on; at its end
// the shares of the old key and of the factor are erased. What is known of a factor is of no use
// without the key, so only that is rolled.
//
// Guarantee: nothing is evaluated with a key that MayUse refuses, as long as whoever evaluates asks
// it under the terms and at the time of the evaluation. A day that is set never moves back.
// Not guaranteed: that other holders refuse it from the same second on: each sets its own day, from
// when it learned of it. Thread-safety: pure. Errors: FAILED_PRECONDITION with what to do.
// Source: docs/formats.md, row K.
#ifndef SLUIS_SERVER_CORE_KEY_USE_H_
#define SLUIS_SERVER_CORE_KEY_USE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/ceremony_rows.h"
#include "server/core/plan.h"
#include "server/core/terms.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Days within which a key must be rolled or made anew after a holder was removed, or after its
// holders may hold it together no more.
inline constexpr uint64_t kDaysAfterRemoval = 30;
// Days in which what a key made can still be taken on after the next one is there.
inline constexpr uint64_t kDaysAfterRoll = 30;

// Words of StoredKey.stops_why.
inline constexpr std::string_view kStopsRemoved = "removed";
inline constexpr std::string_view kStopsCommittee = "committee";
inline constexpr std::string_view kStopsRolled = "rolled";

// The one gate: every use of a share asks it. Refused while the partnership exchanges nothing, for
// a key of another partnership, for one that was made in exercise once that is over, and from the
// day on that it stops.
absl::Status MayUse(const record::v1::StoredKey& key, const Terms& terms, uint64_t now_us);

// Why the manifest makes this key stop; empty when it does not, or when a day is set already. Of
// the package no more is read than names.
std::string_view WhyItStops(const record::v1::StoredKey& key,
                            const partnership::Manifest& manifest);

// Whether the time of a key that was rolled is over: nothing is left to do with its share.
bool IsOver(const record::v1::StoredKey& key, uint64_t now_us);

// Keys that somebody has to roll or make anew.
absl::StatusOr<size_t> KeyTasks(const View& view);

// Begins the window of everything that the package takes the place of: earlier epochs of the
// purpose, and the factor by which it was made. A sharing does so too, at a node that missed the
// roll. Nothing for a factor.
absl::Status AddWindows(const Call& call, const View& view, const keys::Package& made,
                        Effect& effect);

// Whether the manifest makes a key stop for which nothing is set yet.
absl::StatusOr<bool> KeysMustStop(const View& view, const partnership::Manifest& manifest);

// Sets the day from which such keys are not used any more, one entry for each.
class StopKeys : public UseCase {
 public:
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KEY_USE_H_
