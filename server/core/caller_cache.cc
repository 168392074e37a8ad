#include "server/core/caller_cache.h"

#include <algorithm>

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kMinuteUs = 60 * kSecondUs;

}  // namespace

std::shared_ptr<const KnownCaller> CallerCache::Find(const crypto::Hash& certificate_digest,
                                                     uint64_t now_us) {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(certificate_digest);
  if (found == known_.end()) return nullptr;
  // A clock that stepped back makes nothing good that was not.
  const uint64_t until = found->second->good_until_us;
  if (now_us >= until || now_us + kMinuteUs < until) {
    known_.erase(found);
    return nullptr;
  }
  return found->second;
}

void CallerCache::Remember(std::shared_ptr<const KnownCaller> known) {
  std::lock_guard lock(mutex_);
  if (known_.size() >= kMaxCallers) known_.clear();
  known_[known->caller.certificate_digest] = std::move(known);
}

void CallerCache::Forget(const crypto::Hash& certificate_digest) {
  std::lock_guard lock(mutex_);
  known_.erase(certificate_digest);
}

uint64_t GoodUntil(const authn::Caller& caller, uint64_t now_us) {
  uint64_t until = std::min(now_us + kMinuteUs, (caller.certificate_not_after_s + 1) * kSecondUs);
  for (const authn::Caller::Held& held : caller.mandates) {
    until = std::min(until, (held.mandate.not_after_s() + 1) * kSecondUs);
  }
  return until;
}

}  // namespace sluis::core
