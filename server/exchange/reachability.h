#ifndef SLUIS_SERVER_EXCHANGE_REACHABILITY_H_
#define SLUIS_SERVER_EXCHANGE_REACHABILITY_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/partnership/manifest.h"

namespace sluis::exchange {

// How one partner can be reached, as PeerState of exchange.proto says it.
struct Standing {
  uint64_t reached_at_us = 0;  // 0: never since the start
  uint64_t heard_at_us = 0;
  std::string trouble;  // fixed code, empty when all is well
  uint64_t manifest_version = 0;
  uint32_t protocol_version = 0;
  std::vector<std::string> capabilities;  // of both, sorted
  int64_t clock_ahead_s = 0;
};

// What a partner said of itself, as far as it is kept.
struct Met {
  std::string trouble;
  uint64_t manifest_version = 0;
  uint32_t protocol_version = 0;
  std::vector<std::string> capabilities;
};

// What the heartbeats found. Lives in memory only: two idle nodes must not make each other's logs
// grow, and after a start nothing is known until it is asked again. Keeps members of the manifest
// and nobody else, so that it is bounded by it. Thread-safe.
class Reachability {
 public:
  struct Numbers {
    size_t partners = 0;
    size_t reachable = 0;  // answered within kFreshUs
    size_t heard = 0;      // asked within kFreshUs
    size_t in_trouble = 0;
  };
  // Six heartbeats: one or two that are lost are no news.
  static constexpr uint64_t kFreshUs = 60ull * 1'000'000;

  // This partner answered `now_us`; its clock was ahead by so much.
  void Reached(const std::string& organisation, uint64_t now_us, Met met, int64_t clock_ahead_s);
  // It did not, and why.
  void NotReached(const std::string& organisation, std::string trouble);
  // It asked. What it said decides only where this node cannot ask itself.
  void Heard(const std::string& organisation, uint64_t now_us, Met met);
  // Forgets whoever is no member; all when null.
  void KeepMembersOf(const partnership::Manifest* manifest);

  // All zero for one of whom nothing is known.
  Standing Of(const std::string& organisation, uint64_t now_us) const;
  // Of the members other than `own`; all zero without a manifest.
  Numbers Count(const partnership::Manifest* manifest, std::string_view own, uint64_t now_us) const;

 private:
  struct Known {
    Standing standing;
    // Trouble that hearing of it showed.
    std::string heard_trouble;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_REACHABILITY_H_
