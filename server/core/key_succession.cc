#include "server/core/key_succession.h"

#include "server/core/ceremony_fate.h"
#include "sluis/peer/v1/ceremony.pb.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::core {
namespace {

absl::Status OtherPackage() {
  return absl::FailedPreconditionError(
      "the ceremony is not about the package that this node has pinned for the key: have it "
      "started again from the newest package");
}

// Whether this node confirmed that package, in a ceremony that has not completed here: it then has
// its share, and knows how the package came about.
absl::StatusOr<bool> HasConfirmed(const View& view, const keys::Package& package) {
  bool found = false;
  const absl::Status visited = VisitCeremonies(view, [&](const CeremonyRow& one) {
    found = KeepsShare(one.row) && one.row.package_digest() == crypto::View(package.digest);
    return !found;
  });
  if (!visited.ok()) return visited;
  return found;
}

absl::StatusOr<bool> HasPrevious(const View& view, const keys::Package& previous) {
  const absl::StatusOr<PinnedKey> pinned =
      ReadPinnedKey(view, previous.partnership, previous.purpose, previous.use, previous.epoch);
  if (absl::IsNotFound(pinned.status())) return HasConfirmed(view, previous);
  if (!pinned.ok()) return pinned.status();
  if (pinned->package.digest == previous.digest) return true;
  if (pinned->package.key_id == previous.key_id &&
      pinned->package.generation < previous.generation) {
    return HasConfirmed(view, previous);
  }
  return OtherPackage();
}

}  // namespace

absl::StatusOr<bool> MayFollowPinned(const View& view, const keys::Parameters& parameters) {
  const absl::StatusOr<PinnedKey> newest =
      NewestPinnedKey(view, parameters.partnership, parameters.purpose);
  if (!newest.ok() && !absl::IsNotFound(newest.status())) return newest.status();
  const uint32_t now = newest.ok() ? newest->package.epoch : 0;
  if (parameters.kind == peer::v1::CEREMONY_KIND_RESHARE) {
    // As PinnedNow has it: what is past here is not begun.
    if (parameters.epoch >= now) return HasPrevious(view, *parameters.previous);
    return absl::FailedPreconditionError(
        "this node has the key of a later epoch: have that one shared anew, by a member that has "
        "it");
  }
  if (parameters.epoch <= now) {
    return absl::FailedPreconditionError(
        "this node has a key of that epoch or a later one, which nothing takes the place of: have "
        "the ceremony started again by a member that has the newest key");
  }
  if (parameters.epoch - now > kMostEpochsMissed) {
    return absl::FailedPreconditionError(
        "the epoch is too far from that of the newest key here: have the ceremony started again "
        "with the next epoch");
  }
  if (parameters.kind == peer::v1::CEREMONY_KIND_FACTOR) {
    const absl::StatusOr<PinnedKey> factor =
        ReadPinnedKey(view, parameters.partnership, parameters.purpose, record::v1::KEY_USE_ROLL,
                      parameters.epoch);
    if (!factor.ok() && !absl::IsNotFound(factor.status())) return factor.status();
    if (factor.ok() && factor->package.previous_digest == parameters.previous->digest) {
      return absl::FailedPreconditionError(
          "this node has a factor for that key: roll it, or share the key anew first when the "
          "factor is lost");
    }
  }
  if (!parameters.previous) return false;
  return HasPrevious(view, *parameters.previous);
}

absl::StatusOr<PinnedNow> PinnedNow::Of(const View& view) {
  PinnedNow now;
  const absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    record::v1::KeyPackage package;
    if (package.ParseFromString(one.row.package()) && package.use() == record::v1::KEY_USE_TAGS) {
      now.generations_[{package.partnership(), package.purpose()}][package.epoch()] =
          package.generation();
    }
    return true;
  });
  if (!visited.ok()) return visited;
  return now;
}

bool PinnedNow::Overtakes(const record::v1::StoredCeremony& ceremony) const {
  if (ceremony.state() != record::v1::CEREMONY_STATE_RUNNING &&
      ceremony.state() != record::v1::CEREMONY_STATE_ENDED) {
    return false;
  }
  return IsPast(ceremony);
}

bool PinnedNow::IsPast(const record::v1::StoredCeremony& ceremony) const {
  peer::v1::CeremonyParameters parameters;
  if (!parameters.ParseFromString(ceremony.parameters())) return false;
  const auto found = generations_.find({parameters.partnership(), parameters.purpose()});
  if (found == generations_.end()) return false;
  if (parameters.kind() != peer::v1::CEREMONY_KIND_RESHARE) {
    return found->second.rbegin()->first >= parameters.epoch();
  }
  // Nobody shares anew what another epoch has taken the place of.
  if (found->second.rbegin()->first > parameters.epoch()) return true;
  const auto generation = found->second.find(parameters.epoch());
  record::v1::KeyPackage previous;
  return generation != found->second.end() &&
         previous.ParseFromString(parameters.previous_package()) &&
         generation->second > previous.generation();
}

}  // namespace sluis::core
