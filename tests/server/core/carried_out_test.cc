#include "server/core/carried_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "server/core/list_signals.h"
#include "server/core/query_log.h"
#include "tests/support/core_harness.h"
#include "tests/support/use_case_box.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::CoreHarness;
using tests::Person;
using tests::PersonSignal;

const std::vector<std::string>& Actions() {
  static const auto& actions = *new std::vector<std::string>{
      "record", "import", "amend", "read", "list", "withdraw", "erase", "hold", "compel", "audit"};
  return actions;
}

policies::Onward Onward(bool none, bool consent = false, bool limited = false) {
  policies::Onward onward;
  onward.none = none;
  onward.originator_consent = consent;
  if (limited) {
    onward.tlp_max_rank = 1;
    onward.tlp_max = "green";
  }
  return onward;
}

TEST(CarriedOut, EachActionKnowsEachObligation) {
  const policies::LogDepth full{policies::LogDepth::Level::kFull};
  for (const std::string& action : Actions()) {
    const bool about_records = action != "audit";
    // An order goes before every condition on passing on; they go along.
    const bool handed_over = action == "compel";
    const std::vector<std::pair<policies::Obligation, bool>> table = {
        {policies::FieldTreatments{}, true},
        {policies::Retention{30}, true},
        {policies::LogDepth{}, true},
        {full, true},
        {Onward(true), about_records},
        {policies::NoEvidence{}, about_records},
        {Onward(false, true), handed_over},
        {Onward(false, false, true), handed_over},
        {Onward(true, true), handed_over},
        {Onward(true, false, true), handed_over},
        {policies::CoolingOff{4}, false},
        {policies::Approval{{{{"burgemeester"}, 1}}}, false},
        {policies::Notify{{{"subject", 30}}}, false},
        {policies::KAnonymity{10, {"quarter"}}, false}};
    std::map<policies::ObligationKind, int> kinds;
    for (const auto& [obligation, expected] : table) {
      EXPECT_EQ(CarriedOutHere(action, obligation), expected)
          << action << " " << policies::ObligationText(obligation);
      policies::Decision decision;
      decision.outcome = policies::Outcome::kPermit;
      decision.obligations.push_back({obligation, {"R-X"}});
      const auto judged =
          policies::RefuseUnlessEnforceable(decision, EnforceableHere(action, decision));
      EXPECT_EQ(judged.outcome == policies::Outcome::kPermit, expected) << action;
      ++kinds[policies::KindOf(obligation)];
    }
    EXPECT_EQ(kinds.size(), policies::kObligationKinds) << "an obligation without a line here";
  }
}

TEST(CarriedOut, AnActionThatIsNotKnownCarriesNothingOut) {
  for (const char* action : {"share", "refer", "match", "export", "admin", "", "Record"}) {
    EXPECT_FALSE(CarriedOutHere(action, policies::LogDepth{})) << action;
    EXPECT_FALSE(CarriedOutHere(action, policies::Retention{30})) << action;
  }
}

// The shipped packs with one more requirement on an act of the own node; on signals of `World`,
// because the packs check themselves with others.
tests::HarnessOptions Requiring(const std::string& action, const std::string& obligations) {
  const std::string onlife = action == "audit" ? "none" : "offline";
  const std::string rule = "  - id: R-PROEF\n    effect: require\n    do: {action: " + action +
                           "}\n    what: {record.onlife: " + onlife + "}\n    obligations: {" +
                           obligations + "}\n    because: {nl: \"proef\"}\n";
  return {.pack_edits = {{"  - id: R-POSITIEF\n", rule + "  - id: R-POSITIEF\n"}}};
}

record::v1::Signal Offline() {
  record::v1::Signal signal = PersonSignal();
  signal.mutable_content()->set_onlife(record::v1::ONLIFE_OFFLINE);
  return signal;
}

struct World {
  explicit World(tests::HarnessOptions options) : h(std::move(options)) {}
  std::string Recorded() { return h.Record(jan, Offline()).record_id; }
  absl::StatusOr<node::v1::ListSignalsResponse> List() {
    node::v1::ListSignalsRequest request;
    node::v1::ListSignalsResponse response;
    *request.mutable_context() = tests::Intake();
    const absl::Status status = h.Run(jan, std::make_shared<ListSignals>(request, response));
    if (!status.ok()) return status;
    return response;
  }
  absl::Status Query() {
    node::v1::QueryLogRequest request;
    *request.mutable_context() = tests::Oversight();
    request.set_reason("steekproef van deze week");
    const std::string origin = h.ledger->origin();
    return h.Run(dpo, tests::Boxed<QueryLog, node::v1::QueryLogResponse>(request, origin));
  }
  std::string Try(const std::string& action) {
    if (action == "record") return CodeOf(h.Record(jan, Offline()).status);
    if (action == "audit") return CodeOf(Query());
    const std::string id = Recorded();
    if (action == "list") return List()->signals_size() == 1 ? "ok" : "not_evaluated";
    if (action == "amend") return CodeOf(h.Amend(jan, id, 1, Offline()));
    if (action == "read") return CodeOf(h.Open(jan, id).status());
    if (action == "withdraw") return CodeOf(h.Withdraw(jan, id));
    if (action == "erase") return CodeOf(h.Erase(jan, id));
    return CodeOf(h.Hold(dpo, id, true));
  }

  CoreHarness h;
  const Person jan = h.Admit("jan", {"maatschappelijk-werker"});
  const Person dpo = h.Admit("dpo", {"privacy-officer"});
};

// The node said that it carried these out, and did nothing.
TEST(CarriedOut, CoolingOffAndOnwardConditionsWerePassedOver) {
  for (const char* obligation :
       {"cooling_off: PT4H", "onward: {tlp_max: green}", "onward: {originator_consent: true}"}) {
    for (const char* action :
         {"record", "amend", "read", "list", "withdraw", "erase", "hold", "audit"}) {
      EXPECT_EQ(World(Requiring(action, obligation)).Try(action), "not_evaluated")
          << action << " " << obligation;
    }
  }
  EXPECT_EQ(World(Requiring("audit", "no_evidence: true")).Try("audit"), "not_evaluated");
  EXPECT_EQ(World(Requiring("audit", "onward: {none: true}")).Try("audit"), "not_evaluated");
}

TEST(CarriedOut, WhatIsCarriedOutDoesNotRefuse) {
  for (const char* action :
       {"record", "amend", "read", "list", "withdraw", "erase", "hold", "audit"}) {
    EXPECT_EQ(World(Requiring(action, "log: full, retention: P30D")).Try(action), "ok") << action;
  }
}

// Who reads must see what binds them, also when it is the reading that puts it on.
TEST(CarriedOut, MarksOfReadingAreShown) {
  World world(Requiring("read", "no_evidence: true, onward: {none: true}"));
  const auto view = world.h.Open(world.jan, world.Recorded());
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_TRUE(view->marks().no_evidence());
  EXPECT_TRUE(view->marks().no_onward());
}

// A retention asked for reading was passed over: the date of the record was taken for it.
TEST(CarriedOut, RetentionOfReadingWasPassedOver) {
  World world(Requiring("[read, list]", "retention: P7D"));
  const std::string id = world.Recorded(), held = world.Recorded();
  ASSERT_EQ(world.h.Hold(world.dpo, held, true), absl::OkStatus());
  world.h.clock.Advance(std::chrono::hours(24 * 7));
  EXPECT_TRUE(world.h.Open(world.jan, id).ok()) << "the last day";
  EXPECT_EQ(world.List()->signals_size(), 2);
  world.h.clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(CodeOf(world.h.Open(world.jan, id).status()), "not_evaluated");
  EXPECT_TRUE(world.h.Open(world.jan, held).ok()) << "a hold suspends it";
  const auto list = world.List();
  ASSERT_EQ(list->signals_size(), 1);
  EXPECT_EQ(list->signals(0).record_id(), held);
  EXPECT_EQ(world.h.Erase(world.jan, id), absl::OkStatus()) << "its author may still erase it";
}

// `log: full` of a list: the entry names every record that was shown.
TEST(CarriedOut, EntryOfAListIsAFullOne) {
  World world(Requiring("list", "log: full"));
  const std::string id = world.Recorded();
  ASSERT_TRUE(world.List().ok());
  const tests::Opened entry = world.h.Last();
  EXPECT_THAT(entry.subject.record_ids(), testing::ElementsAre(id));
  EXPECT_GT(entry.decision.attributes_size(), 20);
}

}  // namespace
}  // namespace sluis::core
