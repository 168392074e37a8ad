#ifndef SLUIS_SERVER_CORE_OFFER_QUOTA_H_
#define SLUIS_SERVER_CORE_OFFER_QUOTA_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluis::core {

// How much of what one partner offers is kept a day: of each Offer, taken or refused, a row with
// the whole of it stays, and a partner could fill the disk with them.
//
// Guarantee: of a partner, in 24 hours of the node's clock, no more refused Offers are let through
// than `refused`, and taken ones until their bytes reach `taken_bytes`. Not guaranteed: that a
// restart remembers, or that a decision made twice counts once. Bounded by the members of a
// manifest, since nobody else is asked about. Thread-safe.
class OfferQuota {
 public:
  static constexpr size_t kRefusedADay = 1000;
  // Some hundred thousand signals.
  static constexpr size_t kTakenBytesADay = size_t{512} << 20;

  explicit OfferQuota(size_t refused = kRefusedADay, size_t taken_bytes = kTakenBytesADay)
      : refused_(refused), taken_bytes_(taken_bytes) {}

  // Whether one more that is refused may be kept now.
  bool MayKeepRefused(const std::string& partner, uint64_t now_us) {
    const std::lock_guard lock(mutex_);
    Kept& kept = Today(partner, now_us);
    if (kept.refused >= refused_) return false;
    ++kept.refused;
    return true;
  }

  // Whether one more of so many bytes may be taken now.
  bool MayTake(const std::string& partner, size_t bytes, uint64_t now_us) {
    const std::lock_guard lock(mutex_);
    Kept& kept = Today(partner, now_us);
    if (kept.taken_bytes >= taken_bytes_) return false;
    kept.taken_bytes += bytes;
    return true;
  }

 private:
  struct Kept {
    uint64_t since_us = 0;
    size_t refused = 0;
    size_t taken_bytes = 0;
  };
  Kept& Today(const std::string& partner, uint64_t now_us) {
    constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
    const auto [found, is_new] = kept_.try_emplace(partner);
    if (is_new || now_us >= found->second.since_us + kDayUs) found->second = {now_us, 0, 0};
    return found->second;
  }

  const size_t refused_;
  const size_t taken_bytes_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OFFER_QUOTA_H_
