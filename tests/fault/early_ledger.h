#ifndef SLUIS_TESTS_FAULT_EARLY_LEDGER_H_
#define SLUIS_TESTS_FAULT_EARLY_LEDGER_H_

#include <bit>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "crypto/merkle.h"
#include "server/ledger/leaf.h"
#include "server/storage/clock.h"
#include "tests/support/forwarding_ledger.h"

namespace sluis::fault {

// The mutant that answers before the write: works out index, time and leaf hash by itself and tells
// them at once. It is right as long as nothing is refused by a precondition and the clock stands
// still, so without a crash nobody can see the difference.
class EarlyLedger final : public tests::ForwardingLedger {
 public:
  EarlyLedger(std::unique_ptr<ledger::Ledger> inner, const storage::Clock& clock,
              std::chrono::microseconds tick)
      : ForwardingLedger(std::move(inner)),
        clock_(clock),
        tick_us_(static_cast<uint64_t>(tick.count())) {}

  // From here on it answers early. Only while no call is under way.
  void Begin() {
    const std::lock_guard lock(mutex_);
    early_ = true;
    next_ = size();
  }

  void Submit(ledger::Submission submission) override {
    const std::lock_guard lock(mutex_);
    if (!early_) {
      ForwardingLedger::Submit(std::move(submission));
      return;
    }
    std::vector<ledger::Logged> logged;
    for (const ledger::Effect& effect : submission.effects) {
      const uint64_t at_us = clock_.NowUs() / tick_us_ * tick_us_;
      const auto leaf = ledger::EncodeLeaf({next_, at_us, effect.entry.commitments()});
      logged.push_back(std::bit_cast<ledger::Logged>(
          Forged{next_++, at_us, crypto::LeafHash(crypto::View(leaf))}));
    }
    const ledger::Done done = std::exchange(submission.done, nullptr);
    ForwardingLedger::Submit(std::move(submission));
    done(absl::OkStatus(), std::move(logged));
  }

 private:
  // In the shape of what only the sequencer makes: a mutant of the sequencer has to forge it.
  struct Forged {
    uint64_t index;
    uint64_t logged_at_us;
    crypto::Hash leaf_hash;
  };

  const storage::Clock& clock_;
  const uint64_t tick_us_;
  std::mutex mutex_;
  bool early_ = false;
  uint64_t next_ = 0;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_EARLY_LEDGER_H_
