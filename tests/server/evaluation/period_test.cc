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
  EXPECT_THAT(group.ListFor(group.holders.At(2), 2, NameOf(1), kToday, kNowUs).status().message(),
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
      Period::Gather(group.world.Sharings(), group.world.Keys(), {NameOf(1), kToday - 1, kToday},
                     Wide(), group.Lists({1, 2, 3, 4, 5}));
  EXPECT_FALSE(two_days.ok()) << "nobody has a list for each day";
  EXPECT_FALSE(
      Period::Gather(group.world.Sharings(), group.world.Keys(), {NameOf(1), 2, 1}, Wide(), {})
          .ok());
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
  const Question logged = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Log(logged).leaf_hash();
  const crypto::Hash first = group.AskOf(logged, leaf, {1, 2});
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
  const auto taken = group.holders.TakeProofs(3, group.log.Prove({leaf}), std::nullopt);
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
        Period::Gather(group.world.Sharings(), group.world.Keys(), {NameOf(1), kToday, kToday},
                       caps, group.Lists({1, 2, 3, 4, 5}))
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
  Listing listing =
      group.holders.At(2)
          .PrepareList(NameOf(1), kToday, test::kTomorrowUs, std::nullopt, group.SecretsOf(2))
          .value();
  const ToLog to_log = listing.Log();
  const std::string first =
      group.holders.At(2).Give(std::move(listing), group.holders.Log(to_log)).value();
  EXPECT_THAT(
      group.holders.At(2)
          .PrepareList(NameOf(1), kToday, test::kTomorrowUs, std::nullopt, group.SecretsOf(2))
          .status()
          .message(),
      HasSubstr("has its list"));
  group.ProveAll({leaf});
  // The clock is set back: what is taken then is not of the day that was listed.
  Question question = group.world.Ask(People({"twee"}));
  const crypto::Hash later = group.log.Log(question).leaf_hash();
  group.AskOf(question, later, {2});
  EXPECT_EQ(group.ListOf(2, kToday), first);
  std::vector<std::string> rows;
  for (const HeldRow& row : group.holders.BookOf(2).All()) {
    rows.push_back(StoredFormOf(row).bytes);
  }
  const std::vector<std::string> lists = {to_log.rows.at(0).bytes};
  Holder anew =
      Holder::Make({group.world.package, 2}, Book::From(Wide(), rows).value(), lists).value();
  EXPECT_EQ(anew.KeptList(NameOf(1), kToday), first);
  const uint64_t in_two_days = test::kTomorrowUs + kSecondsPerDay * kUsPerSecond;
  const auto next = group.ListFor(anew, 2, NameOf(1), kToday + 1, in_two_days).value();
  EXPECT_EQ(ReadDayList(next)->body.items_size(), 1);
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
    return group.ListFor(group.holders.At(2), 2, NameOf(1), kToday, test::kTomorrowUs);
  };
  EXPECT_THAT(list().status().message(), HasSubstr("still being logged"));
  group.holders.At(2).Abandon(std::move(std::get<Admission>(verdict)));
  EXPECT_EQ(ReadDayList(*list())->body.items_size(), 0);
  verdict = group.holders.At(3).Admit(request, NameOf(1), group.holders.partners, kNowUs);
  const auto& admission = std::get<Admission>(verdict);
  group.holders.At(3).Settle(admission, group.holders.Log(admission.Log()));
  EXPECT_EQ(ReadDayList(group.ListOf(3, kToday))->body.items_size(), 1);
}

TEST(PeriodTest, DaysWithoutShareOrRowsAreNotSaidToBeEmpty) {
  Group group;
  Holder late =
      Holder::Make({group.world.package, 2, 0, kToday + 1}, std::make_shared<Book>(Wide())).value();
  const auto list = group.ListFor(late, 2, NameOf(1), kToday, test::kTomorrowUs).value();
  EXPECT_TRUE(ReadDayList(list)->body.no_share());
  std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
  lists.push_back(list);
  const Period period = group.Gather(lists).value();
  EXPECT_THAT(period.missing(), IsEmpty());
  EXPECT_THAT(period.without_share(), ElementsAre(2));
  EXPECT_THAT(group.Gather({lists[0], lists[1], lists[4]}).status().message(), HasSubstr("in none"))
      << "it is none of those who would have seen it";
  const auto old = [&](uint32_t days) {
    return group.ListFor(group.holders.At(2), 2, NameOf(1), kToday - days, kNowUs).status().code();
  };
  EXPECT_EQ(old(183), absl::StatusCode::kOk);
  EXPECT_EQ(old(184), absl::StatusCode::kFailedPrecondition);
  const Holder::Pruned pruned = group.holders.At(2).Prune(test::kNow_s + 2 * kSecondsPerDay);
  EXPECT_THAT(pruned.lists, SizeIs(1));
}

// What is not on disk was not told: a list that was prepared is neither given nor in the way.
TEST(PeriodTest, AListThatWasNotLoggedWasNeverGiven) {
  Group group;
  Holder& holder = group.holders.At(2);
  const auto prepare = [&] {
    return holder.PrepareList(NameOf(1), kToday, test::kTomorrowUs, std::nullopt,
                              group.SecretsOf(2));
  };
  Listing first = prepare().value();
  EXPECT_THAT(prepare().status().message(), HasSubstr("still being logged"));
  EXPECT_EQ(holder.KeptList(NameOf(1), kToday), std::nullopt);
  const LoggedDurably other = group.holders.Log(
      holder
          .PrepareList(NameOf(1), kToday - 1, test::kTomorrowUs, std::nullopt, group.SecretsOf(2))
          ->Log());
  EXPECT_FALSE(holder.Give(first, other).ok());
  EXPECT_EQ(holder.KeptList(NameOf(1), kToday), std::nullopt);
  holder.Abandon(first);
  Listing second = prepare().value();
  const LoggedDurably logged = group.holders.Log(second.Log());
  const std::string given = holder.Give(std::move(second), logged).value();
  EXPECT_EQ(holder.KeptList(NameOf(1), kToday), given);
}

TEST(PeriodTest, WhatIsLookedAtTogetherIsBounded) {
  Group group;
  std::vector<std::string> lists;
  for (MemberIndex holder = 1; holder <= 5; ++holder) {
    lists.push_back(group.Changed(holder, [&](auto& body) {
      for (int i = 0; i < kMaxListItems; ++i) {
        peer::v1::EvaluatedItem& item = *body.add_items();
        std::string number = std::to_string(10000 + i);
        number.resize(32, static_cast<char>('a' + holder));
        item.set_request_digest(number);
        item.set_request_id(number.substr(0, 16));
        item.set_leaf_hash(number);
        item.set_case_token(number);
        item.set_count(1);
        item.set_blinded_digest(number);
        item.set_generation(1);
      }
    }));
  }
  const Period period = group.Gather(lists).value();
  EXPECT_EQ(period.findings().size(), kMaxFindings) << "20,480 are not proven";
  EXPECT_TRUE(period.more_findings());
  const std::vector<Sharing> many(kMaxSharings + 1, Sharing{*group.world.package});
  EXPECT_EQ(Period::Gather(many, group.world.Keys(), {NameOf(1), kToday, kToday}, Wide(), lists)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

// There is no day after the last number: a loop over days that ends at it never ended.
TEST(PeriodTest, NoDayIsPastTheLastThatCanBeCounted) {
  Group group;
  const std::string list = group.Changed(1, [](auto& body) { body.set_day(kLastDay); });
  EXPECT_TRUE(ReadDayList(list).ok());
  for (const uint32_t day : {kLastDay + 1, UINT32_MAX}) {
    EXPECT_FALSE(ReadDayList(group.Changed(1, [&](auto& body) { body.set_day(day); })).ok());
    EXPECT_FALSE(ReadDayList(group.Changed(1, [&](auto& body) {
                   body.set_day(kLastDay);
                   body.set_since_day(day);
                   body.set_no_share(true);
                 })).ok());
    const std::vector<Sharing> sharings = {{*group.world.package}};
    EXPECT_EQ(Period::Gather(sharings, group.world.Keys(), {NameOf(1), day, day}, Wide(), {})
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
  }
}

// The only holder that lists a request signs a list without it as well, and shows that one first.
TEST(PeriodTest, ASecondListHidesNothing) {
  Group group(3, 2);
  Question question = group.world.Ask(People({"een"}));
  const crypto::Hash leaf = group.log.Log(question).leaf_hash();
  group.AskOf(question, leaf, {1, 2});
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
  for (const MemberIndex holder : {MemberIndex{1}, MemberIndex{2}}) {
    group.AskOf(question, group.log.Log(question).leaf_hash(), {holder});
  }
  EXPECT_THAT(group.All().findings(),
              Contains(Field(&PeriodFinding::fault, PeriodFault::kIdUsedTwice)));
}

}  // namespace
}  // namespace sluis::evaluation
