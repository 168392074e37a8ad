// What an asker's log proves to a holder of the entries on which its requests rested.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/forget_evaluated.h"
#include "server/evaluation/book.h"
#include "server/evaluation/limits.h"
#include "tests/server/exchange/evaluation_world.h"

namespace sluis::exchange {
namespace {

using evaluation::Caps;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::EvaluationWorld;
using tests::Opened;

constexpr auto kUnproven = peer::v1::EVALUATION_REFUSAL_UNPROVEN;
constexpr auto kAnswered = std::nullopt;

class EvaluationProofsFlow : public ::testing::Test {
 protected:
  EvaluationProofsFlow() {
    Caps caps;
    caps.unproven = 2;
    world_.Restart(1, caps);
  }
  // Asks holder 1 about somebody, on an entry that says so.
  crypto::Hash Asked(int number) {
    const evaluation::Question question = world_.Ask({number});
    const crypto::Hash leaf = world_.Log(question);
    EXPECT_EQ(world_.Ground(1, world_.Request(question, leaf)), kAnswered) << number;
    return leaf;
  }
  bool Proves(const std::vector<crypto::Hash>& leaves, uint64_t known_size = 0) {
    const auto answer = world_.Prove(1, world_.ProofsOf(leaves, known_size));
    EXPECT_TRUE(answer.ok()) << answer.status();
    known_size_ = answer.ok() ? answer->known_size() : 0;
    return answer.ok() && answer->taken();
  }
  size_t Differing() {
    return world_.nodes().With(1, [](const core::View& view) {
      size_t rows = 0;
      const std::string prefix = ledger::RowKey(ledger::Table::kDiffering);
      EXPECT_TRUE(view.snapshot()
                      .Scan(prefix, storage::PrefixEnd(prefix),
                            [&rows](std::string_view, std::string_view) {
                              ++rows;
                              return true;
                            })
                      .ok());
      return rows;
    });
  }

  EvaluationWorld world_;
  uint64_t known_size_ = 0;
};

TEST_F(EvaluationProofsFlow, AHolderStopsUntilEntriesAreProven) {
  const std::vector<crypto::Hash> leaves = {Asked(1), Asked(2)};
  EXPECT_EQ(world_.Ground(1, world_.Request({3})), kUnproven);
  const uint64_t before = world_.node(1).h.size();
  EXPECT_TRUE(Proves(leaves));
  ASSERT_EQ(world_.node(1).h.size(), before + 1) << "one entry for all that they settle";
  const Opened entry = world_.node(1).h.Last();
  EXPECT_EQ(entry.act.method(), "HolderService.ProveEvaluations");
  EXPECT_EQ(entry.act.count(), 2u);
  EXPECT_EQ(entry.counterpart.kind(), "evaluation-proof");
  EXPECT_EQ(entry.counterpart.outcome(), "proven");
  for (const evaluation::HeldRow& row : world_.Held(1)) {
    EXPECT_EQ(row.proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
    EXPECT_EQ(row.signed_request(), "");
  }
  Asked(4);
  EXPECT_TRUE(Proves(leaves, known_size_)) << "a copy";
  EXPECT_EQ(world_.node(1).h.size(), before + 2) << "changes nothing";
}

TEST_F(EvaluationProofsFlow, WhatIsProvenStaysProvenInANewProcess) {
  const std::vector<crypto::Hash> leaves = {Asked(1), Asked(2)};
  ASSERT_TRUE(Proves(leaves));
  Caps caps;
  caps.unproven = 2;
  world_.Restart(1, caps);
  Asked(3);
  Asked(4);
  EXPECT_EQ(world_.Ground(1, world_.Request({5})), kUnproven);
}

TEST_F(EvaluationProofsFlow, ProofsFromAnotherHeadComeAgain) {
  ASSERT_TRUE(Proves({Asked(1)}));
  const uint64_t known = known_size_;
  const crypto::Hash second = Asked(2);
  const uint64_t before = world_.node(1).h.size();
  EXPECT_FALSE(Proves({second}, 0)) << "a head is known, and nothing ties this one to it";
  EXPECT_EQ(known_size_, known) << "it says from which one";
  EXPECT_EQ(world_.node(1).h.size(), before);
  EXPECT_TRUE(Proves({second}, known));
  EXPECT_GT(known_size_, known);
}

// The asker logs one question and asks another on its entry.
TEST_F(EvaluationProofsFlow, AnEntryThatSaysSomethingElseIsKeptAndHoldsUp) {
  const crypto::Hash leaf = world_.Log(world_.Ask({1}));
  const std::string request = world_.Request(world_.Ask({997}), leaf);
  ASSERT_EQ(world_.Ground(1, request), kAnswered);
  EXPECT_TRUE(Proves({leaf}));
  ASSERT_THAT(world_.Held(1), SizeIs(1));
  EXPECT_EQ(world_.Held(1)[0].proof(), record::v1::EVALUATION_PROOF_STATE_DIFFERS);
  EXPECT_EQ(world_.Held(1)[0].signed_request(), request);
  EXPECT_EQ(Differing(), 1u);
  EXPECT_EQ(world_.Ground(1, world_.Request({3})), kUnproven) << "no more, until people looked";
}

// An entry of another member's log cannot be proven to be in the asker's.
TEST_F(EvaluationProofsFlow, ALeafOfAnotherMemberStaysUnproven) {
  world_.node(2).h.ledger->Tick();
  const crypto::Hash foreign = world_.node(2).h.Last().leaf_hash;
  ASSERT_EQ(world_.Ground(1, world_.Request(world_.Ask({1}), foreign)), kAnswered);
  const crypto::Hash own = Asked(2);
  peer::v1::EvaluationProofs proofs = world_.ProofsOf({own});
  proofs.mutable_entries(0)->set_log_leaf(world_.node(2).h.Last().leaf);
  const uint64_t before = world_.node(1).h.size();
  EXPECT_FALSE(world_.Prove(1, proofs).ok());
  EXPECT_EQ(world_.node(1).h.size(), before + 1);
  EXPECT_EQ(world_.node(1).h.Last().act.refusal(), "proof");
  EXPECT_TRUE(Proves({own}));
  EXPECT_EQ(world_.Ground(1, world_.Request(world_.Ask({3}), world_.Log(world_.Ask({3})))),
            kAnswered);
  EXPECT_EQ(world_.Ground(1, world_.Request({4})), kUnproven) << "the foreign one still counts";
}

// What it evaluated while it had a share would be held against the asker for ever.
TEST_F(EvaluationProofsFlow, AHolderThatLeftTheKeySettlesWhatItEvaluated) {
  const std::vector<crypto::Hash> leaves = {Asked(1), Asked(2)};
  world_.Unpin(1);
  EXPECT_TRUE(Proves(leaves));
  for (const evaluation::HeldRow& row : world_.Held(1)) {
    EXPECT_EQ(row.proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
  }
}

TEST_F(EvaluationProofsFlow, WhereNothingIsHeldAgainstTheAskerNothingIsWritten) {
  const crypto::Hash leaf = world_.Log(world_.Ask({1}));
  for (const size_t holder : {size_t{0}, size_t{1}}) {
    const peer::v1::EvaluationProofs proofs = world_.ProofsOf({leaf});
    const uint64_t before = world_.node(holder).h.size();
    const auto answer = world_.Prove(holder, proofs);
    ASSERT_TRUE(answer.ok()) << holder << " " << answer.status();
    EXPECT_TRUE(answer->taken()) << holder;
    EXPECT_EQ(world_.node(holder).h.size(), before) << holder;
  }
}

// It brings nothing, and refusing it would fill the log of a partnership that stands still.
TEST_F(EvaluationProofsFlow, ProofsCrossASuspension) {
  const crypto::Hash leaf = Asked(1);
  auto terms = world_.node(1).TermsWithManifest();
  terms->may_exchange = false;
  world_.node(1).Put(terms);
  EXPECT_TRUE(Proves({leaf}));
  EXPECT_EQ(world_.Held(1)[0].proof(), record::v1::EVALUATION_PROOF_STATE_PROVEN);
}

// A head is kept before anything is settled by it.
TEST_F(EvaluationProofsFlow, WithoutAnEntryNothingIsSettled) {
  const crypto::Hash leaf = Asked(1);
  world_.node(1).h.ledger->SetHook(
      [](const ledger::Submission&) { return absl::ResourceExhaustedError("full"); });
  EXPECT_FALSE(world_.Prove(1, world_.ProofsOf({leaf})).ok());
  world_.node(1).h.ledger->SetHook(nullptr);
  EXPECT_EQ(world_.Held(1)[0].proof(), record::v1::EVALUATION_PROOF_STATE_OPEN);
  Asked(2);
  EXPECT_EQ(world_.Ground(1, world_.Request({3})), kUnproven);
}

TEST_F(EvaluationProofsFlow, ProvenRequestsAreForgottenWhenTheyAreOfNoUse) {
  const crypto::Hash first = Asked(1);
  Asked(2);
  ASSERT_TRUE(Proves({first}));
  const auto forget = [&] { return world_.Forget(1); };
  EXPECT_EQ(forget(), absl::OkStatus());
  EXPECT_THAT(world_.Held(1), SizeIs(2));
  world_.node(1).h.clock.Advance(std::chrono::hours(24 * (evaluation::kLeastKeptDays + 1)));
  const uint64_t before = world_.node(1).h.size();
  EXPECT_EQ(forget(), absl::OkStatus());
  ASSERT_THAT(world_.Held(1), SizeIs(1)) << "what was not proven is held against the asker";
  EXPECT_EQ(world_.node(1).h.size(), before + 1);
  EXPECT_EQ(world_.node(1).h.Last().act.method(), "Node.ForgetEvaluated");
  EXPECT_EQ(forget(), absl::OkStatus());
  EXPECT_EQ(world_.node(1).h.size(), before + 1) << "nothing to do, nothing written";
}

// Nobody can prove anything under a key that is no more, and nobody is held up by that.
TEST_F(EvaluationProofsFlow, WhatAnExerciseLeftIsForgotten) {
  Asked(1);
  const crypto::Hash leaf = world_.Log(world_.Ask({2}));
  ASSERT_EQ(world_.Ground(1, world_.Request(world_.Ask({997}), leaf)), kAnswered);
  ASSERT_TRUE(Proves({leaf}));
  ASSERT_EQ(Differing(), 1u);
  ASSERT_EQ(world_.Ground(1, world_.Request({3})), kUnproven);
  EXPECT_EQ(world_.Forget(1), absl::OkStatus());
  ASSERT_THAT(world_.Held(1), SizeIs(2)) << "while there is a key it stays";
  world_.Unpin(1);
  EXPECT_EQ(world_.Forget(1), absl::OkStatus());
  EXPECT_THAT(world_.Held(1), IsEmpty());
  EXPECT_EQ(Differing(), 0u);
  EXPECT_EQ(world_.node(1).h.Last().act.method(), "Node.ForgetEvaluated");
  world_.Repin(1, world_.package());
  EXPECT_EQ(world_.Ground(1, world_.Request({3})), kAnswered);
}

}  // namespace
}  // namespace sluis::exchange
