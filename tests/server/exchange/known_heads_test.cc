#include "server/exchange/known_heads.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/merkle.h"
#include "server/envelope/fault.h"
#include "server/storage/memory_store.h"

namespace sluis::exchange {
namespace {

using envelope::Fault;
using envelope::FaultOf;

constexpr char kOrigin[] = "pz-drie-sluizen.example/log";

crypto::Checkpoint Head(uint64_t size, uint8_t branch = 0) {
  crypto::Checkpoint checkpoint{.origin = kOrigin, .head = {.size = size}};
  checkpoint.head.root.fill(static_cast<uint8_t>(size + branch));
  return checkpoint;
}

// Heads of a real log of up to three entries, and what proves that one extends the other.
const std::array<crypto::Hash, 3> kLeaves = {crypto::LeafHash("a"), crypto::LeafHash("b"),
                                             crypto::LeafHash("c")};
crypto::Checkpoint Real(uint64_t size) {
  crypto::CompactRange range;
  for (uint64_t i = 0; i < size; ++i) range.Append(kLeaves[i]);
  return {.origin = kOrigin, .head = range.Head()};
}

class KnownHeadsTest : public ::testing::Test {
 protected:
  absl::StatusOr<bool> Take(const crypto::Checkpoint& head,
                            const crypto::TreeHead& proven_from = {},
                            const core::HeadBridge* bridge = nullptr) {
    return heads_.Take({.checkpoint = head,
                        .note = "note of " + std::to_string(head.head.size),
                        .proven_from = proven_from,
                        .bridge = bridge,
                        .evidence = "record"});
  }
  static bool IsTaken(const absl::StatusOr<bool>& taken) { return taken.ok() && *taken; }
  static bool IsUnproven(const absl::StatusOr<bool>& taken) { return taken.ok() && !*taken; }
  uint64_t Known() {
    const auto known = heads_.Of(kOrigin);
    EXPECT_TRUE(known.ok());
    return known.ok() && *known ? (*known)->size : 0;
  }

  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  KnownHeads heads_{*store_};
};

TEST_F(KnownHeadsTest, KnowsNothingAtFirst) {
  EXPECT_EQ(Known(), 0u);
  EXPECT_TRUE(heads_.Contradictions()->empty());
}

TEST_F(KnownHeadsTest, FollowsWhatIsProvenFromTheHeadItKnows) {
  EXPECT_TRUE(IsTaken(Take(Head(4))));
  EXPECT_EQ(Known(), 4u);
  EXPECT_TRUE(IsTaken(Take(Head(9), Head(4).head)));
  EXPECT_EQ(Known(), 9u);
  KnownHeads again(*store_);
  EXPECT_EQ(*again.Of(kOrigin), Head(9).head);
}

// Each such head was taken for its exchange, so that a log that was forked since went on getting
// keys.
TEST_F(KnownHeadsTest, AHeadThatNothingTiedToTheKnownOneWasTaken) {
  ASSERT_TRUE(IsTaken(Take(Head(4))));
  ASSERT_TRUE(IsTaken(Take(Head(9), Head(4).head)));
  EXPECT_TRUE(IsUnproven(Take(Head(12), Head(4).head)));
  EXPECT_TRUE(IsUnproven(Take(Head(12))));
  EXPECT_TRUE(IsUnproven(Take(Head(4))));
  EXPECT_TRUE(IsTaken(Take(Head(9)))) << "the same, whatever it was proven from";
  EXPECT_EQ(Known(), 9u);
  EXPECT_TRUE(heads_.Contradictions()->empty());
}

TEST_F(KnownHeadsTest, ABridgeTiesALargerAndASmallerHeadToTheKnownOne) {
  ASSERT_TRUE(IsTaken(Take(Real(2))));
  const core::HeadBridge grows{2, {kLeaves[2]}};
  EXPECT_TRUE(IsTaken(Take(Real(3), {}, &grows)));
  EXPECT_EQ(Known(), 3u);
  const core::HeadBridge back{3, {kLeaves[2]}};
  EXPECT_TRUE(IsTaken(Take(Real(2), {}, &back)));
  EXPECT_EQ(Known(), 3u) << "never back";
}

TEST_F(KnownHeadsTest, ABridgeFromAnotherHeadOrOfAnotherLengthShowsNothing) {
  ASSERT_TRUE(IsTaken(Take(Real(2))));
  const core::HeadBridge elsewhere{1, {kLeaves[1], kLeaves[2]}};
  EXPECT_TRUE(IsUnproven(Take(Real(3), {}, &elsewhere)));
  const core::HeadBridge short_one{2, {}};
  EXPECT_TRUE(IsUnproven(Take(Real(3), {}, &short_one)));
  EXPECT_TRUE(heads_.Contradictions()->empty());
  EXPECT_EQ(Known(), 2u);
}

TEST_F(KnownHeadsTest, ABridgeOverAForkIsKeptWithWhatShowedIt) {
  ASSERT_TRUE(IsTaken(Take(Head(2))));
  const core::HeadBridge bridge{2, {kLeaves[2]}};
  EXPECT_EQ(FaultOf(Take(Real(3), {}, &bridge).status()), Fault::kLog);
  EXPECT_EQ(Known(), 2u);
  const auto found = heads_.Contradictions();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].known, "note of 2");
  EXPECT_EQ((*found)[0].shown, "note of 3");
  EXPECT_EQ((*found)[0].record, "record");
}

TEST_F(KnownHeadsTest, AnotherRootOfTheSameSizeIsRefusedAndKeptOnce) {
  ASSERT_TRUE(IsTaken(Take(Head(9))));
  for (const uint8_t branch : {uint8_t{1}, uint8_t{2}}) {
    const crypto::Checkpoint forked = Head(9, branch);
    const std::string note = "fork " + std::to_string(branch);
    EXPECT_EQ(FaultOf(heads_.Take({.checkpoint = forked, .note = note, .proven_from = Head(4).head})
                          .status()),
              Fault::kLog);
  }
  EXPECT_EQ(*heads_.Of(kOrigin), Head(9).head);
  const auto found = heads_.Contradictions();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].origin, kOrigin);
  EXPECT_EQ((*found)[0].known, "note of 9");
  EXPECT_EQ((*found)[0].shown, "fork 1");
}

TEST_F(KnownHeadsTest, WhatAReceiptContradictsIsKeptUpToABound) {
  for (uint64_t size = 1; size <= 2 * KnownHeads::kEvidencePerLog; ++size) {
    const crypto::Checkpoint head = Head(size);
    EXPECT_EQ(FaultOf(heads_.Contradict({.checkpoint = head, .note = "n", .evidence = "record"})),
              Fault::kLog);
  }
  const auto found = heads_.Contradictions();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->size(), KnownHeads::kEvidencePerLog);
  EXPECT_EQ((*found)[0].known, "") << "none was known";
  EXPECT_EQ((*found)[0].record, "record");
}

// A row as it was written before the record was kept with it.
TEST_F(KnownHeadsTest, EvidenceWithoutARecordIsReadStill) {
  std::string key = "e", value;
  crypto::AppendLp(key, kOrigin);
  crypto::AppendU64(key, 9);
  crypto::AppendLp(value, "known");
  crypto::AppendLp(value, "shown");
  const storage::Write row{key, value};
  ASSERT_TRUE(store_->Apply({&row, 1}).ok());
  const auto found = heads_.Contradictions();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].record, "");
}

// One act let a partner change between two logs as often as it liked: whenever it came back to the
// head that was set aside, the next head was taken without a proof.
TEST_F(KnownHeadsTest, AHeadThatWasSetAsideGivesWayOnce) {
  ASSERT_TRUE(IsTaken(Take(Head(9))));
  const auto show = [this](const crypto::Checkpoint& head, const crypto::TreeHead& from) {
    return heads_.Take({.checkpoint = head,
                        .note = "shown",
                        .proven_from = from,
                        .bridge = nullptr,
                        .set_aside = Head(9).head,
                        .evidence = "record"});
  };
  EXPECT_FALSE(*heads_.WasReplaced(kOrigin, Head(9).head));
  ASSERT_TRUE(IsTaken(show(Head(4), {})));
  EXPECT_TRUE(*heads_.WasReplaced(kOrigin, Head(9).head));
  EXPECT_FALSE(*heads_.WasReplaced(kOrigin, Head(4).head));
  ASSERT_TRUE(IsTaken(show(Head(9), Head(4).head))) << "back again, and proven";
  EXPECT_EQ(FaultOf(show(Head(9, 1), {}).status()), Fault::kLog);
  EXPECT_EQ(*heads_.Of(kOrigin), Head(9).head);
}

// This store was put back from a copy made before another head took the place of the one set aside;
// the ledger knows which that was.
TEST_F(KnownHeadsTest, PutBackItGivesWayToTheLogThatWasAcceptedAndToNoOther) {
  ASSERT_TRUE(IsTaken(Take(Head(9))));
  const auto show = [this](const crypto::Checkpoint& head, const crypto::TreeHead& from) {
    return heads_.Take({.checkpoint = head,
                        .note = "shown",
                        .proven_from = from,
                        .bridge = nullptr,
                        .set_aside = Head(9).head,
                        .instead = Real(2).head,
                        .evidence = "record"});
  };
  EXPECT_TRUE(IsUnproven(show(Head(4), {})));
  EXPECT_TRUE(IsUnproven(show(Head(9), {}))) << "what is known here is another log";
  EXPECT_EQ(FaultOf(show(Head(2), {}).status()), Fault::kLog);
  EXPECT_EQ(Known(), 9u);
  EXPECT_TRUE(IsTaken(show(Real(1), Real(2).head))) << "an older one of that log";
  EXPECT_EQ(Known(), 9u);
  EXPECT_TRUE(IsTaken(show(Real(3), Real(2).head)));
  EXPECT_EQ(Known(), 3u);
  EXPECT_TRUE(*heads_.WasReplaced(kOrigin, Head(9).head));
}

// What was accepted counts as none: the next is taken as the first was, whatever its size.
TEST_F(KnownHeadsTest, AHeadThatWasSetAsideGivesWayToTheNextOne) {
  ASSERT_TRUE(IsTaken(Take(Head(9))));
  const auto show = [this](const crypto::Checkpoint& head, const crypto::TreeHead& set_aside) {
    return heads_.Take({.checkpoint = head,
                        .note = "shown",
                        .proven_from = {},
                        .bridge = nullptr,
                        .set_aside = set_aside,
                        .evidence = "record"});
  };
  EXPECT_EQ(FaultOf(show(Head(9, 1), Head(8).head).status()), Fault::kLog) << "another is aside";
  EXPECT_EQ(FaultOf(show(Head(9, 1), Head(9, 2).head).status()), Fault::kLog);
  ASSERT_EQ(heads_.Contradictions()->size(), 1u);
  EXPECT_TRUE(IsTaken(show(Head(9), Head(9).head))) << "the same again changes nothing";
  ASSERT_EQ(heads_.Contradictions()->size(), 1u);
  EXPECT_TRUE(IsTaken(show(Head(4, 1), Head(9).head))) << "it may be a shorter one";
  EXPECT_EQ(*heads_.Of(kOrigin), Head(4, 1).head);
  EXPECT_TRUE(heads_.Contradictions()->empty()) << "answered";
  // Both are kept: what was replaced, and what was held against it.
  size_t kept = 0;
  ASSERT_TRUE(store_->NewSnapshot()
                  ->Scan("a", "b",
                         [&](std::string_view, std::string_view value) {
                           EXPECT_NE(value.find("note of 9"), std::string_view::npos);
                           ++kept;
                           return true;
                         })
                  .ok());
  EXPECT_EQ(kept, 2u);
  // From here on it is a log like any other.
  EXPECT_TRUE(IsUnproven(show(Head(12), Head(9).head)));
  EXPECT_EQ(FaultOf(show(Head(4, 2), Head(9).head).status()), Fault::kLog);
  EXPECT_EQ(*heads_.Of(kOrigin), Head(4, 1).head);
  EXPECT_EQ(heads_.Contradictions()->size(), 1u);
}

TEST_F(KnownHeadsTest, LogsAreKeptApart) {
  ASSERT_TRUE(IsTaken(Take(Head(9))));
  crypto::Checkpoint other = Head(3);
  other.origin = "lindervaart.example/log";
  EXPECT_TRUE(IsTaken(Take(other)));
  EXPECT_EQ(Known(), 9u);
  EXPECT_EQ((*heads_.Of(other.origin))->size, 3u);
}

TEST_F(KnownHeadsTest, ARowThatCannotBeReadIsDataLossAndNoFirstSight) {
  const storage::Write broken{std::string("h") + kOrigin, "short"};
  ASSERT_TRUE(store_->Apply({&broken, 1}).ok());
  EXPECT_TRUE(absl::IsDataLoss(heads_.Of(kOrigin).status()));
  EXPECT_TRUE(absl::IsDataLoss(Take(Head(9)).status()));
}

}  // namespace
}  // namespace sluis::exchange
