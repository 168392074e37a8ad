#ifndef SLUIS_SERVER_CORE_REFUSED_OFFERS_H_
#define SLUIS_SERVER_CORE_REFUSED_OFFERS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluis::core {

// How many refused Offers, and erasures asked of what was never here, are kept of each partner: a
// row stays of each, and a partner could fill the disk with them.
//
// Guarantee: no more than `most` of a partner in 24 hours of the node's clock are let through.
// Not guaranteed: that a restart remembers, or that a decision made twice counts once. Bounded by
// the members of a manifest, since nobody else is asked about. Thread-safe.
class RefusedOffers {
 public:
  static constexpr size_t kMostADay = 1000;

  explicit RefusedOffers(size_t most = kMostADay) : most_(most) {}

  // Whether one more may be kept now.
  bool MayKeep(const std::string& partner, uint64_t now_us) {
    constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
    const std::lock_guard lock(mutex_);
    Kept& kept = kept_[partner];
    if (kept.count == 0 || now_us >= kept.since_us + kDayUs) kept = {now_us, 0};
    if (kept.count >= most_) return false;
    ++kept.count;
    return true;
  }

 private:
  struct Kept {
    uint64_t since_us = 0;
    size_t count = 0;
  };
  const size_t most_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REFUSED_OFFERS_H_
