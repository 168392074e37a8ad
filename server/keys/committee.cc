#include "server/keys/committee.h"

#include <algorithm>
#include <map>
#include <set>

namespace sluis::keys {
namespace {

absl::Status Refused(std::string text) { return absl::FailedPreconditionError(std::move(text)); }

}  // namespace

size_t LeastThreshold(size_t holders) { return std::max<size_t>(2, (holders + 1) / 2); }

absl::Status CheckCommittee(std::span<const Seat> holders, size_t threshold,
                            const partnership::Manifest& manifest) {
  if (holders.size() < kMinHolders) {
    return Refused(
        "a key of this kind needs at least 3 holders: add a member, or have an organisation "
        "outside join that holds a share and no data");
  }
  if (holders.size() > kMaxHolders) {
    return Refused("a key of this kind has at most 64 holders: choose fewer");
  }
  std::set<MemberIndex> indexes;
  std::set<std::string> organisations;
  std::map<std::string, size_t> on_host;
  for (const Seat& seat : holders) {
    if (seat.index == 0 || !indexes.insert(seat.index).second ||
        !organisations.insert(seat.organisation).second) {
      return Refused(
          "every holder is named once and has an index of its own from 1: correct the list of "
          "holders");
    }
    const partnership::Member* member = manifest.Find(seat.organisation);
    if (member == nullptr) {
      return Refused(
          "only members named in the manifest can hold a share: add the organisation to the "
          "manifest first, or choose another holder");
    }
    ++on_host[member->host];
  }
  if (on_host.size() < kMinHosts) {
    return Refused(
        "the holders run on fewer than 3 hosts, so one operator could put the key together: move "
        "a node to a host of its own, or add a holder on another host");
  }
  if (threshold < LeastThreshold(holders.size()) || threshold > holders.size()) {
    return Refused("with " + std::to_string(holders.size()) + " holders " +
                   std::to_string(LeastThreshold(holders.size())) + " to " +
                   std::to_string(holders.size()) +
                   " of them must be needed: choose a threshold in that range");
  }
  const auto crowded = std::any_of(on_host.begin(), on_host.end(),
                                   [&](const auto& host) { return host.second >= threshold; });
  if (crowded) {
    return Refused(
        "one host runs as many holders as are needed, so its operator has the key: move a node to "
        "a host of its own, or leave out a holder");
  }
  return absl::OkStatus();
}

}  // namespace sluis::keys
