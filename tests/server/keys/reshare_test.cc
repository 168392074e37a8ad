// The same key for other holders, or for the same ones anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "crypto/lagrange.h"
#include "tests/server/keys/cheats.h"

namespace sluis::keys {
namespace {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many
namespace oprf = crypto::oprf;
using test::Bus;
using test::World;
using ::testing::HasSubstr;
using Indexes = std::vector<MemberIndex>;

// A key of the first `holders` of seven members.
struct Stage {
  explicit Stage(size_t holders) : world(7) {
    CeremonyParameters draft = world.Draft(LeastThreshold(holders));
    draft.mutable_holders()->DeleteSubrange(static_cast<int>(holders),
                                            7 - static_cast<int>(holders));
    before.emplace(world, MakeParameters(draft).value());
    before->Settle();
    world.before = &*before;
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const Package& package() const { return *before->At(1).package(); }
  Parameters Reshare(const Indexes& dealers, const Indexes& holders, size_t threshold = 0) const {
    return MakeParameters(world.ReshareDraft(dealers, holders, threshold)).value();
  }

  World world;
  std::optional<Bus> before;
};

// What the shares of these holders make of the generator: the public key when they suffice.
oprf::Element Together(const Bus& bus, const Indexes& holders) {
  std::vector<oprf::SecretScalar> shares;
  for (const MemberIndex one : holders) shares.push_back(bus.At(one).share()->Clone());
  const auto factors = oprf::LagrangeCoefficients(holders).value();
  return oprf::MultiplyGenerator(oprf::SumOfShares(shares, factors).value());
}

// The key is the old one, every set of `threshold` holders has it, and fewer do not.
void ExpectSameKey(const Stage& stage, const Bus& bus, const Indexes& holders, size_t threshold) {
  for (const MemberIndex index : bus.indexes()) {
    ASSERT_EQ(bus.At(index).standing(), Standing::kComplete) << "member " << index;
    EXPECT_TRUE(bus.At(index).findings().empty());
    EXPECT_TRUE(bus.At(index).PreviousShareMayGo());
    EXPECT_EQ(bus.At(index).package()->digest, bus.At(bus.indexes()[0]).package()->digest);
    EXPECT_EQ(bus.At(index).share() != nullptr,
              std::find(holders.begin(), holders.end(), index) != holders.end());
  }
  const Package& package = *bus.At(bus.indexes()[0]).package();
  EXPECT_EQ(package.public_key(), stage.package().public_key());
  EXPECT_EQ(package.key_id, stage.package().key_id);
  EXPECT_EQ(package.generation, 2U);
  EXPECT_EQ(package.previous_digest, stage.package().digest);
  EXPECT_EQ(package.threshold, threshold);
  EXPECT_EQ(ReadPackage(package.bytes).value().digest, package.digest);
  for (uint32_t set = 0; set < (1U << holders.size()); ++set) {
    Indexes some;
    for (size_t i = 0; i < holders.size(); ++i) {
      if ((set >> i) & 1) some.push_back(holders[i]);
    }
    if (some.empty() || some.size() > threshold) continue;
    EXPECT_EQ(Together(bus, some) == package.public_key(), some.size() == threshold);
  }
}

TEST(ReshareTest, SomebodyJoins) {
  const Stage stage(3);
  Bus bus(stage.world, stage.Reshare({1, 3}, {1, 2, 3, 6}));
  bus.Settle();
  ExpectSameKey(stage, bus, {1, 2, 3, 6}, 2);
}

TEST(ReshareTest, SomebodyLeavesAndDealsItsShareBefore) {
  const Stage stage(5);
  Bus bus(stage.world, stage.Reshare({1, 2, 5}, {1, 2, 3, 4}));
  bus.Settle();
  ExpectSameKey(stage, bus, {1, 2, 3, 4}, 2);
}

TEST(ReshareTest, SomebodyLeavesWithoutTakingPart) {
  const Stage stage(5);
  Bus bus(stage.world, stage.Reshare({1, 2, 3}, {1, 2, 3, 4}));
  EXPECT_EQ(bus.indexes(), (Indexes{1, 2, 3, 4}));
  bus.Settle();
  ExpectSameKey(stage, bus, {1, 2, 3, 4}, 2);
}

TEST(ReshareTest, TheThresholdChanges) {
  const Stage stage(5);
  Bus bus(stage.world, stage.Reshare({2, 3, 4}, {1, 2, 3, 4, 5}, 4));
  bus.Settle();
  ExpectSameKey(stage, bus, {1, 2, 3, 4, 5}, 4);
}

TEST(ReshareTest, OneWhoLostItsShareGetsAnother) {
  const Stage stage(3);
  Bus bus(stage.world, stage.Reshare({1, 2}, {1, 2, 3}));  // 3 lost it
  bus.Settle();
  ExpectSameKey(stage, bus, {1, 2, 3}, 2);
}

TEST(ReshareTest, AllHoldersAreOthers) {
  const Stage stage(3);
  Bus bus(stage.world, stage.Reshare({1, 2}, {4, 5, 6, 7}));
  bus.Settle();
  ExpectSameKey(stage, bus, {4, 5, 6, 7}, 2);
}

TEST(ReshareTest, SharesBeforeAndAfterDoNotMakeTheKeyTogether) {
  const Stage stage(3);
  Bus bus(stage.world, stage.Reshare({1, 2}, {1, 2, 3}));
  bus.Settle();
  std::vector<oprf::SecretScalar> shares;
  shares.push_back(stage.before->At(1).share()->Clone());
  shares.push_back(bus.At(2).share()->Clone());
  const auto factors = oprf::LagrangeCoefficients(Indexes{1, 2}).value();
  EXPECT_NE(oprf::MultiplyGenerator(oprf::SumOfShares(shares, factors).value()),
            stage.package().public_key());
}

TEST(ReshareTest, AReshareOfAReshareKeepsTheKey) {
  Stage stage(3);
  Bus first(stage.world, stage.Reshare({1, 2}, {1, 2, 3, 4, 5}));
  first.Settle();
  World later = World(7);
  later.before = &first;
  Bus second(later, MakeParameters(later.ReshareDraft({1, 4, 5}, {1, 4, 5})).value());
  second.Settle();
  ASSERT_NE(second.At(1).package(), nullptr);
  EXPECT_EQ(second.At(1).package()->generation, 3U);
  EXPECT_EQ(second.At(1).package()->key_id, stage.package().key_id);
  EXPECT_EQ(Together(second, {1, 5}), stage.package().public_key());
}

TEST(ReshareTest, NoOldShareMayGoBeforeEveryNewHolderHasProvenItsOwn) {
  const Stage stage(3);
  std::vector<test::Delivery> held_up;
  Bus bus(stage.world, stage.Reshare({1, 2}, {1, 2, 3, 4}), [&](const test::Delivery& one) {
    const bool last = one.from == 4 && test::RoundOf(one.message) == CEREMONY_ROUND_CONFIRM;
    if (last) held_up.push_back(one);
    return last ? std::vector<test::Delivery>{} : std::vector<test::Delivery>{one};
  });
  bus.Settle();
  for (const MemberIndex index : Indexes{1, 2, 3}) {
    EXPECT_FALSE(bus.At(index).PreviousShareMayGo());
    EXPECT_EQ(bus.At(index).share(), nullptr);
    EXPECT_EQ(bus.At(index).AwaitedFrom(), Indexes{4});
  }
  for (test::Delivery& one : held_up) bus.Send(std::move(one));
  bus.Settle();
  for (const MemberIndex index : Indexes{1, 2, 3}) EXPECT_TRUE(bus.At(index).PreviousShareMayGo());
}

// The refusal of a draft with one thing changed.
template <typename Change>
std::string Refused(const Stage& stage, Change change) {
  CeremonyParameters draft = stage.world.ReshareDraft({1, 2}, {1, 2, 3, 4});
  change(draft);
  const auto read = MakeParameters(draft);
  if (!read.ok()) return std::string(read.status().message());
  const auto roster = Roster::Of(*read, stage.world.manifest);
  return roster.ok() ? "" : std::string(roster.status().message());
}

TEST(ReshareTest, ParametersThatDoNotFollowThePackageAreRefused) {
  const Stage stage(3);
  const auto refused = [&](auto change) { return Refused(stage, change); };
  EXPECT_EQ(refused([](auto&) {}), "");
  EXPECT_THAT(refused([](auto& d) { d.clear_dealers(); }), HasSubstr("exactly 2"));
  EXPECT_THAT(refused([](auto& d) { d.add_dealers(3); }), HasSubstr("exactly 2"));
  EXPECT_THAT(refused([](auto& d) { d.set_dealers(1, 4); }), HasSubstr("dealers"));
  EXPECT_THAT(refused([](auto& d) { d.set_dealers(0, 2); }), HasSubstr("dealers"));
  EXPECT_THAT(refused([](auto& d) { d.set_dealers(1, 65538); }), HasSubstr("dealers"));
  EXPECT_THAT(refused([](auto& d) { d.set_epoch(2); }), HasSubstr("epoch"));
  EXPECT_THAT(refused([](auto& d) { d.set_purpose("zorg"); }), HasSubstr("purpose"));
  EXPECT_THAT(refused([](auto& d) { d.clear_previous_package(); }), HasSubstr("previous_package"));
  EXPECT_THAT(refused([](auto& d) { d.mutable_previous_package()->back() ^= 1; }),
              HasSubstr("previous_package"));
  EXPECT_THAT(refused([](auto& d) { d.set_kind(CEREMONY_KIND_GENERATION); }),
              HasSubstr("empty where none is used"));
  // An index of another organisation, and another index than before.
  EXPECT_THAT(refused([](auto& d) { d.mutable_holders(2)->set_organisation(test::NameOf(5)); }),
              HasSubstr("keep their indexes"));
  EXPECT_THAT(refused([](auto& d) { d.mutable_holders(3)->set_organisation(test::NameOf(3)); }),
              HasSubstr("keep their indexes"));
}

TEST(ReshareTest, LoweredThresholdAndSmallOrSharedCommitteesAreRefused) {
  Stage stage(5);
  stage.world.manifest.members[5].host = "host-1";
  const auto refused = [&](const Indexes& holders, size_t threshold) {
    CeremonyParameters draft = stage.world.ReshareDraft({1, 2, 3}, holders, threshold);
    return std::string(
        Roster::Of(MakeParameters(draft).value(), stage.world.manifest).status().message());
  };
  EXPECT_EQ(refused({1, 2, 3, 4, 5}, 3), "");
  EXPECT_THAT(refused({1, 2, 3, 4, 5}, 2), HasSubstr("3 to 5 of them"));
  EXPECT_THAT(refused({1, 2}, 2), HasSubstr("at least 3 holders"));
  EXPECT_THAT(refused({1, 2, 6}, 2), HasSubstr("fewer than 3 hosts"));
  stage.world.manifest.members.erase(stage.world.manifest.members.begin() + 2);
  EXPECT_THAT(refused({1, 2, 4}, 2), HasSubstr("name another dealer"));
}

TEST(ReshareTest, OnlyWhoHasThePackageAndItsShareDeals) {
  const Stage stage(3);
  const Parameters parameters = stage.Reshare({1, 2}, {1, 2, 3, 4});
  const auto begin = [&](MemberIndex index, bool share, std::optional<crypto::Hash> pinned) {
    Ceremony::Own own{test::NameOf(index), stage.world.keys.at(index), stage.world.SeedOf(index)};
    if (share) own.held.previous = stage.before->At(1).share()->Clone();
    own.pinned = pinned;
    const auto begun =
        Ceremony::Begin(parameters, stage.world.manifest, std::move(own), test::kBegin_s);
    return begun.ok() ? "" : std::string(begun.status().message());
  };
  crypto::Hash other = stage.package().digest;
  other[0] ^= 1;
  EXPECT_EQ(begin(1, true, stage.package().digest), "");
  EXPECT_THAT(begin(1, false, stage.package().digest), HasSubstr("does not have the share"));
  EXPECT_THAT(begin(2, true, stage.package().digest), HasSubstr("does not have the share"));
  EXPECT_THAT(begin(1, true, std::nullopt), HasSubstr("has pinned"));
  EXPECT_THAT(begin(1, true, other), HasSubstr("has pinned"));
  EXPECT_THAT(begin(3, false, other), HasSubstr("has pinned"));
  EXPECT_EQ(begin(3, false, stage.package().digest), "");
  EXPECT_EQ(begin(4, false, std::nullopt), "");
  EXPECT_THAT(begin(4, true, std::nullopt), HasSubstr("does not have the share"));
}

// What only a reshare can have, by member 2; 1 and 2 deal, 2 does not stay.
struct Misdeed {
  std::string name;
  Ground ground;
  MemberIndex culprit;
  std::function<Bus::Way(const World&, const Parameters&)> way;

  friend std::ostream& operator<<(std::ostream& out, const Misdeed& misdeed) {
    return out << misdeed.name;
  }
};

class Misdeeds : public ::testing::TestWithParam<Misdeed> {};

TEST_P(Misdeeds, AreFoundByAllOthers) {
  const Stage stage(3);
  const Parameters parameters = stage.Reshare({1, 2}, {1, 3, 4});
  Bus bus(stage.world, parameters, GetParam().way(stage.world, parameters));
  bus.Settle();
  bus.Pass(1000);
  for (const MemberIndex index : bus.indexes()) {
    if (index == GetParam().culprit) continue;
    ASSERT_FALSE(bus.At(index).findings().empty()) << "member " << index;
    for (const Finding& finding : bus.At(index).findings()) {
      EXPECT_EQ(finding.culprit, GetParam().culprit);
    }
    EXPECT_EQ(bus.At(index).findings()[0].ground, GetParam().ground);
  }
}

template <typename Body, typename Change>
auto By(MemberIndex member, Round round, Change change) {
  return [=](const World& world, const Parameters&) {
    return test::ChangedIn(round, member, [&world, change](const std::string& message) {
      return test::Changed<Body>(world, message, change);
    });
  };
}

INSTANTIATE_TEST_SUITE_P(
    InReshare, Misdeeds,
    ::testing::Values(
        Misdeed{"PossessionWhereTheShareShowsItself", CEREMONY_GROUND_MALFORMED, 2,
                [](const World& world, const Parameters& parameters) {
                  return test::DealsOtherwise(world, parameters, 2, [](Dealing& dealing) {
                    dealing.set_possession(std::string(64, '\1'));
                  });
                }},
        Misdeed{"CommitOfOneWhoDealsNothing", CEREMONY_GROUND_MALFORMED, 3,
                By<CeremonyCommit>(3, CEREMONY_ROUND_COMMIT,
                                   [](CeremonyCommit& body) {
                                     body.set_commitment(std::string(32, 'x'));
                                   })},
        Misdeed{"NoCommitOfADealer", CEREMONY_GROUND_MALFORMED, 2,
                By<CeremonyCommit>(2, CEREMONY_ROUND_COMMIT,
                                   [](CeremonyCommit& body) { body.clear_commitment(); })},
        Misdeed{"DealOfOneWhoDealsNothing", CEREMONY_GROUND_MALFORMED, 3,
                By<CeremonyDeal>(3, CEREMONY_ROUND_DEAL,
                                 [](CeremonyDeal& body) { body.set_dealing("x"); })},
        Misdeed{"ComplaintOfOneWhoGetsNothing", CEREMONY_GROUND_MALFORMED, 2,
                By<CeremonyVerdict>(2, CEREMONY_ROUND_VERDICT,
                                    [](CeremonyVerdict& body) {
                                      ShareComplaint& added = *body.add_complaints();
                                      added.set_dealer(1);
                                      added.set_complaint(std::string(96, '\1'));
                                    })}),
    [](const auto& one) { return one.param.name; });

RC_GTEST_PROP(ReshareProperty, CompletesInAnyOrderWithCopiesLossAndRestarts, ()) {
  static const Stage& stage = *new Stage(3);
  const Parameters parameters = stage.Reshare({1, 2}, {1, 3, 4});
  tests::SeededRandom random(*rc::gen::arbitrary<uint64_t>());
  Bus bus(stage.world, parameters);
  bus.SettleInDisorder(random);
  for (const MemberIndex index : bus.indexes()) {
    RC_ASSERT(bus.At(index).PreviousShareMayGo());
    RC_ASSERT(bus.At(index).findings().empty());
    RC_ASSERT(bus.At(index).package()->key_id == stage.package().key_id);
  }
}

}  // namespace
}  // namespace sluis::keys
