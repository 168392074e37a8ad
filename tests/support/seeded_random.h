#ifndef SLUIS_TESTS_SUPPORT_SEEDED_RANDOM_H_
#define SLUIS_TESTS_SUPPORT_SEEDED_RANDOM_H_

#include <cstdint>
#include <mutex>
#include <random>
#include <span>

#include "crypto/random.h"

namespace sluis::tests {

// The same bytes for the same seed, on every machine: the standard fixes this generator, though not
// its distributions. No secret. Thread-safe, but threads share one sequence.
class SeededRandom final : public crypto::Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}

  void Fill(std::span<uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(engine_() >> 56);
  }

  // A number from 0 to `below` - 1; `below` must not be 0. Its bias is far below what a test sees.
  uint64_t Below(uint64_t below) {
    const std::lock_guard lock(mutex_);
    return engine_() % below;
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_SEEDED_RANDOM_H_
