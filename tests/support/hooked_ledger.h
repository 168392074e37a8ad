#ifndef SLUIS_TESTS_SUPPORT_HOOKED_LEDGER_H_
#define SLUIS_TESTS_SUPPORT_HOOKED_LEDGER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "tests/support/forwarding_ledger.h"

namespace sluis::tests {

// A ledger with a hook between planning and Submit: what runs there happens after a call was
// decided and before it is committed. Thread-safe.
class HookedLedger final : public ForwardingLedger {
 public:
  // May return a status to answer with instead of submitting.
  using Hook = std::function<std::optional<absl::Status>(const ledger::Submission&)>;

  explicit HookedLedger(std::unique_ptr<ledger::Ledger> inner)
      : ForwardingLedger(std::move(inner)) {}

  // Called for every submission; submissions made while it runs pass by it.
  void SetHook(Hook hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }
  // Runs `act` before the next `times` submissions.
  void BeforeNext(std::function<void()> act, int times = 1) {
    SetHook([act = std::move(act), times](const ledger::Submission&) mutable {
      if (times-- > 0) act();
      return std::nullopt;
    });
  }

  void Submit(ledger::Submission submission) override {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = std::exchange(hook_, nullptr);
    }
    std::optional<absl::Status> answer;
    if (hook) {
      answer = hook(submission);
      const std::lock_guard lock(mutex_);
      if (!hook_) hook_ = std::move(hook);
    }
    if (answer) {
      submission.done(*std::move(answer), {});
      return;
    }
    ForwardingLedger::Submit(std::move(submission));
  }

 private:
  std::mutex mutex_;
  Hook hook_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_HOOKED_LEDGER_H_
