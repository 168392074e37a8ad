#ifndef SLUIS_SERVER_CORE_CALLER_CACHE_H_
#define SLUIS_SERVER_CORE_CALLER_CACHE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "crypto/bytes.h"
#include "server/authn/caller.h"
#include "server/ledger/effect.h"

namespace sluis::core {

// A caller as the register gave it, with the rows that say so.
struct KnownCaller {
  authn::Caller caller;
  authn::Registered registered;
  std::vector<ledger::Precondition> preconditions;
  // Until when no mandate of theirs begins or ends, nor their certificate; not used from then on.
  uint64_t good_until_us = 0;
};

// Remembers callers between calls, by certificate, so that a call does not read the register again.
//
// Guarantee: sound only because whatever is planned for a remembered caller carries the
// preconditions that were remembered with it: when a row changed since, the sequencer turns the
// effect down and the caller is read afresh. For a refusal there is no such check, so a refusal is
// never planned for a remembered caller. Thread-safe. Bounded.
class CallerCache {
 public:
  static constexpr size_t kMaxCallers = 1024;

  std::shared_ptr<const KnownCaller> Find(const crypto::Hash& certificate_digest, uint64_t now_us);
  void Remember(std::shared_ptr<const KnownCaller> known);
  void Forget(const crypto::Hash& certificate_digest);

 private:
  std::mutex mutex_;
  std::map<crypto::Hash, std::shared_ptr<const KnownCaller>> known_;
};

// The moment at which the certificate or one of these mandates ends, or one still to come begins;
// at most a minute from `now_us`.
uint64_t GoodUntil(const authn::Caller& caller, uint64_t now_us);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CALLER_CACHE_H_
