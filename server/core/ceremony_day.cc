#include "server/core/ceremony_day.h"

#include <algorithm>

#include "server/storage/clock.h"

namespace sluis::core {
namespace {

// One can agree for 30 days, and clocks differ around midnight.
constexpr int kDaysBack = 31;
constexpr int kDaysAhead = 1;

}  // namespace

absl::Status CheckCeremonyRounds(const keys::Parameters& parameters) {
  if (parameters.round_seconds >= kLeastRoundSeconds) return absl::OkStatus();
  return absl::FailedPreconditionError("the rounds of the ceremony are shorter than " +
                                       std::to_string(kLeastRoundSeconds) +
                                       " seconds, which no node keeps to under load: have it "
                                       "started again with longer ones");
}

absl::Status CheckCeremonyDay(const keys::Parameters& parameters,
                              const partnership::Manifest& manifest, const std::string& today) {
  if (parameters.day < storage::AddDays(today, -kDaysBack) ||
      parameters.day > storage::AddDays(today, kDaysAhead)) {
    return absl::FailedPreconditionError(
        "the ceremony names a day that is not of now: look at the clocks, and have it started "
        "again");
  }
  const absl::StatusOr<keys::Roster> roster = keys::Roster::Of(parameters, manifest);
  if (!roster.ok()) return roster.status();
  for (const keys::Participant& one : roster->participants()) {
    const auto valid =
        manifest.Find(one.organisation)->KeysFor(crypto::KeyPurpose::kIdentity, today);
    for (const crypto::PublicKey& key : one.keys) {
      if (std::any_of(valid.begin(), valid.end(),
                      [&](const partnership::Key* held) { return held->public_key == key; })) {
        continue;
      }
      return absl::FailedPreconditionError(
          "an identity key of a participant has expired since the ceremony was started: have it "
          "started again");
    }
  }
  return absl::OkStatus();
}

}  // namespace sluis::core
