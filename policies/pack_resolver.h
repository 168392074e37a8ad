// Turns the words of packs into the numbers of a pack set. Internal to this folder: whoever wants a
// pack set calls PackSet::Load, which also runs tests and checks invariants.
#ifndef SLUIS_POLICIES_PACK_RESOLVER_H_
#define SLUIS_POLICIES_PACK_RESOLVER_H_

#include <span>

#include "absl/status/statusor.h"
#include "policies/pack.h"

namespace sluis::policies {

class PackSetResolver {
 public:
  // Errors: InvalidArgument naming file, line and column. The tests and invariants of the packs are
  // not looked at. The result keeps no copy of the packs.
  static absl::StatusOr<PackSet> Resolve(std::span<const Pack> layers);

  static void KeepLayers(PackSet& packs, std::vector<Pack> layers) {
    packs.layers_ = std::move(layers);
  }

 private:
  static absl::Status CheckLayers(std::span<const Pack> layers);
  static absl::Status ReadAll(std::span<const Pack> layers, PackSet& packs);
  static void SetDigestsAndDays(std::span<const Pack> layers, PackSet& packs);
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_RESOLVER_H_
