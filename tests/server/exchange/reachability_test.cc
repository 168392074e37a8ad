#include "server/exchange/reachability.h"

#include <gtest/gtest.h>

namespace sluis::exchange {
namespace {

constexpr uint64_t kSecond = 1'000'000;
constexpr uint64_t kNow = 1'790'000'000 * kSecond;
constexpr char kZone[] = "pz-heidezoom.example";

partnership::Manifest ManifestOf(std::initializer_list<const char*> organisations) {
  partnership::Manifest manifest;
  for (const char* organisation : organisations) {
    manifest.members.emplace_back().organisation = organisation;
  }
  return manifest;
}

Met MetWith(const std::string& trouble) {
  return {.trouble = trouble, .manifest_version = 3, .protocol_version = 1, .capabilities = {"a"}};
}

TEST(ReachabilityTest, KnowsNothingOfWhoWasNeverMet) {
  const Reachability reachability;
  const Standing standing = reachability.Of(kZone, kNow);
  EXPECT_EQ(standing.reached_at_us, 0u);
  EXPECT_EQ(standing.heard_at_us, 0u);
  EXPECT_EQ(standing.trouble, "");
}

TEST(ReachabilityTest, ReachingAndHearingAreKeptApart) {
  Reachability reachability;
  reachability.Reached(kZone, kNow, MetWith(""), -4);
  Standing standing = reachability.Of(kZone, kNow);
  EXPECT_EQ(standing.reached_at_us, kNow);
  EXPECT_EQ(standing.heard_at_us, 0u);
  EXPECT_EQ(standing.manifest_version, 3u);
  EXPECT_EQ(standing.protocol_version, 1u);
  EXPECT_EQ(standing.capabilities, std::vector<std::string>{"a"});
  EXPECT_EQ(standing.clock_ahead_s, -4);

  reachability.Heard(kZone, kNow + kSecond, MetWith("manifest_older_here"));
  standing = reachability.Of(kZone, kNow);
  EXPECT_EQ(standing.reached_at_us, kNow);
  EXPECT_EQ(standing.heard_at_us, kNow + kSecond);
  EXPECT_EQ(standing.trouble, "") << "what asking finds, asking finds";

  reachability.NotReached(kZone, "unreachable");
  standing = reachability.Of(kZone, kNow);
  EXPECT_EQ(standing.reached_at_us, kNow) << "when it last was stays known";
  EXPECT_EQ(standing.trouble, "unreachable");
}

TEST(ReachabilityTest, OneThatOnlyDialsOutStandsWellAsLongAsItDoes) {
  Reachability reachability;
  reachability.NotReached(kZone, "no_address");
  EXPECT_EQ(reachability.Of(kZone, kNow).trouble, "no_address");
  reachability.Heard(kZone, kNow, MetWith(""));
  EXPECT_EQ(reachability.Of(kZone, kNow).trouble, "");
  EXPECT_EQ(reachability.Of(kZone, kNow + 60 * kSecond).trouble, "");
  EXPECT_EQ(reachability.Of(kZone, kNow + 61 * kSecond).trouble, "no_address");
  EXPECT_EQ(reachability.Of(kZone, kNow - 600 * kSecond).trouble, "") << "a clock put back";
  reachability.Heard(kZone, kNow, MetWith("manifest_differs"));
  EXPECT_EQ(reachability.Of(kZone, kNow).trouble, "manifest_differs");
}

TEST(ReachabilityTest, CountsPartnersWithoutNamingThem) {
  Reachability reachability;
  const partnership::Manifest manifest = ManifestOf({"a.example", "b.example", "c.example"});
  reachability.Reached("b.example", kNow, MetWith(""), 0);
  reachability.Heard("b.example", kNow - 61 * kSecond, MetWith(""));
  reachability.Heard("c.example", kNow, MetWith(""));
  reachability.NotReached("c.example", "unreachable");
  const Reachability::Numbers numbers = reachability.Count(&manifest, "a.example", kNow);
  EXPECT_EQ(numbers.partners, 2u);
  EXPECT_EQ(numbers.reachable, 1u);
  EXPECT_EQ(numbers.heard, 1u);
  EXPECT_EQ(numbers.in_trouble, 1u);
  EXPECT_EQ(reachability.Count(nullptr, "a.example", kNow).partners, 0u);
}

TEST(ReachabilityTest, ForgetsWhoIsNoMemberAnyMore) {
  Reachability reachability;
  reachability.Reached("b.example", kNow, MetWith(""), 0);
  reachability.Reached("c.example", kNow, MetWith(""), 0);
  const partnership::Manifest smaller = ManifestOf({"a.example", "b.example"});
  reachability.KeepMembersOf(&smaller);
  EXPECT_EQ(reachability.Of("b.example", kNow).reached_at_us, kNow);
  EXPECT_EQ(reachability.Of("c.example", kNow).reached_at_us, 0u);
  reachability.KeepMembersOf(nullptr);
  EXPECT_EQ(reachability.Of("b.example", kNow).reached_at_us, 0u);
}

}  // namespace
}  // namespace sluis::exchange
