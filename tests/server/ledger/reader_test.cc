#include "server/ledger/reader.h"

#include <gtest/gtest.h>

#include "server/ledger/segment.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::kOrigin;
using tests::LedgerWorld;
using tests::List;
using State = OpenedPart::State;

class ReaderTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  // 3, 1 and 4 entries in three segments.
  void Fill() {
    for (const int count : {3, 1, 4}) {
      std::vector<Effect> effects;
      for (int i = 0; i < count; ++i) {
        effects.push_back(world_.MakeEffect("act " + std::to_string(filled_++), "subject"));
      }
      ASSERT_TRUE(world_.Submit(std::move(effects)).status.ok());
    }
  }
  // Runs `use` on a reader of what the store holds now.
  template <typename Use>
  auto Read(Use use) {
    const std::unique_ptr<storage::Snapshot> snapshot = world_.store.NewSnapshot();
    return use(LogReader(kOrigin, *snapshot, world_.ledger->keyring()));
  }
  std::vector<uint64_t> Visited(uint64_t first, uint64_t last, bool reverse) {
    return Read([&](const LogReader& reader) {
      std::vector<uint64_t> seen;
      const auto visit = [&](const StoredEntry& entry) {
        seen.push_back(entry.index);
        EXPECT_EQ(DecodeLeaf(entry.leaf)->index, entry.index);
        return true;
      };
      const absl::Status status =
          reverse ? reader.VisitReverse(first, last, visit) : reader.Visit(first, last, visit);
      EXPECT_TRUE(status.ok()) << status;
      return seen;
    });
  }
  OpenedPart OpenPart(uint64_t index, Part part) {
    return Read([&](const LogReader& reader) { return *reader.Open(*reader.Entry(index), part); });
  }
  // Flips one bit of the stored segment that starts at `first`.
  void Flip(uint64_t first, size_t offset) {
    std::string segment = world_.store.Value(SegmentKey(first));
    segment[offset] = static_cast<char>(segment[offset] ^ 1);
    world_.store.Tamper(SegmentKey(first), segment);
  }

  LedgerWorld world_;
  int filled_ = 0;
};

TEST_F(ReaderTest, VisitsAnyRangeInBothDirections) {
  Fill();
  for (uint64_t first = 0; first <= 8; ++first) {
    for (uint64_t last = first; last <= 8; ++last) {
      std::vector<uint64_t> expected;
      for (uint64_t i = first; i < last; ++i) expected.push_back(i);
      EXPECT_EQ(Visited(first, last, false), expected);
      std::reverse(expected.begin(), expected.end());
      EXPECT_EQ(Visited(first, last, true), expected);
    }
  }
  Read([](const LogReader& reader) {
    EXPECT_EQ(*reader.Size(), 8u);
    EXPECT_TRUE(absl::IsNotFound(reader.Entry(8).status()));
    int seen = 0;
    EXPECT_TRUE(reader.Visit(0, 8, [&](const StoredEntry&) { return ++seen < 2; }).ok());
    EXPECT_EQ(seen, 2);
  });
}

TEST_F(ReaderTest, OpensEveryPart) {
  EntryParts parts{"act", "actor", "subject", "decision", "counterpart", "log"};
  absl::StatusOr<Sealing> sealing = world_.Sealer().Seal(parts, nullptr, world_.clock.NowUs());
  ASSERT_TRUE(sealing.ok());
  ASSERT_EQ(sealing->rows.size(), 1u);
  Effect effect{std::move(sealing->entry), {}, {}, std::move(sealing->rows),
                std::move(sealing->keys),  {}};
  ASSERT_TRUE(world_.Submit(std::move(effect)).status.ok());
  EXPECT_EQ(OpenPart(0, Part::kAct).bytes, "act");
  EXPECT_EQ(OpenPart(0, Part::kActor).bytes, "actor");
  EXPECT_EQ(OpenPart(0, Part::kSubject).bytes, "subject");
  EXPECT_EQ(OpenPart(0, Part::kDecision).bytes, "decision");
  const OpenedPart counterpart = OpenPart(0, Part::kCounterpart);
  EXPECT_EQ(counterpart.state, State::kOpen);
  EXPECT_EQ(counterpart.bytes, "counterpart");
  Read([&](const LogReader& reader) {
    const Leaf leaf = *DecodeLeaf(reader.Entry(0)->leaf);
    EXPECT_EQ(Commitment(kOrigin, Part::kCounterpart, counterpart.salt, counterpart.bytes),
              leaf.commitments[4]);
  });
}

TEST_F(ReaderTest, AnAbsentSubjectNeedsNoKeyOfItsOwnAndOpensAsEmpty) {
  Effect effect = world_.MakeEffect("refusal");
  EXPECT_TRUE(effect.key_rows.empty());
  ASSERT_TRUE(world_.Submit(std::move(effect)).status.ok());
  const OpenedPart subject = OpenPart(0, Part::kSubject);
  EXPECT_EQ(subject.state, State::kOpen);
  EXPECT_EQ(subject.bytes, "");
}

TEST_F(ReaderTest, SaltsAndKeysAreFreshForEachEntry) {
  ASSERT_TRUE(
      world_.Submit(List(world_.MakeEffect("same"), world_.MakeEffect("same"))).status.ok());
  EXPECT_NE(OpenPart(0, Part::kAct).salt, OpenPart(1, Part::kAct).salt);
}

TEST_F(ReaderTest, RefusesToSealAPartThatIsTooLong) {
  EntryParts parts;
  parts.decision = std::string(kMaxPartBytes + 1, 'x');
  EXPECT_TRUE(
      absl::IsInvalidArgument(world_.Sealer().Seal(parts, nullptr, world_.clock.NowUs()).status()));
  parts.decision.pop_back();
  EXPECT_TRUE(world_.Sealer().Seal(parts, nullptr, world_.clock.NowUs()).ok());
}

TEST_F(ReaderTest, AnotherOriginOpensNothing) {
  Fill();
  const std::unique_ptr<storage::Snapshot> snapshot = world_.store.NewSnapshot();
  const LogReader other("other.example/log", *snapshot, world_.ledger->keyring());
  EXPECT_EQ(other.Open(*other.Entry(0), Part::kAct)->state, State::kMissing);
}

TEST_F(ReaderTest, AChangedSealedPartIsMissingAndTheOthersStayOpen) {
  Fill();
  // Behind length, leaf, framing head and the length of the act part lies the act part itself.
  Flip(4, 4 + kLeafBytes + 25 + 2 + 30);
  EXPECT_EQ(OpenPart(4, Part::kAct).state, State::kMissing);
  EXPECT_EQ(OpenPart(4, Part::kSubject).state, State::kOpen);
  EXPECT_EQ(OpenPart(5, Part::kAct).bytes, "act 5");
}

TEST_F(ReaderTest, AChangedLeafNamesItsEntry) {
  Fill();
  Flip(3, 4 + 60);
  Read([](const LogReader& reader) {
    const absl::Status damaged = reader.Visit(0, 8, [](const StoredEntry&) { return true; });
    EXPECT_TRUE(absl::IsDataLoss(damaged));
    EXPECT_NE(damaged.message().find("entry 3 "), std::string::npos) << damaged;
    EXPECT_EQ(reader.VisitReverse(0, 8, [](const StoredEntry&) { return true; }), damaged);
    EXPECT_TRUE(reader.Entry(2).ok());
  });
}

TEST_F(ReaderTest, AMissingOrCutSegmentNamesItsEntry) {
  Fill();
  const std::string whole = world_.store.Value(SegmentKey(4));
  world_.store.Tamper(SegmentKey(4), whole.substr(0, whole.size() - 1));
  const auto everything = [](const StoredEntry&) { return true; };
  Read([&](const LogReader& reader) {
    EXPECT_NE(reader.Visit(0, 8, everything).message().find("entry 4 "), std::string::npos);
    EXPECT_NE(reader.VisitReverse(0, 8, everything).message().find("entry 4 "), std::string::npos);
  });
  for (const uint64_t gone : {0u, 3u, 4u}) {
    const std::string kept = world_.store.Value(SegmentKey(gone));
    world_.store.Tamper(SegmentKey(gone), std::nullopt);
    Read([&](const LogReader& reader) {
      const std::string name = "entry " + std::to_string(gone) + " ";
      const absl::Status forwards = reader.Visit(0, 8, everything);
      EXPECT_NE(forwards.message().find(name), std::string::npos) << forwards;
      EXPECT_TRUE(absl::IsDataLoss(reader.VisitReverse(0, 8, everything))) << gone;
    });
    world_.store.Tamper(SegmentKey(gone), gone == 4 ? whole : kept);
  }
}

TEST_F(ReaderTest, ProofsVerifyAgainstTheCheckpoint) {
  Fill();
  world_.ledger->Tick();
  const ShownCheckpoint first = world_.ledger->checkpoint();
  Fill();
  world_.ledger->Tick();
  const ShownCheckpoint second = world_.ledger->checkpoint();
  ASSERT_EQ(second.size, 16u);
  const crypto::TreeHead head{second.size, second.root};
  Read([&](const LogReader& reader) {
    EXPECT_EQ(*reader.Head(16), head);
    for (uint64_t i = 0; i < 16; ++i) {
      EXPECT_TRUE(
          crypto::VerifyInclusion(reader.Entry(i)->leaf, i, head, *reader.InclusionProof(i, 16))
              .ok());
      EXPECT_EQ(*reader.LeafHash(i), crypto::LeafHash(reader.Entry(i)->leaf));
    }
    EXPECT_TRUE(absl::IsNotFound(reader.LeafHash(16).status()));
    EXPECT_TRUE(crypto::VerifyConsistency({first.size, first.root}, head,
                                          *reader.ConsistencyProof(first.size, 16))
                    .ok());
  });
}

}  // namespace
}  // namespace sluis::ledger
