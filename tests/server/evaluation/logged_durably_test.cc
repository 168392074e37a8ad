// What an effect holds for a step, and whose word says that it is durable.
#include "server/evaluation/logged_durably.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/evaluation/holder.h"
#include "tests/server/evaluation/holders.h"

namespace sluis::evaluation {
namespace {

using test::Holders;
using test::NameOf;
using test::People;
using test::World;
using ::testing::HasSubstr;

class LoggedDurablyTest : public ::testing::Test {
 protected:
  std::variant<Admission, Refusal> Admitted() {
    return holders_.At(3).Admit(world_.Begin(People({"een"})).request(), NameOf(1),
                                holders_.partners, test::kNowUs);
  }
  World world_{5, 3};
  Holders holders_{world_};
};

// The effect has the row, and the entry says what is evaluated, because PlanEffect put both there.
TEST_F(LoggedDurablyTest, WhatIsLoggedIsTheRowAndTheEntryOfThisRequest) {
  const auto verdict = Admitted();
  const ToLog to_log = std::get<Admission>(verdict).Log();
  tests::LedgerWorld ledger;
  ASSERT_TRUE(ledger.Open().ok());
  std::vector<std::string> written;
  const auto write = [&](const StoredRow& row, ledger::Effect& effect) {
    written.push_back(row.key);
    effect.writes.push_back({"%/" + row.key, row.bytes});
    return absl::OkStatus();
  };
  const auto plan = [&](const ToLog& what) {
    return PlanEffect(what, {}, write, ledger.Sealer(), test::kNowUs);
  };
  PlannedEffect planned = plan(to_log).value();
  EXPECT_EQ(written, std::vector<std::string>{to_log.rows.at(0).key});
  const tests::Told told = ledger.Submit(std::move(planned.effect));
  ASSERT_TRUE(told.status.ok()) << told.status;
  const LoggedDurably logged = planned.ticket.Durable(told.logged.at(0)).value();
  EXPECT_EQ(logged.leaf_hash(), told.logged.at(0).leaf_hash);
  EXPECT_TRUE(CheckLogged(logged, to_log).ok());
  const auto snapshot = ledger.store.NewSnapshot();
  const ledger::LogReader reader(tests::kOrigin, *snapshot, ledger.ledger->keyring());
  EXPECT_EQ(reader.Open(reader.Entry(0).value(), ledger::Part::kCounterpart)->bytes,
            to_log.counterpart.SerializeAsString());
  EXPECT_FALSE(ledger.store.Value("%/" + to_log.rows.at(0).key).empty());
  // What cannot be written, or has a counterpart part of its own, is not planned.
  ledger::EntryParts parts;
  parts.counterpart = "x";
  EXPECT_FALSE(PlanEffect(to_log, parts, write, ledger.Sealer(), test::kNowUs).ok());
  const auto fails = [](const StoredRow&, ledger::Effect&) { return absl::InternalError("vol"); };
  EXPECT_FALSE(PlanEffect(to_log, {}, fails, ledger.Sealer(), test::kNowUs).ok());
}

// Of another effect, although that holds the same.
TEST_F(LoggedDurablyTest, WhatTheLedgerToldOfAnotherEntryIsNoProof) {
  const auto verdict = Admitted();
  const ToLog to_log = std::get<Admission>(verdict).Log();
  tests::LedgerWorld ledger;
  ASSERT_TRUE(ledger.Open().ok());
  const auto write = [](const StoredRow&, ledger::Effect&) { return absl::OkStatus(); };
  const auto plan = [&] {
    return PlanEffect(to_log, {}, write, ledger.Sealer(), test::kNowUs).value();
  };
  PlannedEffect one = plan();
  PlannedEffect other = plan();
  const tests::Told told = ledger.Submit(std::move(other.effect));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_THAT(one.ticket.Durable(told.logged.at(0)).status().message(),
              HasSubstr("spoke of another entry"));
  EXPECT_TRUE(other.ticket.Durable(told.logged.at(0)).ok());
}

}  // namespace
}  // namespace sluis::evaluation
