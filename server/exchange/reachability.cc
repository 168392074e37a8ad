#include "server/exchange/reachability.h"

namespace sluis::exchange {
namespace {

bool Fresh(uint64_t at_us, uint64_t now_us) {
  // A clock that was put back must not make old news of what has just been.
  return at_us != 0 && (at_us >= now_us || now_us - at_us <= Reachability::kFreshUs);
}

void Take(Standing& standing, Met met) {
  standing.manifest_version = met.manifest_version;
  standing.protocol_version = met.protocol_version;
  standing.capabilities = std::move(met.capabilities);
}

}  // namespace

void Reachability::Reached(const std::string& organisation, uint64_t now_us, Met met,
                           int64_t clock_ahead_s) {
  std::lock_guard lock(mutex_);
  Standing& standing = known_[organisation].standing;
  standing.reached_at_us = now_us;
  standing.trouble = met.trouble;
  standing.clock_ahead_s = clock_ahead_s;
  Take(standing, std::move(met));
}

void Reachability::NotReached(const std::string& organisation, std::string trouble) {
  std::lock_guard lock(mutex_);
  known_[organisation].standing.trouble = std::move(trouble);
}

void Reachability::Heard(const std::string& organisation, uint64_t now_us, Met met) {
  std::lock_guard lock(mutex_);
  Known& known = known_[organisation];
  known.standing.heard_at_us = now_us;
  known.heard_trouble = met.trouble;
  Take(known.standing, std::move(met));
}

void Reachability::KeepMembersOf(const partnership::Manifest* manifest) {
  std::lock_guard lock(mutex_);
  std::erase_if(known_, [manifest](const auto& known) {
    return manifest == nullptr || manifest->Find(known.first) == nullptr;
  });
}

Standing Reachability::Of(const std::string& organisation, uint64_t now_us) const {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(organisation);
  if (found == known_.end()) return {};
  Standing standing = found->second.standing;
  // One that only dials out stands well as long as it does.
  if (standing.trouble == "no_address" && Fresh(standing.heard_at_us, now_us)) {
    standing.trouble = found->second.heard_trouble;
  }
  return standing;
}

Reachability::Numbers Reachability::Count(const partnership::Manifest* manifest,
                                          std::string_view own, uint64_t now_us) const {
  Numbers numbers;
  if (manifest == nullptr) return numbers;
  for (const partnership::Member& member : manifest->members) {
    if (member.organisation == own) continue;
    const Standing standing = Of(member.organisation, now_us);
    ++numbers.partners;
    numbers.reachable += Fresh(standing.reached_at_us, now_us) ? 1 : 0;
    numbers.heard += Fresh(standing.heard_at_us, now_us) ? 1 : 0;
    numbers.in_trouble += standing.trouble.empty() ? 0 : 1;
  }
  return numbers;
}

}  // namespace sluis::exchange
