// The key of the next epoch: a factor that nobody has, and its product with the key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "crypto/threshold.h"
#include "tests/server/keys/cheats.h"

namespace sluis::keys {
namespace {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many
namespace oprf = crypto::oprf;
using test::Bus;
using test::World;
using ::testing::HasSubstr;
using Indexes = std::vector<MemberIndex>;

// A key of all members, and a factor for it.
struct Stage {
  explicit Stage(size_t members, size_t threshold = 0) : world(members) {
    before.emplace(world, MakeParameters(world.Draft(threshold)).value());
    before->Settle();
    world.before = &*before;
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void MakeFactor() {
    factor.emplace(world, MakeParameters(world.FactorDraft()).value());
    factor->Settle();
    world.factor = &*factor;
  }

  World world;
  std::optional<Bus> before;
  std::optional<Bus> factor;
};

// What the holders make of a request, each with its share of the key of that ceremony.
oprf::SecretElement Evaluate(const Bus& bus, const Indexes& holders, oprf::Request request) {
  const Package& package = *bus.At(holders[0]).package();
  tests::SeededRandom random(7);
  std::vector<oprf::VerifiedAnswer> answers;
  for (const MemberIndex holder : holders) {
    const oprf::Element& key = package.Find(holder)->verification_key;
    auto answer =
        oprf::BlindEvaluate(*bus.At(holder).share(), key, request.blinded(), random).value();
    answers.push_back(oprf::VerifyAnswer(request, holder, key, std::move(answer)).value());
  }
  auto combined = oprf::Combine(std::move(request), package.threshold, answers).value();
  return std::move(combined.front());
}

oprf::SecretElement OfPerson(const Bus& bus, const Indexes& holders) {
  tests::SeededRandom random(8);
  const crypto::BytesView input = "persoon";
  return Evaluate(bus, holders, oprf::Request::Of(std::span(&input, 1), random).value());
}

std::string BytesOf(const oprf::SecretElement& element) {
  return std::string(crypto::View(element.bytes().expose()));
}

// What the old key made, taken on by holders of the factor, is what the new key makes.
void ExpectTakesOn(const Stage& stage, const Bus& rolled, const Indexes& old_holders,
                   const Indexes& new_holders) {
  const oprf::SecretElement old = OfPerson(*stage.before, old_holders);
  tests::SeededRandom random(9);
  const oprf::SecretElement taken_on = Evaluate(
      *stage.factor, old_holders, oprf::Request::OfElements(std::span(&old, 1), random).value());
  const oprf::SecretElement made = OfPerson(rolled, new_holders);
  EXPECT_EQ(BytesOf(taken_on), BytesOf(made));
  EXPECT_NE(BytesOf(old), BytesOf(made));
}

TEST(RollTest, AFactorIsAKeyOfTheSameHoldersForRollingOnly) {
  Stage stage(3);
  stage.MakeFactor();
  for (const MemberIndex index : Indexes{1, 2, 3}) {
    ASSERT_EQ(stage.factor->At(index).standing(), Standing::kComplete);
    EXPECT_TRUE(stage.factor->At(index).findings().empty());
    EXPECT_FALSE(stage.factor->At(index).PreviousShareMayGo());
  }
  const Package& factor = *stage.factor->At(1).package();
  EXPECT_EQ(factor.use, record::v1::KEY_USE_ROLL);
  EXPECT_EQ(factor.previous_digest, stage.before->At(1).package()->digest);
  EXPECT_EQ(factor.epoch, 2U);
  EXPECT_NE(factor.public_key(), stage.before->At(1).package()->public_key());
  EXPECT_EQ(ReadPackage(factor.bytes).value().digest, factor.digest);
  // No ceremony takes it for a key of tags.
  CeremonyParameters draft = stage.world.ReshareDraft({1, 2}, {1, 2, 3});
  draft.set_previous_package(factor.bytes);
  draft.set_epoch(2);
  EXPECT_THAT(std::string(MakeParameters(draft).status().message()), HasSubstr("for tags"));
}

TEST(RollTest, WhatTheOldKeyMadeIsTakenOnToTheNewOne) {
  Stage stage(5);
  stage.MakeFactor();
  Bus rolled(stage.world,
             MakeParameters(stage.world.RollDraft({1, 2, 3, 4, 5}, {1, 2, 3, 4, 5})).value());
  rolled.Settle();
  const Package* package = rolled.At(1).package();
  ASSERT_NE(package, nullptr);
  EXPECT_EQ(package->epoch, 2U);
  EXPECT_EQ(package->generation, 1U);
  EXPECT_EQ(package->use, record::v1::KEY_USE_TAGS);
  EXPECT_EQ(package->previous_digest, stage.before->At(1).package()->digest);
  EXPECT_EQ(package->factor_digest, stage.factor->At(1).package()->digest);
  EXPECT_NE(package->key_id, stage.before->At(1).package()->key_id);
  EXPECT_EQ(ReadPackage(package->bytes).value().digest, package->digest);
  EXPECT_FALSE(rolled.At(1).PreviousShareMayGo());
  ExpectTakesOn(stage, rolled, {1, 2, 3}, {1, 2, 3});
  ExpectTakesOn(stage, rolled, {2, 4, 5}, {1, 3, 5});
}

TEST(RollTest, TwiceAsManyLessOneSufficeToDeal) {
  Stage stage(4);
  stage.MakeFactor();
  Bus rolled(stage.world, MakeParameters(stage.world.RollDraft({1, 2, 4}, {1, 2, 3, 4})).value());
  rolled.Settle();
  ASSERT_NE(rolled.At(3).package(), nullptr);
  ExpectTakesOn(stage, rolled, {2, 3}, {3, 4});
}

TEST(RollTest, ThresholdTooHighToMultiplyIsRefusedWithAdvice) {
  const Stage stage(5, 4);
  EXPECT_THAT(std::string(MakeParameters(stage.world.FactorDraft()).status().message()),
              HasSubstr("lower threshold or more holders"));
}

TEST(RollTest, ParametersThatDoNotFollowThePackagesAreRefused) {
  Stage stage(3);
  stage.MakeFactor();
  const auto factor = [&](auto change) {
    CeremonyParameters draft = stage.world.FactorDraft();
    change(draft);
    const auto read = MakeParameters(draft);
    return read.ok() ? "" : std::string(read.status().message());
  };
  EXPECT_EQ(factor([](auto&) {}), "");
  EXPECT_THAT(factor([](auto& d) { d.set_epoch(1); }), HasSubstr("epoch"));
  EXPECT_THAT(factor([](auto& d) { d.set_threshold(3); }), HasSubstr("holders and threshold"));
  EXPECT_THAT(factor([](auto& d) { d.mutable_holders()->RemoveLast(); }),
              HasSubstr("holders and threshold"));
  EXPECT_THAT(factor([](auto& d) { d.add_dealers(1); }), HasSubstr("empty where none is used"));
  const auto roll = [&](auto change) {
    CeremonyParameters draft = stage.world.RollDraft({1, 2, 3}, {1, 2, 3});
    change(draft);
    const auto read = MakeParameters(draft);
    return read.ok() ? "" : std::string(read.status().message());
  };
  EXPECT_EQ(roll([](auto&) {}), "");
  EXPECT_THAT(roll([](auto& d) { d.set_epoch(1); }), HasSubstr("epoch"));
  EXPECT_THAT(roll([](auto& d) { d.mutable_dealers()->RemoveLast(); }), HasSubstr("exactly 3"));
  EXPECT_THAT(roll([](auto& d) { d.clear_factor_package(); }), HasSubstr("factor_package"));
  EXPECT_THAT(roll([](auto& d) { d.set_factor_package(d.previous_package()); }),
              HasSubstr("factor_package"));
  // A factor that was made for another package.
  const World other_world(3, 2);
  Bus other(other_world, MakeParameters(other_world.Draft()).value());
  other.Settle();
  EXPECT_THAT(roll([&](auto& d) { d.set_previous_package(other.At(1).package()->bytes); }),
              HasSubstr("factor_package"));
  EXPECT_THAT(roll([](auto& d) {
                d.set_kind(CEREMONY_KIND_RESHARE);
                d.set_epoch(1);
              }),
              HasSubstr("empty where none is used"));
}

TEST(RollTest, OnlyWhoHasBothSharesDeals) {
  Stage stage(3);
  stage.MakeFactor();
  const Parameters parameters = MakeParameters(stage.world.RollDraft({1, 2, 3}, {1, 2, 3})).value();
  const auto begin = [&](MemberIndex factor_of) {
    Ceremony::Own own{test::NameOf(1), stage.world.keys.at(1), stage.world.SeedOf(1)};
    own.pinned = stage.before->At(1).package()->digest;
    own.held.previous = stage.before->At(1).share()->Clone();
    if (factor_of != 0) own.held.factor = stage.factor->At(factor_of).share()->Clone();
    return Ceremony::Begin(parameters, stage.world.manifest, std::move(own), test::kBegin_s).ok();
  };
  EXPECT_TRUE(begin(1));
  EXPECT_FALSE(begin(0));
  EXPECT_FALSE(begin(2));
}

RC_GTEST_PROP(RollProperty, CompletesInAnyOrderWithCopiesLossAndRestarts, ()) {
  static const Stage& stage = *[] {
    auto* made = new Stage(3);
    made->MakeFactor();
    return made;
  }();
  tests::SeededRandom random(*rc::gen::arbitrary<uint64_t>());
  Bus bus(stage.world, MakeParameters(stage.world.RollDraft({1, 2, 3}, {1, 2, 3})).value());
  bus.SettleInDisorder(random);
  for (const MemberIndex index : bus.indexes()) {
    RC_ASSERT(bus.At(index).package() != nullptr);
    RC_ASSERT(bus.At(index).findings().empty());
    RC_ASSERT(bus.At(index).package()->digest == bus.At(1).package()->digest);
  }
}

}  // namespace
}  // namespace sluis::keys
