// A key that is shared anew while somebody is asked about: what holders count and list goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

using test::Group;
using test::kToday;
using test::NameOf;
using test::People;
using test::Wide;
using test::World;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Holder 5 leaves and 6 comes in the middle of the second of two days.
struct Reshared {
  Reshared() {
    group.AskAbout("een");
    old = group.world.package;
    group.world.Reshare({1, 2, 3, 4, 6}, 3);
    group.world.random.Fill(group.nonces[6].mutable_span());
    group.holders.FollowReshare(kToday);
  }
  std::vector<Sharing> Sharings() const {
    return {{*old, 0, kToday}, {*group.world.package, kToday}};
  }
  std::vector<std::string> Lists(const std::vector<std::pair<MemberIndex, uint32_t>>& which) {
    std::vector<std::string> out;
    for (const auto& [holder, day] : which) {
      out.push_back(
          group.ListFor(group.holders.At(holder), holder, NameOf(1), day, test::kTomorrowUs)
              .value());
    }
    return out;
  }
  absl::StatusOr<Period> Gather(const std::vector<std::string>& lists) {
    return Period::Gather(Sharings(), group.world.Keys(), {NameOf(1), kToday - 1, kToday}, Wide(),
                          lists);
  }
  std::vector<std::pair<MemberIndex, uint32_t>> All() const {
    const uint32_t before = kToday - 1;
    return {{1, before}, {2, before}, {3, before}, {4, before}, {5, before}, {5, kToday},
            {1, kToday}, {2, kToday}, {3, kToday}, {4, kToday}, {6, kToday}};
  }

  Group group;
  std::shared_ptr<const keys::Package> old;
};

TEST(ReshareTest, AReshareInTheMiddleOfAPeriodDoesNotEmptyTheAudit) {
  Reshared reshared;
  reshared.group.AskAbout("twee");
  const std::vector<std::string> lists = reshared.Lists(reshared.All());
  const Period period = reshared.Gather(lists).value();
  EXPECT_THAT(period.requests(), SizeIs(2));
  EXPECT_THAT(period.missing(), IsEmpty());
  EXPECT_THAT(period.without_share(), IsEmpty()) << "who came later owes nothing for before";
  EXPECT_THAT(period.holders(), ElementsAre(1, 2, 3, 4, 5, 6));
  std::set<uint32_t> generations;
  for (const auto& [digest, request] : period.requests()) {
    generations.insert(request.item.generation());
  }
  EXPECT_THAT(generations, ElementsAre(1, 2));
  for (const PeriodFinding& finding : period.findings()) {
    EXPECT_EQ(finding.fault, PeriodFault::kUnproven);
  }
  // Who left still owes the lists of its days, and its part of the seed.
  std::vector<std::pair<MemberIndex, uint32_t>> without = reshared.All();
  without.erase(without.begin() + 4, without.begin() + 6);
  EXPECT_THAT(reshared.Gather(reshared.Lists(without))->missing(), ElementsAre(5));
  EXPECT_TRUE(reshared.group.Reveal(5, period).ok());
  EXPECT_TRUE(
      Sample::Drawn(period, reshared.group.world.Keys(), reshared.group.Reveals(period), 2).ok());
  // With the package of the end alone nobody owes anything of who left, and days are missing.
  const std::vector<Sharing> last = {{*reshared.group.world.package, kToday}};
  EXPECT_THAT(Period::Gather(last, reshared.group.world.Keys(), {NameOf(1), kToday - 1, kToday},
                             Wide(), lists)
                  .status()
                  .message(),
              HasSubstr("no sharing was in force"));
}

TEST(ReshareTest, AReshareInTheMiddleOfAPeriodDoesNotResetCaps) {
  World world(5, 3);
  Caps caps;
  caps.per_case = 2;
  caps.unproven = 100;
  test::Holders holders(world, caps);
  const auto ground = [&](MemberIndex holder) {
    return holders.Ground(holder, world.Begin(People({"een"})).request());
  };
  EXPECT_EQ(ground(2), std::nullopt);
  world.Reshare({1, 2, 3, 4, 6}, 3);
  holders.FollowReshare(kToday);
  EXPECT_EQ(ground(2), std::nullopt);
  EXPECT_EQ(ground(2), peer::v1::EVALUATION_REFUSAL_QUOTA);
  EXPECT_EQ(ground(6), std::nullopt) << "who has its first share counts from there";
}

TEST(ReshareTest, WhatListsSayOfSharingsIsHeldAgainstThoseInForce) {
  Reshared reshared;
  const auto faults = [&](MemberIndex holder, uint32_t day, auto change) {
    std::vector<std::pair<MemberIndex, uint32_t>> which = reshared.All();
    which.erase(std::find(which.begin(), which.end(), std::pair(holder, day)));
    std::vector<std::string> lists = reshared.Lists(which);
    peer::v1::EvaluationList body = ReadDayList(reshared.Lists({{holder, day}})[0])->body;
    change(body);
    lists.push_back(SignDayList(body, reshared.group.world.keys.at(holder).identity).Serialise());
    std::set<PeriodFault> out;
    const Period period = reshared.Gather(lists).value();
    for (const PeriodFinding& finding : period.findings()) out.insert(finding.fault);
    out.erase(PeriodFault::kUnproven);
    return out;
  };
  EXPECT_THAT(faults(4, kToday, [](auto&) {}), IsEmpty());
  EXPECT_THAT(faults(4, kToday,
                     [](auto& body) {
                       body.set_since_day(kToday + 1);
                       body.set_no_share(true);
                     }),
              ElementsAre(PeriodFault::kNoShare))
      << "it held a share of the sharing before";
  EXPECT_THAT(faults(4, kToday, [](auto& body) { body.set_since_day(kToday); }),
              ElementsAre(PeriodFault::kNoShare))
      << "and said otherwise of the day before";
  EXPECT_THAT(faults(3, kToday, [](auto& body) { body.mutable_items(0)->set_generation(3); }),
              Contains(PeriodFault::kOtherSharing))
      << "under a sharing that is not there";
  EXPECT_THAT(faults(4, kToday, [](auto& body) { body.mutable_log_root()->back() ^= 1; }),
              ElementsAre(PeriodFault::kForkedLog));
}

}  // namespace
}  // namespace sluis::evaluation
