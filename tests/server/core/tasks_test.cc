// Tasks as people see them, claim them, end them and hand them over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "crypto/hash.h"
#include "server/core/task_rows.h"
#include "server/ledger/row.h"
#include "tests/server/core/task_calls.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using record::v1::TASK_KIND_CONTACT;
using record::v1::TASK_KIND_FOLLOW_UP;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using tests::Boxed;
using tests::CodeOf;
using tests::CoreHarness;
using tests::kManager;
using tests::kOfficer;
using tests::kWorker;
using tests::Person;

class TasksTest : public ::testing::Test {
 protected:
  std::string ReasonOfLast() { return h_.Last().act.reason(); }
  void Await(const std::string& day) {
    while (storage::LegalDay(h_.clock.NowUs()) < day) h_.clock.Advance(std::chrono::hours(1));
  }

  CoreHarness h_;
  tests::TaskCalls t_{h_};
  const Person jan_ = h_.Admit("jan", {kWorker});
  const Person an_ = h_.Admit("an", {kWorker});
  const Person els_ = h_.Admit("els", {kManager});
  const Person dpo_ = h_.Admit("dpo", {kOfficer});
};

TEST_F(TasksTest, AreOpenedClaimedAndEndedWithAnEntryEach) {
  const std::string id = t_.Opened(jan_, kWorker);
  EXPECT_EQ(ReasonOfLast(), "follow_up: opened");
  EXPECT_EQ(h_.Last().act.object_digest(), crypto::View(crypto::Sha256(id)));
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(t_.opened.due_day(), "2026-10-12") << "five working days after Monday 5 October";
  const auto listed = t_.List(an_, kWorker);
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].task_id(), id);
  EXPECT_EQ(listed[0].kind(), TASK_KIND_FOLLOW_UP);
  EXPECT_EQ(listed[0].role(), kWorker);
  EXPECT_EQ(listed[0].due_day(), "2026-10-12");
  EXPECT_EQ(listed[0].claimed_by(), "");
  EXPECT_EQ(listed[0].escalated_on(), "");
  EXPECT_EQ(t_.Count(an_, kWorker).unclaimed(), 1u);

  ASSERT_EQ(t_.Claim(an_, kWorker, id), "ok");
  EXPECT_EQ(ReasonOfLast(), "follow_up: claimed");
  EXPECT_EQ(h_.Last().actor.user_id(), "an");
  EXPECT_EQ(t_.List(jan_, kWorker)[0].claimed_by(), "an");
  EXPECT_THAT(t_.List(jan_, kWorker, true), IsEmpty());
  EXPECT_THAT(t_.List(an_, kWorker, true), SizeIs(1));
  EXPECT_EQ(t_.Count(an_, kWorker).unclaimed(), 0u);
  EXPECT_EQ(t_.Count(an_, kWorker).mine(), 1u);
  EXPECT_EQ(t_.Count(jan_, kWorker).mine(), 0u);

  ASSERT_EQ(t_.End(an_, kWorker, id, record::v1::TASK_OUTCOME_PASSED_ON), "ok");
  EXPECT_EQ(ReasonOfLast(), "follow_up: passed_on");
  EXPECT_THAT(t_.List(an_, kWorker), IsEmpty());
  EXPECT_EQ(t_.End(an_, kWorker, id), "no_task");
}

TEST_F(TasksTest, OfAnotherRoleAreNotThere) {
  const std::string id = t_.Opened(jan_, kWorker);
  EXPECT_THAT(t_.List(els_, kManager), IsEmpty());
  EXPECT_EQ(t_.Count(els_, kManager).open(), 0u);
  const std::string unknown(16, 'u');
  for (const std::string& named : {id, unknown, std::string("x"), std::string()}) {
    EXPECT_EQ(t_.Claim(els_, kManager, named), "no_task");
    EXPECT_EQ(t_.Release(els_, kManager, named), "no_task");
    EXPECT_EQ(t_.End(els_, kManager, named), "no_task");
  }
  EXPECT_EQ(t_.HandOver(els_, kManager, {id}, ""), "no_task");
  // In a role that the caller does not hold nothing is asked at all.
  EXPECT_EQ(t_.Claim(els_, kWorker, id), "role_not_held");
  EXPECT_THAT(t_.List(jan_, kWorker), SizeIs(1));
}

// A task may be for others than who opens it, who then no longer sees it.
TEST_F(TasksTest, MayBeOpenedForAnotherRole) {
  node::v1::OpenTaskRequest request;
  request.set_kind(TASK_KIND_CONTACT);
  request.set_role(kManager);
  ASSERT_EQ(t_.Open(jan_, kWorker, request), "ok");
  EXPECT_THAT(t_.List(jan_, kWorker), IsEmpty());
  EXPECT_THAT(t_.List(els_, kManager), SizeIs(1));
}

TEST_F(TasksTest, OneOfTwoGetsIt) {
  const std::string id = t_.Opened(jan_, kWorker);
  const auto claim = [&](const Person& who) {
    node::v1::ClaimTaskRequest request;
    *request.mutable_context() = tests::Intake();
    request.set_task_id(id);
    return h_.RunLater(who.facts, Boxed<ClaimTask, node::v1::ClaimTaskResponse>(request));
  };
  // Something else is being written; both are planned on the same state and fall into one group.
  h_.store.Hold();
  auto first = h_.RunLater(els_.facts, [&] {
    node::v1::CountTasksRequest request;
    *request.mutable_context() = tests::Intake(kManager);
    return Boxed<CountTasks, node::v1::CountTasksResponse>(request);
  }());
  h_.store.WaitUntilHeld();
  auto one = claim(jan_);
  auto two = claim(an_);
  h_.store.Release();
  EXPECT_EQ(first.get(), absl::OkStatus());
  EXPECT_THAT((std::vector{CodeOf(one.get()), CodeOf(two.get())}),
              UnorderedElementsAre("ok", "task_claimed"));
}

TEST_F(TasksTest, OnlyWhoClaimedItLetsGoOrEndsIt) {
  const std::string id = t_.Opened(jan_, kWorker);
  EXPECT_EQ(t_.End(jan_, kWorker, id), "task_not_yours") << "claimed by nobody";
  EXPECT_EQ(t_.Release(jan_, kWorker, id), "task_not_yours");
  ASSERT_EQ(t_.Claim(jan_, kWorker, id), "ok");
  EXPECT_EQ(t_.Claim(jan_, kWorker, id), "task_claimed");
  EXPECT_EQ(t_.Claim(an_, kWorker, id), "task_claimed");
  EXPECT_EQ(t_.Release(an_, kWorker, id), "task_not_yours");
  EXPECT_EQ(t_.End(an_, kWorker, id), "task_not_yours");
  for (const auto outcome : {record::v1::TASK_OUTCOME_UNSPECIFIED, record::v1::TASK_OUTCOME_GONE,
                             static_cast<record::v1::TaskOutcome>(99)}) {
    EXPECT_EQ(t_.End(jan_, kWorker, id, outcome), "bad_request");
  }
  ASSERT_EQ(t_.Release(jan_, kWorker, id), "ok");
  EXPECT_EQ(ReasonOfLast(), "follow_up: released");
  EXPECT_EQ(t_.Claim(an_, kWorker, id), "ok");
}

TEST_F(TasksTest, AreDueInWorkingDays) {
  t_.Opened(jan_, kWorker, 26);
  EXPECT_EQ(t_.opened.due_day(), "2026-11-10");
  t_.Opened(jan_, kWorker, 27);
  EXPECT_EQ(t_.opened.due_day(), "2026-11-12") << "over Armistice";
  t_.Opened(jan_, kWorker, 0);
  EXPECT_EQ(t_.opened.due_day(), "2026-10-12") << "five when nothing is said";
}

TEST_F(TasksTest, WhatIsNotOfFormIsRefused) {
  node::v1::OpenTaskRequest good;
  good.set_kind(TASK_KIND_FOLLOW_UP);
  good.set_role(kWorker);
  const auto refused = [&](const std::function<void(node::v1::OpenTaskRequest&)>& spoil) {
    node::v1::OpenTaskRequest request = good;
    spoil(request);
    return t_.Open(jan_, kWorker, request);
  };
  EXPECT_EQ(refused([](auto& r) { r.set_kind(record::v1::TASK_KIND_UNSPECIFIED); }), "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.set_kind(record::v1::TASK_KIND_KEY); }), "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.set_kind(static_cast<record::v1::TaskKind>(77)); }),
            "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.clear_role(); }), "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.set_role("information-officer"); }), "bad_request")
      << "not at a welfare organisation";
  EXPECT_EQ(refused([](auto& r) { r.set_working_days(251); }), "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.set_record_id("kort"); }), "bad_request");
  EXPECT_EQ(refused([](auto& r) { r.set_record_id(std::string(16, 'r')); }), "not_found");
  EXPECT_THAT(t_.List(jan_, kWorker), IsEmpty()) << "no refusal opened anything";
  node::v1::ListTasksRequest request;
  node::v1::ListTasksResponse response;
  *request.mutable_context() = tests::Intake();
  request.set_page_size(1001);
  EXPECT_EQ(CodeOf(h_.Run(jan_, std::make_shared<ListTasks>(request, response))), "bad_request");
  request.set_page_size(1);
  request.set_page_token("geen");
  EXPECT_EQ(CodeOf(h_.Run(jan_, std::make_shared<ListTasks>(request, response))), "bad_page_token");
}

TEST_F(TasksTest, ARecordIsNamedToWhomTheRulesLetListIt) {
  const std::string record_id = h_.Record(jan_, tests::PersonSignal()).record_id;
  t_.Opened(jan_, kWorker, 1, record_id);
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(record_id));
  EXPECT_EQ(t_.List(jan_, kWorker)[0].record_id(), record_id);
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(record_id));
  // Who supervises sees that it is late, and not what it is about.
  Await("2026-10-07");
  t_.Keep();
  const auto seen = t_.List(dpo_, kOfficer);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].record_id(), "");
  EXPECT_THAT(h_.Last().subject.record_ids(), IsEmpty());
  // Nobody may make a task of a record that they may not read.
  node::v1::OpenTaskRequest request;
  request.set_kind(TASK_KIND_FOLLOW_UP);
  request.set_role(kWorker);
  request.set_record_id(record_id);
  EXPECT_EQ(t_.Open(dpo_, kOfficer, request), "denied");
  // When the record is gone, so is the task.
  ASSERT_EQ(h_.Erase(jan_, record_id), absl::OkStatus());
  EXPECT_EQ(t_.List(jan_, kWorker)[0].record_id(), "");
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: gone"));
  EXPECT_THAT(t_.List(jan_, kWorker), IsEmpty());
}

// One task more would make the entry too long for the ledger: the page ends before it.
TEST_F(TasksTest, APageNamesNoMoreRecordsThanItsEntryHolds) {
  const std::string twice = h_.Record(jan_, tests::PersonSignal()).record_id;
  t_.Opened(jan_, kWorker, 1, twice);
  t_.Opened(jan_, kWorker, 1, twice);
  for (int i = 0; i < 401; ++i) {
    t_.Opened(jan_, kWorker, 2, h_.Record(jan_, tests::PersonSignal()).record_id);
  }
  node::v1::ListTasksRequest request;
  *request.mutable_context() = tests::Intake();
  request.set_page_size(1000);
  const node::v1::ListTasksResponse first = t_.Page(jan_, request);
  EXPECT_EQ(first.tasks_size(), 401);
  EXPECT_EQ(first.tasks(1).record_id(), twice);
  EXPECT_THAT(h_.Last().subject.record_ids(), SizeIs(400)) << "each once";
  request.set_page_token(first.next_page_token());
  const node::v1::ListTasksResponse rest = t_.Page(jan_, request);
  EXPECT_EQ(rest.tasks_size(), 2);
  EXPECT_THAT(rest.next_page_token(), IsEmpty());
}

TEST_F(TasksTest, ListsGoOnFromPageToPageByDay) {
  for (const uint32_t days : {4u, 2u, 5u, 1u, 3u}) t_.Opened(jan_, kWorker, days);
  node::v1::ListTasksRequest request;
  *request.mutable_context() = tests::Intake();
  request.set_page_size(2);
  std::vector<std::string> days;
  std::vector<int> sizes;
  do {
    const node::v1::ListTasksResponse page = t_.Page(jan_, request);
    sizes.push_back(page.tasks_size());
    for (const auto& task : page.tasks()) days.push_back(task.due_day());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && sizes.size() < 9);
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  EXPECT_THAT(days,
              ElementsAre("2026-10-06", "2026-10-07", "2026-10-08", "2026-10-09", "2026-10-12"));
}

// Whoever holds the store alone learns neither who nor what: ids are random and values sealed.
TEST_F(TasksTest, RowsSayNothing) {
  const std::string record_id = h_.Record(jan_, tests::PersonSignal()).record_id;
  const std::string id = t_.Opened(jan_, kWorker, 5, record_id);
  ASSERT_EQ(t_.Claim(jan_, kWorker, id), "ok");
  ASSERT_EQ(t_.Away(jan_, kWorker, "2026-10-06", "2026-10-09", "an"), "ok");
  size_t rows = 0;
  const auto snapshot = h_.ledger->store().NewSnapshot();
  for (const ledger::Table table : {ledger::Table::kTask, ledger::Table::kAbsence}) {
    const std::string prefix = ledger::RowKey(table);
    ASSERT_TRUE(snapshot
                    ->Scan(prefix, storage::PrefixEnd(prefix),
                           [&](std::string_view key, std::string_view value) {
                             ++rows;
                             EXPECT_EQ(key.size(), 17u);
                             for (const std::string& word :
                                  {std::string("jan"), std::string(kWorker), record_id}) {
                               EXPECT_EQ(key.find(word), std::string_view::npos);
                               EXPECT_EQ(value.find(word), std::string_view::npos);
                             }
                             return true;
                           })
                    .ok());
  }
  EXPECT_EQ(rows, 2u);
}

TEST_F(TasksTest, AreHandedOverToSomebodyInTheRole) {
  const std::string one = t_.Opened(jan_, kWorker);
  const std::string two = t_.Opened(jan_, kWorker);
  const std::string other = t_.Opened(jan_, kWorker);
  EXPECT_EQ(t_.HandOver(jan_, kWorker, {}, "an"), "no_task") << "nothing is claimed";
  ASSERT_EQ(t_.Claim(jan_, kWorker, one), "ok");
  ASSERT_EQ(t_.Claim(jan_, kWorker, two), "ok");
  ASSERT_EQ(t_.Claim(an_, kWorker, other), "ok");
  for (const char* nobody : {"els", "beheer", "niemand", "dpo"}) {
    EXPECT_EQ(t_.HandOver(jan_, kWorker, {}, nobody), "not_in_role") << nobody;
  }
  EXPECT_EQ(t_.HandOver(jan_, kWorker, {one, other}, "an"), "no_task") << "one is not jan's";
  EXPECT_EQ(t_.HandOver(jan_, kWorker, std::vector<std::string>(101, one), "an"), "bad_request");
  const uint64_t before = h_.size();
  ASSERT_EQ(t_.HandOver(jan_, kWorker, {}, "an"), "ok");
  EXPECT_EQ(h_.size(), before + 2) << "an entry for each";
  EXPECT_THAT(t_.handed_over.task_ids(), UnorderedElementsAre(one, two));
  EXPECT_EQ(t_.Count(an_, kWorker).mine(), 3u);
  // Back to the role.
  ASSERT_EQ(t_.HandOver(an_, kWorker, {two}, ""), "ok");
  EXPECT_EQ(t_.Count(an_, kWorker).unclaimed(), 1u);
  ASSERT_EQ(h_.RevokeUser(h_.administrator, "jan"), absl::OkStatus());
  EXPECT_EQ(t_.HandOver(an_, kWorker, {one}, "jan"), "not_in_role") << "left";
}

TEST_F(TasksTest, AtMostAHundredAreHandedOverAtATime) {
  for (int i = 0; i < 103; ++i) {
    ASSERT_EQ(t_.Claim(jan_, kWorker, t_.Opened(jan_, kWorker)), "ok");
  }
  ASSERT_EQ(t_.HandOver(jan_, kWorker, {}, "an"), "ok");
  EXPECT_EQ(t_.handed_over.task_ids_size(), 100);
  EXPECT_EQ(t_.handed_over.left(), 3u);
}

TEST_F(TasksTest, LateOnesAreGivenAwayByWhoSupervises) {
  const std::string id = t_.Opened(jan_, kWorker, 1);
  EXPECT_EQ(t_.HandOver(dpo_, kOfficer, {id}, "an"), "no_task") << "not late";
  Await("2026-10-07");
  EXPECT_THAT(t_.Keep(), ElementsAre("follow_up: late"));
  EXPECT_EQ(t_.Count(dpo_, kOfficer).late(), 1u);
  EXPECT_EQ(t_.Claim(dpo_, kOfficer, id), "no_task") << "supervises, and does not do it";
  EXPECT_EQ(t_.HandOver(dpo_, kOfficer, {id}, "dpo"), "not_in_role");
  ASSERT_EQ(t_.HandOver(dpo_, kOfficer, {id}, "an"), "ok");
  EXPECT_EQ(t_.Count(an_, kWorker).mine(), 1u);
}

TEST_F(TasksTest, ADeputyTakesOverWhileSomebodyIsAway) {
  const std::string one = t_.Opened(jan_, kWorker);
  const std::string two = t_.Opened(jan_, kWorker);
  const Person bo = h_.Admit("bo", {kWorker});
  ASSERT_EQ(t_.Claim(jan_, kWorker, one), "ok");
  ASSERT_EQ(t_.Claim(jan_, kWorker, two), "ok");
  ASSERT_EQ(t_.Away(jan_, kWorker, "2026-10-06", "2026-10-07", "an"), "ok");
  EXPECT_EQ(ReasonOfLast(), "absence: set");
  EXPECT_EQ(t_.Claim(an_, kWorker, one), "task_claimed") << "not away yet";
  Await("2026-10-06");
  EXPECT_TRUE(t_.List(an_, kWorker)[0].standing_in());
  EXPECT_FALSE(t_.List(bo, kWorker)[0].standing_in());
  EXPECT_EQ(t_.Claim(bo, kWorker, one), "task_claimed") << "nobody's deputy";
  ASSERT_EQ(t_.Claim(an_, kWorker, one), "ok");
  EXPECT_EQ(ReasonOfLast(), "follow_up: taken over");
  EXPECT_EQ(h_.Last().actor.user_id(), "an") << "under their own certificate";
  Await("2026-10-08");
  EXPECT_EQ(t_.Claim(an_, kWorker, two), "task_claimed") << "back again";
  EXPECT_THAT(t_.Keep(), ElementsAre("absence: over"));
  EXPECT_THAT(t_.Keep(), IsEmpty());
}

TEST_F(TasksTest, AnAbsenceCanBeChangedAndEnded) {
  const std::string id = t_.Opened(jan_, kWorker);
  ASSERT_EQ(t_.Claim(jan_, kWorker, id), "ok");
  const Person bo = h_.Admit("bo", {kWorker});
  ASSERT_EQ(t_.Away(jan_, kWorker, "2026-10-05", "2026-10-09", "an"), "ok");
  ASSERT_EQ(t_.Away(jan_, kWorker, "2026-10-05", "2026-10-09", "bo"), "ok");
  EXPECT_EQ(t_.Claim(an_, kWorker, id), "task_claimed");
  ASSERT_EQ(t_.Away(jan_, kWorker, "", "", ""), "ok");
  EXPECT_EQ(ReasonOfLast(), "absence: over");
  EXPECT_EQ(t_.Claim(bo, kWorker, id), "task_claimed");
}

TEST_F(TasksTest, AnAbsenceGivesNobodyARole) {
  for (const char* nobody : {"els", "jan", "niemand", ""}) {
    EXPECT_EQ(t_.Away(jan_, kWorker, "2026-10-05", "2026-10-09", nobody), "not_in_role") << nobody;
  }
  const std::string id = t_.Opened(jan_, kWorker);
  ASSERT_EQ(t_.Claim(jan_, kWorker, id), "ok");
  ASSERT_EQ(t_.Away(jan_, kWorker, "2026-10-05", "2026-10-09", "an"), "ok");
  // Who stands in lost the role: from the next call on.
  record::v1::MandateStatus status;
  status.set_organisation(h_.options.organisation);
  status.set_number(1);
  const auto snapshot = h_.ledger->store().NewSnapshot();
  View view(*snapshot, h_.ledger->keyring());
  record::v1::Mandate mandate;
  ASSERT_TRUE(mandate.ParseFromString(view.ReadRegistered("an")->mandates.at(0).mandate()));
  status.add_revoked(mandate.mandate_id());
  ASSERT_EQ(h_.PutStatus(h_.administrator, status), absl::OkStatus());
  EXPECT_EQ(t_.Claim(an_, kWorker, id), "role_not_held");
}

TEST_F(TasksTest, DaysOfAnAbsenceAreDays) {
  const std::pair<const char*, const char*> table[] = {
      {"", "2026-10-09"},           {"morgen", "2026-10-09"},     {"2026-10-05", ""},
      {"2026-10-05", "2026-10-04"}, {"2026-10-01", "2026-10-04"}, {"2026-10-05", "2027-10-07"},
  };
  for (const auto& [from, until] : table) {
    EXPECT_EQ(t_.Away(jan_, kWorker, from, until, "an"), "bad_request") << from << " " << until;
  }
  EXPECT_EQ(t_.Away(jan_, kWorker, "2026-10-05", "2027-10-06", "an"), "ok");
}

}  // namespace
}  // namespace sluis::core
