#include "client/lib/rule_packs.h"

#include <utility>

namespace sluis::client {

void RulePacks::Add(policies::Pack pack) {
  const crypto::Hash digest = pack.digest;
  packs_.emplace(digest, std::move(pack));
}

RulePacks::Found RulePacks::Find(const LayerDigests& digests) {
  const auto known = places_.find(digests);
  if (known != places_.end()) {
    kept_.splice(kept_.begin(), kept_, known->second);
    return {std::nullopt, kept_.front().refused, kept_.front().packs.get()};
  }
  std::vector<policies::Pack> layers;
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!digests[i]) continue;
    const auto pack = packs_.find(*digests[i]);
    if (pack == packs_.end()) return {i, {}, nullptr};
    layers.push_back(pack->second);
  }
  Loaded made{digests, nullptr, {}};
  ++loads_;
  absl::StatusOr<policies::PackSet> packs = policies::PackSet::Load(std::move(layers));
  if (packs.ok()) {
    made.packs = std::make_unique<const policies::PackSet>(*std::move(packs));
  } else {
    made.refused = std::string(packs.status().message());
  }
  // A log can name any number of sets.
  if (kept_.size() == kMaxLoaded) {
    places_.erase(kept_.back().digests);
    kept_.pop_back();
  }
  kept_.push_front(std::move(made));
  places_[digests] = kept_.begin();
  return {std::nullopt, kept_.front().refused, kept_.front().packs.get()};
}

}  // namespace sluis::client
