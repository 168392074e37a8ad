#include "client/lib/entry_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/export_builder.h"

namespace sluis::client {
namespace {

using sluis::tests::BuiltEntry;

constexpr char kOrigin[] = "lindervaart.example/log";

// Feeds entries with one open act part each and parts as told; owns the bytes they borrow.
class EntryCheckTest : public ::testing::Test {
 protected:
  EntryCheckTest()
      : check_({.origin = kOrigin, .count = 4, .complete = true}, findings_, options_) {}

  void Add(uint32_t operation, const ExportPart& subject = {}) {
    tests::BuiltEntry entry;
    entry.index = check_.tree().size();
    const std::string salt(32, 's');
    const std::string act = tests::ActBytes(operation);
    entry.commitments.fill(std::string(32, 'c'));
    entry.commitments[0] = tests::Commit(kOrigin, 1, salt, act);
    const std::string leaf = entry.Leaf();
    ExportEntry given;
    given.leaf = leaf;
    given.parts[0] = {ExportPart::State::kOpen, salt, act, 0};
    given.parts[2] = subject;
    check_.Add(given);
  }

  static ExportPart ErasedBy(uint64_t entry) { return {ExportPart::State::kErased, {}, {}, entry}; }

  FindingList findings_{100};
  const VerifyOptions options_{.max_erased = 100};
  EntryCheck check_;
};

TEST_F(EntryCheckTest, ErasureByAnErasureIsAccepted) {
  Add(1, ErasedBy(2));
  Add(1, ErasedBy(2));
  Add(tests::kErasureOperation, ErasedBy(2));
  EXPECT_EQ(findings_.total(), 0u);
  EXPECT_EQ(check_.counts()[2].erased, 3u);
}

TEST_F(EntryCheckTest, ErasureByAnyOtherOperationIsNamedByTheErasedPart) {
  Add(1, ErasedBy(2));
  Add(1, ErasedBy(3));
  Add(3);
  Add(tests::kErasureOperation);
  const std::vector<Finding> findings = findings_.TakeSorted();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, FindingKind::kErasure);
  EXPECT_EQ(findings[0].index, 0u);
  EXPECT_EQ(findings[0].part, LogPart::kSubject);
}

TEST_F(EntryCheckTest, ErasureBeforeTheEntryOrOutsideTheLogIsOutOfRange) {
  Add(tests::kErasureOperation);
  Add(1, ErasedBy(0));
  Add(1, ErasedBy(4));
  const std::vector<Finding> findings = findings_.TakeSorted();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].kind, FindingKind::kErasureRange);
  EXPECT_EQ(findings[0].index, 1u);
  EXPECT_EQ(findings[1].index, 2u);
}

// Act, actor and decision could be withheld as "erased by" a true erasure, and the export verified.
TEST_F(EntryCheckTest, ErasedActActorDecisionOrCounterpartWasAccepted) {
  tests::BuiltEntry entry;
  entry.commitments.fill(std::string(32, 'c'));
  const std::string leaf = entry.Leaf();
  ExportEntry given;
  given.leaf = leaf;
  given.parts.fill(ErasedBy(1));
  check_.Add(given);
  Add(tests::kErasureOperation);
  const std::vector<Finding> findings = findings_.TakeSorted();
  ASSERT_EQ(findings.size(), 4u);
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.kind, FindingKind::kErasurePart);
    EXPECT_EQ(finding.index, 0u);
    EXPECT_NE(finding.part, LogPart::kSubject);
  }
  EXPECT_EQ(check_.counts()[PlaceOf(LogPart::kAct)].erased, 1u);
}

TEST_F(EntryCheckTest, ErasureByAClosedEntryCannotBeJudged) {
  Add(1, ErasedBy(1));
  const std::string leaf = [] {
    BuiltEntry entry;
    entry.index = 1;
    entry.commitments.fill(std::string(32, 'c'));
    return entry.Leaf();
  }();
  ExportEntry closed;
  closed.leaf = leaf;
  closed.closed = true;
  check_.Add(closed);
  EXPECT_EQ(findings_.total(), 0u);
}

}  // namespace
}  // namespace sluis::client
