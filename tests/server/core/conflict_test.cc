// What happens between decide and commit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/core/amend_signal.h"
#include "server/core/list_signals.h"
#include "server/core/node_acts.h"
#include "server/core/open_signal.h"
#include "server/core/register_users.h"
#include "tests/support/core_harness.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using tests::Boxed;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;

class ConflictTest : public ::testing::Test {
 protected:
  std::shared_ptr<UseCase> Amendment(const std::string& id, const std::string& text) {
    node::v1::AmendSignalRequest request;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(id);
    request.set_version(1);
    *request.mutable_signal() = PersonSignal();
    request.mutable_signal()->mutable_content()->mutable_statements(0)->set_text(text);
    request.set_reason("verbeterd");
    return Boxed<AmendSignal, node::v1::AmendSignalResponse>(request);
  }
  int CountOf(record::v1::Operation operation, uint64_t from) {
    int count = 0;
    for (const Opened& entry : h_.Entries(from)) count += entry.act.operation() == operation;
    return count;
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const std::string id_ = h_.Record(jan_, PersonSignal()).record_id;
};

TEST_F(ConflictTest, OfTwoAmendmentsInOneGroupOneWins) {
  const uint64_t before = h_.size();
  // One entry is being written; both amendments wait behind it and fall into one group.
  h_.store.Hold();
  auto list = h_.RunLater(jan_.facts, [&] {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = tests::Intake();
    request.set_record_id(id_);
    return Boxed<OpenSignal, node::v1::OpenSignalResponse>(request);
  }());
  h_.store.WaitUntilHeld();
  auto first = h_.RunLater(jan_.facts, Amendment(id_, "eerste"));
  auto second = h_.RunLater(jan_.facts, Amendment(id_, "tweede"));
  h_.store.Release();
  EXPECT_EQ(list.get(), absl::OkStatus());
  EXPECT_EQ(first.get(), absl::OkStatus());
  EXPECT_EQ(CodeOf(second.get()), "version_changed");
  const auto view = h_.Open(jan_, id_);
  EXPECT_EQ(view->version(), 2u);
  EXPECT_EQ(view->content().statements(0).text(), "eerste");
  EXPECT_EQ(CountOf(record::v1::OPERATION_ALTERATION, before), 1);
  EXPECT_EQ(CountOf(record::v1::OPERATION_REFUSAL, before), 1);
}

TEST_F(ConflictTest, ManyThreadsAmendOneWins) {
  std::vector<std::thread> threads;
  std::atomic<int> won{0}, lost{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string code = CodeOf(h_.Run(jan_, Amendment(id_, "versie " + std::to_string(t))));
      won += code == "ok";
      lost += code == "version_changed" || code == "state_changed";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 3);
}

TEST_F(ConflictTest, UserRevokedBetweenDecideAndCommitGetsNothing) {
  h_.ledger->BeforeNext(
      [&] { ASSERT_EQ(h_.RevokeUser(h_.administrator, "jan"), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "unknown_user");
}

TEST_F(ConflictTest, RoleWithdrawnBetweenDecideAndCommitGetsNothing) {
  const Person piet = h_.Make("piet");
  ASSERT_EQ(h_.AddUser(h_.administrator, piet), absl::OkStatus());
  const record::v1::Mandate mandate = h_.Mandate(piet, {"maatschappelijk-werker"});
  ASSERT_EQ(h_.AddMandate(h_.administrator, tests::SignMandate(mandate, h_.mandate_key)),
            absl::OkStatus());
  ASSERT_TRUE(h_.Open(piet, id_).ok());
  h_.ledger->BeforeNext([&] {
    record::v1::MandateStatus status;
    status.set_organisation(h_.options.organisation);
    status.set_number(1);
    status.add_revoked(mandate.mandate_id());
    ASSERT_EQ(h_.PutStatus(h_.administrator, status), absl::OkStatus());
  });
  EXPECT_EQ(CodeOf(h_.Open(piet, id_).status()), "role_not_held");
}

TEST_F(ConflictTest, KeysChangedBetweenDecideAndCommitGiveNothing) {
  h_.ledger->BeforeNext(
      [&] { ASSERT_EQ(h_.AddUser(h_.administrator, h_.Make("jan")), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "unknown_user");
}

TEST_F(ConflictTest, RecordErasedBetweenDecideAndCommitIsNotReleased) {
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Erase(jan_, id_), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "not_found");
}

TEST_F(ConflictTest, RecordWithdrawnBetweenDecideAndCommitIsNotReleased) {
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Withdraw(jan_, id_), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "withdrawn");
}

TEST_F(ConflictTest, RecordAmendedBetweenDecideAndCommitIsReleasedAsAmended) {
  h_.ledger->BeforeNext(
      [&] { ASSERT_EQ(h_.Run(jan_, Amendment(id_, "nieuw")), absl::OkStatus()); });
  const auto view = h_.Open(jan_, id_);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->content().statements(0).text(), "nieuw");
  EXPECT_EQ(h_.Last().subject.version(), 2u) << "the entry names what was read";
}

TEST_F(ConflictTest, RecordErasedBetweenDecideAndCommitIsNotListed) {
  const std::string other = h_.Record(jan_, PersonSignal("dossier-2")).record_id;
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Erase(jan_, other), absl::OkStatus()); });
  node::v1::ListSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  node::v1::ListSignalsResponse response;
  ASSERT_EQ(h_.Run(jan_, std::make_shared<ListSignals>(request, response)), absl::OkStatus());
  ASSERT_EQ(response.signals_size(), 1);
  EXPECT_EQ(response.signals(0).record_id(), id_);
}

TEST_F(ConflictTest, AnotherRecordErasedMeanwhileDoesNotHurt) {
  const std::string other = h_.Record(jan_, PersonSignal("dossier-2")).record_id;
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Erase(jan_, other), absl::OkStatus()); });
  EXPECT_TRUE(h_.Open(jan_, id_).ok());
  const std::string third = h_.Record(jan_, PersonSignal("dossier-3")).record_id;
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.Erase(jan_, third), absl::OkStatus()); });
  const auto recorded = h_.Record(jan_, PersonSignal("dossier-4"));
  ASSERT_EQ(recorded.status, absl::OkStatus());
  EXPECT_TRUE(h_.Open(jan_, recorded.record_id).ok());
}

TEST_F(ConflictTest, TermsReloadedBetweenDecideAndCommitAreAskedAgain) {
  h_.ledger->BeforeNext([&] {
    auto next = h_.MakeTerms();
    next->configuration_digest[0] = 1;
    // The same organisation under terms by which it is of another kind: jan's role is none there.
    next->kind = "police-zone";
    ASSERT_EQ(h_.PutTerms(next), absl::OkStatus());
  });
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "role_not_held");
}

// The entry of new terms is durable before they are in force: nothing decided under the old ones
// may commit in between.
TEST_F(ConflictTest, NothingCommitsUnderTermsThatWereReplaced) {
  auto next = h_.MakeTerms();
  next->configuration_digest[0] = 1;
  ASSERT_EQ(h_.executor->RunAsNodeAndWait(std::make_shared<RecordTerms>(next)), absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.Open(jan_, id_).status()), "state_changed");
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_ABORTED);
}

TEST_F(ConflictTest, StateThatNeverStandsStillIsAbortedAndLogged) {
  const uint64_t before = h_.size();
  int changes = 0;
  h_.ledger->BeforeNext(
      [&] {
        ++changes;
        const auto version = h_.Open(jan_, id_)->version();
        ASSERT_EQ(h_.Amend(jan_, id_, version, PersonSignal()), absl::OkStatus());
      },
      3);
  const absl::Status status = h_.Open(jan_, id_).status();
  EXPECT_EQ(CodeOf(status), "state_changed");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(changes, 3);
  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_ABORTED);
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(CountOf(record::v1::OPERATION_CONSULTATION, before), 3) << "only the inner ones";
}

TEST_F(ConflictTest, FaultsOfTheNodeAreAnsweredWithoutAnEntry) {
  const uint64_t before = h_.size();
  for (const absl::Status& fault :
       {absl::ResourceExhaustedError("full"), absl::UnavailableError("not serving")}) {
    h_.ledger->SetHook([&](const ledger::Submission&) { return fault; });
    EXPECT_EQ(h_.Open(jan_, id_).status(), fault);
    EXPECT_EQ(h_.Record(jan_, PersonSignal()).status, fault);
  }
  h_.ledger->SetHook(nullptr);
  EXPECT_EQ(h_.size(), before);
}

// Two administrators leave at the same moment: one of them must stay.
TEST_F(ConflictTest, TheLastTwoAdministratorsCannotBothGo) {
  const Person tweede = h_.Admit("tweede", {}, true);
  h_.ledger->BeforeNext([&] { ASSERT_EQ(h_.RevokeUser(tweede, "tweede"), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(h_.RevokeUser(h_.administrator, "beheer")), "last_administrator");
}

TEST_F(ConflictTest, NoAnswerBeforeTheEntryIsDurable) {
  h_.store.Hold();
  node::v1::OpenSignalRequest request;
  *request.mutable_context() = tests::Intake();
  request.set_record_id(id_);
  node::v1::OpenSignalResponse response;
  std::atomic<bool> answered{false};
  std::promise<absl::Status> done;
  h_.executor->Run(jan_.facts, std::make_shared<OpenSignal>(request, response),
                   [&](absl::Status status) {
                     answered = true;
                     done.set_value(std::move(status));
                   });
  h_.store.WaitUntilHeld();
  EXPECT_FALSE(answered);
  EXPECT_FALSE(response.has_view());
  // A refusal waits as well.
  auto refused = h_.RunLater(absl::UnauthenticatedError("no certificate"), Amendment(id_, "x"));
  EXPECT_EQ(refused.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_FALSE(answered);
  h_.store.Release();
  EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  EXPECT_TRUE(response.has_view());
  EXPECT_EQ(CodeOf(refused.get()), "bad_certificate");
}

// The executor goes while calls are on their way: each is answered, none touches what is gone.
TEST_F(ConflictTest, GoingWaitsForCallsThatMustBePlannedAgain) {
  h_.store.Hold();
  std::atomic<int> answered{0};
  for (int i = 0; i < 4; ++i) {
    h_.executor->Run(jan_.facts, Amendment(id_, "versie " + std::to_string(i)),
                     [&](absl::Status) { ++answered; });
  }
  h_.store.WaitUntilHeld();
  std::thread release([&] { h_.store.Release(); });
  h_.executor.reset();
  EXPECT_EQ(answered, 4);
  release.join();
}

}  // namespace
}  // namespace sluis::core
