#ifndef SLUIS_TESTS_SUPPORT_FORWARDING_LEDGER_H_
#define SLUIS_TESTS_SUPPORT_FORWARDING_LEDGER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/ledger/ledger.h"

namespace sluis::tests {

// A ledger in front of another: everything goes on to that one, and whoever derives from this
// changes what happens on the way. Thread-safe where the other is.
class ForwardingLedger : public ledger::Ledger {
 public:
  explicit ForwardingLedger(std::unique_ptr<ledger::Ledger> inner) : inner_(std::move(inner)) {}

  void Submit(ledger::Submission submission) override { inner_->Submit(std::move(submission)); }
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
  const std::unique_ptr<ledger::Ledger> inner_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_FORWARDING_LEDGER_H_
