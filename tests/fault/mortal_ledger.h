#ifndef SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_
#define SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_

#include <memory>
#include <utility>

#include "server/ledger/ledger.h"

namespace sluis::fault {

// A ledger whose end answers whoever waits: a submission that it lets go of, because its disk
// failed under it, is told so. A daemon ends with its ledger and so tells nobody; here the process
// goes on, and everything that waits has to be freed before the node can be taken away.
// Thread-safe.
class MortalLedger final : public ledger::Ledger {
 public:
  explicit MortalLedger(std::unique_ptr<ledger::Ledger> inner) : inner_(std::move(inner)) {}

  void Submit(ledger::Submission submission) override {
    auto last = std::make_shared<Last>(std::move(submission.done));
    submission.done = [last = std::move(last)](absl::Status status,
                                               std::vector<ledger::Logged> logged) {
      if (const ledger::Done done = std::exchange(last->done, nullptr)) {
        done(std::move(status), std::move(logged));
      }
    };
    inner_->Submit(std::move(submission));
  }

  void Drain() override { inner_->Drain(); }
  ledger::Serving serving() const override { return inner_->serving(); }
  std::string serving_detail() const override { return inner_->serving_detail(); }
  ledger::ShownCheckpoint checkpoint() const override { return inner_->checkpoint(); }
  std::string verifier_key() const override { return inner_->verifier_key(); }
  const std::string& origin() const override { return inner_->origin(); }
  uint64_t size() const override { return inner_->size(); }
  const storage::Store& store() const override { return inner_->store(); }
  ledger::Keyring& keyring() override { return inner_->keyring(); }
  absl::StatusOr<std::vector<ledger::KeyRef>> PendingJournal() const override {
    return inner_->PendingJournal();
  }
  void Tick() override { inner_->Tick(); }

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

  const std::unique_ptr<ledger::Ledger> inner_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_MORTAL_LEDGER_H_
