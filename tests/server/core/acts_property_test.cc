// Whatever people do in whatever order: the log holds at least what they were told.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "server/core/list_signals.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using tests::CoreHarness;
using tests::Opened;
using tests::Person;

class World {
 public:
  World() {
    people_.push_back(harness.Admit("jan", {"maatschappelijk-werker"}));
    people_.push_back(harness.Admit("piet", {"maatschappelijk-werker", "casemanager"}));
    people_.push_back(harness.Admit("dpo", {"privacy-officer"}));
    people_.push_back(harness.Make("vreemde"));
    first_ = harness.size();
  }

  void Act() {
    const Person& who = people_[*rc::gen::inRange<size_t>(0, people_.size())];
    const std::string id = Any();
    if (*rc::gen::inRange(0, 3) == 0) {
      harness.clock.Advance(std::chrono::hours(*rc::gen::inRange(0, 48)));
    }
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
      case 1: {
        const auto recorded = harness.Record(who, tests::PersonSignal());
        if (recorded.status.ok()) {
          ids_.push_back(recorded.record_id);
          ++told_[recorded.record_id];
          receipts_.insert(recorded.leaf_hash);
        } else {
          Refused(recorded.status);
        }
        break;
      }
      case 2:
      case 3:
        if (const auto view = harness.Open(who, id); view.ok()) {
          ++told_[id];
        } else {
          Refused(view.status());
        }
        break;
      case 4:
        Other(harness.Amend(who, id, *rc::gen::inRange(1u, 3u), tests::PlaceSignal()));
        break;
      case 5:
        Other(harness.Withdraw(who, id));
        break;
      case 6:
        if (harness.Erase(who, id).ok()) erased_.insert(id);
        ++acts_;
        break;
      case 7:
        Other(harness.Hold(who, id, *rc::gen::arbitrary<bool>()));
        break;
      default: {
        node::v1::ListSignalsRequest request;
        node::v1::ListSignalsResponse response;
        *request.mutable_context() = tests::Intake();
        Other(harness.Run(who, std::make_shared<ListSignals>(request, response)));
        for (const auto& signal : response.signals())
          RC_ASSERT(!erased_.contains(signal.record_id()));
      }
    }
  }

  void Check() {
    std::map<std::string, int> logged;
    std::set<crypto::Hash> leaves;
    for (const Opened& entry : harness.Entries(first_)) {
      leaves.insert(entry.leaf_hash);
      RC_ASSERT(entry.act.operation() != record::v1::OPERATION_UNSPECIFIED);
      if (entry.subject_state == ledger::OpenedPart::State::kErased) continue;
      const bool counts = entry.act.operation() == record::v1::OPERATION_COLLECTION ||
                          entry.act.operation() == record::v1::OPERATION_CONSULTATION;
      for (const std::string& id : entry.subject.record_ids()) {
        if (counts) ++logged[id];
      }
    }
    for (const auto& [id, times] : told_) {
      if (!erased_.contains(id)) RC_ASSERT(logged[id] >= times);
    }
    for (const crypto::Hash& receipt : receipts_) RC_ASSERT(leaves.contains(receipt));
    RC_ASSERT(harness.size() - first_ == told() + acts_);
    for (const std::string& id : erased_) {
      RC_ASSERT(absl::IsNotFound(harness.Open(people_[0], id).status()) ||
                tests::CodeOf(harness.Open(people_[0], id).status()) == "role_not_held");
    }
  }

  CoreHarness harness;

 private:
  std::string Any() {
    if (ids_.empty()) return std::string(16, 'x');
    return ids_[*rc::gen::inRange<size_t>(0, ids_.size())];
  }
  void Refused(const absl::Status& status) {
    const auto receipt = crypto::ToFixed<32>(tests::DetailOf(status).log_receipt().leaf_hash());
    RC_ASSERT(receipt.ok());
    receipts_.insert(*receipt);
    ++acts_;
  }
  void Other(const absl::Status& status) {
    if (status.ok()) {
      ++acts_;
    } else {
      Refused(status);
    }
  }
  uint64_t told() const {
    uint64_t sum = 0;
    for (const auto& [id, times] : told_) sum += static_cast<uint64_t>(times);
    return sum;
  }

  std::vector<Person> people_;
  uint64_t first_ = 0;
  std::vector<std::string> ids_;
  std::map<std::string, int> told_;  // recorded or opened, by record
  uint64_t acts_ = 0;                // everything else that was answered
  std::set<crypto::Hash> receipts_;
  std::set<std::string> erased_;
};

TEST(ActsProperty, TheLogHoldsAtLeastWhatPeopleWereTold) {
  EXPECT_TRUE(rc::check([] {
    World world;
    const int acts = *rc::gen::inRange(1, 40);
    for (int i = 0; i < acts; ++i) world.Act();
    world.Check();
  }));
}

}  // namespace
}  // namespace sluis::core
