#include "crypto/random.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "crypto/secret.h"

namespace sluis::crypto {
namespace {

class SodiumRandom final : public Random {
 public:
  // One system call fills many small requests; what was given out is wiped from the pool at once. A
  // forked child would share the pool: the programs here fork only to run another.
  void Fill(std::span<uint8_t> out) override {
    if (out.size() > kPoolBytes / 4) {
      randombytes_buf(out.data(), out.size());
      return;
    }
    thread_local Pool pool;
    if (pool.left < out.size()) {
      randombytes_buf(pool.bytes.data(), pool.bytes.size());
      pool.left = pool.bytes.size();
    }
    uint8_t* const from = pool.bytes.data() + (pool.bytes.size() - pool.left);
    std::copy_n(from, out.size(), out.data());
    sodium_memzero(from, out.size());
    pool.left -= out.size();
  }

 private:
  static constexpr size_t kPoolBytes = 1024;
  struct Pool {
    std::array<uint8_t, kPoolBytes> bytes{};
    size_t left = 0;
    ~Pool() { sodium_memzero(bytes.data(), bytes.size()); }
  };
};

}  // namespace

Random& SystemRandom() {
  Init();
  static auto* random = new SodiumRandom;
  return *random;
}

}  // namespace sluis::crypto
