// Keys that are shared anew, rolled, and left by a holder.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/core/key_secret.h"
#include "server/core/key_succession.h"
#include "server/core/key_use.h"
#include "tests/server/exchange/key_account.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using record::v1::CEREMONY_STATE_ENDED;
using record::v1::CEREMONY_STATE_RUNNING;
using tests::CodeOf;
using tests::CountOf;
using tests::ExpectNothingWrong;
using tests::ExpectOneKey;
using tests::KeyWorld;

class ReshareFlow : public ::testing::Test {
 protected:
  // A key of the first four of five.
  void Make() {
    world_.Agreed(KeyWorld::Generation({0, 1, 2, 3}));
    world_.Pass(240);
    ExpectOneKey(world_, {0, 1, 2, 3});
    before_ = world_.Pinned(0)->package;
  }
  node::v1::StartCeremonyRequest Asked(const std::string& kind,
                                       const std::vector<size_t>& holders = {}) {
    node::v1::StartCeremonyRequest request = KeyWorld::Generation(holders);
    request.set_kind(kind);
    return request;
  }

  KeyWorld world_{5};
  std::optional<keys::Package> before_;
};

TEST_F(ReshareFlow, OneJoinsAndOneLeaves) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 2, 4}));
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 4});
  const keys::Package after = world_.Pinned(0)->package;
  EXPECT_EQ(after.key_id, before_->key_id) << "the key is the same";
  EXPECT_EQ(after.generation, 2u);
  EXPECT_EQ(after.threshold, before_->threshold);
  // Who leaves dealt, so that it hears of the end, and gives up its share.
  EXPECT_EQ(world_.Ceremony(3, id).state(), CEREMONY_STATE_COMPLETE);
  for (size_t at = 0; at < 5; ++at) {
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
  EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(3, after).status()));
  ExpectNothingWrong(world_);
}

TEST_F(ReshareFlow, WhoHeldTheKeyBeforeHasItSinceTheFirstSharing) {
  Make();
  const uint64_t since = world_.Pinned(0)->row.since_s();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 2, 4}));
  world_.Pass(480);
  ASSERT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  ASSERT_NE(world_.Pinned(0)->package.digest, before_->digest);
  for (size_t at = 0; at < 3; ++at) EXPECT_EQ(world_.Pinned(at)->row.since_s(), since) << at;
  EXPECT_GT(world_.Pinned(4)->row.since_s(), since) << "it had no share before";
}

TEST_F(ReshareFlow, OldSharesStayUntilAllHaveConfirmed) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 2, 4}));
  // The newcomer hears of all, and says nothing more from its confirmation on.
  const auto verdict = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_VERDICT);
  for (int i = 0; i < 20 && world_.Ceremony(4, id).round() < verdict; ++i) world_.Round();
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Cut(KeyWorld::NameOf(4), KeyWorld::NameOf(other));
  }
  world_.Pass(360);
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(world_.Ceremony(at, id).state(), CEREMONY_STATE_RUNNING) << at;
    EXPECT_TRUE(world_.ShareOf(at, *before_).ok()) << at;
    EXPECT_EQ(world_.Pinned(at)->package.digest, before_->digest) << at;
  }
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Mend(KeyWorld::NameOf(4), KeyWorld::NameOf(other));
  }
  world_.Pass(480);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
}

TEST_F(ReshareFlow, ALostShareIsMadeUpForByOneCommand) {
  Make();
  const std::string row =
      core::KeySecretKey(core::KeySecretKind::kShare, crypto::View(before_->digest));
  world_.Spoil(0, row);
  ASSERT_EQ(world_.Keys(0).keys(0).share(), "lost");
  const std::string id = world_.Agreed(Asked("recover"));
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 3});
  EXPECT_EQ(world_.Pinned(0)->package.key_id, before_->key_id);
  EXPECT_EQ(world_.Keys(0).keys(0).share(), "held");
  const uint64_t entries = world_.Entries();
  world_.Pass(600);
  EXPECT_EQ(world_.Entries(), entries) << "what cannot be read is not looked at for ever";
}

TEST_F(ReshareFlow, TheNextEpochIsTheProductWithAFactorThatNobodyHas) {
  Make();
  const std::string factor = world_.Agreed(Asked("roll"));
  world_.Pass(240);
  ASSERT_TRUE(world_.AllStand(factor, CEREMONY_STATE_COMPLETE));
  ASSERT_TRUE(world_.Pinned(0, 2, record::v1::KEY_USE_ROLL).ok());
  EXPECT_TRUE(absl::IsNotFound(world_.Pinned(0, 2).status()));
  const std::string roll = world_.Agreed(Asked("roll"));
  EXPECT_NE(roll, factor);
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(roll, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 3}, 2);
  EXPECT_NE(world_.Pinned(0, 2)->package.key_id, before_->key_id);
  // What the old key made can still be taken on.
  ExpectOneKey(world_, {0, 1, 2, 3}, 1);
  EXPECT_TRUE(world_.ShareOf(0, world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package).ok());
}

// Who did would find at once that it is past, and leave the others waiting for it.
TEST_F(ReshareFlow, NobodyBeginsToShareAnewWhatALaterEpochTookThePlaceOf) {
  Make();
  const auto started = world_.Start(0, Asked("reshare", {0, 1, 2, 4}));
  ASSERT_TRUE(started.ok()) << started.status();
  peer::v1::CeremonyParameters proposed;
  ASSERT_TRUE(proposed.ParseFromString(world_.Ceremony(0, started->id()).parameters()));
  const auto parameters = keys::MakeParameters(proposed);
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  ASSERT_TRUE(world_.Cancel(0, started->id()).ok());
  ASSERT_TRUE(world_.Settle());
  const auto follows = [&] {
    return world_
        .With(1, [&](const core::View& view) { return core::MayFollowPinned(view, *parameters); })
        .status();
  };
  EXPECT_EQ(follows(), absl::OkStatus());
  for (int i = 0; i < 2; ++i) {
    world_.Agreed(Asked("roll"));
    world_.Pass(240);
  }
  ASSERT_TRUE(world_.Pinned(1, 2).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(follows()));
  EXPECT_THAT(std::string(follows().message()), ::testing::HasSubstr("later epoch"));
}

TEST(CeremonyKeys, AReshareAmongFewerKeepsTheThreshold) {
  KeyWorld world(5);
  world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  ASSERT_EQ(world.Pinned(0)->package.threshold, 3u);
  node::v1::StartCeremonyRequest asked = KeyWorld::Generation({0, 1, 2, 3});
  asked.set_kind("reshare");
  asked.set_preview(true);
  auto shown = world.Start(0, asked);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->threshold(), 3u);
  asked.set_threshold(2);
  shown = world.Start(0, asked);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->threshold(), 2u) << "when somebody says so";
}

TEST(CeremonyKeys, ANewHolderGetsAnIndexThatNobodyHad) {
  KeyWorld world(5);
  world.Agreed(KeyWorld::Generation({0, 1, 2, 3}));
  world.Pass(240);
  for (const std::vector<size_t>& holders :
       {std::vector<size_t>{0, 1, 2}, std::vector<size_t>{0, 1, 4}}) {
    node::v1::StartCeremonyRequest asked = KeyWorld::Generation(holders);
    asked.set_kind("reshare");
    world.Agreed(asked);
    world.Pass(240);
  }
  ExpectOneKey(world, {0, 1, 4});
  EXPECT_EQ(world.Pinned(0)->package.holders.back().index, 5) << "the fourth had index 4";
}

TEST(CeremonyRemoval, ACeremonyWithWhoIsGoneEnds) {
  KeyWorld world(4);
  const auto started = world.Start(0, KeyWorld::Generation({0, 1, 2}));
  ASSERT_TRUE(started.ok());
  world.Pass(60);
  ASSERT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_RUNNING);
  world.Remove(0, 3);
  world.Pass(60);
  ASSERT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_RUNNING) << "takes no part";
  world.Remove(0, 2);
  world.Pass(60);
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_ENDED);
  EXPECT_EQ(CountOf(world, 0, "ended"), 1u);
  world.Pass(360);
  EXPECT_EQ(CountOf(world, 0, "ended"), 1u);
  EXPECT_TRUE(absl::IsNotFound(world.SeedOf(0, started->id()).status()));
}

// Confirmed by one that then hears of nobody: the others have erased what it takes the place of.
TEST_F(ReshareFlow, AConfirmedShareStaysWhateverIsStartedAfterwards) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 4}));
  const auto confirm = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  for (size_t i = 0; i < 200 && world_.Ceremony(4, id).round() < confirm; ++i) {
    world_.SendFrom(i % 5);
  }
  ASSERT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_RUNNING);
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Cut(KeyWorld::NameOf(other), KeyWorld::NameOf(4));
  }
  world_.Pass(2400);
  const keys::Package after = world_.Pinned(0)->package;
  ASSERT_EQ(after.generation, 2u);
  ASSERT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_ENDED);
  for (size_t at = 0; at < 4; ++at) {
    ASSERT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
  EXPECT_TRUE(world_.ShareOf(4, after).ok());
  const auto again = world_.Start(4, Asked("recover"));
  ASSERT_TRUE(again.ok()) << again.status();
  world_.Pass(360);
  EXPECT_TRUE(world_.ShareOf(4, after).ok());
  EXPECT_TRUE(world_.SeedOf(4, id).ok());
  EXPECT_EQ(CodeOf(world_.Agree(0, again->id())), "no_ceremony") << "it has the newer sharing";
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Mend(KeyWorld::NameOf(other), KeyWorld::NameOf(4));
  }
  world_.Pass(720);
  EXPECT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_COMPLETE);
  EXPECT_EQ(world_.Ceremony(4, again->id()).state(), record::v1::CEREMONY_STATE_CLOSED);
  EXPECT_EQ(world_.Ceremony(0, again->id()).state(), record::v1::CEREMONY_STATE_CLOSED)
      << "the others are told, and name nobody";
  EXPECT_TRUE(absl::IsNotFound(world_.SeedOf(4, again->id()).status()));
  ExpectOneKey(world_, {0, 1, 4});
}

TEST(CeremonyKeys, RecoverNeverProposesAKeyAgainThatIsThere) {
  KeyWorld world(3);
  const auto first = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(first.ok());
  world.Pass(4800);
  ASSERT_EQ(world.Ceremony(0, first->id()).state(), CEREMONY_STATE_ENDED);
  const std::string second = world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 2});
  const keys::Package made = world.Pinned(0)->package;
  EXPECT_EQ(world.Ceremony(0, first->id()).state(), record::v1::CEREMONY_STATE_CLOSED)
      << "nothing is left for it to make";
  node::v1::StartCeremonyRequest again = KeyWorld::Generation();
  again.set_kind("recover");
  again.set_preview(true);
  const auto recovered = world.Start(0, again);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->kind(), "reshare");
  again.set_ceremony(first->id());
  EXPECT_EQ(CodeOf(world.Start(0, again).status()), "no_ceremony");
  EXPECT_EQ(world.Pinned(0)->package.digest, made.digest);
}

TEST(CeremonyKeys, NobodyWithAKeyAgreesToAnotherOfItsEpoch) {
  KeyWorld world(4);
  world.Agreed(KeyWorld::Generation({0, 1, 2}));
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 2});
  const keys::Package made = world.Pinned(0)->package;
  // The fourth has no key, and so asks for the first epoch.
  const auto started = world.Start(3, KeyWorld::Generation({0, 1, 3}));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->epoch(), 1u);
  ASSERT_TRUE(world.Settle());
  for (const size_t at : {0u, 1u}) {
    const absl::Status agreed = world.Agree(at, started->id());
    EXPECT_EQ(CodeOf(agreed), "no_ceremony");
    EXPECT_THAT(std::string(agreed.message()), ::testing::HasSubstr("nothing takes the place"));
    EXPECT_EQ(world.Pinned(at)->package.digest, made.digest);
  }
}

// A factor for a sharing that is no more is made again; nothing names the share of the first one.
TEST_F(ReshareFlow, AShareThatNothingNeedsAnyMoreIsErased) {
  Make();
  world_.Agreed(Asked("roll"));
  world_.Pass(240);
  const keys::Package first = world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package;
  ASSERT_TRUE(world_.ShareOf(0, first).ok());
  world_.Agreed(Asked("reshare"));
  world_.Pass(240);
  world_.Agreed(Asked("roll"));
  world_.Pass(240);
  const keys::Package second = world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package;
  ASSERT_NE(second.digest, first.digest);
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_TRUE(world_.ShareOf(at, second).ok()) << at;
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, first).status())) << at;
  }
}

TEST(CeremonyRemoval, AKeyOfWhichAHolderIsGoneStopsUnlessItIsRolled) {
  KeyWorld world(4);
  world.Agreed(KeyWorld::Generation({0, 1, 2}));
  world.Pass(240);
  for (const size_t at : {0u, 1u, 3u}) world.Remove(at, 2);
  const uint64_t now_s = world.node(0).h.clock.NowUs() / 1'000'000;
  world.Pass(240);
  EXPECT_EQ(CountOf(world, 0, "removed"), 1u);
  const record::v1::StoredKey row = world.Pinned(0)->row;
  EXPECT_GE(row.stops_s(), now_s + 30 * 24 * 3600);
  EXPECT_LE(row.stops_s(), now_s + 30 * 24 * 3600 + 240);
  EXPECT_EQ(world.Keys(0).keys(0).stops_s(), row.stops_s());
  EXPECT_EQ(row.stops_why(), core::kStopsRemoved);
  const std::shared_ptr<const core::Terms> terms = world.node(0).h.terms.Get();
  EXPECT_EQ(core::MayUse(row, *terms, row.stops_s() * 1'000'000 - 1), absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(core::MayUse(row, *terms, row.stops_s() * 1'000'000)));
  world.Pass(240);
  EXPECT_EQ(CountOf(world, 0, "removed"), 1u) << "said once";
  // Shared anew without it, the key is still one that it had a share of.
  node::v1::StartCeremonyRequest reshare = KeyWorld::Generation({0, 1, 3});
  reshare.set_kind("reshare");
  world.Agreed(reshare);
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 3});
  EXPECT_EQ(world.Pinned(0)->row.stops_s(), row.stops_s());
  node::v1::StartCeremonyRequest roll = KeyWorld::Generation();
  roll.set_kind("roll");
  for (int i = 0; i < 2; ++i) {
    world.Agreed(roll);
    world.Pass(240);
  }
  ExpectOneKey(world, {0, 1, 3}, 2);
  EXPECT_EQ(world.Pinned(0, 2)->row.stops_s(), 0u) << "another key";
}

}  // namespace
}  // namespace sluis::exchange
