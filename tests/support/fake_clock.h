#ifndef SLUIS_TESTS_SUPPORT_FAKE_CLOCK_H_
#define SLUIS_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "server/storage/clock.h"

namespace sluis::tests {

// A clock that stands still until told. Advance moves both times; SetNowUs steps the civil time
// alone, also back, as an administrator or NTP would. Thread-safe.
class FakeClock final : public storage::Clock {
 public:
  // 2025-03-03 09:00:00 UTC, a Monday morning in winter time, when nothing else is said.
  static constexpr uint64_t kStartUs = 1'740'992'400'000'000;

  explicit FakeClock(uint64_t now_us = kStartUs) : now_us_(now_us) {}

  uint64_t NowUs() const override { return now_us_; }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(std::chrono::microseconds(monotonic_us_));
  }

  void SetNowUs(uint64_t now_us) { now_us_ = now_us; }
  void Advance(std::chrono::microseconds by) {
    now_us_ += static_cast<uint64_t>(by.count());
    monotonic_us_ += by.count();
  }

 private:
  std::atomic<uint64_t> now_us_;
  std::atomic<int64_t> monotonic_us_{0};
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_FAKE_CLOCK_H_
