// Bytes of messages, bodies and packages: what is read, and what is refused.
#include "server/keys/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/keys/bodies.h"
#include "tests/server/keys/cheats.h"

namespace sluis::keys {
namespace {

using namespace peer::v1;  // NOLINT: rounds and bodies, which are many
using test::World;
using ::testing::HasSubstr;

Parameters ParametersOf(const World& world) { return MakeParameters(world.Draft()).value(); }

std::string SentIn(Round round) {
  static const World& world = *new World(3);
  return test::SentIn(world, ParametersOf(world), 1, round);
}

// Whether a message with one thing changed is still read.
template <typename Change>
bool ReadsHead(Change change) {
  CeremonyMessage message;
  CeremonyHead head;
  message.ParseFromString(SentIn(CEREMONY_ROUND_COMMIT));
  head.ParseFromString(message.head());
  change(head);
  message.set_head(head.SerializeAsString());
  return ReadMessage(message.SerializeAsString()).ok();
}

template <typename Body, typename Read, typename Change>
bool ReadsBody(Round round, Read read, Change change) {
  Body body;
  body.ParseFromString(ReadMessage(SentIn(round)).value().body);
  change(body);
  return read(body.SerializeAsString()).has_value();
}

TEST(CeremonyMessageTest, ReadsWhatItWrites) {
  for (int i = CEREMONY_ROUND_ANNOUNCE; i <= CEREMONY_ROUND_CONFIRM; ++i) {
    const std::string bytes = SentIn(static_cast<Round>(i));
    const auto message = ReadMessage(bytes);
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->Serialise(), bytes);
    EXPECT_FALSE(ReadMessage(bytes + "x").ok());
    EXPECT_FALSE(ReadMessage(bytes.substr(0, bytes.size() - 1)).ok());
  }
}

TEST(CeremonyMessageTest, HeadsOutOfBoundsAreRefused) {
  EXPECT_TRUE(ReadsHead([](auto&) {}));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_version(2); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_partnership("Geen"); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_ceremony("kort"); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.clear_session(); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_round(CEREMONY_ROUND_ANNOUNCE); }));  // with session
  EXPECT_FALSE(ReadsHead([](auto& h) { h.clear_round(); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_round(static_cast<Round>(8)); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_sender("Een"); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_body_digest("kort"); }));
  EXPECT_FALSE(ReadsHead([](auto& h) { h.set_body_digest(std::string(32, 'x')); }));
}

TEST(CeremonyMessageTest, BodiesAboveTheirBoundAreRefused) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  const auto reads = [&](Round round, size_t size) {
    const std::string session = round == CEREMONY_ROUND_ABORT ? "" : std::string(32, 's');
    return ReadMessage(SignMessage({parameters.partnership, parameters.id, session}, round,
                                   test::NameOf(1), std::string(size, 'x'), world.keys.at(1))
                           .Serialise())
        .ok();
  };
  EXPECT_TRUE(reads(CEREMONY_ROUND_DEAL, kMaxBodyBytes));
  EXPECT_FALSE(reads(CEREMONY_ROUND_DEAL, kMaxBodyBytes + 1));
  EXPECT_TRUE(reads(CEREMONY_ROUND_ABORT, kMaxAbortBytes));
  EXPECT_FALSE(reads(CEREMONY_ROUND_ABORT, kMaxAbortBytes + 1));
}

TEST(CeremonyMessageTest, LargestCeremonyFitsItsBounds) {
  // The deal and the announcement of 64 holders of the longest names.
  CeremonyDeal deal;
  Dealing dealing;
  dealing.set_commitments(std::string(64 * 32, 'x'));
  dealing.set_possession(std::string(64, 'x'));
  dealing.set_shares(std::string(64 * 64, 'x'));
  deal.set_dealing(dealing.SerializeAsString());
  CeremonyParameters parameters = World(3).Draft();
  parameters.clear_holders();
  for (uint32_t i = 0; i < 64; ++i) {
    HeldMessage& held = *deal.add_held();
    held.set_body_digest(std::string(32, 'x'));
    held.set_signature(std::string(64, 'x'));
    CeremonySeat& seat = *parameters.add_holders();
    seat.set_index(65535 - i);
    seat.set_organisation("lid-" + std::to_string(i) + std::string(40, 'x') + "." +
                          std::string(50, 'y') + ".example.example.org");
  }
  EXPECT_TRUE(ReadDeal(deal.SerializeAsString()));
  EXPECT_TRUE(ReadDealing(deal.dealing()));
  const auto made = MakeParameters(parameters);
  EXPECT_TRUE(made.ok()) << made.status();
}

TEST(CeremonyBodyTest, ListsOutOfBoundsAreRefused) {
  const auto announce = [](auto change) {
    return ReadsBody<CeremonyAnnounce>(CEREMONY_ROUND_ANNOUNCE, ReadAnnounce, change);
  };
  EXPECT_TRUE(announce([](auto&) {}));
  EXPECT_FALSE(announce([](auto& b) { b.clear_parameters(); }));
  EXPECT_FALSE(
      announce([](auto& b) { b.set_parameters(std::string(kMaxParametersBytes + 1, 'x')); }));
  EXPECT_FALSE(announce([](auto& b) { b.mutable_nonce()->pop_back(); }));
  EXPECT_FALSE(announce([](auto& b) { b.mutable_share_key()->pop_back(); }));
  EXPECT_FALSE(announce([](auto& b) { b.mutable_possession()->pop_back(); }));
  const auto commit = [](auto change) {
    return ReadsBody<CeremonyCommit>(CEREMONY_ROUND_COMMIT, ReadCommit, change);
  };
  EXPECT_TRUE(commit([](auto&) {}));
  EXPECT_FALSE(commit([](auto& b) { b.mutable_commitment()->pop_back(); }));
  EXPECT_FALSE(commit([](auto& b) { b.clear_held(); }));
  EXPECT_FALSE(commit([](auto& b) { b.mutable_held(0)->mutable_signature()->pop_back(); }));
  EXPECT_FALSE(commit([](auto& b) { b.mutable_held(0)->mutable_body_digest()->pop_back(); }));
  EXPECT_FALSE(commit([](auto& b) {
    while (b.held_size() <= 64) *b.add_held() = b.held(0);
  }));
  const auto deal = [](auto change) {
    return ReadsBody<CeremonyDeal>(CEREMONY_ROUND_DEAL, ReadDeal, change);
  };
  EXPECT_TRUE(deal([](auto&) {}));
  EXPECT_FALSE(deal([](auto& b) { b.clear_held(); }));
  const auto confirm = [](auto change) {
    return ReadsBody<CeremonyConfirm>(CEREMONY_ROUND_CONFIRM, ReadConfirm, change);
  };
  EXPECT_TRUE(confirm([](auto&) {}));
  EXPECT_FALSE(confirm([](auto& b) { b.mutable_package_digest()->pop_back(); }));
  EXPECT_FALSE(confirm([](auto& b) { b.mutable_possession()->pop_back(); }));
  EXPECT_FALSE(confirm([](auto& b) { b.clear_held(); }));
}

TEST(CeremonyBodyTest, DealingsOutOfBoundsAreRefused) {
  CeremonyDeal deal;
  deal.ParseFromString(ReadMessage(SentIn(CEREMONY_ROUND_DEAL)).value().body);
  Dealing dealing;
  dealing.ParseFromString(deal.dealing());
  EXPECT_TRUE(ReadDealing(dealing.SerializeAsString()));
  dealing.mutable_possession()->pop_back();
  EXPECT_FALSE(ReadDealing(dealing.SerializeAsString()));
  dealing.mutable_possession()->push_back('x');
  dealing.set_shares(std::string(65 * 64, 'x'));
  EXPECT_FALSE(ReadDealing(dealing.SerializeAsString()));
}

TEST(CeremonyBodyTest, ComplaintsOutOfOrderAreRefused) {
  const auto verdict = [](std::vector<uint32_t> dealers, size_t size) {
    return ReadsBody<CeremonyVerdict>(CEREMONY_ROUND_VERDICT, ReadVerdict, [&](auto& body) {
      for (const uint32_t dealer : dealers) {
        ShareComplaint& added = *body.add_complaints();
        added.set_dealer(dealer);
        added.set_complaint(std::string(size, 'x'));
      }
    });
  };
  EXPECT_TRUE(verdict({}, 96));
  EXPECT_TRUE(verdict({1, 2}, 96));
  EXPECT_FALSE(verdict({2, 1}, 96));
  EXPECT_FALSE(verdict({2, 2}, 96));
  EXPECT_FALSE(verdict({0}, 96));
  EXPECT_FALSE(verdict({65536}, 96));
  EXPECT_FALSE(verdict({1}, 95));
}

TEST(CeremonyBodyTest, MissingAndAbortOutOfBoundsAreRefused) {
  const auto missing = [](Round round, std::vector<uint32_t> members) {
    CeremonyMissing body;
    body.set_round(round);
    for (const uint32_t member : members) body.add_members(member);
    return ReadMissing(body.SerializeAsString()).has_value();
  };
  EXPECT_TRUE(missing(CEREMONY_ROUND_DEAL, {1, 4}));
  EXPECT_FALSE(missing(CEREMONY_ROUND_DEAL, {}));
  EXPECT_FALSE(missing(CEREMONY_ROUND_DEAL, {4, 1}));
  EXPECT_FALSE(missing(CEREMONY_ROUND_ABORT, {1}));
  const auto abort = [](Ground ground, Round round, std::vector<uint32_t> culprits, int evidence) {
    CeremonyAbort body;
    body.set_ground(ground);
    body.set_round(round);
    for (const uint32_t culprit : culprits) body.add_culprits(culprit);
    for (int i = 0; i < evidence; ++i) body.add_evidence("x");
    return ReadAbort(body.SerializeAsString()).has_value();
  };
  EXPECT_TRUE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, {1}, 2));
  EXPECT_TRUE(abort(CEREMONY_GROUND_SILENCE, CEREMONY_ROUND_DEAL, {1, 2}, 0));
  EXPECT_TRUE(abort(CEREMONY_GROUND_CONSTANT, CEREMONY_ROUND_DEAL, {1, 2}, 2));
  EXPECT_FALSE(abort(CEREMONY_GROUND_UNSPECIFIED, CEREMONY_ROUND_DEAL, {1}, 2));
  EXPECT_FALSE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_ABORT, {1}, 2));
  EXPECT_FALSE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, {}, 2));
  EXPECT_FALSE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, {1, 2}, 2));
  EXPECT_FALSE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, {1}, 0));
  EXPECT_FALSE(abort(CEREMONY_GROUND_REVEAL, CEREMONY_ROUND_DEAL, {1}, 4));
  EXPECT_FALSE(abort(CEREMONY_GROUND_SILENCE, CEREMONY_ROUND_DEAL, {1}, 1));
}

TEST(AnnouncedParametersTest, AreThoseThatTheHeadNames) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  const std::string announce = test::SentIn(world, parameters, 1, CEREMONY_ROUND_ANNOUNCE);
  EXPECT_EQ(AnnouncedParameters(ReadMessage(announce).value()).value().bytes, parameters.bytes);
  EXPECT_FALSE(AnnouncedParameters(ReadMessage(SentIn(CEREMONY_ROUND_COMMIT)).value()).ok());
  CeremonyParameters draft = world.Draft();
  draft.set_threshold(3);
  const std::string other = test::Changed<CeremonyAnnounce>(
      world, announce,
      [&](CeremonyAnnounce& body) { body.set_parameters(MakeParameters(draft).value().bytes); });
  EXPECT_FALSE(AnnouncedParameters(ReadMessage(other).value()).ok());
}

TEST(SeedTest, StreamsRepeatAndDiffer) {
  const World world(3);
  const CeremonySeed one(world.SeedOf(1));
  const CeremonySeed again(world.SeedOf(1));
  const CeremonySeed other(world.SeedOf(2));
  const auto drawn = [](const CeremonySeed& seed, std::string_view what, std::string_view bound) {
    auto stream = seed.For(what, bound);
    return stream.Array<80>();
  };
  EXPECT_EQ(drawn(one, "a", "b"), drawn(again, "a", "b"));
  EXPECT_NE(drawn(one, "a", "b"), drawn(other, "a", "b"));
  EXPECT_NE(drawn(one, "a", "b"), drawn(one, "a", "c"));
  EXPECT_NE(drawn(one, "ab", ""), drawn(one, "a", "b"));
  auto stream = one.For("a", "b");
  EXPECT_NE(stream.Array<32>(), stream.Array<32>());
}

}  // namespace
}  // namespace sluis::keys
