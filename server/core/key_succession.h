// Which ceremonies may follow on the keys that a node has pinned, and which ones time has passed
// by.
//
// Guarantee: what MayFollowPinned allows takes the place of nothing but an older sharing of the
// same key, or of a factor for a package that is pinned no more. So no key is lost by making one.
// Not guaranteed: that other nodes have pinned the same: each asks for itself, when it begins and
// again when the ceremony is complete. Thread-safety: pure. Errors: FAILED_PRECONDITION with what
// to do, DATA_LOSS when a row cannot be read. Source: docs/formats.md, "Ceremonies".
#ifndef SLUIS_SERVER_CORE_KEY_SUCCESSION_H_
#define SLUIS_SERVER_CORE_KEY_SUCCESSION_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "server/core/ceremony_rows.h"
#include "server/core/view.h"
#include "server/keys/parameters.h"

namespace sluis::core {

// Most epochs that a node may have missed and still take part in what makes the next one. A bound,
// so that nobody has the last epoch of all agreed to.
inline constexpr uint32_t kMostEpochsMissed = 64;

// Whether this node has the package that the ceremony goes out from: pinned, or confirmed by
// itself in a ceremony that ended here. A newer sharing of the same key than the one pinned is
// taken over as by who has none: this node was put back, or missed the last one.
absl::StatusOr<bool> MayFollowPinned(const View& view, const keys::Parameters& parameters);

// What is pinned, for upkeep, which looks often: no package is judged.
class PinnedNow {
 public:
  static absl::StatusOr<PinnedNow> Of(const View& view);
  // Whether a key is pinned that leaves nothing for this ceremony to make.
  bool Overtakes(const record::v1::StoredCeremony& ceremony) const;
  // The same of one that is over here.
  bool IsPast(const record::v1::StoredCeremony& ceremony) const;

 private:
  using Key = std::pair<std::string, std::string>;           // partnership and purpose
  std::map<Key, std::map<uint32_t, uint32_t>> generations_;  // by epoch
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KEY_SUCCESSION_H_
