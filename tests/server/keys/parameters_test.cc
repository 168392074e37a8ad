#include "server/keys/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys {
namespace {

using peer::v1::CeremonyParameters;
using test::World;
using ::testing::HasSubstr;

// The refusal of a draft with one thing changed.
template <typename Change>
std::string Refused(Change change) {
  CeremonyParameters draft = World(3).Draft();
  change(draft);
  const auto read = MakeParameters(draft);
  return read.ok() ? "" : std::string(read.status().message());
}

TEST(ParametersTest, IdFollowsFromEveryWord) {
  const World world(3);
  const Parameters one = MakeParameters(world.Draft()).value();
  EXPECT_EQ(ReadParameters(one.bytes).value().id, one.id);
  CeremonyParameters draft = world.Draft();
  draft.set_threshold(3);
  EXPECT_NE(MakeParameters(draft).value().id, one.id);
  draft = world.Draft();
  draft.set_restarts(std::string(crypto::View(one.id)));
  const Parameters again = MakeParameters(draft).value();
  EXPECT_NE(again.id, one.id);
  EXPECT_EQ(again.restarts, one.id);
}

TEST(ParametersTest, FieldsOutOfBoundsAreRefused) {
  EXPECT_EQ(Refused([](auto&) {}), "");
  EXPECT_THAT(Refused([](auto& d) { d.set_version(2); }), HasSubstr("version"));
  EXPECT_THAT(Refused([](auto& d) { d.clear_kind(); }), HasSubstr("kind"));
  EXPECT_THAT(Refused([](auto& d) { d.set_partnership("Geen"); }), HasSubstr("partnership"));
  EXPECT_THAT(Refused([](auto& d) { d.set_purpose(""); }), HasSubstr("purpose"));
  EXPECT_THAT(Refused([](auto& d) { d.set_purpose("met spatie"); }), HasSubstr("purpose"));
  EXPECT_THAT(Refused([](auto& d) { d.set_epoch(0); }), HasSubstr("epoch"));
  EXPECT_THAT(Refused([](auto& d) { d.set_manifest_digest("kort"); }), HasSubstr("manifest"));
  EXPECT_THAT(Refused([](auto& d) { d.set_day("2026-02-30"); }), HasSubstr("day"));
  EXPECT_THAT(Refused([](auto& d) { d.set_announce_until_s(0); }), HasSubstr("announce_until_s"));
  EXPECT_THAT(Refused([](auto& d) { d.set_announce_until_s(uint64_t{1} << 60); }),
              HasSubstr("announce_until_s"));
  EXPECT_THAT(Refused([](auto& d) { d.set_round_seconds(9); }), HasSubstr("round_seconds"));
  EXPECT_THAT(Refused([](auto& d) { d.set_round_seconds(604801); }), HasSubstr("round_seconds"));
  EXPECT_THAT(Refused([](auto& d) { d.set_nonce("kort"); }), HasSubstr("nonce"));
  EXPECT_THAT(Refused([](auto& d) { d.set_restarts("kort"); }), HasSubstr("restarts"));
  EXPECT_THAT(Refused([](auto& d) { d.mutable_holders(0)->set_index(0); }), HasSubstr("indexes"));
  EXPECT_THAT(Refused([](auto& d) { d.mutable_holders(0)->set_index(65536); }),
              HasSubstr("indexes"));
  EXPECT_THAT(Refused([](auto& d) { d.mutable_holders(0)->set_index(2); }), HasSubstr("sorted"));
  EXPECT_THAT(Refused([](auto& d) { d.mutable_holders(0)->set_organisation("Een"); }),
              HasSubstr("organisation"));
  EXPECT_THAT(Refused([](auto& d) {
                for (uint32_t i = 4; i <= 65; ++i) {
                  *d.add_holders() = d.holders(0);
                  d.mutable_holders(static_cast<int>(i) - 1)->set_index(i);
                }
              }),
              HasSubstr("at most 64"));
}

TEST(ParametersTest, AnotherEncodingIsRefused) {
  const Parameters one = MakeParameters(World(3).Draft()).value();
  EXPECT_FALSE(ReadParameters(one.bytes + "x").ok());
  EXPECT_FALSE(ReadParameters(one.bytes.substr(1)).ok());
  EXPECT_FALSE(ReadParameters(std::string(kMaxParametersBytes + 1, '\0')).ok());
  // The version once more: equal to Protobuf, other bytes.
  EXPECT_FALSE(ReadParameters(one.bytes.substr(0, 2) + one.bytes).ok());
}

TEST(RosterTest, NamesEveryHolderWithTheKeysOfItsDay) {
  World world(3);
  partnership::Key late = world.manifest.members[0].keys[0];
  late.not_before = "2026-07-01";
  world.manifest.members[0].keys.push_back(late);
  const Roster roster = Roster::Of(MakeParameters(world.Draft()).value(), world.manifest).value();
  ASSERT_EQ(roster.participants().size(), 3U);
  EXPECT_EQ(roster.Find(1)->keys.size(), 1U);
  EXPECT_EQ(roster.Find(test::NameOf(3))->index, 3);
  EXPECT_EQ(roster.Find(4), nullptr);
  EXPECT_EQ(roster.Find("iemand.example"), nullptr);
}

TEST(RosterTest, WhatTheManifestDoesNotAllowIsRefused) {
  const World world(3);
  const Parameters parameters = MakeParameters(world.Draft()).value();
  partnership::Manifest other = world.manifest;
  other.digest[0] ^= 1;
  EXPECT_THAT(std::string(Roster::Of(parameters, other).status().message()),
              HasSubstr("another manifest"));
  other = world.manifest;
  other.partnership = "andere.example";
  EXPECT_THAT(std::string(Roster::Of(parameters, other).status().message()),
              HasSubstr("another manifest"));
  other = world.manifest;
  other.members[1].keys[0].not_after = "2026-05-31";
  EXPECT_THAT(std::string(Roster::Of(parameters, other).status().message()),
              HasSubstr("renew its keys"));
  other = world.manifest;
  other.members[1].host = other.members[0].host;
  EXPECT_THAT(std::string(Roster::Of(parameters, other).status().message()),
              HasSubstr("fewer than 3 hosts"));
}

TEST(BeginTest, OnlyAParticipantWithItsKeyAndInTimeBegins) {
  const World world(4);
  CeremonyParameters draft = world.Draft();
  draft.mutable_holders()->RemoveLast();
  const Parameters parameters = MakeParameters(draft).value();
  const auto begin = [&](MemberIndex index, MemberIndex key, uint64_t now_s) {
    const auto begun =
        Ceremony::Begin(parameters, world.manifest,
                        {test::NameOf(index), world.keys.at(key), world.SeedOf(index)}, now_s);
    return begun.ok() ? "" : std::string(begun.status().message());
  };
  EXPECT_EQ(begin(1, 1, test::kBegin_s), "");
  EXPECT_THAT(begin(4, 4, test::kBegin_s), HasSubstr("takes no part"));
  EXPECT_THAT(begin(1, 2, test::kBegin_s), HasSubstr("identity key"));
  EXPECT_THAT(begin(1, 1, draft.announce_until_s()), HasSubstr("is over"));
  EXPECT_EQ(begin(1, 1, draft.announce_until_s() - 1), "");
  EXPECT_THAT(begin(1, 1, draft.announce_until_s() - 30 * 24 * 3600 - 1), HasSubstr("30 days"));
}

}  // namespace
}  // namespace sluis::keys
