// Generation among members who keep to the protocol.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "crypto/threshold.h"
#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys {
namespace {

namespace oprf = crypto::oprf;
using test::Bus;
using test::World;

Parameters ParametersOf(const World& world, size_t threshold = 0) {
  return MakeParameters(world.Draft(threshold)).value();
}

// What these holders answer to one request for one person; nothing when they do not suffice.
std::optional<std::string> Evaluate(const Bus& bus, const std::vector<MemberIndex>& holders) {
  const Package& package = *bus.At(1).package();
  tests::SeededRandom random(7);
  const crypto::BytesView input = "persoon";
  oprf::Request request = oprf::Request::Of(std::span(&input, 1), random).value();
  std::vector<oprf::VerifiedAnswer> answers;
  for (const MemberIndex holder : holders) {
    const oprf::Element& key = package.Find(holder)->verification_key;
    auto answer = oprf::BlindEvaluate(*bus.At(holder).share(), key, request.blinded(), random);
    if (!answer.ok()) return std::nullopt;
    auto verified = oprf::VerifyAnswer(request, holder, key, *std::move(answer));
    if (!verified.ok()) return std::nullopt;
    answers.push_back(*std::move(verified));
  }
  auto combined = oprf::Combine(std::move(request), package.threshold, answers);
  if (!combined.ok()) return std::nullopt;
  return std::string(crypto::View(combined->front().bytes().expose()));
}

void ExpectComplete(const Bus& bus) {
  for (const MemberIndex index : bus.indexes()) {
    ASSERT_EQ(bus.At(index).standing(), Standing::kComplete) << "member " << index;
    EXPECT_TRUE(bus.At(index).findings().empty());
    EXPECT_EQ(bus.At(index).package()->digest, bus.At(1).package()->digest);
    ASSERT_NE(bus.At(index).share(), nullptr);
    EXPECT_EQ(oprf::MultiplyGenerator(*bus.At(index).share()),
              bus.At(1).package()->Find(index)->verification_key);
  }
}

class Generation : public ::testing::TestWithParam<size_t> {};

TEST_P(Generation, EndsWithOnePackageAndAShareForEach) {
  const World world(GetParam());
  Bus bus(world, ParametersOf(world));
  EXPECT_EQ(bus.At(1).package(), nullptr);
  bus.Settle();
  ExpectComplete(bus);
  const Package& package = *bus.At(1).package();
  EXPECT_EQ(package.threshold, LeastThreshold(GetParam()));
  const auto read = ReadPackage(package.bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->digest, package.digest);
  EXPECT_EQ(read->public_key(), package.public_key());
}

INSTANTIATE_TEST_SUITE_P(Sizes, Generation, ::testing::Values(3, 4, 5, 30));

TEST(GenerationTest, AnyOfTheNeededNumberOfHoldersEvaluateAlike) {
  const World world(5);
  Bus bus(world, ParametersOf(world));
  bus.Settle();
  ExpectComplete(bus);
  const auto value = Evaluate(bus, {1, 2, 3});
  ASSERT_TRUE(value);
  for (MemberIndex a = 1; a <= 5; ++a) {
    for (MemberIndex b = 1; b < a; ++b) {
      for (MemberIndex c = 1; c < b; ++c) EXPECT_EQ(Evaluate(bus, {a, b, c}), value);
    }
  }
}

TEST(GenerationTest, FewerHoldersDoNotSuffice) {
  const World world(5);
  Bus bus(world, ParametersOf(world));
  bus.Settle();
  EXPECT_FALSE(Evaluate(bus, {1, 2}));
  // Nor does what two shares make of the secret when they are taken for enough.
  const std::vector<MemberIndex> two = {1, 2};
  std::vector<oprf::SecretScalar> shares;
  for (const MemberIndex one : two) shares.push_back(bus.At(one).share()->Clone());
  const auto factors = oprf::LagrangeCoefficients(two).value();
  EXPECT_NE(oprf::MultiplyGenerator(oprf::SumOfShares(shares, factors).value()),
            bus.At(1).package()->public_key());
  const std::vector<MemberIndex> three = {1, 2, 4};
  shares.clear();
  for (const MemberIndex one : three) shares.push_back(bus.At(one).share()->Clone());
  EXPECT_EQ(oprf::MultiplyGenerator(
                oprf::SumOfShares(shares, oprf::LagrangeCoefficients(three).value()).value()),
            bus.At(1).package()->public_key());
}

TEST(GenerationTest, AHigherThresholdThanTheLeastIsKept) {
  const World world(5);
  Bus bus(world, ParametersOf(world, 4));
  bus.Settle();
  ExpectComplete(bus);
  EXPECT_EQ(bus.At(1).package()->threshold, 4U);
  EXPECT_FALSE(Evaluate(bus, {1, 2, 3}));
  EXPECT_EQ(Evaluate(bus, {1, 2, 3, 4}), Evaluate(bus, {2, 3, 4, 5}));
}

TEST(GenerationTest, ConfirmationsShowAStrangerThatAllHoldersHoldThePackage) {
  const World world(3);
  Bus bus(world, ParametersOf(world));
  bus.Settle();
  const std::vector<std::string> confirmations = bus.At(2).Confirmations();
  ASSERT_EQ(confirmations.size(), 3U);
  for (const std::string& bytes : confirmations) {
    const auto message =
        Verify(ReadMessage(bytes).value(), bus.At(1).parameters(), bus.At(1).roster());
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->round(), peer::v1::CEREMONY_ROUND_CONFIRM);
  }
}

TEST(GenerationTest, NobodyShowsADealingBeforeAllHaveCommitted) {
  const World world(3);
  // The commit of one member is on its way for as long as the others would like.
  Bus bus(world, ParametersOf(world), [](const test::Delivery& one) {
    const bool held_up =
        one.from == 2 && test::RoundOf(one.message) == peer::v1::CEREMONY_ROUND_COMMIT;
    return held_up ? std::vector<test::Delivery>{} : std::vector<test::Delivery>{one};
  });
  bus.Settle();
  for (const MemberIndex index : std::vector<MemberIndex>{1, 3}) {
    EXPECT_EQ(bus.At(index).round(), peer::v1::CEREMONY_ROUND_COMMIT);
    EXPECT_EQ(bus.At(index).AwaitedFrom(), std::vector<MemberIndex>{2});
    for (const std::string& message : bus.SentBy(index)) {
      EXPECT_LE(test::RoundOf(message), peer::v1::CEREMONY_ROUND_COMMIT);
    }
  }
}

TEST(GenerationTest, AMemberThatIsStoppedInAnyRoundGoesOnWhereItWas) {
  const World world(3);
  Bus undisturbed(world, ParametersOf(world));
  undisturbed.Settle();
  for (int round = peer::v1::CEREMONY_ROUND_ANNOUNCE; round <= peer::v1::CEREMONY_ROUND_CONFIRM;
       ++round) {
    for (const MemberIndex stopped : undisturbed.indexes()) {
      bool done = false;
      // Stopped when it has kept and sent its message of this round.
      Bus bus(world, ParametersOf(world), [&](const test::Delivery& one) {
        std::vector<test::Delivery> out = {one};
        if (!done && one.from == stopped && test::RoundOf(one.message) == round) {
          done = true;
          out.push_back({stopped, stopped, test::kRestart});
        }
        return out;
      });
      bus.Settle();
      ASSERT_TRUE(done);
      bus.Restart(stopped);
      ExpectComplete(bus);
      EXPECT_EQ(bus.At(1).package()->bytes, undisturbed.At(1).package()->bytes);
    }
  }
}

// People agree within days: who has agreed does not have everybody hand on to it what comes by
// itself, which would be thousands of messages of thirty members.
TEST(GenerationTest, AnnouncementsThatComeByThemselvesAreNotHandedOn) {
  constexpr size_t kMembers = 30;
  const World world(kMembers);
  peer::v1::CeremonyParameters draft = world.Draft();
  draft.set_announce_until_s(test::kBegin_s + 10'000);
  const Parameters parameters = MakeParameters(draft).value();
  std::map<MemberIndex, Ceremony> agreed;
  std::vector<std::string> announced;
  size_t sent = 0, bytes = 0;
  std::deque<Outgoing> under_way;
  const auto send = [&](const Step& step) {
    for (const Outgoing& outgoing : step.send) {
      sent += outgoing.recipients.size();
      bytes += outgoing.recipients.size() * outgoing.message.size();
      under_way.push_back(outgoing);
    }
  };
  const auto deliver = [&](uint64_t now_s) {
    while (!under_way.empty()) {
      const Outgoing next = std::move(under_way.front());
      under_way.pop_front();
      for (auto& [index, ceremony] : agreed) {
        if (std::count(next.recipients.begin(), next.recipients.end(), test::NameOf(index)) == 0) {
          continue;
        }
        send(ceremony.Accept(ceremony.Verify(next.message).value(), now_s).value());
      }
    }
  };
  // All but the last, each a while after the one before; a proposal keeps announcements alone.
  for (MemberIndex index = 1; index < kMembers; ++index) {
    const uint64_t now_s = test::kBegin_s + 100u * index;
    auto begun =
        Ceremony::Begin(parameters, world.manifest,
                        {test::NameOf(index), world.keys.at(index), world.SeedOf(index)}, now_s);
    ASSERT_TRUE(begun.ok()) << begun.status();
    announced.push_back(begun->step.send.at(0).message);
    Ceremony& own = agreed.emplace(index, std::move(begun->ceremony)).first->second;
    for (const std::string& before : announced) {
      send(own.Accept(own.Verify(before).value(), now_s).value());
    }
    send(begun->step);
    deliver(now_s);
    for (auto& [other, ceremony] : agreed) send(ceremony.Tick(now_s + 50).value());
    deliver(now_s + 50);
  }
  RecordProperty("messages", static_cast<int>(sent));
  RecordProperty("bytes", static_cast<int>(bytes));
  EXPECT_EQ(sent, (kMembers - 1) * (kMembers - 1)) << bytes << " bytes";
  // At the end of that time each asks all for the one that is missing, and no more.
  const uint64_t end_s = parameters.announce_until_s;
  for (auto& [index, ceremony] : agreed) {
    EXPECT_EQ(ceremony.DueAt(), end_s);
    send(ceremony.Tick(end_s).value());
  }
  deliver(end_s);
  EXPECT_EQ(sent, 2 * (kMembers - 1) * (kMembers - 1));
}

// The clock of the machine may be ahead for a moment: nothing that is not kept may have counted.
TEST(GenerationTest, TimeAtWhichNothingChangedIsForgotten) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  const auto begin = [&](MemberIndex index) {
    return Ceremony::Begin(parameters, world.manifest,
                           {test::NameOf(index), world.keys.at(index), world.SeedOf(index)},
                           test::kBegin_s)
        .value();
  };
  Ceremony::Begun self = begin(1);
  const std::string second = begin(2).step.send.at(0).message;
  const std::string third = begin(3).step.send.at(0).message;
  std::vector<Event> events;
  const auto take = [&](const std::string& message, uint64_t at_s) {
    const Step step = self.ceremony.Accept(self.ceremony.Verify(message).value(), at_s).value();
    if (step.changed) events.push_back({self.ceremony.now_s(), message});
  };
  take(second, test::kBegin_s + 5);
  take(second, test::kBegin_s + 390);
  take(third, test::kBegin_s + 6);
  ASSERT_EQ(self.ceremony.round(), peer::v1::CEREMONY_ROUND_COMMIT);
  EXPECT_EQ(self.ceremony.DueAt(), test::kBegin_s + 6 + parameters.round_seconds);
  // Set back: the round before stays as long as it was.
  EXPECT_FALSE(self.ceremony.Tick(test::kBegin_s - 100).value().changed);
  EXPECT_EQ(self.ceremony.now_s(), test::kBegin_s + 6);
  Ceremony again = Ceremony::Rebuild(parameters, world.manifest,
                                     {test::NameOf(1), world.keys.at(1), world.SeedOf(1)},
                                     test::kBegin_s, events)
                       .value();
  EXPECT_EQ(again.DueAt(), self.ceremony.DueAt());
  EXPECT_EQ(again.now_s(), self.ceremony.now_s());
}

RC_GTEST_PROP(GenerationProperty, CompletesInAnyOrderWithCopiesLossAndRestarts, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const World world(*rc::gen::inRange<size_t>(3, 5), seed);
  tests::SeededRandom random(seed);
  Bus bus(world, ParametersOf(world));
  bus.SettleInDisorder(random);
  const Package* package = bus.At(1).package();
  RC_ASSERT(package != nullptr);
  for (const MemberIndex index : bus.indexes()) {
    RC_ASSERT(bus.At(index).standing() == Standing::kComplete);
    RC_ASSERT(bus.At(index).findings().empty());
    RC_ASSERT(bus.At(index).package()->bytes == package->bytes);
  }
  // What came when, and how often, changes nothing about what is made.
  Bus undisturbed(world, ParametersOf(world));
  undisturbed.Settle();
  RC_ASSERT(undisturbed.At(1).package()->bytes == package->bytes);
}

}  // namespace
}  // namespace sluis::keys
