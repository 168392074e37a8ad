#include "server/keys/committee.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys {
namespace {

using test::NameOf;
using test::World;
using ::testing::HasSubstr;

std::vector<Seat> SeatsOf(size_t holders) {
  std::vector<Seat> out;
  for (size_t i = 1; i <= holders; ++i) {
    const auto index = static_cast<MemberIndex>(i);
    out.push_back({index, NameOf(index)});
  }
  return out;
}

std::string Advice(const std::vector<Seat>& holders, size_t threshold,
                   const partnership::Manifest& manifest) {
  const absl::Status status = CheckCommittee(holders, threshold, manifest);
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  return std::string(status.message());
}

TEST(CommitteeTest, MostOfAnOddNumberAreNeededAndNeverFewerThanTwo) {
  EXPECT_EQ(LeastThreshold(3), 2U);
  EXPECT_EQ(LeastThreshold(4), 2U);
  EXPECT_EQ(LeastThreshold(5), 3U);
  EXPECT_EQ(LeastThreshold(7), 4U);
  EXPECT_EQ(LeastThreshold(30), 15U);
  EXPECT_EQ(LeastThreshold(1), 2U);
}

TEST(CommitteeTest, ThreeHoldersOnThreeHostsWillDo) {
  EXPECT_EQ(Advice(SeatsOf(3), 2, World(3).manifest), "");
  EXPECT_EQ(Advice(SeatsOf(3), 3, World(3).manifest), "");
}

TEST(CommitteeTest, TwoHoldersAreRefusedWithAdvice) {
  EXPECT_THAT(Advice(SeatsOf(2), 2, World(3).manifest), HasSubstr("holds a share and no data"));
}

TEST(CommitteeTest, TooManyHoldersAreRefused) {
  EXPECT_THAT(Advice(SeatsOf(65), 33, World(65).manifest), HasSubstr("at most 64"));
}

TEST(CommitteeTest, SharedHostsAreRefusedWithAdvice) {
  World world(4);
  world.manifest.members[2].host = "host-1";
  world.manifest.members[3].host = "host-2";
  EXPECT_THAT(Advice(SeatsOf(4), 3, world.manifest), HasSubstr("fewer than 3 hosts"));
  World three(3);
  three.manifest.members[2].host = "host-1";
  EXPECT_THAT(Advice(SeatsOf(3), 2, three.manifest), HasSubstr("add a holder on another host"));
}

TEST(CommitteeTest, HostThatRunsAsManyAsAreNeededIsRefused) {
  World world(5);
  world.manifest.members[1].host = "host-1";
  EXPECT_EQ(Advice(SeatsOf(5), 3, world.manifest), "");
  world.manifest.members[2].host = "host-1";  // 3 of 5 there, and 3 hosts in all
  EXPECT_THAT(Advice(SeatsOf(5), 3, world.manifest), HasSubstr("its operator has the key"));
  EXPECT_EQ(Advice(SeatsOf(5), 4, world.manifest), "");
}

TEST(CommitteeTest, LoweredThresholdIsRefusedWithAdvice) {
  const World world(5);
  EXPECT_THAT(Advice(SeatsOf(5), 2, world.manifest), HasSubstr("3 to 5 of them"));
  EXPECT_THAT(Advice(SeatsOf(3), 1, world.manifest), HasSubstr("2 to 3 of them"));
  EXPECT_THAT(Advice(SeatsOf(5), 6, world.manifest), HasSubstr("3 to 5 of them"));
  EXPECT_THAT(Advice(SeatsOf(5), 0, world.manifest), HasSubstr("3 to 5 of them"));
}

TEST(CommitteeTest, OneWhoIsNotAMemberIsRefused) {
  EXPECT_THAT(Advice(SeatsOf(4), 2, World(3).manifest), HasSubstr("named in the manifest"));
}

TEST(CommitteeTest, HolderOrIndexTwiceIsRefused) {
  const World world(4);
  std::vector<Seat> holders = SeatsOf(4);
  holders[3].organisation = holders[0].organisation;
  EXPECT_THAT(Advice(holders, 2, world.manifest), HasSubstr("named once"));
  holders = SeatsOf(4);
  holders[3].index = 1;
  EXPECT_THAT(Advice(holders, 2, world.manifest), HasSubstr("index of its own"));
  holders[3].index = 0;
  EXPECT_THAT(Advice(holders, 2, world.manifest), HasSubstr("index of its own"));
}

}  // namespace
}  // namespace sluis::keys
