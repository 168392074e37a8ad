#include "client/lib/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/export_builder.h"
#include "tests/support/export_tamper.h"

namespace sluis::client {
namespace {

using sluis::tests::BuildExport;
using sluis::tests::BuildOptions;
using sluis::tests::BuiltExport;
using sluis::tests::Generator;
using sluis::tests::Way;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOrigin[] = "lindervaart.example/log";

VerifyReport Verify(const std::string& bytes, const VerifyOptions& options = {}) {
  std::istringstream input(bytes);
  absl::StatusOr<VerifyReport> report = VerifyExport(input, options);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : VerifyReport{};
}

// "index part kind" of each finding, "-" for what it does not name.
std::vector<std::string> Words(const VerifyReport& report) {
  std::vector<std::string> out;
  for (const Finding& finding : report.findings) {
    EXPECT_FALSE(finding.text.empty());
    out.push_back((finding.index ? std::to_string(*finding.index) : "-") + " " +
                  std::string(finding.part ? LogPartName(*finding.part) : "-") + " " +
                  std::string(FindingKindName(finding.kind)));
  }
  return out;
}

class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest() : key_(tests::RandomKey(random_)) {
    good_ = BuildExport(random_, kOrigin, key_, {.entries = 16});
  }

  std::string Checkpoint(const BuiltExport& of, uint64_t size) {
    return tests::SignedCheckpoint(of.origin, size, of.Root(size), key_);
  }

  Generator random_{20260101};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  crypto::SigningKey key_;
  BuiltExport good_;
};

TEST_F(VerifierTest, GoodExportIsCountedAndProvesSelfConsistencyOnly) {
  const VerifyReport report = Verify(good_.Encode());
  EXPECT_TRUE(report.ok());
  EXPECT_THAT(Words(report), IsEmpty());
  EXPECT_EQ(report.entries, 16u);
  EXPECT_EQ(report.origin, kOrigin);
  EXPECT_TRUE(report.key_is_claimed);
  EXPECT_TRUE(report.complete);
  ASSERT_TRUE(report.head.has_value());
  EXPECT_EQ(crypto::View(report.head->root), good_.Root(16));
  ASSERT_TRUE(report.checkpoint.has_value());
  EXPECT_TRUE(report.checkpoint->signature_good);
  EXPECT_EQ(report.checkpoint->head, *report.head);
  EXPECT_TRUE(report.self_consistency_only);
  // Erasures at 6 and 13 took the subject parts of 0, 2, 4 and 7, 9, 11.
  EXPECT_EQ(report.parts[2].erased, 6u);
  EXPECT_EQ(report.parts[2].open, 10u);
  EXPECT_EQ(report.parts[0].open, 16u);
}

TEST_F(VerifierTest, ClosedExportVerifiesWithoutParts) {
  const BuiltExport closed =
      BuildExport(random_, kOrigin, key_, {.entries = 300, .open_percent = 0, .erasures = false});
  const VerifyReport report = Verify(closed.Encode());
  EXPECT_THAT(Words(report), IsEmpty());
  for (const PartCounts& counts : report.parts) EXPECT_EQ(counts.closed, 300u);
}

TEST_F(VerifierTest, EmptyLogVerifies) {
  const BuiltExport empty = BuildExport(random_, kOrigin, key_, {.entries = 0});
  const VerifyReport report = Verify(empty.Encode());
  EXPECT_THAT(Words(report), IsEmpty());
  EXPECT_EQ(report.head, crypto::TreeHead{});
}

TEST_F(VerifierTest, ByteOfALeafIsFoundByItsPartAndTheTree) {
  good_.entries[5].commitments[3][7] ^= 1;
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("- - root", "5 decision commitment"));
}

TEST_F(VerifierTest, ByteOfAClosedLeafIsNarrowedByAnEarlierCheckpoint) {
  BuiltExport closed =
      BuildExport(random_, kOrigin, key_, {.entries = 16, .open_percent = 0, .erasures = false});
  const std::string seen5 = Checkpoint(closed, 5);
  const std::string seen12 = Checkpoint(closed, 12);
  closed.entries[7].commitments[1][0] ^= 1;
  EXPECT_THAT(Words(Verify(closed.Encode())), ElementsAre("- - root"));
  EXPECT_THAT(Words(Verify(closed.Encode(), {.seen = {seen12, seen5}})),
              ElementsAre("5 - rewritten", "5 - root"));
}

TEST_F(VerifierTest, PartAndSaltAreFoundByEntryAndPart) {
  BuiltExport part = good_;
  part.entries[3].parts[1].bytes += "x";
  EXPECT_THAT(Words(Verify(part.Encode())), ElementsAre("3 actor commitment"));
  BuiltExport salt = good_;
  salt.entries[15].parts[4].salt[31] ^= 1;
  EXPECT_THAT(Words(Verify(salt.Encode())), ElementsAre("15 counterpart commitment"));
}

TEST_F(VerifierTest, PartMovedToAnotherPlaceIsFound) {
  std::swap(good_.entries[3].parts[1], good_.entries[3].parts[3]);
  EXPECT_THAT(Words(Verify(good_.Encode())),
              ElementsAre("3 actor commitment", "3 decision commitment"));
}

TEST_F(VerifierTest, RemovedRepeatedAndSwappedEntriesAreNamed) {
  BuiltExport plain = BuildExport(random_, kOrigin, key_, {.entries = 9, .erasures = false});
  for (tests::BuiltEntry& entry : plain.entries) entry.logged_at_us = 1'000'000;
  tests::Sign(plain, key_);
  BuiltExport removed = plain;
  removed.entries.erase(removed.entries.begin() + 4);
  removed.count = 8;
  EXPECT_THAT(Words(Verify(removed.Encode())), ElementsAre("- - count", "4 - index"));
  tests::Sign(removed, key_);
  EXPECT_THAT(Words(Verify(removed.Encode())), ElementsAre("4 - index"));

  BuiltExport repeated = plain;
  repeated.entries.insert(repeated.entries.begin() + 4, tests::BuiltEntry(plain.entries[4]));
  tests::Sign(repeated, key_);
  EXPECT_THAT(Words(Verify(repeated.Encode())), ElementsAre("5 - index"));

  BuiltExport swapped = plain;
  std::swap(swapped.entries[4], swapped.entries[5]);
  EXPECT_THAT(Words(Verify(swapped.Encode())), ElementsAre("- - root", "4 - index", "5 - index"));
}

TEST_F(VerifierTest, TimeThatDecreasesIsNamed) {
  good_.entries[9].logged_at_us = good_.entries[8].logged_at_us - 1;
  tests::Sign(good_, key_);
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("9 - time"));
}

TEST_F(VerifierTest, LeafOfAnotherFormatIsNamed) {
  good_.entries[9].reserved = 1;
  tests::Sign(good_, key_);
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("9 - leaf-format"));
}

TEST_F(VerifierTest, CountAndRootAreComparedWithTheCheckpoint) {
  BuiltExport count = good_;
  count.checkpoint = tests::SignedCheckpoint(kOrigin, 17, good_.Root(16), key_);
  EXPECT_THAT(Words(Verify(count.Encode())), ElementsAre("- - count"));
  BuiltExport root = good_;
  root.checkpoint = tests::SignedCheckpoint(kOrigin, 16, good_.Root(15), key_);
  EXPECT_THAT(Words(Verify(root.Encode())), ElementsAre("- - root"));
  EXPECT_THAT(Words(Verify(root.Encode(), {.seen = {Checkpoint(good_, 10)}})),
              ElementsAre("10 - root"));
}

TEST_F(VerifierTest, SignatureAndKeyAreToldApart) {
  BuiltExport changed = good_;
  char& digit = changed.checkpoint[changed.checkpoint.size() - 20];
  digit = digit == 'A' ? 'B' : 'A';
  EXPECT_THAT(Words(Verify(changed.Encode())), ElementsAre("- - bad-signature"));

  const crypto::SigningKey other = tests::RandomKey(random_);
  BuiltExport foreign = good_;
  tests::Sign(foreign, other);
  EXPECT_THAT(Words(Verify(foreign.Encode())), ElementsAre("- - wrong-key"));
  // An export that names the forger's key is only found by the key from elsewhere.
  foreign.verifier_key = tests::VerifierKeyText(kOrigin, other);
  EXPECT_TRUE(Verify(foreign.Encode()).ok());
  const VerifyReport pinned = Verify(foreign.Encode(), {.verifier_key = good_.verifier_key});
  EXPECT_THAT(Words(pinned), ElementsAre("- - wrong-key"));
  EXPECT_FALSE(pinned.key_is_claimed);
  EXPECT_FALSE(pinned.checkpoint->signature_good);

  EXPECT_THAT(Words(Verify(good_.Encode(), {.verifier_key = "no key"})),
              ElementsAre("- - bad-key"));
}

TEST_F(VerifierTest, CheckpointOfAnotherLogOrNoneIsRefused) {
  BuiltExport other = good_;
  other.checkpoint = tests::SignedCheckpoint("a.example/log", 16, good_.Root(16), key_);
  EXPECT_THAT(Words(Verify(other.Encode())), ElementsAre("- - wrong-key", "- - wrong-origin"));
  other.verifier_key = tests::VerifierKeyText("a.example/log", key_);
  EXPECT_THAT(Words(Verify(other.Encode())), ElementsAre("- - wrong-key", "- - wrong-origin"));
  other.checkpoint = "nothing signed";
  EXPECT_THAT(Words(Verify(other.Encode())), ElementsAre("- - bad-checkpoint"));
}

TEST_F(VerifierTest, MissingPartAndWithheldEntryAreNamed) {
  good_.entries[2].parts[2] = {tests::kMissing, "", "", 0};
  good_.entries[3].hash_only = true;
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("2 subject missing", "3 - hash-only"));
  good_.complete = 0;
  const VerifyReport report = Verify(good_.Encode());
  EXPECT_THAT(Words(report), ElementsAre("2 subject missing"));
  EXPECT_EQ(report.hash_only, 1u);
  EXPECT_EQ(report.parts[0].open, 15u);
  EXPECT_FALSE(report.complete);
}

TEST_F(VerifierTest, DamagedEntryIsNamedAndItsHashStillCounts) {
  good_.entries[3].damaged = true;
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("3 - damaged"));
  // A hash that the tree does not have shows at the root as well.
  good_.entries[3].logged_at_us ^= 1;
  EXPECT_THAT(Words(Verify(good_.Encode())), ElementsAre("- - root", "3 - damaged"));
}

TEST_F(VerifierTest, EarlierCheckpointsAreRecomputedAtTheirSize) {
  const VerifyReport report =
      Verify(good_.Encode(), {.seen = {Checkpoint(good_, 16), Checkpoint(good_, 1)}});
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.seen_confirmed, 2u);
  EXPECT_FALSE(report.self_consistency_only);
}

TEST_F(VerifierTest, LogRewrittenAndSignedAgainIsFoundOnlyByAnEarlierCheckpoint) {
  const std::string seen = Checkpoint(good_, 15);
  const tests::Tampered forged = tests::Tamper(Way::kRewritten, good_, key_, random_);
  const VerifyReport alone = Verify(forged.bytes);
  EXPECT_TRUE(alone.ok());
  EXPECT_TRUE(alone.self_consistency_only);
  EXPECT_THAT(Words(Verify(forged.bytes, {.seen = {seen}})), ElementsAre("- - rewritten"));
}

TEST_F(VerifierTest, EarlierCheckpointBeyondTheEndOrOfAnotherLogIsAFinding) {
  BuiltExport shorter = good_;
  shorter.entries.resize(12);
  tests::Sign(shorter, key_);
  EXPECT_THAT(Words(Verify(shorter.Encode(), {.seen = {Checkpoint(good_, 14)}})),
              ::testing::Contains("- - shorter-than-seen"));
  const std::string foreign = tests::SignedCheckpoint("a.example/log", 3, good_.Root(3), key_);
  const VerifyReport report = Verify(good_.Encode(), {.seen = {foreign, "garbage"}});
  EXPECT_THAT(Words(report), ElementsAre("- - bad-seen", "- - bad-seen"));
  EXPECT_TRUE(report.self_consistency_only);
}

// The rewritten export of the finding: signed as it was, and nothing but three kinds of part gone.
TEST_F(VerifierTest, ExportWithActsActorsAndDecisionsCalledErasedWasInOrder) {
  const tests::Tampered forged = tests::Tamper(Way::kErasedParts, good_, key_, random_);
  const VerifyReport report = Verify(forged.bytes, {.verifier_key = good_.verifier_key});
  EXPECT_EQ(report.findings_total, 3u * 13u);
  EXPECT_THAT(Words(report), ::testing::Each(::testing::EndsWith(" erasure-part")));
  EXPECT_THAT(Words(report), ::testing::Contains("12 decision erasure-part"));
}

TEST_F(VerifierTest, ErasedSubjectsAreListedWithTheirErasureBoundedAndCounted) {
  const VerifyReport report = Verify(good_.Encode());
  EXPECT_THAT(report.erased,
              ElementsAre(ErasedSubject{0, 6}, ErasedSubject{2, 6}, ErasedSubject{4, 6},
                          ErasedSubject{7, 13}, ErasedSubject{9, 13}, ErasedSubject{11, 13}));
  EXPECT_EQ(report.erased_total, 6u);
  const VerifyReport bounded = Verify(good_.Encode(), {.max_erased = 2});
  EXPECT_THAT(bounded.erased, ElementsAre(ErasedSubject{0, 6}, ErasedSubject{2, 6}));
  EXPECT_EQ(bounded.erased_total, 6u);
}

TEST_F(VerifierTest, FindingsAreBoundedAndCounted) {
  for (tests::BuiltEntry& entry : good_.entries) entry.parts[1] = {tests::kMissing, "", "", 0};
  const VerifyReport report = Verify(good_.Encode(), {.max_findings = 3});
  EXPECT_EQ(report.findings.size(), 3u);
  EXPECT_EQ(report.findings_total, 16u);
  EXPECT_FALSE(report.ok());
}

TEST_F(VerifierTest, ProgressEndsAtTheCount) {
  std::vector<uint64_t> seen;
  Verify(good_.Encode(), {.progress = [&](uint64_t done, uint64_t count) {
           EXPECT_EQ(count, 16u);
           seen.push_back(done);
         }});
  EXPECT_THAT(seen, ElementsAre(0u, 16u));
}

TEST_F(VerifierTest, StreamThatFailsIsAnErrorAndNoFinding) {
  struct Broken : std::streambuf {
    int_type underflow() override { throw std::runtime_error("disk"); }
  } broken;
  std::istream input(&broken);
  EXPECT_EQ(VerifyExport(input).status().code(), absl::StatusCode::kUnavailable);
}

// Every falsification is noticed, whatever the seed.
TEST_F(VerifierTest, EveryWayOfFalsifyingIsFound) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Generator random(seed);
    for (auto way = static_cast<int>(Way::kLeafByte); way < static_cast<int>(Way::kWayCount);
         ++way) {
      const auto chosen = static_cast<Way>(way);
      const BuiltExport built = BuildExport(random, kOrigin, key_, {.entries = 20});
      const tests::Tampered tampered = tests::Tamper(chosen, built, key_, random);
      VerifyOptions options{.verifier_key = built.verifier_key};
      if (chosen == Way::kRewritten) options.seen = {Checkpoint(built, 20)};
      if (tampered.bytes == built.Encode()) continue;
      // A flip in the key that the export claims changes nothing when another is given.
      if (chosen == Way::kFlippedByte || chosen == Way::kHeaderByte || chosen == Way::kBadKey) {
        options = {};
      }
      EXPECT_FALSE(Verify(tampered.bytes, options).ok())
          << tests::WayName(chosen) << " with seed " << seed;
    }
  }
}

}  // namespace
}  // namespace sluis::client
