// Who may hold a key together, and how many of them an evaluation must need.
//
// Guarantee: what passes has at least 3 holders, all members of the manifest, each under an index
// of its own, on at least 3 hosts, none of which runs as many of them as are needed; and needs at
// least LeastThreshold of them. So nobody who runs one host has the key, nor fewer holders than a
// majority of an odd number.
// Not guaranteed: that hosts are what the manifest calls them: their operators say so and sign it.
// Nor that an index was never another organisation's: compare with the package before.
// Thread-safety: pure. Errors: kFailedPrecondition with what to change, never naming anybody.
#ifndef SLUIS_SERVER_KEYS_COMMITTEE_H_
#define SLUIS_SERVER_KEYS_COMMITTEE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "crypto/lagrange.h"
#include "server/partnership/manifest.h"

namespace sluis::keys {

using crypto::oprf::MemberIndex;

inline constexpr size_t kMinHolders = 3;
inline constexpr size_t kMinHosts = 3;
// A partnership has no more members.
inline constexpr size_t kMaxHolders = partnership::kMaxMembers;

// Who holds a share, and where in the sharing.
struct Seat {
  MemberIndex index;
  std::string organisation;

  friend bool operator==(const Seat&, const Seat&) = default;
};

// floor((n + 1) / 2), and never below 2: 3 -> 2, 5 -> 3, 7 -> 4, 30 -> 15.
size_t LeastThreshold(size_t holders);

absl::Status CheckCommittee(std::span<const Seat> holders, size_t threshold,
                            const partnership::Manifest& manifest);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_COMMITTEE_H_
