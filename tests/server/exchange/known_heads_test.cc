#include "server/exchange/known_heads.h"

#include <gtest/gtest.h>

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

class KnownHeadsTest : public ::testing::Test {
 protected:
  absl::Status Take(const crypto::Checkpoint& head, const crypto::TreeHead& proven_from = {}) {
    return heads_.Take(head, "note of " + std::to_string(head.head.size), proven_from);
  }
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
  EXPECT_TRUE(Take(Head(4)).ok());
  EXPECT_EQ(Known(), 4u);
  EXPECT_TRUE(Take(Head(9), Head(4).head).ok());
  EXPECT_EQ(Known(), 9u);
  KnownHeads again(*store_);
  EXPECT_EQ(*again.Of(kOrigin), Head(9).head);
}

TEST_F(KnownHeadsTest, AHeadProvenFromAnotherMovesNothing) {
  ASSERT_TRUE(Take(Head(4)).ok());
  ASSERT_TRUE(Take(Head(9), Head(4).head).ok());
  EXPECT_TRUE(Take(Head(12), Head(4).head).ok());
  EXPECT_TRUE(Take(Head(12)).ok());
  EXPECT_EQ(Known(), 9u);
}

TEST_F(KnownHeadsTest, NeverGoesBack) {
  ASSERT_TRUE(Take(Head(9)).ok());
  EXPECT_TRUE(Take(Head(4)).ok());
  EXPECT_TRUE(Take(Head(9)).ok());
  EXPECT_EQ(Known(), 9u);
}

TEST_F(KnownHeadsTest, AnotherRootOfTheSameSizeIsRefusedAndKeptOnce) {
  ASSERT_TRUE(Take(Head(9)).ok());
  for (const uint8_t branch : {uint8_t{1}, uint8_t{2}}) {
    const crypto::Checkpoint forked = Head(9, branch);
    EXPECT_EQ(FaultOf(heads_.Take(forked, "fork " + std::to_string(branch), Head(4).head)),
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

TEST_F(KnownHeadsTest, LogsAreKeptApart) {
  ASSERT_TRUE(Take(Head(9)).ok());
  crypto::Checkpoint other = Head(3);
  other.origin = "lindervaart.example/log";
  EXPECT_TRUE(Take(other).ok());
  EXPECT_EQ(Known(), 9u);
  EXPECT_EQ((*heads_.Of(other.origin))->size, 3u);
}

TEST_F(KnownHeadsTest, ARowThatCannotBeReadIsDataLossAndNoFirstSight) {
  const storage::Write broken{std::string("h") + kOrigin, "short"};
  ASSERT_TRUE(store_->Apply({&broken, 1}).ok());
  EXPECT_TRUE(absl::IsDataLoss(heads_.Of(kOrigin).status()));
  EXPECT_TRUE(absl::IsDataLoss(Take(Head(9))));
}

}  // namespace
}  // namespace sluis::exchange
