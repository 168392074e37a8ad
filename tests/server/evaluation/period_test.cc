// What holders list, and what their lists show together.
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
  EXPECT_THAT(
      group.holders.At(2).ListOf(NameOf(1), kToday, kNowUs, group.SecretsOf(2)).status().message(),
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
  EXPECT_THAT(group.Reveal(1, period).status().message(), HasSubstr("of all holders first"));
  EXPECT_THAT(Seed(period, group.world.Keys(), {}).status().message(), HasSubstr("everything"));
  EXPECT_THAT(Sample::Everything(period).requests(), SizeIs(1));
  EXPECT_THAT(group.Gather(group.Lists({4, 5})).status().message(), HasSubstr("in none"));
  const auto two_days =
      Period::Gather(*group.world.package, group.world.Keys(), {NameOf(1), kToday - 1, kToday},
                     Wide(), group.Lists({1, 2, 3, 4, 5}));
  EXPECT_FALSE(two_days.ok()) << "nobody has a list for each day";
  EXPECT_FALSE(
      Period::Gather(*group.world.package, group.world.Keys(), {NameOf(1), 2, 1}, Wide(), {}).ok());
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
  EXPECT_EQ(changed([](auto& list) { list.clear_nonce_commitment(); }), kForm);
  EXPECT_EQ(changed([](auto& list) { list.set_no_share(true); }), kForm) << "and lists something";
  EXPECT_EQ(group.Gather(std::vector<std::string>(11, group.ListOf(2, kToday))).status().code(),
            kForm)
      << "more than can be";
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
  Group open;
  open.AskAbout("een");
  EXPECT_THAT(open.All().findings(),
              ElementsAre(Field(&PeriodFinding::fault, PeriodFault::kUnproven)));
  Group group;
  const crypto::Hash first = group.AskAbout("een");
  group.ProveAll({first, group.AskAbout("twee")});
  EXPECT_THAT(group.All().findings(), IsEmpty());
  const auto with = [&](auto change) {
    std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
    lists.push_back(group.Changed(2, change));
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
  EXPECT_THAT(period.requests(), SizeIs(2));
  // One that leaves something out hides nothing.
  const Period shorter = group.Gather(with([](auto& body) { body.clear_items(); })).value();
  EXPECT_THAT(shorter.requests(), SizeIs(2));
  EXPECT_NE(shorter.digest(), group.All().digest()) << "each list is in the digest";
}

TEST(PeriodTest, InWhateverOrderListsComeThePeriodIsTheSame) {
  Group group;
  group.AskAbout("een");
  std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
  // Three versions, one of which differs in nothing but what was proven.
  lists.push_back(group.Changed(2, [](auto& body) { body.mutable_items(0)->set_proven(true); }));
  lists.push_back(group.Changed(2, [](auto& body) { body.mutable_items(0)->set_count(5); }));
  lists.push_back(group.ListOf(2, kToday));
  const Period period = group.Gather(lists).value();
  EXPECT_EQ(period.requests().begin()->second.item.count(), 1U) << "of the lowest index";
  std::vector<std::string> turned(lists.rbegin(), lists.rend());
  for (size_t i = 0; i < lists.size(); ++i) {
    std::rotate(turned.begin(), turned.begin() + 1, turned.end());
    const Period other = group.Gather(turned).value();
    EXPECT_EQ(other.digest(), period.digest());
    EXPECT_EQ(other.requests().begin()->second.item.count(), 1U);
    ASSERT_EQ(other.findings().size(), period.findings().size());
    for (size_t k = 0; k < period.findings().size(); ++k) {
      EXPECT_EQ(other.findings()[k].fault, period.findings()[k].fault);
      EXPECT_EQ(other.findings()[k].holders, period.findings()[k].holders);
    }
  }
  size_t twice = 0;
  for (const PeriodFinding& finding : period.findings()) {
    twice += finding.fault == PeriodFault::kTwoLists ? 1U : 0U;
  }
  EXPECT_EQ(twice, 2U) << "each list beyond the first";
}

TEST(PeriodTest, AListAboveTheCapsIsReported) {
  Group group;
  group.ProveAll({group.AskAbout("een"), group.AskAbout("twee")});
  const auto faults = [&](uint32_t per_case, uint32_t per_day) {
    Caps caps = Wide();
    caps.per_case = per_case;
    caps.per_asker_day = per_day;
    std::map<MemberIndex, int> out;
    const Period period =
        Period::Gather(*group.world.package, group.world.Keys(), {NameOf(1), kToday, kToday}, caps,
                       group.Lists({1, 2, 3, 4, 5}))
            .value();
    for (const PeriodFinding& finding : period.findings()) {
      EXPECT_EQ(finding.fault, PeriodFault::kAboveCaps);
      ++out[*finding.holders.begin()];
    }
    return out;
  };
  EXPECT_THAT(faults(2, 2), IsEmpty());
  EXPECT_EQ(faults(1, 2), (std::map<MemberIndex, int>{{1, 1}, {2, 1}, {3, 1}}));
  EXPECT_EQ(faults(2, 1), (std::map<MemberIndex, int>{{1, 1}, {2, 1}, {3, 1}}));
}

TEST(PeriodTest, AListIsSignedOnceAndStaysAsItIs) {
  Group group;
  const crypto::Hash leaf = group.AskAbout("een");
  const auto first =
      group.holders.At(2).ListOf(NameOf(1), kToday, test::kTomorrowUs, group.SecretsOf(2)).value();
  ASSERT_TRUE(first.row.has_value()) << "to be committed before it is given away";
  group.ProveAll({leaf});
  // The clock is set back: what is taken then is not of the day that was listed.
  Question question = group.world.Ask(People({"twee"}));
  const crypto::Hash later = group.log.Append(question);
  group.AskOf(std::move(question), later, {2});
  EXPECT_EQ(group.ListOf(2, kToday), first.list);
  std::vector<std::string> rows;
  for (const HeldRow& row : group.holders.BookOf(2).All()) {
    rows.push_back(StoredFormOf(row).bytes);
  }
  const std::vector<std::string> lists = {first.row->bytes};
  Holder anew =
      Holder::Make({group.world.package, 2}, Book::From(Wide(), rows).value(), lists).value();
  const auto again = anew.ListOf(NameOf(1), kToday, test::kTomorrowUs, group.SecretsOf(2)).value();
  EXPECT_EQ(again.list, first.list);
  EXPECT_FALSE(again.row.has_value());
  const uint64_t in_two_days = test::kTomorrowUs + kSecondsPerDay * kUsPerSecond;
  const auto next = anew.ListOf(NameOf(1), kToday + 1, in_two_days, group.SecretsOf(2)).value();
  EXPECT_EQ(ReadDayList(next.list)->body.items_size(), 1);
  const std::vector<std::string> broken = {"geen rij"};
  EXPECT_FALSE(Holder::Make({group.world.package, 2}, std::make_shared<Book>(Wide()), broken).ok());
  auto other = std::make_shared<keys::Package>(*group.world.package);
  other->key_id[0] ^= 1;
  EXPECT_FALSE(Holder::Make({other, 2}, std::make_shared<Book>(Wide()), lists).ok())
      << "of another key";
}

TEST(PeriodTest, ADayIsNotListedWhileARequestOfItIsBeingLogged) {
  Group group;
  const std::string request = group.world.Begin(People({"een"})).request();
  auto verdict = group.holders.At(2).Admit(request, NameOf(1), group.holders.partners, kNowUs);
  const auto list = [&] {
    return group.holders.At(2).ListOf(NameOf(1), kToday, test::kTomorrowUs, group.SecretsOf(2));
  };
  EXPECT_THAT(list().status().message(), HasSubstr("still being logged"));
  group.holders.At(2).Abandon(std::move(std::get<Admission>(verdict)));
  EXPECT_EQ(ReadDayList(list()->list)->body.items_size(), 0);
  verdict = group.holders.At(3).Admit(request, NameOf(1), group.holders.partners, kNowUs);
  group.holders.At(3).Settle(test::TestCommitSide::Of(std::get<Admission>(verdict)));
  EXPECT_EQ(ReadDayList(group.ListOf(3, kToday))->body.items_size(), 1);
}

TEST(PeriodTest, DaysWithoutShareOrRowsAreNotSaidToBeEmpty) {
  Group group;
  Holder late =
      Holder::Make({group.world.package, 2, 0, kToday + 1}, std::make_shared<Book>(Wide())).value();
  const auto list = late.ListOf(NameOf(1), kToday, test::kTomorrowUs, group.SecretsOf(2)).value();
  EXPECT_TRUE(ReadDayList(list.list)->body.no_share());
  std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
  lists.push_back(list.list);
  const Period period = group.Gather(lists).value();
  EXPECT_THAT(period.missing(), IsEmpty());
  EXPECT_THAT(period.without_share(), ElementsAre(2));
  EXPECT_THAT(group.Gather({lists[0], lists[1], lists[4]}).status().message(), HasSubstr("in none"))
      << "it is none of those who would have seen it";
  const auto old = [&](uint32_t days) {
    return group.holders.At(2)
        .ListOf(NameOf(1), kToday - days, kNowUs, group.SecretsOf(2))
        .status()
        .code();
  };
  EXPECT_EQ(old(183), absl::StatusCode::kOk);
  EXPECT_EQ(old(184), absl::StatusCode::kFailedPrecondition);
  const Holder::Pruned pruned = group.holders.At(2).Prune(test::kNow_s + 2 * kSecondsPerDay);
  EXPECT_THAT(pruned.lists, SizeIs(1));
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

}  // namespace
}  // namespace sluis::evaluation
