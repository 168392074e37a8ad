// What holders list, what their lists show together, and who chooses the sample.
#include "server/evaluation/period.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

using test::Group;
using test::kNowUs;
using test::kToday;
using test::NameOf;
using test::People;
using test::Wide;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PeriodTest, HoldersListWhatTheyEvaluatedOnceTheDayIsOver) {
  Group group;
  const crypto::Hash leaf = group.AskAbout("een");
  group.AskAbout("twee");
  EXPECT_THAT(group.holders.At(2)
                  .ListOf(NameOf(1), kToday, kNowUs, group.world.keys.at(2).identity)
                  .status()
                  .message(),
              HasSubstr("tomorrow"));
  group.ProveAll({leaf});
  const DayList list = ReadDayList(group.ListOf(2, kToday)).value();
  ASSERT_EQ(list.body.items_size(), 2);
  EXPECT_EQ(list.body.items(0).proven() + list.body.items(1).proven(), 1);
  EXPECT_EQ(ReadDayList(group.ListOf(2, kToday - 1))->body.items_size(), 0);
  EXPECT_EQ(ReadDayList(group.ListOf(5, kToday))->body.items_size(), 0) << "was not asked";
}

TEST(PeriodTest, APeriodNamesWhoGaveNoListAndNeedsEnoughOfThem) {
  Group group;
  group.AskAbout("een");
  const Period period = group.Gather(group.Lists({1, 4, 5})).value();
  EXPECT_THAT(period.missing(), ElementsAre(2, 3));
  EXPECT_THAT(period.requests(), SizeIs(1));
  EXPECT_THAT(group.Gather(group.Lists({4, 5})).status().message(), HasSubstr("in none"));
  const auto two_days =
      Period::Gather(*group.world.package, group.world.Keys(), {NameOf(1), kToday - 1, kToday},
                     group.Lists({1, 2, 3, 4, 5}));
  EXPECT_FALSE(two_days.ok()) << "nobody has a list for each day";
  EXPECT_FALSE(
      Period::Gather(*group.world.package, group.world.Keys(), {NameOf(1), 2, 1}, {}).ok());
}

TEST(PeriodTest, ListsOfOthersAreRefused) {
  Group group;
  group.AskAbout("een");
  const auto changed = [&](auto change, MemberIndex signer = 2) {
    peer::v1::EvaluationList body = ReadDayList(group.ListOf(2, kToday))->body;
    change(body);
    std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
    lists.push_back(SignDayList(body, group.world.keys.at(signer).identity).Serialise());
    return group.Gather(lists).status().code();
  };
  constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
  constexpr auto kForm = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(changed([](auto&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(changed([](auto&) {}, 3), kDenied);
  EXPECT_EQ(changed([](auto& list) { list.set_asker("lid-2.example"); }), kDenied);
  EXPECT_EQ(changed([](auto& list) { list.set_day(kToday - 1); }), kDenied);
  EXPECT_EQ(changed([](auto& list) { list.mutable_key_id()->back() ^= 1; }), kDenied);
  EXPECT_EQ(changed([](auto& list) { list.set_holder(9); }), kDenied);
  EXPECT_EQ(changed([](auto& list) { *list.add_items() = list.items(0); }), kForm);
  EXPECT_EQ(changed([](auto& list) { list.mutable_items(0)->set_count(0); }), kForm);
}

// n = 4 and t = 2: two quorums that have nobody in common.
TEST(PeriodTest, AttackTwoListsUnderOneLeafSentToDisjointQuorumsAreFound) {
  Group group(4, 2);
  Question logged = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Append(logged);
  const crypto::Hash first = group.AskOf(std::move(logged), leaf, {1, 2});
  const crypto::Hash second = group.AskOf(group.world.Ask(People({"iemand anders"})), leaf, {3, 4});
  // By any three lists, without a proof and without opening anything.
  for (const auto& whom : std::vector<std::vector<MemberIndex>>{{1, 2, 3}, {2, 3, 4}, {1, 3, 4}}) {
    const Period period = group.Gather(group.Lists(whom)).value();
    std::vector<crypto::Hash> both = {first, second};
    std::sort(both.begin(), both.end());
    EXPECT_THAT(period.findings(),
                Contains(::testing::AllOf(Field(&PeriodFinding::fault, PeriodFault::kLeafUsedTwice),
                                          Field(&PeriodFinding::requests, both))));
  }
  // And by the quorum to which the entry is proven.
  const auto taken = group.holders.At(3).TakeProofs(
      NameOf(1), group.log.Prove({leaf}).SerializeAsString(), group.log.LogKey(), std::nullopt);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(taken->differing, SizeIs(1));
}

TEST(PeriodTest, WhatListsContradictIsFound) {
  Group group;
  group.ProveAll({group.AskAbout("een")});
  EXPECT_THAT(group.All().findings(), IsEmpty());
  group.AskAbout("twee");
  EXPECT_THAT(group.All().findings(),
              ElementsAre(Field(&PeriodFinding::fault, PeriodFault::kUnproven)));
  group.ProveAll({group.leaves.begin()->second, group.leaves.rbegin()->second});
  const auto with = [&](auto change) {
    peer::v1::EvaluationList body = ReadDayList(group.ListOf(2, kToday))->body;
    change(body);
    std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
    lists.push_back(SignDayList(body, group.world.keys.at(2).identity).Serialise());
    return lists;
  };
  const Period differ =
      group.Gather(with([](auto& body) { body.mutable_items(0)->set_count(3); })).value();
  ASSERT_THAT(differ.findings(), SizeIs(1));
  EXPECT_EQ(differ.findings()[0].fault, PeriodFault::kHoldersDiffer);
  EXPECT_THAT(differ.findings()[0].holders, Contains(2));
  // A holder that signs a shorter list as well.
  std::vector<std::string> two = with([](auto& body) { body.mutable_items()->RemoveLast(); });
  two.push_back(group.ListOf(2, kToday));
  const Period period = group.Gather(two).value();
  EXPECT_THAT(period.findings(), ElementsAre(Field(&PeriodFinding::fault, PeriodFault::kTwoLists)));
  std::reverse(two.begin(), two.end());
  EXPECT_EQ(group.Gather(two)->digest(), period.digest()) << "in whatever order they come";
  EXPECT_THAT(period.requests(), SizeIs(2));
  // One that leaves something out hides nothing.
  const Period shorter = group.Gather(with([](auto& body) { body.clear_items(); })).value();
  EXPECT_THAT(shorter.requests(), SizeIs(2));
  EXPECT_NE(shorter.digest(), group.All().digest()) << "each list is in the digest";
}

// The only holder that lists a request signs a list without it as well, and shows that one first.
TEST(PeriodTest, ASecondListHidesNothing) {
  Group group(3, 2);
  Question question = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Append(question);
  group.AskOf(std::move(question), leaf, {1, 2});
  const std::string full = group.ListOf(2, kToday);
  peer::v1::EvaluationList body = ReadDayList(full)->body;
  body.clear_items();
  const std::string empty = SignDayList(body, group.world.keys.at(2).identity).Serialise();
  for (const auto& lists : std::vector<std::vector<std::string>>{
           {empty, full, group.ListOf(3, kToday)}, {full, empty, group.ListOf(3, kToday)}}) {
    EXPECT_THAT(group.Gather(lists)->requests(), SizeIs(1));
  }
}

TEST(PeriodTest, AnIdUsedForTwoRequestsIsFound) {
  Group group;
  Question question = group.world.Ask(People({"een"}));
  // The same question on another entry, to others: another request under one id.
  const Asking first = group.world.AskingFor(question, group.log.Append(question));
  const Asking second = group.world.AskingFor(question, group.log.Append(question));
  const Asker one = Asker::Begin(std::move(question), group.world.package, group.world.Keys(),
                                 first, group.world.keys.at(1).identity)
                        .value();
  peer::v1::EvaluationRequest body = ReadRequest(one.request())->body;
  body.set_leaf_hash(std::string(crypto::View(second.leaf_hash)));
  EXPECT_EQ(group.holders.Ground(1, one.request()), std::nullopt);
  EXPECT_EQ(group.holders.Ground(2, SignRequest(body, group.world.keys.at(1).identity).Serialise()),
            std::nullopt);
  EXPECT_THAT(group.All().findings(),
              Contains(Field(&PeriodFinding::fault, PeriodFault::kIdUsedTwice)));
}

TEST(PeriodTest, TheSeedTakesADrawOfEveryHolderAndNobodyChoosesIt) {
  Group group;
  group.AskAbout("een");
  const Period period = group.All();
  std::vector<std::string> draws = group.Draws(period);
  const crypto::Hash seed = Seed(*group.world.package, period, draws).value();
  std::reverse(draws.begin(), draws.end());
  EXPECT_EQ(Seed(*group.world.package, period, draws).value(), seed);
  EXPECT_EQ(Seed(*group.world.package, period, group.Draws(period)).value(), seed)
      << "a draw is a value, whatever randomness its proof takes";
  std::vector<std::string> fewer(draws.begin() + 1, draws.end());
  EXPECT_THAT(Seed(*group.world.package, period, fewer).status().message(), HasSubstr("no part"));
  const auto changed = [&](auto change) {
    peer::v1::EvaluationDraw draw = ReadDraw(draws[0]).value();
    change(draw);
    std::vector<std::string> with = draws;
    with[0] = draw.SerializeAsString();
    return Seed(*group.world.package, period, with).status().code();
  };
  const peer::v1::EvaluationDraw other = ReadDraw(draws[1]).value();
  EXPECT_EQ(changed([](auto&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(changed([&](auto& draw) { draw.set_element(other.element()); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(changed([&](auto& draw) { draw.set_proof(other.proof()); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(changed([&](auto& draw) { draw.set_element(std::string(32, '\0')); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(changed([&](auto& draw) { draw.mutable_period_digest()->back() ^= 1; }),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(changed([&](auto& draw) { draw.set_holder(6); }), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(changed([&](auto& draw) { draw.mutable_proof()->pop_back(); }),
            absl::StatusCode::kInvalidArgument);
}

TEST(PeriodTest, AHolderDrawsOnceAndAgainOnlyWhenAnotherWithheldItsPart) {
  Group group;
  group.AskAbout("een");
  const Period all = group.All();
  const Period without = group.Gather(group.Lists({1, 2, 3, 4})).value();
  const Period another = group.Gather(group.Lists({1, 2, 4, 5})).value();
  const std::string draw = group.Draw(1, all)->draw;
  EXPECT_TRUE(group.Draw(1, all).ok()) << "the same again is the same";
  EXPECT_NE(ReadDraw(group.Draw(1, without)->draw)->element(), ReadDraw(draw)->element())
      << "who knows one draw knows nothing of the next";
  EXPECT_THAT(group.Draw(1, another).status().message(), HasSubstr("has drawn"));
  EXPECT_THAT(group.Draw(5, without).status().message(), HasSubstr("not in the period"));
  // What it drew for one who asks says nothing of another.
  std::vector<std::string> others;
  for (const MemberIndex holder : {MemberIndex{1}, MemberIndex{2}, MemberIndex{3}}) {
    others.push_back(
        group.holders.At(holder)
            .ListOf(NameOf(2), kToday, test::kTomorrowUs, group.world.keys.at(holder).identity)
            .value());
  }
  const Period other =
      Period::Gather(*group.world.package, group.world.Keys(), {NameOf(2), kToday, kToday}, others)
          .value();
  EXPECT_TRUE(group.Draw(3, other).ok());
  EXPECT_TRUE(group.Draw(3, all).ok());
  // Also when it was made anew from its rows.
  const Holder::Drawn drawn = group.Draw(2, without).value();
  std::vector<std::string> rows;
  for (const HeldRow& row : group.holders.At(2).book().All()) {
    rows.push_back(StoredFormOf(row).bytes);
  }
  const std::vector<std::string> draws = {drawn.row.bytes};
  Holder anew = Holder::Make({group.world.package, 2, 0, Wide()}, rows, draws).value();
  const HolderSecrets secrets{group.world.shares.at(2), group.world.keys.at(2).identity,
                              group.world.random};
  EXPECT_FALSE(anew.Draw(all, secrets).ok());
  EXPECT_TRUE(anew.Draw(without, secrets).ok());
  const std::vector<std::string> broken = {"geen rij"};
  EXPECT_FALSE(Holder::Make({group.world.package, 2, 0, Wide()}, rows, broken).ok());
}

TEST(PeriodTest, AHolderDoesNotDrawForListsThatAreNotItsOwn) {
  Group group;
  group.AskAbout("een");
  peer::v1::EvaluationList body = ReadDayList(group.ListOf(2, kToday))->body;
  body.clear_items();
  std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
  lists.push_back(SignDayList(body, group.world.keys.at(2).identity).Serialise());
  const Period period = group.Gather(lists).value();
  EXPECT_THAT(group.Draw(2, period).status().message(), HasSubstr("not what it has"));
  EXPECT_TRUE(group.Draw(1, period).ok());
}

TEST(PeriodTest, ASampleFollowsFromTheSeedAndTakesEveryRequestAsOften) {
  Group group;
  for (int i = 0; i < 12; ++i) group.AskAbout(std::to_string(i));
  const Period period = group.All();
  std::map<crypto::Hash, int> taken;
  for (uint8_t i = 0; i < 240; ++i) {
    const std::vector<crypto::Hash> sample = Sample(period, crypto::Hash{i}, 3);
    EXPECT_THAT(sample, SizeIs(3));
    EXPECT_EQ(Sample(period, crypto::Hash{i}, 3), sample);
    for (const crypto::Hash& request : sample) ++taken[request];
  }
  EXPECT_THAT(taken, SizeIs(12));
  for (const auto& [request, times] : taken) EXPECT_NEAR(times, 60, 35);
  EXPECT_THAT(Sample(period, crypto::Hash{}, 100), SizeIs(12));
}

}  // namespace
}  // namespace sluis::evaluation
