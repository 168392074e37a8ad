#include "server/ledger/stamps.h"

#include <limits>

#include "crypto/bytes.h"
#include "server/ledger/effect.h"

namespace sluis::ledger {
namespace {

constexpr uint64_t kUnset = std::numeric_limits<uint64_t>::max();

}  // namespace

absl::StatusOr<uint64_t> Stamps::Of(const std::string& key) {
  if (const auto found = group_.find(key); found != group_.end()) return found->second;
  if (const auto found = young_.find(key); found != young_.end()) return found->second;
  if (const auto found = old_.find(key); found != old_.end()) {
    const uint64_t stamp = found->second;
    Keep(key, stamp);
    return stamp;
  }
  absl::StatusOr<std::optional<std::string>> stored = store_.Get(key);
  if (!stored.ok()) return stored.status();
  uint64_t stamp = kAbsent;
  if (stored->has_value() && (!crypto::Reader(**stored).U64(&stamp) || stamp == kAbsent)) {
    return absl::DataLossError("a stored row lacks its stamp: run `sluis node doctor`");
  }
  Keep(key, stamp);
  return stamp;
}

void Stamps::Set(const std::string& key, uint64_t stamp) {
  const auto [place, added] = group_.try_emplace(key, stamp);
  undo_.emplace_back(key, added ? kUnset : place->second);
  place->second = stamp;
}

void Stamps::BackToMark() {
  for (; !undo_.empty(); undo_.pop_back()) {
    const auto& [key, before] = undo_.back();
    if (before == kUnset) {
      group_.erase(key);
    } else {
      group_[key] = before;
    }
  }
}

void Stamps::Commit() {
  for (const auto& [key, stamp] : group_) Keep(key, stamp);
  group_.clear();
  undo_.clear();
}

void Stamps::Keep(const std::string& key, uint64_t stamp) {
  // Two generations: what is asked for again survives, the rest goes, and nothing is ever stale
  // because the younger generation is looked at first.
  if (young_.size() >= capacity_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[key] = stamp;
}

}  // namespace sluis::ledger
