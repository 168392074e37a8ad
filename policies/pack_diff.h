// On what two versions of packs differ: exactly, over every request that either knows.
//
// Requests are told apart as in class_count.h, by the rules and words of both. A word that only one
// of them declares counts: what the other cannot be asked it does not permit. An attribute that
// only one declares is not asked of the other. Thread-safe. Both pack sets must outlive the call.
#ifndef SLUIS_POLICIES_PACK_DIFF_H_
#define SLUIS_POLICIES_PACK_DIFF_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "policies/pack.h"

namespace sluis::policies {

enum class DifferenceKind {
  kNewlyPermitted,
  kNoLongerPermitted,
  kFields,       // permitted by both; other fields, or otherwise treated
  kObligations,  // permitted by both with the same fields; other obligations
};
inline constexpr std::size_t kDifferenceKinds = 4;

// "newly_permitted", "no_longer_permitted", "fields", "obligations".
std::string_view DifferenceName(DifferenceKind kind);

struct Difference {
  absl::uint128 classes = 0;  // how many classes of requests
  std::string example;        // the first one, "attribute=value, ..."; empty when there is none
  bool operator==(const Difference&) const = default;
};

struct PackDiff {
  std::array<Difference, kDifferenceKinds> by_kind;  // by DifferenceKind
  absl::uint128 classes = 0;                         // all classes of requests

  bool any() const;
  const Difference& Of(DifferenceKind kind) const {
    return by_kind[static_cast<std::size_t>(kind)];
  }
};

// INVALID_ARGUMENT when an attribute is derived, or of another type, in one of them only;
// RESOURCE_EXHAUSTED when the two overlap in too many ways to be counted.
absl::StatusOr<PackDiff> ComparePacks(const PackSet& before, const PackSet& after);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_DIFF_H_
