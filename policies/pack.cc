#include "policies/pack.h"

#include <algorithm>
#include <span>
#include <utility>

#include "policies/invariants.h"
#include "policies/pack_resolver.h"
#include "policies/pack_test.h"

namespace sluis::policies {

absl::StatusOr<PackSet> PackSet::Load(std::vector<Pack> layers) {
  const std::span<const Pack> all(layers);
  absl::StatusOr<PackSet> packs = PackSetResolver::Resolve(all);
  if (!packs.ok()) return packs.status();
  if (absl::Status status = CheckInvariants(all, *packs); !status.ok()) return status;
  // The tests of a pack state what its parties agreed on: a lower layer may narrow that later, so
  // they run on the layers down to their own.
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto down_to_own = all.first(i + 1);
    if (i + 1 == all.size()) {
      if (absl::Status status = RunPackTests(all, *packs); !status.ok()) return status;
      break;
    }
    absl::StatusOr<PackSet> upper = PackSetResolver::Resolve(down_to_own);
    if (!upper.ok()) return upper.status();
    if (absl::Status status = RunPackTests(down_to_own, *upper); !status.ok()) return status;
  }
  PackSetResolver::KeepLayers(*packs, std::move(layers));
  return packs;
}

bool PackSet::RoleAllowedAt(std::string_view role, std::string_view organisation_kind) const {
  const Vocabulary* roles = schema_.FindVocabulary("role");
  const auto id = roles != nullptr ? roles->Find(role) : std::nullopt;
  if (!id) return false;
  const auto& properties = roles->values[static_cast<std::size_t>(*id)].properties;
  const auto kinds = properties.find("kinds");
  return kinds != properties.end() && std::find(kinds->second.begin(), kinds->second.end(),
                                                organisation_kind) != kinds->second.end();
}

}  // namespace sluis::policies
