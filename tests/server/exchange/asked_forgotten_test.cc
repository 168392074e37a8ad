// What an evaluation leaves of a person at the node that asked, and when it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/exercise.h"
#include "server/core/export_log.h"
#include "server/core/forget_asked.h"
#include "server/core/query_log.h"
#include "server/core/withdraw_signal.h"
#include "tests/server/exchange/asking_world.h"

namespace sluis::exchange {
namespace {

using ledger::Table;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::Opened;
using State = ledger::OpenedPart::State;

class AskedForgotten : public tests::AskingWorld {
 protected:
  tests::CoreHarness& h() { return world_.node(0).h; }

  // Asked to the end; what it gave is kept.
  Evaluated Asked(const std::vector<std::string>& records) {
    auto evaluated = EvaluateRecords(records);
    EXPECT_TRUE(evaluated.ok()) << evaluated.status();
    asking_.Stop();  // waits for who was slow
    if (!evaluated.ok()) return {};
    Evaluated out;
    out.leaf_hash = evaluated->leaf_hash;
    EXPECT_EQ(Keep(std::move(evaluated->given)), absl::OkStatus());
    return out;
  }
  Opened EntryOf(const Evaluated& evaluated) {
    for (Opened& entry : h().Entries()) {
      if (entry.leaf_hash == evaluated.leaf_hash) return entry;
    }
    ADD_FAILURE() << "there is no such entry";
    return {};
  }
  // Whether the entry that asked opens no more because of an entry that is an erasure, and nothing
  // that lay under it is left.
  void ExpectForgotten(const Evaluated& evaluated) {
    const Opened began = EntryOf(evaluated);
    EXPECT_EQ(began.subject_state, State::kErased);
    EXPECT_THAT(began.subject.evaluated(), IsEmpty());
    const Opened erased = h().Entries(began.erased_by).at(0);
    EXPECT_EQ(erased.act.operation(), record::v1::OPERATION_ERASURE);
    EXPECT_NE(erased.act.erased_everywhere_on(), "");
    EXPECT_EQ(Rows(0, Table::kAskedEvaluation), 0u);
    EXPECT_EQ(Rows(0, Table::kEvaluationAnswers), 0u);
    EXPECT_EQ(Rows(0, Table::kWrongAnswer), 0u);
  }
  void ExpectKept(const Evaluated& evaluated) {
    EXPECT_EQ(EntryOf(evaluated).subject_state, State::kOpen);
    EXPECT_EQ(Rows(0, Table::kAskedEvaluation), 1u);
    EXPECT_EQ(Rows(0, Table::kEvaluationAnswers), 1u);
  }
  absl::Status KeepHouse() {
    return core::ForgetAskedEvaluations(*h().ledger, *h().executor, h().clock.NowUs());
  }
  void PassDays(int days) {
    for (size_t at = 0; at < 5; ++at)
      world_.node(at).h.clock.Advance(std::chrono::hours(24) * days);
  }
};

TEST_F(AskedForgotten, ErasingASignalErasesWhoWasAskedAbout) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record});
  ExpectKept(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 1u);
  ASSERT_EQ(h().Erase(world_.person(), record), absl::OkStatus());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, AQuestionAboutSeveralGoesWithTheFirstOfThem) {
  const std::string one = RecordOf(7), other = RecordOf(8);
  const Evaluated evaluated = Asked({one, other});
  ASSERT_EQ(h().Erase(world_.person(), one), absl::OkStatus());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 1u) << "what stands for the other one stays with it";
  EXPECT_EQ(Rows(0, Table::kAskedOf), 1u) << "and that something was added about it";
  ASSERT_EQ(h().Erase(world_.person(), other), absl::OkStatus());
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, WhatBeginsWhileItsSignalIsErasedGoesAsWell) {
  const std::string record = RecordOf(7);
  const auto drafted = Draft({record});
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  Evaluated evaluated;
  h().ledger->BeforeNext([&] {
    const auto asked = Evaluate(Signed(*drafted));
    ASSERT_TRUE(asked.ok()) << asked.status();
    evaluated.leaf_hash = asked->leaf_hash;
  });
  ASSERT_EQ(h().Erase(world_.person(), record), absl::OkStatus());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, WhatIsKeptWhileItsSignalIsErasedGoesAsWell) {
  const std::string record = RecordOf(7);
  auto evaluated = EvaluateRecords({record});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  asking_.Stop();
  h().ledger->BeforeNext([&] { EXPECT_EQ(Keep(std::move(evaluated->given)), absl::OkStatus()); });
  ASSERT_EQ(h().Erase(world_.person(), record), absl::OkStatus());
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, WritingDownSomebodyElseErasesWhoWasAskedAbout) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record});
  ASSERT_EQ(Amend(record, [](auto& request) { *request.mutable_identity() = Named(8); }),
            absl::OkStatus());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 0u) << "it would stand for the other one";
}

TEST_F(AskedForgotten, RemovingWhoItIsAboutErasesWhoWasAskedAbout) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record});
  ASSERT_EQ(Amend(record, [](auto& request) { request.set_remove_identity(true); }),
            absl::OkStatus());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
}

TEST_F(AskedForgotten, ACorrectionOfTheSameSignalForgetsNothing) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record});
  ASSERT_EQ(Amend(record, [](auto&) {}), absl::OkStatus());
  ExpectKept(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 1u);
}

TEST_F(AskedForgotten, OnceItsLastDayIsOverNothingOfAQuestionIsLeft) {
  MakeWrong(1);
  MakeWrong(3);
  const Evaluated evaluated = Asked({RecordOf(7)});
  const std::string request = EntryOf(evaluated).counterpart.exchange_id();
  ASSERT_GT(Rows(0, Table::kWrongAnswer), 0u);
  PassDays(core::kOpenableDays);
  EXPECT_EQ(KeepHouse(), absl::OkStatus());
  ExpectKept(evaluated);
  PassDays(1);
  EXPECT_EQ(KeepHouse(), absl::OkStatus());
  ExpectForgotten(evaluated);
  const Opened erased = h().Last();
  EXPECT_EQ(erased.act.method(), "Node.ForgetAsked");
  EXPECT_EQ(erased.counterpart.exchange_id(), request);
  EXPECT_EQ(Rows(0, Table::kElement), 1u) << "it stands for the person as long as the record does";
  const uint64_t entries = h().size();
  EXPECT_EQ(KeepHouse(), absl::OkStatus());
  EXPECT_EQ(h().size(), entries) << "once";
}

TEST_F(AskedForgotten, WhatWasAskedInAnExerciseEndsWithIt) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record, RecordOf(8)});
  const auto left = [this] {
    return world_.nodes().With(
        0, [](const core::View& view) { return view.RecordsOfExercise().value(); });
  };
  world_.nodes().ChangeManifest(
      0, [](auto& manifest) { manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE; });
  ASSERT_EQ(h().executor->RunAsNodeAndWait(std::make_shared<core::EraseExercise>(left())),
            absl::OkStatus());
  EXPECT_THAT(left(), IsEmpty());
  ExpectForgotten(evaluated);
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, AnAnswerThatComesAfterItsPersonIsGoneIsNotKept) {
  const std::string record = RecordOf(7);
  const auto drafted = Draft({record});
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  world_.nodes().network().Cut(tests::KeyWorld::NameOf(0), tests::KeyWorld::NameOf(1));
  absl::Status erased = absl::UnknownError("not reached");
  const std::string name = tests::KeyWorld::NameOf(2);
  PeerAnswers answers = world_.nodes().network().AnswersOf(name);
  answers.evaluate = [&, honest = answers.evaluate](const std::string& sender,
                                                    const peer::v1::EvaluateRequest& request,
                                                    Peers::Done<peer::v1::EvaluateResponse> done) {
    erased = h().Erase(world_.person(), record);
    honest(sender, request, std::move(done));
  };
  world_.nodes().network().Put(name, std::move(answers));
  world_.nodes().network().Cut(tests::KeyWorld::NameOf(0), tests::KeyWorld::NameOf(3));
  auto evaluated = Evaluate(Signed(*drafted));
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  asking_.Stop();
  ASSERT_EQ(erased, absl::OkStatus());
  EXPECT_EQ(Rows(0, Table::kEvaluationAnswers), 0u);
  EXPECT_EQ(CodeOf(Keep(std::move(evaluated->given))), "changed_since_asked");
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  EXPECT_EQ(Rows(0, Table::kAskedOf), 0u);
}

TEST_F(AskedForgotten, WhatStandsForOnePersonIsNeverKeptForAnother) {
  const std::string record = RecordOf(7);
  auto evaluated = EvaluateRecords({record});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  asking_.Stop();
  ASSERT_EQ(Amend(record, [](auto& request) { *request.mutable_identity() = Named(8); }),
            absl::OkStatus());
  EXPECT_EQ(CodeOf(Keep(std::move(evaluated->given))), "changed_since_asked");
  EXPECT_EQ(Rows(0, Table::kElement), 0u);
  const Opened refused = h().Last();
  EXPECT_EQ(refused.act.outcome(), record::v1::OUTCOME_REFUSED);
  EXPECT_EQ(refused.counterpart.outcome(), "dropped");
  EXPECT_THAT(refused.subject.record_ids(), ElementsAre(record));
}

TEST_F(AskedForgotten, OneRecordThatIsGoneTakesNothingFromTheOthers) {
  const std::string gone = RecordOf(7), back = RecordOf(8), there = RecordOf(9);
  auto evaluated = EvaluateRecords({gone, back, there});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  asking_.Stop();
  ASSERT_EQ(h().Erase(world_.person(), gone), absl::OkStatus());
  ASSERT_EQ(h().Withdraw(world_.person(), back), absl::OkStatus());
  const uint64_t before = h().size();
  EXPECT_EQ(Keep(std::move(evaluated->given)), absl::OkStatus());
  EXPECT_THAT(*kept_, ElementsAre(there));
  EXPECT_EQ(Rows(0, Table::kElement), 1u);
  const std::vector<Opened> entries = h().Entries(before);
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].counterpart.outcome(), "dropped");
  EXPECT_EQ(entries[1].counterpart.outcome(), "dropped");
  EXPECT_EQ(entries[2].counterpart.outcome(), "kept");
}

TEST_F(AskedForgotten, TheLogSaysWhichRecordsWereEvaluated) {
  const std::string one = RecordOf(7), other = RecordOf(8);
  const Evaluated evaluated = Asked({one, other});
  const Opened began = EntryOf(evaluated);
  EXPECT_THAT(began.subject.record_ids(), ElementsAre(one, other));
  const Opened kept = h().Last();
  EXPECT_EQ(kept.act.method(), "Node.KeepElements");
  EXPECT_THAT(kept.subject.record_ids(), ElementsAre(other));
  EXPECT_EQ(kept.counterpart.exchange_id(), began.counterpart.exchange_id());
  EXPECT_EQ(kept.counterpart.side(), "sender");
}

TEST_F(AskedForgotten, LookingIntoTheLogShowsNobodyWhoWasAskedAbout) {
  const std::string record = RecordOf(7);
  const Evaluated evaluated = Asked({record});
  const Opened began = EntryOf(evaluated);
  const std::string identifier = began.subject.evaluated(0).inputs(0).identifier();
  const std::string blind = began.subject.evaluated(0).inputs(0).blind();
  const tests::Person officer = h().Admit("dpo", {"privacy-officer"});
  node::v1::QueryLogRequest request;
  node::v1::QueryLogResponse response;
  *request.mutable_context() = tests::Oversight();
  request.set_reason("jaarlijkse steekproef");
  request.set_record_id(record);
  request.mutable_open()->set_subject(true);
  request.mutable_open()->set_decision_ref("DPO-2026-7");
  ASSERT_EQ(
      h().Run(officer, std::make_shared<core::QueryLog>(request, response, h().ledger->origin())),
      absl::OkStatus());
  bool found = false;
  for (const node::v1::LogRow& row : response.rows()) {
    found = found || row.index() == began.index;
    EXPECT_THAT(row.subject().evaluated(), IsEmpty());
  }
  EXPECT_TRUE(found) << "that it was evaluated is found by the record";
  EXPECT_THAT(response.SerializeAsString(), Not(HasSubstr(identifier)));

  h().ledger->Tick();
  core::ExportStream stream(*h().ledger, h().ledger->checkpoint(), request.open(), false);
  std::string bytes;
  for (;;) {
    const auto piece = stream.Next();
    ASSERT_TRUE(piece.ok()) << piece.status();
    if (!*piece) break;
    bytes += **piece;
  }
  EXPECT_THAT(bytes, HasSubstr(record)) << "other subject parts are open";
  EXPECT_THAT(bytes, Not(HasSubstr(identifier)));
  EXPECT_THAT(bytes, Not(HasSubstr(blind)));
  EXPECT_THAT(tests::VerdictOf(bytes, h().ledger->verifier_key()), IsEmpty());
}

}  // namespace
}  // namespace sluis::exchange
