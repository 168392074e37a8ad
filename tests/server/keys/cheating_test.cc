// One member cheats, or somebody on the way does: who is named, and who is not.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/server/keys/cheats.h"

namespace sluis::keys {
namespace {

using namespace peer::v1;  // NOLINT: rounds and grounds, which are many
using test::Bus;
using test::NamedCheat;
using test::World;

constexpr size_t kMembers = 4;
constexpr MemberIndex kCheater = 2;

Parameters ParametersOf(const World& world) { return MakeParameters(world.Draft()).value(); }

// Every other member has ended, and holds the cheater and nobody else to blame.
std::string NotNamed(const Bus& bus) {
  for (const MemberIndex index : bus.indexes()) {
    if (index == kCheater) continue;
    const Ceremony& ceremony = bus.At(index);
    const std::string who = "member " + std::to_string(index) + ": ";
    if (ceremony.standing() != Standing::kEnded) return who + "has not ended";
    if (ceremony.package() != nullptr || ceremony.share() != nullptr) return who + "has a key";
    if (ceremony.findings().empty()) return who + "found nothing";
    for (const Finding& finding : ceremony.findings()) {
      if (finding.culprit != kCheater) return who + "names another";
      const bool silence = finding.ground == CEREMONY_GROUND_SILENCE;
      if (!silence && finding.evidence.empty()) return who + "keeps no evidence";
    }
  }
  return "";
}

// Where somebody cheats.
struct Stage {
  explicit Stage(CeremonyKind kind, uint64_t seed = 1) : world(kMembers, seed) {
    parameters = ParametersOf(world);
    if (kind == CEREMONY_KIND_GENERATION) return;
    before.emplace(world, parameters);
    before->Settle();
    world.before = &*before;
    if (kind == CEREMONY_KIND_RESHARE) {
      parameters = MakeParameters(world.ReshareDraft({1, 2}, {1, 2, 3, 4})).value();
      return;
    }
    parameters = MakeParameters(world.FactorDraft()).value();
    if (kind == CEREMONY_KIND_FACTOR) return;
    factor.emplace(world, parameters);
    factor->Settle();
    world.factor = &*factor;
    parameters = MakeParameters(world.RollDraft({1, 2, 3}, {1, 2, 3, 4})).value();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  World world;
  Parameters parameters;
  std::optional<Bus> before;
  std::optional<Bus> factor;
};

class Cheating : public ::testing::TestWithParam<std::tuple<NamedCheat, CeremonyKind>> {};

TEST_P(Cheating, NamesTheCheaterAndNobodyElseAtEveryOtherMember) {
  const auto& [cheat, kind] = GetParam();
  const Stage stage(kind);
  Bus bus(stage.world, stage.parameters, cheat.way(stage.world, stage.parameters));
  bus.Settle();
  // What comes later changes nothing.
  bus.Pass(1000);
  ASSERT_EQ(NotNamed(bus), "");
  for (const MemberIndex index : bus.indexes()) {
    if (index == kCheater) continue;
    EXPECT_FALSE(bus.At(index).PreviousShareMayGo());
    const std::vector<Finding> findings = bus.At(index).findings();
    size_t expected = 0;
    for (const Finding& finding : findings) expected += finding.ground == cheat.ground ? 1 : 0;
    EXPECT_GT(expected, 0U) << CeremonyGround_Name(findings.front().ground);
    // A member that is made anew knows it still.
    bus.Restart(index);
    EXPECT_EQ(bus.At(index).findings().size(), findings.size());
  }
  EXPECT_EQ(NotNamed(bus), "");
}

INSTANTIATE_TEST_SUITE_P(
    Ways, Cheating,
    ::testing::Combine(::testing::ValuesIn(test::AllCheats()),
                       ::testing::Values(CEREMONY_KIND_GENERATION, CEREMONY_KIND_RESHARE,
                                         CEREMONY_KIND_FACTOR, CEREMONY_KIND_ROLL)),
    [](const auto& one) {
      return std::get<0>(one.param).name + "In" +
             CeremonyKind_Name(std::get<1>(one.param)).substr(14);
    });

RC_GTEST_PROP(CheatingProperty, NamesTheCheaterInAnyOrderOfMessages, ()) {
  const NamedCheat cheat = *rc::gen::elementOf(test::AllCheats());
  RC_TAG(cheat.name);
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const auto kind = *rc::gen::element(CEREMONY_KIND_GENERATION, CEREMONY_KIND_RESHARE,
                                      CEREMONY_KIND_FACTOR, CEREMONY_KIND_ROLL);
  const Stage stage(kind, seed);
  tests::SeededRandom random(seed);
  Bus bus(stage.world, stage.parameters, cheat.way(stage.world, stage.parameters));
  bus.SettleInDisorder(random);
  bus.Pass(1000);
  RC_ASSERT(NotNamed(bus) == "");
}

// All members complete with one package.
void ExpectComplete(const Bus& bus, bool unnamed) {
  for (const MemberIndex index : bus.indexes()) {
    ASSERT_EQ(bus.At(index).standing(), Standing::kComplete) << "member " << index;
    EXPECT_EQ(bus.At(index).package()->digest, bus.At(1).package()->digest);
    if (unnamed) {
      EXPECT_TRUE(bus.At(index).findings().empty());
    }
  }
}

class Withholding : public ::testing::TestWithParam<int> {};

TEST_P(Withholding, FromOneMemberEndsNothingBecauseOthersHandOn) {
  const World world(kMembers);
  Bus bus(world, ParametersOf(world), [](const test::Delivery& one) {
    const bool withheld =
        one.from == kCheater && one.to == 4 && test::RoundOf(one.message) == GetParam();
    return withheld ? std::vector<test::Delivery>{} : std::vector<test::Delivery>{one};
  });
  bus.Settle();
  EXPECT_EQ(bus.At(4).AwaitedFrom(), std::vector<MemberIndex>{kCheater});
  bus.Pass(600);
  ExpectComplete(bus, true);
}

INSTANTIATE_TEST_SUITE_P(Rounds, Withholding, ::testing::Range(1, 6));

TEST(CheatingTest, AWrongConfirmationForSomeIsFoundAndEndsNothing) {
  const World world(kMembers);
  Bus bus(world, ParametersOf(world),
          [&](const test::Delivery& one) -> std::vector<test::Delivery> {
            if (one.from != kCheater || one.to == 1 ||
                test::RoundOf(one.message) != CEREMONY_ROUND_CONFIRM) {
              return {one};
            }
            return {{one.from, one.to,
                     test::Changed<CeremonyConfirm>(world, one.message, [](CeremonyConfirm& body) {
                       body.mutable_package_digest()->back() ^= 1;
                     })}};
          });
  bus.Settle();
  ExpectComplete(bus, false);
  for (const MemberIndex index : std::vector<MemberIndex>{1, 3, 4}) {
    ASSERT_FALSE(bus.At(index).findings().empty());
    for (const Finding& finding : bus.At(index).findings()) EXPECT_EQ(finding.culprit, kCheater);
  }
}

TEST(CheatingTest, ASecondConfirmationAfterTheEndIsFoundAndTakesNoKeyAway) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  Bus bus(world, parameters);
  bus.Settle();
  const std::string other = test::Changed<CeremonyConfirm>(
      world, bus.At(1).Confirmations()[1],
      [](CeremonyConfirm& body) { body.mutable_held(0)->mutable_signature()->back() ^= 1; });
  ASSERT_TRUE(bus.Carry(1, other).ok());
  EXPECT_EQ(bus.At(1).standing(), Standing::kComplete);
  ASSERT_EQ(bus.At(1).findings().size(), 1U);
  EXPECT_EQ(bus.At(1).findings()[0].culprit, kCheater);
  EXPECT_EQ(bus.At(1).findings()[0].ground, CEREMONY_GROUND_EQUIVOCATION);
}

// What anybody could do to anybody's messages blames nobody and changes nothing.

TEST(CarriedTest, MessageOfOneWhoTakesNoPartIsRefused) {
  const World world(5);
  peer::v1::CeremonyParameters draft = world.Draft();
  draft.mutable_holders()->RemoveLast();
  draft.set_threshold(2);
  Bus bus(world, MakeParameters(draft).value());
  const std::string announce = bus.SentBy(1).front();
  const Message read = ReadMessage(announce).value();
  const Message strange =
      SignMessage({read.head.partnership(), crypto::ToFixed<32>(read.head.ceremony()).value(), {}},
                  CEREMONY_ROUND_ANNOUNCE, test::NameOf(5), read.body, world.keys.at(5));
  EXPECT_EQ(bus.Carry(1, strange.Serialise()).code(), absl::StatusCode::kPermissionDenied);
  bus.Settle();
  ExpectComplete(bus, true);
}

TEST(CarriedTest, WrongSignatureIsRefused) {
  const World world(3);
  Bus bus(world, ParametersOf(world));
  Message message = ReadMessage(bus.SentBy(2).front()).value();
  message.signature.back() ^= 1;
  EXPECT_EQ(bus.Carry(1, message.Serialise()).code(), absl::StatusCode::kPermissionDenied);
  // Nor may one member sign in the name of another.
  const Message forged =
      SignMessage({message.head.partnership(), bus.At(1).parameters().id, {}},
                  CEREMONY_ROUND_ANNOUNCE, test::NameOf(2), message.body, world.keys.at(3));
  EXPECT_EQ(bus.Carry(1, forged.Serialise()).code(), absl::StatusCode::kPermissionDenied);
  bus.Settle();
  ExpectComplete(bus, true);
}

TEST(CarriedTest, OtherBodyIsRefused) {
  const World world(3);
  Bus bus(world, ParametersOf(world));
  Message message = ReadMessage(bus.SentBy(2).front()).value();
  message.body.back() ^= 1;
  EXPECT_EQ(bus.Carry(1, message.Serialise()).code(), absl::StatusCode::kInvalidArgument);
  message.body.clear();  // as in evidence
  EXPECT_EQ(bus.Carry(1, message.Serialise()).code(), absl::StatusCode::kInvalidArgument);
  bus.Settle();
  ExpectComplete(bus, true);
}

TEST(CarriedTest, MessagesOfAnotherCeremonyAreRefused) {
  const World world(3);
  peer::v1::CeremonyParameters draft = world.Draft();
  draft.set_nonce(std::string(16, 'o'));
  Bus before(world, MakeParameters(draft).value());
  before.Settle();
  Bus bus(world, ParametersOf(world));
  for (const std::string& message : before.SentBy(2)) {
    EXPECT_EQ(bus.Carry(1, message).code(), absl::StatusCode::kPermissionDenied);
  }
  bus.Settle();
  ExpectComplete(bus, true);
}

}  // namespace
}  // namespace sluis::keys
