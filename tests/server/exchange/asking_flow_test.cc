// A person asks the holders of a key, over the path that everything between nodes takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "server/evaluation/hidden_subject.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/opening.h"
#include "server/exchange/evaluation_prover.h"
#include "tests/server/exchange/asking_world.h"

namespace sluis::exchange {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::EvaluationWorld;
using tests::KeyWorld;
using tests::Opened;

class AskingFlow : public tests::AskingWorld {};

TEST_F(AskingFlow, OnePersonWithThreeOfFive) {
  const std::string record = RecordOf(7);
  const auto drafted = Draft({record});
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_TRUE(evaluation::CheckSubject(world_.package().partnership, EvaluationWorld::kKeyPurpose,
                                       drafted->subject.SerializeAsString(), drafted->count,
                                       drafted->blinded_digest))
      << "who signs computes the list anew";
  const uint64_t before = world_.node(0).h.size();
  const auto evaluated = Evaluate(Signed(*drafted));
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  ASSERT_THAT(evaluated->given.records, SizeIs(1));
  EXPECT_EQ(evaluated->given.records[0].record, record);
  ASSERT_THAT(evaluated->given.records[0].elements, SizeIs(1));
  EXPECT_EQ(Bytes(evaluated->given.records[0].elements[0]), ElementOf(7));
  EXPECT_EQ(evaluated->given.records[0].elements[0].kind, identity::KeyKind::kNationalNumber);
  EXPECT_THAT(evaluated->wrong, IsEmpty());

  const std::vector<Opened> entries = world_.node(0).h.Entries(before);
  const Opened& begun = entries.at(0);
  EXPECT_EQ(begun.leaf_hash, evaluated->leaf_hash);
  EXPECT_EQ(begun.act.method(), "EvaluationService.Evaluate");
  EXPECT_EQ(begun.actor.user_id(), "jan");
  EXPECT_EQ(begun.counterpart.outcome(), "asked");
  EXPECT_EQ(begun.counterpart.peer(), "");
  EXPECT_EQ(begun.subject.case_ref(), EvaluationWorld::kCase);
  EXPECT_EQ(begun.subject.SerializeAsString(), drafted->subject.SerializeAsString());
  const Opened& end = entries.back();
  EXPECT_EQ(end.act.method(), "Node.EndEvaluation");
  EXPECT_EQ(end.counterpart.outcome(), "combined");
  EXPECT_EQ(end.counterpart.exchange_id(), begun.counterpart.exchange_id());
  EXPECT_EQ(end.subject.evaluation_answers_size(), 3);
  EXPECT_EQ(Rows(0, ledger::Table::kEvaluationAnswers), 1u);
  EXPECT_FALSE(world_.nodes().Stores(0, ElementOf(7)));
  size_t asked = 0;
  for (size_t holder = 0; holder < 5; ++holder) {
    for (const evaluation::HeldRow& row : world_.Held(holder)) {
      EXPECT_EQ(row.leaf_hash(), std::string(crypto::View(begun.leaf_hash)));
      ++asked;
    }
  }
  EXPECT_LE(asked, 4u) << "one more than are needed";
  EXPECT_GE(asked, 3u);
}

TEST_F(AskingFlow, APersonIsAlwaysTheSameElement) {
  const auto both = EvaluateRecords({RecordOf(7), RecordOf(8)});
  const auto again = EvaluateRecords({RecordOf(8)});
  ASSERT_TRUE(both.ok() && again.ok()) << both.status() << again.status();
  EXPECT_EQ(Bytes(both->given.records[0].elements[0]), ElementOf(7));
  EXPECT_EQ(Bytes(both->given.records[1].elements[0]), ElementOf(8));
  EXPECT_EQ(Bytes(again->given.records[0].elements[0]), ElementOf(8));
}

TEST_F(AskingFlow, AWrongHolderIsNamedAndBypassed) {
  MakeWrong(1);
  MakeWrong(3);
  const auto evaluated = EvaluateRecords({RecordOf(7)});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_EQ(Bytes(evaluated->given.records[0].elements[0]), ElementOf(7));
  asking_.Stop();  // waits for the entries about them
  // Four of five were asked at first, so at least one of the two.
  ASSERT_FALSE(evaluated->wrong.empty());
  std::vector<std::string> named;
  for (const Opened& entry : world_.node(0).h.Entries()) {
    if (entry.act.method() != "Node.NoteWrongAnswer") continue;
    EXPECT_EQ(entry.counterpart.kind(), "evaluation-answer");
    EXPECT_EQ(entry.counterpart.outcome(), "proof");
    EXPECT_TRUE(entry.counterpart.peer() == KeyWorld::NameOf(1) ||
                entry.counterpart.peer() == KeyWorld::NameOf(3));
    named.push_back(entry.counterpart.peer());
    const auto request = crypto::ToFixed<16>(entry.counterpart.exchange_id());
    const auto index =
        static_cast<keys::MemberIndex>(entry.counterpart.peer() == KeyWorld::NameOf(1) ? 2 : 4);
    world_.nodes().With(0, [&](const core::View& view) {
      const auto row =
          ledger::ReadRow(view.snapshot(), view.keyring(), core::WrongAnswerKey(*request, index));
      EXPECT_TRUE(row.ok());
      EXPECT_EQ(entry.counterpart.message_digest(),
                std::string(crypto::View(crypto::Sha256(row->value))))
          << "the evidence is kept";
      return 0;
    });
  }
  EXPECT_THAT(named, ::testing::UnorderedElementsAreArray(evaluated->wrong));
}

TEST_F(AskingFlow, HoldersThatAreAwayAreBypassed) {
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(2));
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(4));
  const auto evaluated = EvaluateRecords({RecordOf(7)});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  EXPECT_EQ(Bytes(evaluated->given.records[0].elements[0]), ElementOf(7));
  EXPECT_THAT(evaluated->wrong, IsEmpty()) << "silence blames nobody";
}

TEST_F(AskingFlow, WithFewerThanAreNeededItFailsAndSaysSo) {
  for (const size_t away : {size_t{1}, size_t{2}, size_t{4}}) {
    world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(away));
  }
  const auto evaluated = EvaluateRecords({RecordOf(7)});
  EXPECT_EQ(evaluated.status().code(), absl::StatusCode::kUnavailable);
  const Opened end = world_.node(0).h.Last();
  EXPECT_EQ(end.act.method(), "Node.EndEvaluation");
  EXPECT_EQ(end.counterpart.outcome(), "failed");
  EXPECT_EQ(end.subject.evaluation_answers_size(), 0);
  EXPECT_EQ(Rows(0, ledger::Table::kEvaluationAnswers), 0u);
}

TEST_F(AskingFlow, NobodyIsAskedBeforeTheEntryIsOnDisk) {
  const auto drafted = Draft({RecordOf(7)});
  ASSERT_TRUE(drafted.ok());
  world_.node(0).h.store.Hold();
  auto evaluated = EvaluateLater(Signed(*drafted));
  world_.node(0).h.store.WaitUntilHeld();
  EXPECT_EQ(evaluated.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  for (size_t holder = 1; holder < 5; ++holder) EXPECT_THAT(world_.Held(holder), IsEmpty());
  world_.node(0).h.store.Release();
  EXPECT_TRUE(evaluated.get().ok());
}

TEST_F(AskingFlow, NoElementIsGivenOutWithoutItsEnd) {
  const auto drafted = Draft({RecordOf(7)});
  ASSERT_TRUE(drafted.ok());
  std::atomic<int> submissions = 0;
  world_.node(0).h.ledger->SetHook(
      [&submissions](const ledger::Submission&) -> std::optional<absl::Status> {
        if (++submissions == 1) return std::nullopt;  // the question
        return absl::ResourceExhaustedError("full");
      });
  EXPECT_EQ(Evaluate(Signed(*drafted)).status().code(), absl::StatusCode::kResourceExhausted);
  world_.node(0).h.ledger->SetHook(nullptr);
  EXPECT_EQ(Rows(0, ledger::Table::kEvaluationAnswers), 0u);
}

TEST_F(AskingFlow, WhatWasNotSignedIsNotAsked) {
  const auto drafted = Draft({RecordOf(7)});
  ASSERT_TRUE(drafted.ok());
  const auto code =
      [&](const std::function<void(record::v1::UserStatement&, envelope::StatementItem&)>& edit) {
        return CodeOf(Evaluate(Signed(*drafted, edit)).status());
      };
  EXPECT_EQ(code([](auto&, auto& item) { item.fields_root[0] ^= 1; }), "changed_since_preview");
  EXPECT_EQ(code([](auto&, auto& item) { item.exchange[0] ^= 1; }), "changed_since_preview");
  EXPECT_EQ(code([](auto&, auto& item) { item.case_token[0] ^= 1; }), "changed_since_preview");
  EXPECT_EQ(code([](auto& statement, auto&) { statement.set_action("share"); }),
            "changed_since_preview");
  EXPECT_EQ(code([](auto& statement, auto&) { statement.set_audience(KeyWorld::NameOf(1)); }),
            "changed_since_preview");
  for (size_t holder = 0; holder < 5; ++holder) EXPECT_THAT(world_.Held(holder), IsEmpty());
  EXPECT_TRUE(Evaluate(Signed(*drafted)).ok()) << "a refusal gives the draft back";
  EXPECT_EQ(CodeOf(Evaluate(Signed(*drafted)).status()), "no_draft") << "asked once";
}

TEST_F(AskingFlow, ADraftIsForWhoAskedAndForAQuarterOfAnHour) {
  const auto drafted = Draft({RecordOf(7)});
  ASSERT_TRUE(drafted.ok());
  EXPECT_EQ(drafts_.Claim("an", drafted->request_id, world_.node(0).h.clock.NowUs()), nullptr);
  const auto now = world_.node(0).h.clock.NowUs();
  EXPECT_NE(drafts_.Claim("jan", drafted->request_id, now), nullptr);
  {
    const auto claimed = drafts_.Claim("jan", drafted->request_id, now);
    EXPECT_EQ(drafts_.Claim("jan", drafted->request_id, now), nullptr) << "one at a time";
  }
  world_.node(0).h.clock.Advance(std::chrono::minutes(15));
  EXPECT_EQ(CodeOf(Evaluate(Signed(*drafted)).status()), "no_draft");
}

TEST_F(AskingFlow, OfOnePersonTheOldestDraftGoes) {
  const std::string record = RecordOf(7);
  const auto first = Draft({record});
  ASSERT_TRUE(first.ok());
  for (size_t i = 1; i < core::EvaluationDrafts::kMostOfOne; ++i) {
    world_.node(0).h.clock.Advance(std::chrono::seconds(1));
    ASSERT_TRUE(Draft({record}).ok());
  }
  const auto now = world_.node(0).h.clock.NowUs();
  EXPECT_NE(drafts_.Claim("jan", first->request_id, now), nullptr);
  ASSERT_TRUE(Draft({record}).ok());
  EXPECT_EQ(drafts_.Claim("jan", first->request_id, now), nullptr);
}

TEST_F(AskingFlow, WhoMayNotAskIsTold) {
  const std::string record = RecordOf(7);
  node::v1::RequestContext context = Context();
  context.set_purpose("signaal-intake");
  EXPECT_EQ(CodeOf(Draft({record}, context).status()), "no_key") << "none was made for it";
  context.set_purpose("toezicht");
  EXPECT_EQ(CodeOf(Draft({record}, context).status()), "not_entitled");
  context = Context();
  context.set_basis("eu-gdpr-security");
  EXPECT_EQ(CodeOf(Draft({record}, context).status()), "not_entitled");
  EXPECT_EQ(CodeOf(Draft({}).status()), "bad_persons");
  EXPECT_EQ(CodeOf(Draft(std::vector<std::string>(9, record)).status()), "bad_persons");
  EXPECT_EQ(CodeOf(Draft({record, record}).status()), "bad_persons") << "one person twice";
  EXPECT_EQ(CodeOf(Draft({"vreemd"}).status()), "bad_persons");
  auto terms = world_.node(0).TermsWithManifest();
  terms->may_exchange = false;
  world_.node(0).Put(terms);
  EXPECT_EQ(CodeOf(Draft({record}).status()), "not_exchanging");
}

TEST_F(AskingFlow, AKeyThatChangedMeanwhileIsAskedAnew) {
  const auto drafted = Draft({RecordOf(7)});
  ASSERT_TRUE(drafted.ok());
  world_.ShareAnew(0);
  EXPECT_EQ(CodeOf(Evaluate(Signed(*drafted)).status()), "key_changed");
}

TEST_F(AskingFlow, AKeyThatMayNotBeUsedIsNotAsked) {
  const std::string record = RecordOf(7);
  const uint64_t now_s = world_.node(0).h.clock.NowUs() / evaluation::kUsPerSecond;
  const auto drafted = Draft({record});
  ASSERT_TRUE(drafted.ok());
  world_.Repin(0, world_.package(), now_s + 10);
  EXPECT_TRUE(Draft({record}).ok()) << "until its day";
  world_.node(0).h.clock.Advance(std::chrono::seconds(10));
  EXPECT_EQ(CodeOf(Draft({record}).status()), "no_key");
  EXPECT_EQ(CodeOf(Evaluate(Signed(*drafted)).status()), "no_key") << "drafted before";
  world_.Repin(0, world_.package());
  EXPECT_TRUE(Draft({record}).ok());
  world_.Repin(0, world_.package(), 0, /*of_now=*/false);
  EXPECT_EQ(CodeOf(Draft({record}).status()), "no_key") << "made in an exercise that is over";
  for (size_t holder = 0; holder < 5; ++holder) EXPECT_THAT(world_.Held(holder), IsEmpty());
}

// A holder answers so many requests of which the entries are not proven, this node itself as well.
TEST_F(AskingFlow, EntriesAreProvenToTheHoldersAfterwards) {
  EvaluationProver prover{{KeyWorld::NameOf(0), *world_.node(0).h.ledger,
                           *world_.node(0).h.executor, *peers_, world_.nodes().link(0).desk(),
                           world_.node(0).h.clock}};
  const auto pass = [&] {
    for (size_t at = 0; at < 5; ++at) world_.node(at).h.clock.Advance(std::chrono::minutes(10));
    world_.node(0).h.ledger->Tick();
  };
  const uint32_t unproven = evaluation::Caps().unproven;
  const auto ask = [&](int number) {
    const auto drafted = Draft({RecordOf(number)}, Context("C-" + std::to_string(number)));
    return drafted.ok() ? Evaluate(Signed(*drafted, {}, "C-" + std::to_string(number))).status()
                        : drafted.status();
  };
  int asked = 0;
  absl::Status status = absl::OkStatus();
  for (; status.ok() && asked < 100; ++asked) status = ask(1000 + asked);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << "each holder stops";
  EXPECT_GE(asked, static_cast<int>(unproven));
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 5u * static_cast<size_t>(asked));
  world_.node(0).h.ledger->Tick();
  EXPECT_EQ(prover.Round(), absl::OkStatus());
  EXPECT_GT(Rows(0, ledger::Table::kOwedProof), 0u)
      << "who may take a request yet would pass over what shows it";
  EXPECT_LT(Rows(0, ledger::Table::kOwedProof), 5u * static_cast<size_t>(asked));
  pass();
  EXPECT_EQ(prover.Round(), absl::OkStatus());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 0u);
  for (size_t holder = 0; holder < 5; ++holder) {
    for (const evaluation::HeldRow& row : world_.Held(holder)) {
      EXPECT_EQ(row.proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN) << holder;
    }
  }
  EXPECT_EQ(ask(2000), absl::OkStatus());
  world_.nodes().network().Cut(KeyWorld::NameOf(0), KeyWorld::NameOf(3));
  pass();
  EXPECT_FALSE(prover.Round().ok());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 1u) << "what is owed to who is away stays";
  // A new process knows nothing of what holders know.
  EvaluationProver again{{KeyWorld::NameOf(0), *world_.node(0).h.ledger, *world_.node(0).h.executor,
                          *peers_, world_.nodes().link(0).desk(), world_.node(0).h.clock}};
  world_.nodes().network().Mend(KeyWorld::NameOf(0), KeyWorld::NameOf(3));
  EXPECT_EQ(again.Round(), absl::OkStatus());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 0u);
}

// It writes each refusal down, and nobody here changes anything about it by asking.
TEST_F(AskingFlow, WhoRefusesProofsIsShownThemLaterAndLater) {
  ASSERT_TRUE(EvaluateRecords({RecordOf(7)}).ok());
  asking_.Stop();
  for (size_t at = 0; at < 5; ++at) world_.node(at).h.clock.Advance(std::chrono::minutes(10));
  world_.node(0).h.ledger->Tick();
  EvaluationProver prover{{KeyWorld::NameOf(0), *world_.node(0).h.ledger,
                           *world_.node(0).h.executor, *peers_, world_.nodes().link(0).desk(),
                           world_.node(0).h.clock}};
  tests::InProcessNetwork& network = world_.nodes().network();
  PeerAnswers answers = network.AnswersOf(KeyWorld::NameOf(1));
  const PeerAnswers honest = answers;
  int shown = 0;
  answers.prove_evaluations = [&shown](const auto&, const auto&, auto done) {
    ++shown;
    done(absl::FailedPreconditionError("log"));
  };
  network.Put(KeyWorld::NameOf(1), answers);
  EXPECT_FALSE(prover.Round().ok());
  EXPECT_EQ(shown, 1);
  EXPECT_EQ(prover.Round(), absl::OkStatus());
  EXPECT_EQ(shown, 1);
  const auto pass = [&](std::chrono::minutes time) { world_.node(0).h.clock.Advance(time); };
  pass(std::chrono::minutes(1));
  EXPECT_FALSE(prover.Round().ok());
  EXPECT_EQ(shown, 2);
  pass(std::chrono::minutes(1));
  EXPECT_EQ(prover.Round(), absl::OkStatus());
  EXPECT_EQ(shown, 2);
  network.Put(KeyWorld::NameOf(1), honest);
  pass(std::chrono::minutes(1));
  EXPECT_EQ(prover.Round(), absl::OkStatus());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 0u);
}

TEST_F(AskingFlow, ForAKeyThatIsNoMoreNothingIsOwed) {
  ASSERT_TRUE(EvaluateRecords({RecordOf(7)}).ok());
  asking_.Stop();  // waits for who was slow
  EXPECT_EQ(world_.Forget(0), absl::OkStatus());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 5u);
  world_.Unpin(0);
  EXPECT_EQ(world_.Forget(0), absl::OkStatus());
  EXPECT_EQ(Rows(0, ledger::Table::kOwedProof), 0u);
  EXPECT_EQ(Rows(0, ledger::Table::kEvaluated), 0u);
}

TEST_F(AskingFlow, ElementsLieSealedWithTheirRecordAndDieWithIt) {
  const std::string record = RecordOf(7);
  auto evaluated = EvaluateRecords({record});
  ASSERT_TRUE(evaluated.ok()) << evaluated.status();
  const std::string row = core::ElementKey(record, evaluated->given.records[0].elements[0]);
  tests::CoreHarness& h = world_.node(0).h;
  EXPECT_EQ(Keep(std::move(evaluated->given)), absl::OkStatus());
  const auto read = [&] {
    return world_.nodes().With(
        0, [&](const core::View& view) { return core::ReadElement(view, record, row); });
  };
  const auto kept = read();
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(Bytes(*kept), ElementOf(7));
  EXPECT_EQ(Rows(0, ledger::Table::kElement), 1u);
  EXPECT_FALSE(world_.nodes().Stores(0, ElementOf(7)));
  ASSERT_EQ(h.Erase(world_.person(), record), absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(read().status()));
  EXPECT_EQ(Rows(0, ledger::Table::kElement), 0u);
}

}  // namespace
}  // namespace sluis::exchange
