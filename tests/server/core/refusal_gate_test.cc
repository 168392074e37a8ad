#include "server/core/refusal_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/core/import_signals.h"
#include "server/core/list_signals.h"
#include "server/core/open_signal.h"
#include "tests/support/core_harness.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using tests::Boxed;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;

class RefusalGateTest : public ::testing::Test {
 protected:
  std::shared_ptr<UseCase> Open(const std::string& case_ref = "INTAKE") {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = tests::Intake();
    request.mutable_context()->set_case_ref(case_ref);
    request.set_record_id(std::string(16, 'x'));
    return Boxed<OpenSignal, node::v1::OpenSignalResponse>(request);
  }
  std::shared_ptr<UseCase> ListWithoutRole() {
    return Boxed<ListSignals, node::v1::ListSignalsResponse>(node::v1::ListSignalsRequest());
  }
  // Entries of gathered refusals since `from`.
  std::vector<Opened> Gathered(uint64_t from) {
    std::vector<Opened> found;
    for (Opened& entry : h_.Entries(from)) {
      if (entry.act.refusal() == "repeated") found.push_back(std::move(entry));
    }
    return found;
  }

  CoreHarness h_{tests::HarnessOptions{.refusals_per_minute = 3}};
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person piet_ = h_.Admit("piet", {"maatschappelijk-werker"});
};

TEST_F(RefusalGateTest, AboveTheLimitOneEntryStandsForMany) {
  const uint64_t before = h_.size();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOf(h_.Run(jan_, Open())), "not_found");
  EXPECT_EQ(h_.size(), before + 3);

  // The worker flushes every second by itself; the write is held up so that nothing is answered
  // yet.
  h_.store.Hold();
  const uint64_t first_us = h_.clock.NowUs();
  std::vector<std::future<absl::Status>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(h_.RunLater(jan_.facts, Open("ZAAK-1")));
    h_.clock.Advance(std::chrono::microseconds(5));
  }
  h_.executor->FlushRefusals();
  for (auto& call : waiting) {
    EXPECT_EQ(call.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
        << "answered before the entry that counts it is durable";
  }
  h_.store.Release();
  std::set<std::string> receipts;
  for (auto& call : waiting) {
    const absl::Status status = call.get();
    EXPECT_EQ(CodeOf(status), "not_found") << "each its own answer";
    receipts.insert(tests::DetailOf(status).log_receipt().leaf_hash());
  }
  const std::vector<Opened> gathered = Gathered(before);
  ASSERT_GE(gathered.size(), 1u);
  uint64_t count = 0;
  for (const Opened& entry : gathered) {
    count += entry.act.count();
    EXPECT_EQ(entry.actor.user_id(), "jan");
    EXPECT_EQ(entry.subject.case_ref(), "");
    EXPECT_EQ(entry.act.method(), "SignalService.OpenSignal") << "what they have in common";
    EXPECT_TRUE(receipts.contains(std::string(crypto::View(entry.leaf_hash))));
    EXPECT_LE(entry.act.first_time_us(), entry.act.exact_time_us());
  }
  EXPECT_EQ(count, 20u);
  EXPECT_EQ(receipts.size(), gathered.size());
  EXPECT_EQ(gathered.front().act.first_time_us(), first_us);
  EXPECT_EQ(gathered.back().act.exact_time_us(), first_us + 19 * 5) << "the time of the last";
  EXPECT_LE(gathered.size(), 2u);
}

TEST_F(RefusalGateTest, WhatGatheredCallsDoNotShareIsLeftOut) {
  for (int i = 0; i < 3; ++i) h_.Run(jan_, Open()).IgnoreError();
  h_.store.Hold();  // so that both are gathered before anything is written
  const uint64_t before = h_.size();
  auto first = h_.RunLater(jan_.facts, Open());
  auto second = h_.RunLater(jan_.facts, ListWithoutRole());
  h_.executor->FlushRefusals();
  h_.store.Release();
  EXPECT_EQ(CodeOf(first.get()), "not_found");
  EXPECT_EQ(CodeOf(second.get()), "no_role");
  for (const Opened& entry : Gathered(before)) {
    if (entry.act.count() != 2) continue;  // the worker came in between
    EXPECT_EQ(entry.act.method(), "");
    EXPECT_EQ(entry.act.purpose(), "");
    EXPECT_EQ(entry.actor.role(), "");
  }
}

TEST_F(RefusalGateTest, EachCallerHasTheirOwnLimitAndMinute) {
  for (int i = 0; i < 3; ++i) h_.Run(jan_, Open()).IgnoreError();
  uint64_t before = h_.size();
  EXPECT_EQ(CodeOf(h_.Run(piet_, Open())), "not_found");
  EXPECT_EQ(h_.Last().act.refusal(), "not_found") << "another caller is not held up";
  h_.clock.Advance(std::chrono::minutes(1));
  before = h_.size();
  EXPECT_EQ(CodeOf(h_.Run(jan_, Open())), "not_found");
  EXPECT_EQ(h_.size(), before + 1);
  EXPECT_EQ(h_.Last().act.refusal(), "not_found");
}

TEST_F(RefusalGateTest, GrantsAreNeverHeldUp) {
  for (int i = 0; i < 3; ++i) h_.Run(jan_, Open()).IgnoreError();
  const auto recorded = h_.Record(jan_, tests::PersonSignal());
  EXPECT_EQ(recorded.status, absl::OkStatus());
}

// One good row let 49 refusals by uncounted, each with an entry of its own, again and again.
TEST_F(RefusalGateTest, RowsOfAMixedTableWereNotCounted) {
  node::v1::ImportSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  for (int i = 0; i < 50; ++i) {
    record::v1::Signal signal = tests::PersonSignal("tafel-" + std::to_string(i));
    if (i != 20) signal.mutable_content()->clear_category();
    *request.add_rows()->mutable_signal() = signal;
  }
  for (int time = 0; time < 3; ++time) {
    const uint64_t before = h_.size();
    node::v1::ImportSignalsResponse response;
    ASSERT_EQ(h_.Run(jan_, std::make_shared<ImportSignals>(request, response, h_.random)),
              absl::OkStatus());
    // The good row is new once, and then known.
    ASSERT_EQ(h_.size(), before + (time == 0 ? 2 : 1));
    const std::vector<Opened> gathered = Gathered(before);
    ASSERT_EQ(gathered.size(), 1u);
    EXPECT_EQ(gathered[0].act.count(), 49u);
    EXPECT_EQ(gathered[0].act.method(), "SignalService.ImportSignals");
    EXPECT_EQ(gathered[0].act.operation(), record::v1::OPERATION_REFUSAL);
    ASSERT_EQ(response.results_size(), 50);
    for (const auto& result : response.results()) {
      if (result.outcome() != node::v1::IMPORT_ROW_OUTCOME_REFUSED) continue;
      EXPECT_EQ(result.refusal().code(), "bad_signal");
      EXPECT_EQ(result.log_receipt().leaf_hash(), crypto::View(gathered[0].leaf_hash));
    }
    const auto& good = response.results(20);
    EXPECT_EQ(good.outcome(), time == 0 ? node::v1::IMPORT_ROW_OUTCOME_RECORDED
                                        : node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE);
    if (time == 0) {
      EXPECT_NE(good.log_receipt().leaf_hash(), crypto::View(gathered[0].leaf_hash));
      EXPECT_TRUE(h_.Open(jan_, good.record_id()).ok());
    }
  }
  // They count with the others of that caller, and with nobody else's.
  auto waits = h_.RunLater(jan_.facts, Open());
  const uint64_t before = h_.size();
  EXPECT_EQ(CodeOf(h_.Run(piet_, Open())), "not_found");
  EXPECT_EQ(h_.Entries(before).front().actor.user_id(), "piet");
  h_.executor->FlushRefusals();
  EXPECT_EQ(CodeOf(waits.get()), "not_found");
}

TEST_F(RefusalGateTest, RefusedRowsBelowTheLimitHaveTheirOwnEntries) {
  node::v1::ImportSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  for (int i = 0; i < 4; ++i) {
    record::v1::Signal signal = tests::PersonSignal("tafel-" + std::to_string(i));
    if (i != 1) signal.mutable_content()->clear_category();
    *request.add_rows()->mutable_signal() = signal;
  }
  const uint64_t before = h_.size();
  node::v1::ImportSignalsResponse response;
  ASSERT_EQ(h_.Run(jan_, std::make_shared<ImportSignals>(request, response, h_.random)),
            absl::OkStatus());
  EXPECT_EQ(h_.size(), before + 4);
  EXPECT_TRUE(Gathered(before).empty());
}

// The gathered entry meets a state that changed, such as an erasure that replaced a bucket key.
TEST_F(RefusalGateTest, GatheredEntryIsPlannedAgain) {
  for (int i = 0; i < 3; ++i) h_.Run(jan_, Open()).IgnoreError();
  int aborted = 0;
  h_.ledger->SetHook([&](const ledger::Submission&) -> std::optional<absl::Status> {
    if (aborted++ < 5) return absl::AbortedError("plan again");
    return std::nullopt;
  });
  const uint64_t before = h_.size();
  auto call = h_.RunLater(jan_.facts, Open());
  h_.executor->FlushRefusals();
  EXPECT_EQ(CodeOf(call.get()), "not_found");
  EXPECT_EQ(Gathered(before).size(), 1u);
  EXPECT_EQ(Gathered(before)[0].act.count(), 1u);
}

// A call that met a changed state counted its refused rows again with every plan.
TEST_F(RefusalGateTest, RowsOfAPlanThatIsMadeAgainWereCountedTwice) {
  node::v1::ImportSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  for (int i = 0; i < 3; ++i) {
    record::v1::Signal signal = tests::PersonSignal("tafel-" + std::to_string(i));
    if (i != 0) signal.mutable_content()->clear_category();
    *request.add_rows()->mutable_signal() = signal;
  }
  int aborted = 0;
  h_.ledger->SetHook([&](const ledger::Submission&) -> std::optional<absl::Status> {
    if (aborted++ < 1) return absl::AbortedError("plan again");
    return std::nullopt;
  });
  const uint64_t before = h_.size();
  node::v1::ImportSignalsResponse response;
  ASSERT_EQ(h_.Run(jan_, std::make_shared<ImportSignals>(request, response, h_.random)),
            absl::OkStatus());
  EXPECT_EQ(aborted, 2);
  EXPECT_TRUE(Gathered(before).empty()) << "two rows of at most three";
  EXPECT_EQ(CodeOf(h_.Run(jan_, Open())), "not_found") << "the third has an entry of its own";
  EXPECT_TRUE(Gathered(before).empty());
}

TEST_F(RefusalGateTest, ANodeThatCannotWriteSaysSo) {
  for (int i = 0; i < 3; ++i) h_.Run(jan_, Open()).IgnoreError();
  h_.ledger->SetHook([](const ledger::Submission&) { return absl::UnavailableError("low"); });
  auto call = h_.RunLater(jan_.facts, Open());
  h_.executor->FlushRefusals();
  EXPECT_EQ(call.get().code(), absl::StatusCode::kUnavailable);
}

// Each further one had an entry of its own: a partner with many streams wrote at full speed.
TEST_F(RefusalGateTest, AboveTheBoundEachRefusalHadAnEntryOfItsOwn) {
  RefusalGate gate(0);
  const Method& method = MethodNamed("SignalService.OpenSignal");
  Call call;
  call.method = &method;
  call.terms = h_.terms.Get();
  call.caller = std::make_shared<authn::Caller>();
  size_t waiting = RefusalGate::kMaxWaiting, told_later = 0, heard = 0;
  const auto refuse = [&](const std::string& caller) {
    Plan plan;
    plan.reply = [](std::span<const ledger::Logged>) { return absl::NotFoundError("not there"); };
    RefusalGate::Finish finish = [&](const absl::Status& status) {
      told_later += absl::IsResourceExhausted(status) ? 1 : 0;
      heard += absl::IsNotFound(status) ? 1 : 0;
    };
    EXPECT_FALSE(gate.Admit(caller, 1, call, plan, finish)) << "no entry of its own";
  };
  for (size_t i = 0; i < waiting; ++i) refuse("caller " + std::to_string(i % 7));
  EXPECT_EQ(told_later, 0u);
  for (int i = 0; i < 100; ++i) refuse("caller 3");
  for (int i = 0; i < 10; ++i) refuse("another one");
  EXPECT_EQ(told_later, 110u) << "at once, and nothing of why";
  EXPECT_EQ(heard, 0u);

  // Each caller has one entry, which counts those that did not wait as well.
  uint64_t count = 0;
  std::vector<RefusalGate::Gathered> taken = gate.Take();
  EXPECT_EQ(taken.size(), 8u);
  for (const RefusalGate::Gathered& gathered : taken) {
    Plan plan = gathered.plan();
    ASSERT_EQ(plan.effects.size(), 1u);
    count += plan.effects[0].entry.act.count();
    EXPECT_EQ(plan.reply({}), absl::OkStatus());
  }
  EXPECT_EQ(count, waiting + 110);
  EXPECT_EQ(heard, waiting);
  EXPECT_EQ(told_later, 110u);
  EXPECT_TRUE(gate.Take().empty());
  refuse("caller 3");
  EXPECT_EQ(told_later, 110u) << "room again";
}

}  // namespace
}  // namespace sluis::core
