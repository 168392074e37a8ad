// What a partner can make a node compute, read and keep about ceremonies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "server/core/take_letters.h"
#include "server/keys/message.h"
#include "tests/server/exchange/key_world.h"
#include "tests/support/counting_snapshot.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using tests::KeyWorld;

constexpr uint64_t kSecondUs = 1'000'000;

// The announcement of `from` of a ceremony for that purpose.
std::string Announcement(KeyWorld& world, size_t from, const std::string& purpose,
                         const std::string& manifest_digest = {}) {
  peer::v1::CeremonyParameters draft;
  draft.set_version(keys::kCeremonyVersion);
  draft.set_kind(peer::v1::CEREMONY_KIND_GENERATION);
  draft.set_partnership(world.node(from).manifest().partnership);
  draft.set_purpose(purpose);
  draft.set_epoch(1);
  draft.set_threshold(static_cast<uint32_t>(keys::LeastThreshold(world.size())));
  for (size_t at = 0; at < world.size(); ++at) {
    peer::v1::CeremonySeat& added = *draft.add_holders();
    added.set_index(static_cast<uint32_t>(at + 1));
    added.set_organisation(KeyWorld::NameOf(at));
  }
  draft.set_manifest_digest(manifest_digest.empty()
                                ? std::string(crypto::View(world.node(from).manifest().digest))
                                : manifest_digest);
  draft.set_day(storage::LegalDay(world.node(from).h.clock.NowUs()));
  draft.set_announce_until_s(world.node(from).h.clock.NowUs() / kSecondUs + 3600);
  draft.set_round_seconds(240);
  draft.set_nonce(std::string(16, 'n'));
  const auto parameters = keys::MakeParameters(draft);
  EXPECT_TRUE(parameters.ok()) << parameters.status();
  peer::v1::CeremonyAnnounce body;
  body.set_parameters(parameters->bytes);
  body.set_nonce(std::string(32, 'n'));
  body.set_share_key(std::string(32, 'k'));
  body.set_possession(std::string(64, 'p'));
  return keys::SignMessage({parameters->partnership, parameters->id, {}},
                           peer::v1::CEREMONY_ROUND_ANNOUNCE, KeyWorld::NameOf(from),
                           body.SerializeAsString(), world.node(from).own().identity())
      .Serialise();
}

std::string Unsigned(std::string message) {
  peer::v1::CeremonyMessage proto;
  EXPECT_TRUE(proto.ParseFromString(message));
  proto.mutable_signature()->back() ^= 1;
  return proto.SerializeAsString();
}

// Computing the packages that an announcement names is dear, and asked for by one letter.
TEST(CeremonyBounds, AnnouncementsAreJudgedForWhoSignedThemAndNotWithoutEnd) {
  KeyWorld world(4);
  for (int i = 0; i < core::kMostJudgedADay + 8; ++i) {
    const std::string message = Announcement(world, 1, "los-" + std::to_string(i));
    ASSERT_EQ(world.Carry(1, 2, {Unsigned(message)}), absl::OkStatus());
  }
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 0);
  // What was not signed has cost its carrier nothing of what it may ask.
  ASSERT_EQ(world.Carry(1, 2, {Announcement(world, 1, "goed")}), absl::OkStatus());
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 1);
  const std::string other(32, 'm');
  for (int i = 1; i < core::kMostJudgedADay; ++i) {
    const std::string message = Announcement(world, 1, "fout-" + std::to_string(i), other);
    ASSERT_EQ(world.Carry(1, 2, {message}), absl::OkStatus()) << i;
  }
  EXPECT_FALSE(world.Carry(1, 2, {Announcement(world, 1, "te-veel", other)}).ok());
  EXPECT_FALSE(world.Carry(1, 2, {Announcement(world, 1, "te-veel")}).ok());
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 1);
  // Others are not concerned, and a day later it may ask again.
  EXPECT_EQ(world.Carry(3, 2, {Announcement(world, 3, "ook-goed")}), absl::OkStatus());
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 2);
  for (size_t at = 0; at < world.size(); ++at) {
    world.node(at).h.clock.Advance(std::chrono::hours(24));
  }
  EXPECT_EQ(world.Carry(1, 2, {Announcement(world, 1, "morgen")}), absl::OkStatus());
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 3);
}

TEST(CeremonyBounds, NoMachineIsMadeForWhatNobodySigned) {
  KeyWorld world(4);
  const std::string id = world.Agreed(KeyWorld::Generation({0, 1, 2}));
  world.SendFrom(0);
  // In the name of one who takes part, signed by another.
  const std::string message =
      keys::SignMessage({world.node(1).manifest().partnership, *crypto::ToFixed<32>(id), {}},
                        peer::v1::CEREMONY_ROUND_ANNOUNCE, KeyWorld::NameOf(1), "x",
                        world.node(3).own().identity())
          .Serialise();
  world.Restart(0);
  EXPECT_EQ(world.Carry(1, 0, {message}), absl::OkStatus());
  EXPECT_EQ(world.Carry(3, 0, {message}), absl::OkStatus());
  EXPECT_EQ(world.node(0).h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(world.link(0).ceremonies().made(), 0u);
  ASSERT_TRUE(world.Settle());
  EXPECT_TRUE(world.AllStand(id, CEREMONY_STATE_COMPLETE));
  EXPECT_EQ(world.link(0).ceremonies().made(), 1u);
}

TEST(CeremonyBounds, WhatIsNotHereIsNotLookedForEachTimeItIsAskedFor) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_COMPLETE);
  // Of one who takes no part: no row holds that.
  peer::v1::CeremonyMissing missing;
  missing.set_round(peer::v1::CEREMONY_ROUND_ANNOUNCE);
  missing.add_members(9);
  peer::v1::CeremonyLetter letter;
  letter.set_message(
      keys::SignMessage({world.node(1).manifest().partnership, *crypto::ToFixed<32>(id), {}},
                        peer::v1::CEREMONY_ROUND_MISSING, KeyWorld::NameOf(1),
                        missing.SerializeAsString(), world.node(1).own().identity())
          .Serialise());
  auto& h = world.node(0).h;
  const auto rows_read = [&] {
    core::PeerLeaf leaf;
    leaf.proof.leaf = letter;
    core::TakeLetters use_case(KeyWorld::NameOf(1), {leaf}, world.link(0).ceremonies());
    core::Call call;
    call.method = &use_case.method();
    call.terms = h.terms.Get();
    call.now_us = h.clock.NowUs();
    call.today = storage::LegalDay(call.now_us);
    call.peer = KeyWorld::NameOf(1);
    const auto snapshot = h.ledger->store().NewSnapshot();
    const tests::CountingSnapshot counted(*snapshot);
    core::View view(counted, h.ledger->keyring());
    const absl::StatusOr<core::Plan> plan = use_case.Decide(call, view);
    EXPECT_TRUE(plan.ok() && plan->effects.empty()) << plan.status();
    return counted.rows();
  };
  const size_t first = rows_read();
  EXPECT_GE(first, world.Ceremony(0, id).events());
  const size_t again = rows_read();
  EXPECT_LT(again, 8u);
  h.clock.Advance(std::chrono::seconds(core::kAskedAgainSeconds));
  EXPECT_EQ(rows_read(), first) << "once for each while";
}

TEST(CeremonyBounds, ProposalsOfAllPartnersTogetherAreBoundedAndTheOlderOnesStay) {
  KeyWorld world(6);
  std::set<std::string> seen;
  for (size_t at = 1; at < world.size(); ++at) {
    for (int i = 0; i < core::kMostProposals; ++i) {
      node::v1::StartCeremonyRequest request = KeyWorld::Generation();
      request.set_purpose("doel-" + std::to_string(at) + "-" + std::to_string(i));
      const auto started = world.Start(at, request);
      ASSERT_TRUE(started.ok()) << started.status();
      if (at + 1 < world.size()) seen.insert(started->id());
    }
    for (int i = 0; i < 3; ++i) world.Round();
  }
  std::set<std::string> held;
  const node::v1::GetKeysResponse shown = world.Keys(0);
  for (const node::v1::CeremonyView& view : shown.ceremonies()) held.insert(view.id());
  EXPECT_EQ(held.size(), static_cast<size_t>(core::kMostProposalsInAll));
  EXPECT_EQ(held, seen);
}

}  // namespace
}  // namespace sluis::exchange
