// What nodes do not take for a ceremony.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/core/ceremony_day.h"
#include "server/core/key_secret.h"
#include "server/envelope/envelope.h"
#include "server/keys/ceremony.h"
#include "server/storage/clock.h"
#include "tests/server/exchange/key_account.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::CountOf;
using tests::KeyWorld;

TEST(CeremonyRefusals, TooFewHoldersOrHostsOrALowThreshold) {
  KeyWorld world(4, {"een", "twee", "twee", "drie"});
  const uint64_t before = world.node(0).h.size();
  const auto two = world.Start(0, KeyWorld::Generation({0, 1}));
  EXPECT_EQ(CodeOf(two.status()), "too_few_holders");
  EXPECT_THAT(std::string(two.status().message()), ::testing::HasSubstr("at least 3 holders"));
  const auto hosts = world.Start(0, KeyWorld::Generation({0, 1, 2}));
  EXPECT_EQ(CodeOf(hosts.status()), "too_few_hosts");
  EXPECT_THAT(std::string(hosts.status().message()), ::testing::HasSubstr("fewer than 3 hosts"));
  node::v1::StartCeremonyRequest low = KeyWorld::Generation({0, 1, 3});
  low.set_threshold(1);
  const auto lowered = world.Start(0, low);
  EXPECT_EQ(CodeOf(lowered.status()), "low_threshold");
  EXPECT_THAT(std::string(lowered.status().message()), ::testing::HasSubstr("must be needed"));
  EXPECT_EQ(world.node(0).h.size(), before + 3) << "each refusal is logged";
  node::v1::StartCeremonyRequest shown = KeyWorld::Generation({0, 1, 3});
  shown.set_preview(true);
  const auto preview = world.Start(0, shown);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->id(), "");
  EXPECT_EQ(preview->seats_size(), 3);
  EXPECT_THAT(world.Keys(0).ceremonies(), IsEmpty()) << "it was only shown";
}

TEST(CeremonyRefusals, WhatIsForeignUnknownOrLateChangesNothing) {
  KeyWorld world(4);
  const std::string id = world.Agreed(KeyWorld::Generation({0, 1, 2}));
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_COMPLETE);
  const std::string confirm = world.Ceremony(0, id).confirmations(1);
  // From one that takes no part, and to one.
  const auto deliver = [&](size_t from, size_t to, const std::string& message) {
    peer::v1::CeremonyLetter letter;
    auto& binding = *letter.mutable_binding();
    binding.set_kind(peer::v1::ENVELOPE_KIND_CEREMONY);
    binding.set_partnership(world.node(from).manifest().partnership);
    binding.set_sender(KeyWorld::NameOf(from));
    binding.set_recipient(KeyWorld::NameOf(to));
    binding.set_exchange_id(
        std::string(crypto::View(envelope::LetterId(KeyWorld::NameOf(to), message))));
    letter.set_message(message);
    const crypto::SigningKey& identity = world.node(from).own().identity();
    peer::v1::DeliverRequest request;
    *request.mutable_envelope() = envelope::MakeEnvelope({peer::v1::ENVELOPE_KIND_CEREMONY,
                                                          world.node(from).manifest().partnership,
                                                          world.node(from).manifest().version,
                                                          KeyWorld::NameOf(from),
                                                          KeyWorld::NameOf(to),
                                                          {letter.SerializeAsString()}},
                                                         {identity, identity})
                                      .value();
    absl::Status answered = absl::UnknownError("no answer");
    world.network()
        .AnswersOf(KeyWorld::NameOf(to))
        .deliver(KeyWorld::NameOf(from), request, [&](absl::Status status) { answered = status; });
    return answered;
  };
  const auto expect_refused = [&](size_t at, uint64_t before) {
    EXPECT_EQ(world.node(at).h.size(), before + 1);
    EXPECT_EQ(world.node(at).h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  };
  uint64_t before = world.node(0).h.size();
  EXPECT_EQ(deliver(3, 0, confirm), absl::OkStatus());
  expect_refused(0, before);
  before = world.node(3).h.size();
  EXPECT_EQ(deliver(0, 3, confirm), absl::OkStatus());
  expect_refused(3, before);
  before = world.node(0).h.size();
  EXPECT_EQ(deliver(1, 0, std::string("geen bericht")), absl::OkStatus());
  expect_refused(0, before);
  std::string forged = confirm;
  forged.back() ^= 1;
  before = world.node(0).h.size();
  EXPECT_EQ(deliver(1, 0, forged), absl::OkStatus());
  expect_refused(0, before);
  // Late, and nothing to it.
  before = world.node(0).h.size();
  EXPECT_EQ(deliver(1, 0, confirm), absl::OkStatus());
  EXPECT_EQ(world.node(0).h.size(), before);
}

// The proposer chooses the day on which keys must be valid.
TEST(CeremonyRefusals, AKeyThatHasExpiredHasNoVoiceByADayOfLongAgo) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  peer::v1::CeremonyParameters draft;
  ASSERT_TRUE(draft.ParseFromString(world.Ceremony(0, started->id()).parameters()));
  const std::string today = draft.day();
  partnership::Manifest manifest = world.node(0).manifest();
  const auto check = [&](const std::string& day) {
    draft.set_day(day);
    const auto parameters = keys::MakeParameters(draft);
    EXPECT_TRUE(parameters.ok());
    return core::CheckCeremonyDay(*parameters, manifest, today);
  };
  EXPECT_EQ(check(today), absl::OkStatus());
  EXPECT_EQ(check(storage::AddDays(today, -31)), absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(check(storage::AddDays(today, -32))));
  EXPECT_EQ(check(storage::AddDays(today, 1)), absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(check(storage::AddDays(today, 2))));
  // Renewed yesterday; the day before, the old key was still valid.
  for (partnership::Key& key : manifest.members[1].keys) {
    if (key.purpose == crypto::KeyPurpose::kIdentity) key.not_after = storage::AddDays(today, -1);
  }
  partnership::Key renewed = manifest.members[1].keys[0];
  renewed.purpose = crypto::KeyPurpose::kIdentity;
  renewed.public_key[0] ^= 1;
  renewed.not_after = "2199-12-31";
  manifest.members[1].keys.push_back(renewed);
  const absl::Status expired = check(storage::AddDays(today, -2));
  EXPECT_THAT(std::string(expired.message()), ::testing::HasSubstr("has expired since"));
  EXPECT_EQ(check(today), absl::OkStatus());
  // What is proposed so is taken neither as a proposal nor as a ceremony of this node.
  draft.set_day(storage::AddDays(today, -60));
  const auto backdated = keys::MakeParameters(draft);
  ASSERT_TRUE(backdated.ok());
  auto begun = keys::Ceremony::Begin(
      *backdated, world.node(1).manifest(),
      {KeyWorld::NameOf(1), world.node(1).own().identity(), crypto::Secret<32>()},
      world.node(1).h.clock.NowUs() / 1'000'000);
  ASSERT_TRUE(begun.ok()) << begun.status();
  const std::string announcement = begun->step.send[0].message;
  EXPECT_EQ(world.Carry(1, 2, {announcement}), absl::OkStatus());
  EXPECT_EQ(world.node(2).h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_THAT(world.Keys(2).ceremonies(), IsEmpty());
}

TEST(CeremonyRefusals, APartnerCannotFillANodeWithProposals) {
  KeyWorld world(3);
  for (int i = 0; i < 6; ++i) {
    node::v1::StartCeremonyRequest request = KeyWorld::Generation();
    request.set_purpose("doel-" + std::to_string(i));
    ASSERT_TRUE(world.Start(0, request).ok());
  }
  for (int i = 0; i < 5; ++i) world.Round();
  EXPECT_EQ(world.Keys(1).ceremonies_size(), 4);
}

TEST(CeremonyRefusals, OnlyOneAtATimeAboutAKey) {
  KeyWorld world(3);
  ASSERT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
  const auto second = world.Start(0, KeyWorld::Generation());
  EXPECT_EQ(CodeOf(second.status()), "ceremony_running");
  EXPECT_THAT(std::string(second.status().message()), ::testing::HasSubstr("under way"));
}

// What cannot be read does not stand in the way for ever.
TEST(CeremonyRefusals, AnUnreadableCeremonyIsClosedWhenItIsDue) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  world.Spoil(0, core::KeySecretKey(core::KeySecretKind::kSeed, started->id()));
  world.Restart(0);
  // In the first round that is at its end.
  world.Pass(3700);
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), record::v1::CEREMONY_STATE_CLOSED);
  EXPECT_EQ(CountOf(world, 0, "closed"), 1u);
  const uint64_t entries = world.node(0).h.size();
  world.Pass(600);
  EXPECT_EQ(world.node(0).h.size(), entries);
  EXPECT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
}

}  // namespace
}  // namespace sluis::exchange
