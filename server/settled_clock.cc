#include "server/settled_clock.h"

#include <cstdlib>

namespace sluis::server {
namespace {

constexpr auto kSettles = std::chrono::minutes(10);
constexpr int64_t kStepUs = 60'000'000;
constexpr auto kBetweenBases = std::chrono::minutes(1);

}  // namespace

SettledClock::SettledClock(const storage::Clock& clock)
    : clock_(clock), running_(clock.Monotonic()), civil_us_(clock.NowUs()), even_since_(running_) {}

bool SettledClock::Look() {
  std::lock_guard lock(mutex_);
  const auto running = clock_.Monotonic();
  const uint64_t civil_us = clock_.NowUs();
  const int64_t ran_us =
      std::chrono::duration_cast<std::chrono::microseconds>(running - running_).count();
  const auto moved_us = static_cast<int64_t>(civil_us - civil_us_);
  const bool stepped = std::abs(moved_us - ran_us) > kStepUs;
  if (stepped) even_since_ = running;
  // What is looked at more often is held against the same moment, or small steps would add up
  // unseen.
  if (stepped || running - running_ >= kBetweenBases) {
    running_ = running;
    civil_us_ = civil_us;
  }
  return running - even_since_ >= kSettles;
}

}  // namespace sluis::server
