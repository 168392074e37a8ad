#ifndef SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_
#define SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_

#include <memory>
#include <utility>

#include "tests/support/forwarding_ledger.h"

namespace sluis::fault {

// A ledger whose end answers whoever waits: a submission that it lets go of, because its disk
// failed under it, is told so. A daemon ends with its ledger and so tells nobody; here the process
// goes on, and everything that waits has to be freed before the node can be taken away.
// Thread-safe.
class MortalLedger final : public tests::ForwardingLedger {
 public:
  explicit MortalLedger(std::unique_ptr<ledger::Ledger> inner)
      : ForwardingLedger(std::move(inner)) {}

  void Submit(ledger::Submission submission) override {
    auto last = std::make_shared<Last>(std::move(submission.done));
    submission.done = [last = std::move(last)](absl::Status status,
                                               std::vector<ledger::Logged> logged) {
      if (const ledger::Done done = std::exchange(last->done, nullptr)) {
        done(std::move(status), std::move(logged));
      }
    };
    ForwardingLedger::Submit(std::move(submission));
  }

 private:
  struct Last {
    explicit Last(ledger::Done waiting) : done(std::move(waiting)) {}
    ~Last() {
      if (done) done(absl::UnavailableError("the ledger died meanwhile"), {});
    }
    Last(const Last&) = delete;
    Last& operator=(const Last&) = delete;

    ledger::Done done;
  };
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_
