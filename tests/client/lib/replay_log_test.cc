#include "client/lib/replay_log.h"

#include <gtest/gtest.h>

#include <sstream>

#include "policies/pack_yaml.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/support/export_builder.h"

namespace sluis::client {
namespace {

constexpr char kOrigin[] = "caw-de-overzet.example/log";

// A log in which every decision rests on a statutory pack of its own, of which none is known.
class ReplayLogTest : public ::testing::Test {
 protected:
  static constexpr size_t kEntries = 12;

  ReplayLogTest() {
    built_ = tests::BuildExport(random_, kOrigin, key_,
                                {.entries = kEntries, .open_percent = 0, .erasures = false});
    for (size_t i = 0; i < kEntries; ++i) {
      record::v1::ActPart act;
      act.set_outcome(record::v1::OUTCOME_DONE);
      act.add_rule_ids("P-X");
      for (const char* layer : {"statutory", "effective"}) {
        record::v1::PackDigest& named = *act.add_pack_digests();
        named.set_layer(layer);
        named.set_digest(std::string(32, static_cast<char>('a' + i)));
      }
      record::v1::DecisionPart part;
      part.set_engine_version("compiled-1");
      part.add_granted_fields("place");
      Show(built_.entries[i], 1, act.SerializeAsString());
      Show(built_.entries[i], 4, part.SerializeAsString());
    }
  }
  static void Show(tests::BuiltEntry& entry, uint8_t part, const std::string& bytes) {
    const std::string salt(32, 's');
    entry.commitments[part - 1u] = tests::Commit(kOrigin, part, salt, bytes);
    entry.parts[part - 1u] = {tests::kOpen, salt, bytes, 0};
  }
  ReplayReport Replay(const ReplayOptions& options = {}) {
    tests::Sign(built_, key_);
    std::istringstream input(built_.Encode());
    RulePacks none;
    absl::StatusOr<ReplayReport> report = ReplayLog(input, none, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return *std::move(report);
  }

  tests::Generator random_{20261102};  // NOLINT(cert-msc51-cpp): the same bytes in every run
  const crypto::SigningKey key_ = tests::RandomKey(random_);
  tests::BuiltExport built_;
};

TEST_F(ReplayLogTest, ListsUpToItsLimitsAndCountsAll) {
  const ReplayReport report = Replay({.max_listed = 3, .max_missing = 5});
  EXPECT_TRUE(report.verification.ok());
  EXPECT_EQ(report.Total(ReplayVerdict::kPackMissing), kEntries);
  EXPECT_EQ(report.listed_total(), kEntries);
  EXPECT_EQ(report.listed.size(), 3u);
  EXPECT_EQ(report.missing.size(), 5u);
  EXPECT_EQ(report.missing_left_out, kEntries - 5);
}

TEST_F(ReplayLogTest, AHashOrADamagedEntryIsNotReplayable) {
  built_.complete = 0;
  built_.entries[3].hash_only = true;
  built_.entries[5].hash_only = true;
  built_.entries[5].damaged = true;
  built_.entries[7].parts = {};
  const ReplayReport report = Replay();
  EXPECT_EQ(report.obstacles.at("hash-only").Text(), "3");
  EXPECT_EQ(report.obstacles.at("missing").Text(), "5");
  EXPECT_EQ(report.obstacles.at("closed").Text(), "7");
  EXPECT_EQ(report.Total(ReplayVerdict::kNotReplayable), 3u);
  EXPECT_EQ(report.Total(ReplayVerdict::kPackMissing), kEntries - 3);
}

// What is denied because nothing permits it, by a pack that is there, decided at noon.
class KnownPackTest : public ReplayLogTest {
 protected:
  static constexpr uint64_t kNoonUs = 1'780'308'000'000'000;

  KnownPackTest() {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack("small.yaml", kText);
    EXPECT_TRUE(pack.ok()) << pack.status();
    const crypto::Hash digest = pack->digest;
    const auto set = policies::PackSet::Load({*std::move(pack)});
    EXPECT_TRUE(set.ok()) << set.status();
    act_.set_operation(record::v1::OPERATION_REFUSAL);
    act_.set_outcome(record::v1::OUTCOME_DENIED);
    act_.set_refusal("denied");
    act_.set_exact_time_us(kNoonUs);
    const std::pair<const char*, crypto::Hash> named[] = {{"statutory", digest},
                                                          {"effective", set->digests().effective}};
    for (const auto& [layer, value] : named) {
      record::v1::PackDigest& one = *act_.add_pack_digests();
      one.set_layer(layer);
      one.set_digest(std::string(crypto::View(value)));
    }
    part_.set_engine_version("compiled-1");
    for (size_t i = 0; i < kEntries; ++i) Write(i);
  }
  void Write(size_t index) {
    built_.entries[index].logged_at_us = kNoonUs;
    Show(built_.entries[index], 1, act_.SerializeAsString());
    Show(built_.entries[index], 4, part_.SerializeAsString());
  }
  ReplayReport Replay(const ReplayOptions& options = {}) {
    tests::Sign(built_, key_);
    std::istringstream input(built_.Encode());
    RulePacks packs;
    packs.Add(*policies::ParsePack("small.yaml", kText));
    absl::StatusOr<ReplayReport> report = ReplayLog(input, packs, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return *std::move(report);
  }
  static std::string Listed(const ReplayReport& report) {
    std::string out;
    for (const Replayed& one : report.listed) {
      out += std::to_string(one.index);
      for (const std::string_view word : one.differs) out += " " + std::string(word);
      out += "; ";
    }
    return out;
  }

  static constexpr char kText[] =
      "sluis: 1\npack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, until: "
      "2026-12-31}}\n";
  record::v1::ActPart act_;
  record::v1::DecisionPart part_;
};

TEST_F(KnownPackTest, TheTimeOfADecisionIsHeldAgainstThatOfItsLeaf) {
  for (size_t i = 6; i < kEntries; ++i) built_.entries[i].logged_at_us += kMostApartUs;
  EXPECT_EQ(Listed(Replay()), "");
  for (size_t i = 10; i < kEntries; ++i) built_.entries[i].logged_at_us += 1;
  const ReplayReport report = Replay();
  EXPECT_TRUE(report.verification.ok());
  EXPECT_EQ(Listed(report), "10 validity; 11 validity; ");
}

// However many entries are closed: which ones differ is still said.
TEST_F(KnownPackTest, AMismatchIsListedBehindMoreThanTheLimitOfOthers) {
  for (size_t i = 0; i < kEntries; ++i) {
    if (i != 5 && i < 8) built_.entries[i].parts[3] = {};
  }
  act_.add_rule_ids("P-X");
  for (const size_t i : {5u, 9u, 10u, 11u}) Write(i);
  const ReplayReport report = Replay({.max_listed = 3});
  EXPECT_EQ(Listed(report), "5 rules; 9 rules; 10 rules; 0; 1; 2; ");
  EXPECT_EQ(report.Total(ReplayVerdict::kMismatch), 4u);
  EXPECT_EQ(report.listed_total(), 11u);
}

TEST_F(ReplayLogTest, SaysHowFarItIs) {
  uint64_t last = 0;
  Replay({.progress = [&last](uint64_t done, uint64_t) { last = done; }});
  EXPECT_EQ(last, kEntries);
}

TEST(IndexRangesTest, NamesStretchesAndSaysThatThereAreMore) {
  IndexRanges ranges;
  for (const uint64_t index : {0u, 1u, 2u, 4u, 9u, 10u}) ranges.Add(index);
  EXPECT_EQ(ranges.Text(), "0-2, 4, 9-10");
  EXPECT_EQ(ranges.count(), 6u);
  for (uint64_t index = 20; index < 2000; index += 2) ranges.Add(index);
  EXPECT_EQ(ranges.Text(), "0-2, 4, 9-10, 20, 22, 24, 26, 28, 30, 32, …");
  EXPECT_EQ(ranges.count(), 996u);
}

// More sets than are kept loaded: each is still made of its own packs.
TEST(RulePacksTest, FindsEachSetAmongMoreThanItKeeps) {
  RulePacks packs;
  std::vector<crypto::Hash> digests;
  for (size_t i = 1; i <= RulePacks::kMaxLoaded + 6; ++i) {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(
        "small.yaml", "sluis: 1\npack: {id: small, layer: statutory, version: " +
                          std::to_string(i) + ", valid: {from: 2026-01-01, until: 2026-12-31}}\n");
    ASSERT_TRUE(pack.ok()) << pack.status();
    digests.push_back(pack->digest);
    packs.Add(*std::move(pack));
  }
  for (int round = 0; round < 2; ++round) {
    for (const crypto::Hash& digest : digests) {
      const RulePacks::Found found = packs.Find({digest, std::nullopt, std::nullopt});
      ASSERT_NE(found.packs, nullptr) << found.refused;
      EXPECT_EQ(found.packs->digests().statutory, digest);
    }
  }
  EXPECT_EQ(packs.Find({crypto::Hash{}, std::nullopt, std::nullopt}).missing, 0u);
  // The rules in force come back between all that were in force once: they stay loaded.
  const LayerDigests in_force = {digests[0], std::nullopt, std::nullopt};
  ASSERT_NE(packs.Find(in_force).packs, nullptr);
  const size_t before = packs.loads();
  for (size_t i = 1; i < digests.size(); ++i) {
    ASSERT_NE(packs.Find({digests[i], std::nullopt, std::nullopt}).packs, nullptr);
    const RulePacks::Found found = packs.Find(in_force);
    ASSERT_NE(found.packs, nullptr);
    EXPECT_EQ(found.packs->digests().statutory, digests[0]);
  }
  EXPECT_LT(packs.loads() - before, digests.size()) << "the others once at most, that one never";
}

TEST(RulePacksTest, LoadsNothingTwiceThatItKeeps) {
  RulePacks packs;
  std::vector<LayerDigests> sets;
  for (size_t i = 1; i <= RulePacks::kMaxLoaded; ++i) {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(
        "small.yaml", "sluis: 1\npack: {id: small, layer: statutory, version: " +
                          std::to_string(i) + ", valid: {from: 2026-01-01, until: 2026-12-31}}\n");
    ASSERT_TRUE(pack.ok()) << pack.status();
    sets.push_back({pack->digest, std::nullopt, std::nullopt});
    packs.Add(*std::move(pack));
  }
  for (int round = 0; round < 3; ++round) {
    for (const LayerDigests& set : sets) ASSERT_NE(packs.Find(set).packs, nullptr);
  }
  EXPECT_EQ(packs.loads(), RulePacks::kMaxLoaded);
}

}  // namespace
}  // namespace sluis::client
