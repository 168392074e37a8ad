// The one secret of a participant in one ceremony, from which everything else that it draws
// follows.
//
// A node that stops and starts again in the middle of a ceremony must say again exactly what it
// said: a second dealing would be a second message for the same round, and would be held against
// it. So it keeps 32 bytes, sealed, from before its announcement to the end, and draws from them.
//
// Guarantee: For() gives the same stream for the same seed and label, and streams of different
// labels tell nothing of each other or of the seed. Not guaranteed: anything to who has the seed:
// destroy it when the ceremony ends. Use a seed for one ceremony only.
// Thread-safety: as any value; a stream belongs to one thread. Ownership: the seed lies in locked,
// wiped memory; a stream borrows it.
#ifndef SLUIS_SERVER_KEYS_CEREMONY_SEED_H_
#define SLUIS_SERVER_KEYS_CEREMONY_SEED_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/random.h"
#include "crypto/secret.h"

namespace sluis::keys {

class CeremonySeed {
 public:
  class Stream final : public crypto::Random {
   public:
    void Fill(std::span<uint8_t> out) override;

   private:
    friend class CeremonySeed;
    Stream(const crypto::Secret<32>& seed, std::string label)
        : seed_(seed), label_(std::move(label)) {}

    const crypto::Secret<32>& seed_;
    std::string label_;
    uint64_t next_ = 0;
  };

  explicit CeremonySeed(crypto::Secret<32> seed) : seed_(std::move(seed)) {}

  // `what` names the use, `bound` the bytes that it is bound to, such as the session.
  Stream For(std::string_view what, std::string_view bound) const;

 private:
  crypto::Secret<32> seed_;
};

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_CEREMONY_SEED_H_
