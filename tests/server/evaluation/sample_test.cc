// Who chooses the sample, and what nobody can choose.
#include "server/evaluation/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/server/evaluation/group.h"

namespace sluis::evaluation {
namespace {

using test::Group;
using test::kToday;
using test::NameOf;
using test::Wide;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(SampleTest, TheSeedTakesARevealOfEveryHolderAndNobodyChoosesIt) {
  Group group;
  group.AskAbout("een");
  const Period period = group.All();
  const HolderKeys keys = group.world.Keys();
  std::vector<std::string> reveals = group.Reveals(period);
  const crypto::Hash seed = Seed(period, keys, reveals).value();
  std::reverse(reveals.begin(), reveals.end());
  EXPECT_EQ(Seed(period, keys, reveals).value(), seed);
  EXPECT_EQ(Seed(period, keys, group.Reveals(period)).value(), seed) << "it follows from the lists";
  const std::vector<std::string> fewer(reveals.begin() + 1, reveals.end());
  EXPECT_THAT(Seed(period, keys, fewer).status().message(), HasSubstr("holder 5 gave no part"));
  EXPECT_FALSE(Sample::Drawn(period, keys, fewer, 3).ok());
  const auto changed = [&](auto change, MemberIndex signer = 5) {
    peer::v1::EvaluationReveal body = ReadReveal(reveals[0])->body;
    change(body);
    std::vector<std::string> with = reveals;
    with[0] = SignReveal(body, group.world.keys.at(signer).identity).Serialise();
    return Seed(period, keys, with).status().code();
  };
  constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
  constexpr auto kForm = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(changed([](auto&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(changed([](auto& body) { body.mutable_nonces(0)->back() ^= 1; }),
            absl::StatusCode::kDataLoss)
      << "a nonce that another seed would come of";
  EXPECT_EQ(changed([](auto& body) { body.add_nonces(body.nonces(0)); }),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(changed([](auto&) {}, 4), kDenied) << "signed by another one";
  EXPECT_EQ(changed([](auto& body) { body.mutable_period_digest()->back() ^= 1; }), kDenied);
  EXPECT_EQ(changed([](auto& body) { body.mutable_key_id()->back() ^= 1; }), kDenied);
  EXPECT_EQ(changed([](auto& body) { body.set_asker("lid-2.example"); }), kDenied);
  EXPECT_EQ(changed([](auto& body) { body.set_partnership("ander.example"); }), kDenied);
  EXPECT_EQ(changed([](auto& body) { body.set_holder(6); }), kDenied);
  EXPECT_EQ(changed([](auto& body) { body.clear_nonces(); }), kForm);
  EXPECT_EQ(changed([](auto& body) { body.set_version(2); }), kForm);
}

// Neither the shares of the key nor anything that holders answer has a part in it.
TEST(SampleTest, AttackTheSeedBeforehandByOrdinaryEvaluation) {
  std::set<crypto::Hash> seeds;
  for (uint8_t i = 0; i < 3; ++i) {
    Group group;
    group.AskAbout("een");
    group.nonces.at(4).mutable_span()[0] ^= i;
    const Period period = group.All();
    seeds.insert(Seed(period, group.world.Keys(), group.Reveals(period)).value());
  }
  EXPECT_THAT(seeds, SizeIs(3)) << "one nonce that is not known leaves all open";
}

TEST(SampleTest, AHolderRevealsADayForOnePeriodOnly) {
  Group group;
  group.AskAbout("een");
  const Period all = group.All();
  std::vector<std::string> lists = group.Lists({1, 2, 3, 4});
  lists.push_back(
      group.Changed(5, [](auto& body) { body.mutable_nonce_commitment()->back() ^= 1; }));
  const Period another = group.Gather(lists).value();
  const ToLog to_log = group.holders.At(1).PrepareReveal(all, group.SecretsOf(1))->Log();
  const std::string revealed = group.Reveal(1, all).value();
  EXPECT_EQ(group.Reveal(1, all).value(), revealed) << "the same again is the same";
  EXPECT_THAT(group.Reveal(1, another).status().message(), HasSubstr("for other lists"));
  EXPECT_TRUE(group.Reveal(2, another).ok());
  EXPECT_FALSE(group.Reveal(2, all).ok());
  // What it revealed for one who asks says nothing of another.
  std::vector<std::string> others;
  for (MemberIndex holder = 1; holder <= 5; ++holder) {
    others.push_back(
        group.ListFor(group.holders.At(holder), holder, NameOf(2), kToday, test::kTomorrowUs)
            .value());
  }
  const Period other = Period::Gather(group.world.Sharings(), group.world.Keys(),
                                      {NameOf(2), kToday, kToday}, Wide(), others)
                           .value();
  EXPECT_NE(ReadReveal(group.Reveal(1, other).value())->body.nonces(0),
            ReadReveal(revealed)->body.nonces(0));
  // Also when it was made anew from its rows.
  const std::vector<std::string> reveals = {to_log.rows.at(0).bytes};
  const std::vector<std::string> kept = {[&] {
    record::v1::HeldEvaluationList row;
    row.set_version(1);
    row.set_signed_list(group.ListOf(1, kToday));
    return row.SerializeAsString();
  }()};
  Holder anew =
      Holder::Make({group.world.package, 1}, std::make_shared<Book>(Wide()), kept, reveals).value();
  EXPECT_FALSE(anew.PrepareReveal(another, group.SecretsOf(1)).ok());
  EXPECT_EQ(group.RevealOf(anew, all, group.SecretsOf(1)).value(), revealed);
  const std::vector<std::string> broken = {"geen rij"};
  EXPECT_FALSE(
      Holder::Make({group.world.package, 1}, std::make_shared<Book>(Wide()), kept, broken).ok());
}

// One that is being logged holds back another, and one that was not logged does not.
TEST(SampleTest, ARevealThatWasNotLoggedWasNeverGiven) {
  Group group;
  const Period all = group.All();
  std::vector<std::string> lists = group.Lists({1, 2, 3, 4});
  lists.push_back(
      group.Changed(5, [](auto& body) { body.mutable_nonce_commitment()->back() ^= 1; }));
  const Period another = group.Gather(lists).value();
  Holder& holder = group.holders.At(1);
  Revealing first = holder.PrepareReveal(all, group.SecretsOf(1)).value();
  EXPECT_THAT(holder.PrepareReveal(another, group.SecretsOf(1)).status().message(),
              HasSubstr("for other lists"));
  EXPECT_FALSE(holder.Give(first, group.holders.Log(ToLog{})).ok());
  holder.Abandon(first);
  EXPECT_TRUE(group.Reveal(1, another).ok());
  EXPECT_FALSE(holder.PrepareReveal(all, group.SecretsOf(1)).ok());
}

TEST(SampleTest, AHolderRevealsNothingForListsThatAreNotItsOwn) {
  Group group;
  group.AskAbout("een");
  std::vector<std::string> lists = group.Lists({1, 3, 4, 5});
  lists.push_back(group.Changed(2, [](auto& body) { body.clear_items(); }));
  const Period period = group.Gather(lists).value();
  EXPECT_THAT(group.Reveal(2, period).status().message(), HasSubstr("not what it signed"));
  EXPECT_TRUE(group.Reveal(1, period).ok());
  const Period own = group.All();
  EXPECT_FALSE(group.holders.At(2)
                   .PrepareReveal(own, {group.world.keys.at(2).identity, group.nonces.at(3)})
                   .ok())
      << "with a secret that the list does not commit to";
}

// One holder that works with the asker lists thousands of requests that never were.
TEST(SampleTest, AttackAFloodedListMakesNothingElseLessLikely) {
  Group group;
  for (int i = 0; i < 12; ++i) group.AskAbout(std::to_string(i));
  std::vector<std::string> lists = group.Lists({1, 2, 3, 4});
  lists.push_back(group.Changed(5, [](auto& body) {
    for (int i = 0; i < 2000; ++i) {
      peer::v1::EvaluatedItem& item = *body.add_items();
      std::string number = std::to_string(10000 + i);
      number.resize(32, 'x');
      item.set_request_digest(number);
      item.set_request_id(number.substr(0, 16));
      item.set_leaf_hash(number);
      item.set_case_token(number);
      item.set_count(1);
      item.set_blinded_digest(number);
      item.set_generation(1);
    }
  }));
  const Period period = group.Gather(lists).value();
  std::map<crypto::Hash, int> taken;
  for (uint8_t i = 0; i < 200; ++i) {
    int honest = 0;
    for (const crypto::Hash& request : Chosen(period, crypto::Hash{i}, 2)) {
      if (period.requests().at(request).holders.contains(1)) {
        ++honest;
        ++taken[request];
      }
    }
    EXPECT_GE(honest, 2) << "as many as each of the others gives";
  }
  EXPECT_THAT(taken, SizeIs(12));
}

TEST(SampleTest, ASampleFollowsFromTheSeedAndTakesEveryRequestAsOften) {
  Group group;
  for (int i = 0; i < 12; ++i) group.AskAbout(std::to_string(i));
  const Period period = group.All();
  std::map<crypto::Hash, int> taken;
  for (uint8_t i = 0; i < 240; ++i) {
    const std::vector<crypto::Hash> sample = Chosen(period, crypto::Hash{i}, 1);
    EXPECT_GE(sample.size(), 1U);
    EXPECT_LE(sample.size(), 3U) << "one of each list";
    EXPECT_EQ(Chosen(period, crypto::Hash{i}, 1), sample);
    for (const crypto::Hash& request : sample) ++taken[request];
  }
  EXPECT_THAT(taken, SizeIs(12));
  for (const auto& [request, times] : taken) EXPECT_NEAR(times, 55, 33);
  EXPECT_THAT(Chosen(period, crypto::Hash{}, 100), SizeIs(12));
  EXPECT_EQ(Sample::Drawn(period, group.world.Keys(), group.Reveals(period), 100)->requests(),
            Sample::Everything(period).requests());
}

}  // namespace
}  // namespace sluis::evaluation
