// What the node does about tasks by itself: what it finds, what is late, what is over.
#include "server/core/keep_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/ceremony_rows.h"
#include "server/core/exercise.h"
#include "server/core/task_rows.h"
#include "server/core/task_sources.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/key_package.pb.h"
#include "tests/server/core/task_calls.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CoreHarness;
using tests::kOfficer;
using tests::kWorker;
using tests::Person;
using tests::SharingNode;

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kHourUs = 3600 * kSecondUs;

class KeepTasksTest : public ::testing::Test {
 protected:
  void Await(const std::string& day) {
    while (storage::LegalDay(h_.clock.NowUs()) < day) h_.clock.Advance(std::chrono::hours(1));
  }
  void PutQuarantine() { h_.store.Tamper(quarantine_, ledger::JoinRow(1, "")); }
  void PutKey(std::string_view why) {
    record::v1::KeyPackage package;
    package.set_partnership("livc-r.example");
    package.set_key_id(std::string(32, 'k'));
    record::v1::StoredKey key;
    key.set_package(package.SerializeAsString());
    key.set_stops_s(1'794'006'000);  // 2026-11-07 00:00 in Brussels, a Saturday
    key.set_stops_why(std::string(why));
    h_.PutRow(key_, 1, key.SerializeAsString());
  }

  CoreHarness h_;
  tests::TaskCalls t_{h_};
  const Person jan_ = h_.Admit("jan", {kWorker});
  const Person dpo_ = h_.Admit("dpo", {kOfficer});
  const Person sys_ = h_.Admit("sys", {"beheerder"});
  const std::string quarantine_ =
      ledger::RowKey(ledger::Table::kQuarantine, "2027-01-04" + std::string(16, 'x'));
  const std::string key_ =
      PinnedKeyKey("livc-r.example", "bestuurlijke-aanpak", record::v1::KEY_USE_TAGS, 1);
};

TEST_F(KeepTasksTest, NothingIsWrittenWhenNothingIsDue) {
  t_.Opened(jan_, kWorker);
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

// Due on Monday 12 October: late from the midnight after it, by legal time, and once.
TEST_F(KeepTasksTest, WhatIsLateIsShownOnceToWhoSupervises) {
  const std::string id = t_.Opened(jan_, kWorker);
  Await("2026-10-12");
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "its last day";
  h_.clock.Advance(std::chrono::hours(23));
  ASSERT_EQ(storage::LegalDay(h_.clock.NowUs()), "2026-10-12");
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "its last hour";
  EXPECT_THAT(t_.List(dpo_, kOfficer), IsEmpty());
  h_.clock.Advance(std::chrono::hours(1));
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: late"));
  EXPECT_EQ(t_.List(jan_, kWorker)[0].escalated_on(), "2026-10-13");
  const auto seen = t_.List(dpo_, kOfficer);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].task_id(), id);
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "said once";
}

TEST_F(KeepTasksTest, AClockThatIsSetBackTakesNothingBackAndDoublesNothing) {
  t_.Opened(jan_, kWorker, 1);
  PutQuarantine();
  const uint64_t begun = h_.clock.NowUs();
  ASSERT_THAT(t_.Keep(), ElementsAre("quarantine: opened"));
  Await("2026-10-07");
  const uint64_t late = h_.clock.NowUs();
  ASSERT_THAT(t_.Keep(), ElementsAre("follow_up: late"));
  h_.clock.SetNowUs(begun);
  EXPECT_THAT(t_.Keep(), IsEmpty());
  EXPECT_EQ(t_.List(jan_, kWorker)[0].escalated_on(), "2026-10-07");
  EXPECT_THAT(t_.List(dpo_, kOfficer), SizeIs(2)) << "the late one, and what is quarantined";
  h_.clock.SetNowUs(begun - 30 * 24 * kHourUs);
  EXPECT_THAT(t_.Keep(), IsEmpty());
  h_.clock.SetNowUs(late);
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

// The day on which summer time ends has 25 hours: a task that is due on the Monday after it is late
// one hour later by UTC than the week before.
TEST_F(KeepTasksTest, SummerTimeMovesNoDeadline) {
  Await("2026-10-23");
  t_.Opened(jan_, kWorker, 1);
  EXPECT_EQ(t_.opened.due_day(), "2026-10-26");
  // 2026-10-26 23:00 UTC is midnight in winter.
  constexpr uint64_t kMidnight = 1'793'055'600 * kSecondUs;
  h_.clock.SetNowUs(kMidnight - 1);
  EXPECT_THAT(t_.Keep(), IsEmpty());
  h_.clock.SetNowUs(kMidnight);
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: late"));
}

TEST_F(KeepTasksTest, WhatWasClaimedIsFreedWhenSomebodyLeaves) {
  const std::string id = t_.Opened(jan_, kWorker);
  const Person an = h_.Admit("an", {kWorker});
  ASSERT_EQ(t_.Claim(an, kWorker, id), "ok");
  EXPECT_THAT(t_.Keep(), IsEmpty());
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "an"), absl::OkStatus());
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: freed"));
  EXPECT_EQ(t_.List(jan_, kWorker)[0].claimed_by(), "");
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

TEST_F(KeepTasksTest, WhatWasClaimedIsFreedWhenAMandateEnds) {
  const std::string id = t_.Opened(jan_, kWorker, 60);
  ASSERT_EQ(t_.Claim(jan_, kWorker, id), "ok");
  h_.clock.Advance(std::chrono::hours(24 * 29));
  EXPECT_THAT(t_.Keep(), IsEmpty());
  h_.clock.Advance(std::chrono::hours(24 * 2));
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: freed"));
}

TEST_F(KeepTasksTest, QuarantinedContentIsOneTaskForAsLongAsItIsThere) {
  PutQuarantine();
  EXPECT_THAT(t_.Keep(), ElementsAre("quarantine: opened"));
  const auto seen = t_.List(dpo_, kOfficer);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].due_day(), "2026-10-12");
  EXPECT_EQ(seen[0].kind(), record::v1::TASK_KIND_QUARANTINE);
  EXPECT_THAT(t_.Keep(), IsEmpty());
  ASSERT_EQ(t_.Claim(dpo_, kOfficer, seen[0].task_id()), "ok");
  ASSERT_EQ(t_.End(dpo_, kOfficer, seen[0].task_id()), "ok");
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "it was looked at, though it is still there";
  h_.store.Tamper(quarantine_, std::nullopt);
  EXPECT_THAT(t_.Keep(), ElementsAre("task: its matter is over"));
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

TEST_F(KeepTasksTest, ATaskGoesWithItsMatter) {
  PutQuarantine();
  EXPECT_THAT(t_.Keep(), ElementsAre("quarantine: opened"));
  h_.store.Tamper(quarantine_, std::nullopt);
  EXPECT_THAT(t_.Keep(), ElementsAre("quarantine: gone"));
  EXPECT_THAT(t_.List(dpo_, kOfficer), IsEmpty());
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

TEST_F(KeepTasksTest, AKeyThatStopsIsATaskOfWhoAdministers) {
  PutKey("rolled");
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "nobody has to do anything";
  PutKey("removed");
  EXPECT_THAT(t_.Keep(), ElementsAre("key: opened"));
  node::v1::ListTasksRequest request;
  *request.mutable_context() = tests::Oversight();
  request.mutable_context()->set_role("beheerder");
  const auto page = t_.Page(sys_, request);
  ASSERT_EQ(page.tasks_size(), 1);
  EXPECT_EQ(page.tasks(0).kind(), record::v1::TASK_KIND_KEY);
  EXPECT_EQ(page.tasks(0).due_day(), "2026-11-06") << "the Friday before";
  PutKey("rolled");
  EXPECT_THAT(t_.Keep(), ElementsAre("key: gone"));
}

// One that cannot be read keeps no other from being seen to.
TEST_F(KeepTasksTest, ARowThatCannotBeReadHoldsUpNothing) {
  const std::string id = t_.Opened(jan_, kWorker, 1);
  h_.store.Tamper(TaskKey(std::string(16, '\0')), ledger::JoinRow(1, "onleesbaar"));
  Await("2026-10-07");
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: late"));
  EXPECT_THAT(t_.List(jan_, kWorker), SizeIs(1));
  EXPECT_EQ(t_.Claim(jan_, kWorker, id), "ok");
}

class SharedTaskTest : public ::testing::Test {
 protected:
  std::vector<node::v1::TaskSummary> Listed() { return t_.List(node_.jan, kWorker); }

  SharingNode node_;
  tests::TaskCalls t_{node_.h};
};

TEST_F(SharedTaskTest, WhoSharesMustTellTheContributor) {
  const std::string record_id = node_.Recorded();
  ASSERT_THAT(node_.Shared(record_id), SizeIs(16));
  const auto listed = Listed();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].kind(), record::v1::TASK_KIND_TELL_CONTRIBUTOR);
  EXPECT_EQ(listed[0].record_id(), record_id);
  EXPECT_EQ(listed[0].due_day(), "2026-10-19");
  EXPECT_TRUE(listed[0].exercise());
  EXPECT_THAT(t_.Keep(), IsEmpty());
  ASSERT_EQ(t_.Claim(node_.jan, kWorker, listed[0].task_id()), "ok");
  ASSERT_EQ(t_.End(node_.jan, kWorker, listed[0].task_id()), "ok");
  EXPECT_THAT(t_.Keep(), IsEmpty()) << "told once";
}

TEST_F(SharedTaskTest, WhatIsTakenBackNeedNotBeTold) {
  const std::string exchange = node_.Shared(node_.Recorded());
  ASSERT_EQ(node_.Withdraw(exchange, true), absl::OkStatus());
  EXPECT_THAT(t_.Keep(), ElementsAre("tell_contributor: gone"));
  EXPECT_THAT(Listed(), IsEmpty());
}

// Of what is erased nobody can be told anything.
TEST_F(SharedTaskTest, WhatIsErasedNeedNotBeTold) {
  const std::string record_id = node_.Recorded();
  ASSERT_THAT(node_.Shared(record_id), SizeIs(16));
  ASSERT_THAT(Listed(), SizeIs(1));
  ASSERT_EQ(node_.Erase(record_id), absl::OkStatus());
  EXPECT_THAT(t_.Keep(), ElementsAre("tell_contributor: gone"));
  EXPECT_THAT(Listed(), IsEmpty());
}

TEST_F(SharedTaskTest, WhatAnExerciseOpenedGoesWithIt) {
  const std::string id = t_.Opened(node_.jan, kWorker);
  const auto marked = [&] {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    return *View(*snapshot, node_.h.ledger->keyring()).RecordsOfExercise();
  };
  EXPECT_THAT(marked(), ElementsAre(id));
  node_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_EQ(t_.Claim(node_.jan, kWorker, id), "no_task");
  EXPECT_THAT(t_.Keep(), IsEmpty());
  ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(std::make_shared<EraseExercise>(marked())),
            absl::OkStatus());
  EXPECT_THAT(marked(), IsEmpty());
  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  EXPECT_EQ(*View(*snapshot, node_.h.ledger->keyring()).StampOf(TaskKey(id)), ledger::kAbsent);
}

TEST_F(SharedTaskTest, ATaskThatEndsInExerciseLeavesNoMark) {
  const std::string id = t_.Opened(node_.jan, kWorker);
  ASSERT_EQ(t_.Claim(node_.jan, kWorker, id), "ok");
  ASSERT_EQ(t_.End(node_.jan, kWorker, id), "ok");
  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  EXPECT_THAT(*View(*snapshot, node_.h.ledger->keyring()).RecordsOfExercise(), IsEmpty());
}

}  // namespace
}  // namespace sluis::core
