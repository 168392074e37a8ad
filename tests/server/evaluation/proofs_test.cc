// Entries that requests rest on, proven to a holder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/evaluation/entry_proofs.h"
#include "server/evaluation/holder.h"
#include "tests/server/evaluation/holders.h"

namespace sluis::evaluation {
namespace {

using test::AskerLog;
using test::Holders;
using test::NameOf;
using test::People;
using test::World;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kUnproven = peer::v1::EVALUATION_REFUSAL_UNPROVEN;

Caps FewUnproven() {
  Caps caps;
  caps.unproven = 3;
  return caps;
}

class ProofsTest : public ::testing::Test {
 protected:
  // A request about one person, asked of holder 2 alone.
  crypto::Hash AskTwo(std::optional<peer::v1::EvaluationRefusal> expected = std::nullopt) {
    const Question question = world_.Ask(People({"persoon " + std::to_string(next_++)}));
    const crypto::Hash leaf = log_.Log(question).leaf_hash();
    AskOn(question, leaf, expected);
    return leaf;
  }
  void AskOn(const Question& question, const crypto::Hash& leaf,
             std::optional<peer::v1::EvaluationRefusal> expected, MemberIndex holder = 2) {
    const std::string request = world_.RequestOn(leaf, question, "C-" + std::to_string(next_++));
    EXPECT_EQ(holders_.Ground(holder, request), expected);
  }
  absl::StatusOr<TakenProofs> Take(const peer::v1::EvaluationProofs& proofs,
                                   const std::optional<crypto::TreeHead>& known = std::nullopt) {
    return holders_.TakeProofs(2, proofs, known);
  }

  World world_{5, 3};
  Holders holders_{world_, FewUnproven()};
  AskerLog log_{world_.keys.at(1).log};
  int next_ = 0;
};

TEST_F(ProofsTest, AHolderAnswersSoManyRequestsUntilTheirEntriesAreProven) {
  std::vector<crypto::Hash> leaves;
  for (int i = 0; i < 3; ++i) leaves.push_back(AskTwo());
  AskTwo(kUnproven);
  holders_.Restart(2);
  AskTwo(kUnproven);
  const auto taken = Take(log_.Prove(leaves));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(taken->changes.Log().rows, SizeIs(3));
  EXPECT_THAT(taken->differing, IsEmpty());
  EXPECT_EQ(taken->checkpoint->head, log_.Head());
  for (const StoredRow& row : taken->changes.Log().rows) {
    EXPECT_EQ(ReadHeldRow(row.bytes)->proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
    EXPECT_EQ(ReadHeldRow(row.bytes)->signed_request(), "");
  }
  AskTwo();
  holders_.Restart(2);
  EXPECT_TRUE(Take(log_.Prove(leaves))->changes.empty()) << "proven once is proven";
}

// Proofs that were looked at and not logged changed nothing.
TEST_F(ProofsTest, NothingIsProvenBeforeItIsLogged) {
  const crypto::Hash leaf = AskTwo();
  const auto taken = holders_.At(2).TakeProofs(NameOf(1), log_.Prove({leaf}).SerializeAsString(),
                                               holders_.partners, std::nullopt);
  ASSERT_TRUE(taken.ok()) << taken.status();
  const auto state = [&] { return holders_.BookOf(2).All()[0].proof(); };
  EXPECT_EQ(state(), record::v1::EVALUATION_PROOF_STATE_OPEN);
  EXPECT_FALSE(holders_.At(2).Apply(taken->changes, holders_.Log(ToLog{})).ok());
  EXPECT_EQ(state(), record::v1::EVALUATION_PROOF_STATE_OPEN);
  EXPECT_TRUE(holders_.At(2).Apply(taken->changes, holders_.Log(taken->changes.Log())).ok());
  EXPECT_EQ(state(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
}

TEST_F(ProofsTest, TheLogMustBeTheAskersOwnByTheManifest) {
  const crypto::Hash leaf = AskTwo();
  // The same entries under the key of another member, or under another origin.
  AskerLog others(world_.keys.at(3).log);
  AskerLog elsewhere(world_.keys.at(1).log, "lid-3.example/log");
  for (AskerLog* log : {&others, &elsewhere}) {
    const crypto::Hash there = log->Append("", "x");
    EXPECT_EQ(Take(log->Prove({there})).status().code(), absl::StatusCode::kDataLoss);
  }
  holders_.partners.member = false;
  EXPECT_EQ(Take(log_.Prove({leaf})).status().code(), absl::StatusCode::kPermissionDenied);
  holders_.partners.member = true;
  EXPECT_TRUE(Take(log_.Prove({leaf})).ok());
}

TEST_F(ProofsTest, AnEntryThatSaysSomethingElseIsFoundWithEvidence) {
  const Question logged = world_.Ask(People({"een"}));
  const crypto::Hash leaf = log_.Log(logged).leaf_hash();
  AskOn(world_.Ask(People({"iemand anders"})), leaf, std::nullopt);
  const auto taken = Take(log_.Prove({leaf}));
  ASSERT_TRUE(taken.ok()) << taken.status();
  ASSERT_THAT(taken->differing, SizeIs(1));
  const Request shown = ReadRequest(taken->differing[0].signed_request).value();
  EXPECT_TRUE(shown.SignedBy(std::vector{world_.keys.at(1).identity.public_key()}));
  EXPECT_EQ(ReadAskerPart(taken->differing[0].counterpart), logged.entry());
  AskTwo(kUnproven);
  holders_.Restart(2);
  AskTwo(kUnproven);
  EXPECT_TRUE(holders_.BookOf(2).Prune(test::kNowUs).empty());
  // Until people have looked at it.
  const auto id = crypto::ToFixed<16>(shown.body.request_id()).value();
  const auto aside = holders_.At(2).PrepareSetAside(NameOf(1), id);
  ASSERT_TRUE(aside.ok()) << aside.status();
  const ToLog to_log = aside->Log();
  EXPECT_EQ(ReadHeldRow(to_log.rows.at(0).bytes)->proof(),
            record::v1::EVALUATION_PROOF_STATE_SET_ASIDE);
  AskTwo(kUnproven);  // until it is logged
  EXPECT_FALSE(holders_.At(2).Apply(*aside, holders_.Log(ToLog{})).ok());
  AskTwo(kUnproven);
  EXPECT_TRUE(holders_.At(2).Apply(*aside, holders_.Log(to_log)).ok());
  EXPECT_FALSE(holders_.At(2).PrepareSetAside(NameOf(1), id).ok());
  AskTwo();
}

TEST_F(ProofsTest, EachWordOfTheEntryCounts) {
  const auto differs = [&](const std::function<void(record::v1::CounterpartPart&)>& change) {
    World world(5, 3, 11);
    Holders holders(world);
    AskerLog log(world.keys.at(1).log);
    const Question question = world.Ask(People({"een"}));
    record::v1::CounterpartPart part = AskerPart(question.entry(), kOutcomeAsked);
    change(part);
    const crypto::Hash leaf = log.Append("", part.SerializeAsString());
    EXPECT_EQ(holders.Ground(2, world.RequestOn(leaf, question)), std::nullopt);
    const auto taken = holders.TakeProofs(2, log.Prove({leaf}), std::nullopt);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return !taken->differing.empty();
  };
  EXPECT_FALSE(differs([](auto&) {}));
  EXPECT_TRUE(differs([](auto& part) { part.mutable_exchange_id()->back() ^= 1; }));
  EXPECT_TRUE(differs([](auto& part) { part.mutable_key_id()->back() ^= 1; }));
  EXPECT_TRUE(differs([](auto& part) { part.mutable_blinded_digest()->back() ^= 1; }));
  EXPECT_TRUE(differs([](auto& part) { part.set_element_count(2); }));
  EXPECT_TRUE(differs([](auto& part) { part.set_partnership("ander.example"); }));
  EXPECT_TRUE(differs([](auto& part) { part.set_outcome("combined"); }));
}

TEST_F(ProofsTest, WhatDoesNotHoldChangesNothing) {
  const crypto::Hash leaf = AskTwo();
  log_.Append("", "x");
  const peer::v1::EvaluationProofs good = log_.Prove({leaf});
  const auto refused = [&](const std::function<void(peer::v1::EvaluationProofs&)>& change) {
    peer::v1::EvaluationProofs proofs = good;
    change(proofs);
    const absl::StatusCode code = Take(proofs).status().code();
    EXPECT_EQ(holders_.BookOf(2).All()[0].proof(), record::v1::EVALUATION_PROOF_STATE_OPEN);
    return code;
  };
  constexpr auto kLoss = absl::StatusCode::kDataLoss;
  constexpr auto kForm = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(refused([](auto& p) { p.mutable_entries(0)->mutable_inclusion(0)->back() ^= 1; }),
            kLoss);
  EXPECT_EQ(refused([](auto& p) { p.mutable_entries(0)->mutable_counterpart_salt()->back() ^= 1; }),
            kLoss);
  EXPECT_EQ(refused([](auto& p) { p.mutable_entries(0)->mutable_counterpart()->back() ^= 1; }),
            kLoss);
  EXPECT_EQ(refused([](auto& p) { p.mutable_entries(0)->mutable_log_leaf()->back() ^= 1; }), kLoss);
  EXPECT_EQ(refused([&](auto& p) {
              AskerLog other(world_.keys.at(3).log);
              other.Append("", "x");
              p.set_checkpoint(other.Prove({}).checkpoint());
            }),
            kLoss);
  EXPECT_EQ(refused([](auto& p) { p.add_consistency(std::string(32, 'x')); }), kLoss);
  EXPECT_EQ(refused([](auto& p) { p.clear_entries(); }), kForm);
  EXPECT_EQ(refused([](auto& p) { p.set_version(2); }), kForm);
  EXPECT_EQ(refused([](auto& p) { p.mutable_entries(0)->mutable_log_leaf()->pop_back(); }), kForm);
  EXPECT_EQ(refused([](auto& p) {
              for (int i = 0; i < kMaxProofs; ++i) *p.add_entries() = p.entries(0);
            }),
            kForm);
  EXPECT_TRUE(Take(good).ok());
}

TEST_F(ProofsTest, TheHeadMustBeOfOneLogWithTheOneKnown) {
  const crypto::Hash first = AskTwo();
  const crypto::TreeHead known = log_.Head();
  peer::v1::EvaluationProofs older = log_.Prove({first});
  const crypto::Hash second = AskTwo();
  EXPECT_EQ(Take(log_.Prove({second}), known).status().code(),
            absl::StatusCode::kFailedPrecondition)
      << "proven from nothing";
  AskerLog fork(world_.keys.at(1).log);
  fork.Append("", "iets anders");
  EXPECT_EQ(Take(log_.Prove({second}, 1), fork.Head()).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_TRUE(Take(log_.Prove({second}, 1), known).ok());
  EXPECT_TRUE(Take(log_.Prove({second}, 2), log_.Head()).ok()) << "the same head once more";
  // A head from before the known one, as messages may overtake each other.
  older.set_known_size(2);
  EXPECT_EQ(Take(older, log_.Head()).status().code(), absl::StatusCode::kDataLoss);
  *older.mutable_consistency() = log_.Prove({second}, 1).consistency();
  const auto taken = Take(older, log_.Head());
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(taken->changes.Log().rows, SizeIs(1));
  EXPECT_FALSE(taken->checkpoint.has_value()) << "the one known stays the newest";
  EXPECT_EQ(taken->checkpoint_note, "");
}

}  // namespace
}  // namespace sluis::evaluation
