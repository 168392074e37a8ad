#include "client/lib/rule_packs.h"

#include <utility>

namespace sluis::client {

void RulePacks::Add(policies::Pack pack) {
  const crypto::Hash digest = pack.digest;
  packs_.emplace(digest, std::move(pack));
}

RulePacks::Found RulePacks::Find(const LayerDigests& digests) {
  const auto known = loaded_.find(digests);
  if (known != loaded_.end()) {
    return {std::nullopt, known->second.refused, known->second.packs.get()};
  }
  std::vector<policies::Pack> layers;
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!digests[i]) continue;
    const auto pack = packs_.find(*digests[i]);
    if (pack == packs_.end()) return {i, {}, nullptr};
    layers.push_back(pack->second);
  }
  Loaded made;
  absl::StatusOr<policies::PackSet> packs = policies::PackSet::Load(std::move(layers));
  if (packs.ok()) {
    made.packs = std::make_unique<const policies::PackSet>(*std::move(packs));
  } else {
    made.refused = std::string(packs.status().message());
  }
  // A log can name any number of sets; those in use come back soon enough.
  if (loaded_.size() == kMaxLoaded) loaded_.clear();
  const Loaded& kept = loaded_.emplace(digests, std::move(made)).first->second;
  return {std::nullopt, kept.refused, kept.packs.get()};
}

}  // namespace sluis::client
