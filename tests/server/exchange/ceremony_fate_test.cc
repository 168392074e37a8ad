// Ceremonies that end without a machine: by an administrator, by what is in force, or because their
// rows make none.

#include "server/core/ceremony_fate.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/hash.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_secret.h"
#include "tests/server/exchange/key_account.h"
#include "tests/server/exchange/key_world.h"
#include "tests/support/seeded_random.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_CLOSED;
using record::v1::CEREMONY_STATE_ENDED;
using record::v1::CEREMONY_STATE_PROPOSED;
using record::v1::CEREMONY_STATE_RUNNING;
using tests::CodeOf;
using tests::KeyWorld;
using tests::LastAct;

void ExpectCancelledBy(KeyWorld& world, size_t at, const std::string& id, size_t by) {
  const record::v1::StoredCeremony row = world.Ceremony(at, id);
  ASSERT_GE(row.findings_size(), 1) << at;
  EXPECT_EQ(row.findings(0).culprit(), KeyWorld::NameOf(by)) << at;
  EXPECT_EQ(row.findings(0).ground(), "cancelled") << at;
  EXPECT_EQ(row.findings_size(), 1) << at;
}

TEST(CeremonyCancel, EndsHereAndAtAllOthersUnderTheNameOfWhoDid) {
  KeyWorld world(4);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok()) << started.status();
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  ASSERT_TRUE(world.Settle());
  const auto shown = world.Cancel(1, started->id());
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->state(), "ended");
  EXPECT_EQ(LastAct(world, 1, "ended").ceremony().culprits(0).ground(), "cancelled");
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_ENDED);
  for (const size_t asked : {2u, 3u}) {
    EXPECT_EQ(world.Ceremony(asked, started->id()).state(), CEREMONY_STATE_CLOSED) << asked;
    EXPECT_EQ(CodeOf(world.Agree(asked, started->id())), "no_ceremony");
  }
  for (size_t at = 0; at < 4; ++at) ExpectCancelledBy(world, at, started->id(), 1);
  // Nothing stands in the way, a restart included, and nothing is taken back twice.
  EXPECT_EQ(CodeOf(world.Cancel(1, started->id()).status()), "no_ceremony");
  EXPECT_EQ(CodeOf(world.Cancel(1, std::string(32, 'x')).status()), "no_ceremony");
  world.Restart(0);
  world.Restart(1);
  EXPECT_FALSE(world.Agreed(KeyWorld::Generation(), 1).empty());
  ASSERT_TRUE(world.Settle());
  EXPECT_TRUE(world.Pinned(0).ok());
}

TEST(CeremonyCancel, WhoWasAskedDeclines) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Ceremony(2, started->id()).state(), CEREMONY_STATE_PROPOSED);
  const auto shown = world.Cancel(2, started->id());
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->state(), "closed");
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_ENDED);
  for (size_t at = 0; at < 3; ++at) ExpectCancelledBy(world, at, started->id(), 2);
  node::v1::StartCeremonyRequest recover = KeyWorld::Generation();
  recover.set_kind("recover");
  EXPECT_EQ(CodeOf(world.Start(0, recover).status()), "no_key")
      << "nobody starts by itself again what somebody did not want";
  recover.set_ceremony(started->id());
  EXPECT_TRUE(world.Start(0, recover).ok());
}

// As after a restore: the seed of a ceremony is erased again before the node serves.
TEST(CeremonyCancel, OneWhoseRowsMakeNoMachineCanBeEndedAndTheOthersHearOfIt) {
  for (const bool by_person : {true, false}) {
    KeyWorld world(3);
    const auto started = world.Start(0, KeyWorld::Generation());
    ASSERT_TRUE(started.ok());
    ASSERT_TRUE(world.Settle());
    ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
    ASSERT_TRUE(world.Settle());
    world.Spoil(0, core::KeySecretKey(core::KeySecretKind::kSeed, started->id()));
    world.Restart(0);
    if (by_person) {
      const auto shown = world.Cancel(0, started->id());
      ASSERT_TRUE(shown.ok()) << shown.status();
      EXPECT_EQ(shown->state(), "closed");
      ExpectCancelledBy(world, 0, started->id(), 0);
    } else {
      // In the first round that is at its end at the latest.
      world.Pass(3700);
      EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_CLOSED);
      EXPECT_EQ(world.Ceremony(0, started->id()).reason(), core::kReasonUnreadable);
      EXPECT_EQ(LastAct(world, 0, "closed").reason(),
                "its rows do not make what this node said in it");
    }
    ASSERT_TRUE(world.Settle());
    EXPECT_EQ(world.Ceremony(1, started->id()).state(), CEREMONY_STATE_ENDED);
    ExpectCancelledBy(world, 1, started->id(), 0);
    EXPECT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
  }
}

TEST(CeremonyCancel, OneWhoseRowsMakeNoMachineIsEndedByTheNextLetterAndTheOthersHearOfIt) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  world.Spoil(0, core::KeySecretKey(core::KeySecretKind::kSeed, started->id()));
  world.Restart(0);
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_CLOSED);
  EXPECT_EQ(world.Ceremony(0, started->id()).reason(), core::kReasonUnreadable);
  EXPECT_EQ(world.Ceremony(1, started->id()).state(), CEREMONY_STATE_ENDED);
  EXPECT_EQ(world.Ceremony(2, started->id()).state(), CEREMONY_STATE_CLOSED);
  for (const size_t at : {1u, 2u}) ExpectCancelledBy(world, at, started->id(), 0);
}

TEST(CeremonyFate, AProcessWithARenewedIdentityKeyEndsItNamingNobody) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  ASSERT_TRUE(world.Settle());
  auto renewed = crypto::SigningKey::Generate(crypto::SystemRandom());
  tests::SeededRandom random(5);
  core::Ceremonies process(KeyWorld::NameOf(0), renewed, random);
  for (int part = 0; part < 4; ++part) {
    world.node(0).h.clock.Advance(std::chrono::seconds(925));
    ASSERT_EQ(world.Keep(0, &process), absl::OkStatus());
  }
  // It waits for agreement yet: time asks, and then it finds that nobody would believe it.
  const record::v1::StoredCeremony row = world.Ceremony(0, started->id());
  EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED);
  EXPECT_EQ(row.reason(), core::kReasonIdentityKey);
  EXPECT_EQ(row.findings_size(), 0);
  EXPECT_EQ(LastAct(world, 0, "ended").reason(), "the identity key of a participant was replaced");
}

// Of one that two have agreed to.
std::string HalfAgreed(KeyWorld& world) {
  const auto started = world.Start(0, KeyWorld::Generation());
  EXPECT_TRUE(started.ok()) << started.status();
  EXPECT_TRUE(world.Settle());
  EXPECT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  EXPECT_TRUE(world.Settle());
  return started->id();
}

TEST(CeremonyFate, WhileNothingIsExchangedTimeNamesNobody) {
  KeyWorld world(3);
  const std::string id = HalfAgreed(world);
  for (const size_t at : {0u, 1u}) {
    world.ChangeTerms(at, [](core::Terms& terms) { terms.may_exchange = false; });
  }
  // A moment, as when the rows of an exercise are being erased, ends nothing.
  ASSERT_EQ(world.Keep(0), absl::OkStatus());
  EXPECT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_RUNNING);
  world.Pass(5000);
  for (const size_t at : {0u, 1u}) {
    const record::v1::StoredCeremony row = world.Ceremony(at, id);
    EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED) << at;
    EXPECT_EQ(row.findings_size(), 0) << at;
    EXPECT_EQ(row.reason(), core::kReasonNotExchanging) << at;
    EXPECT_EQ(LastAct(world, at, "ended").reason(), "the partnership exchanged nothing");
  }
}

TEST(CeremonyFate, InPreparationItEndsAtOnce) {
  KeyWorld world(3);
  const std::string id = HalfAgreed(world);
  world.ChangeManifest(0, [](partnership::Manifest& manifest) {
    manifest.state = record::v1::PARTNERSHIP_STATE_PREPARATION;
  });
  world.ChangeTerms(0, [](core::Terms& terms) { terms.may_exchange = terms.exercise = false; });
  ASSERT_EQ(world.Keep(0), absl::OkStatus());
  EXPECT_EQ(world.Ceremony(0, id).reason(), core::kReasonNotExchanging);
}

void RenewIdentity(partnership::Manifest& manifest, size_t member) {
  for (partnership::Member& one : manifest.members) {
    if (one.organisation != KeyWorld::NameOf(member)) continue;
    for (partnership::Key& key : one.keys) {
      if (key.purpose == crypto::KeyPurpose::kIdentity) key.public_key[0] ^= 1;
    }
  }
}

TEST(CeremonyFate, ALaterManifestWithAnotherIdentityKeyEndsWhatRuns) {
  KeyWorld world(4);
  const auto started = world.Start(0, KeyWorld::Generation({0, 1, 2}));
  ASSERT_TRUE(started.ok());
  world.ChangeManifest(0, [](partnership::Manifest& manifest) { RenewIdentity(manifest, 3); });
  ASSERT_EQ(world.Keep(0), absl::OkStatus());
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_RUNNING) << "takes no part";
  world.node(0).h.clock.Advance(std::chrono::seconds(6));
  world.ChangeManifest(0, [](partnership::Manifest& manifest) { RenewIdentity(manifest, 2); });
  ASSERT_EQ(world.Keep(0), absl::OkStatus());
  const record::v1::StoredCeremony row = world.Ceremony(0, started->id());
  EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED);
  EXPECT_EQ(row.reason(), core::kReasonIdentityKey);
  EXPECT_EQ(row.findings_size(), 0);
}

TEST(CeremonyFate, ALaterManifestWithAnotherIdentityKeyClosesWhatEndedInTheLastRound) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  const auto confirm = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  for (size_t i = 0; i < 200 && world.Ceremony(0, id).round() < confirm; ++i) world.SendFrom(i % 3);
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_RUNNING);
  world.Isolate(0);
  world.Pass(2400);
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_ENDED);
  ASSERT_TRUE(core::HasMachine(world.Ceremony(0, id)));
  world.ChangeManifest(0, [](partnership::Manifest& manifest) { RenewIdentity(manifest, 2); });
  world.Pass(360);
  const record::v1::StoredCeremony row = world.Ceremony(0, id);
  EXPECT_EQ(row.state(), CEREMONY_STATE_CLOSED);
  EXPECT_EQ(row.reason(), core::kReasonIdentityKey);
  EXPECT_TRUE(absl::IsNotFound(world.SeedOf(0, id).status()));
  const std::string share = core::KeySecretKey(core::KeySecretKind::kShare, row.package_digest());
  EXPECT_TRUE(world.With(0, [&](const core::View& view) {
    return core::ReadKeySecret(view, share).ok();
  })) << "others may have erased what it takes the place of";
  EXPECT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
}

// Who had ended because of a partition hears afterwards what it did not see.
TEST(CeremonyEvidence, ReachesTheLogOfWhoHadEndedAlready) {
  KeyWorld world(3);
  world.Cheat(2, peer::v1::CEREMONY_ROUND_DEAL, [](const std::string& bytes) {
    peer::v1::CeremonyDeal body;
    body.ParseFromString(bytes);
    body.mutable_dealing()->back() ^= 1;
    return body.SerializeAsString();
  });
  const std::string id = world.Agreed(KeyWorld::Generation());
  const auto deal = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_DEAL);
  for (size_t i = 0; i < 200 && world.Ceremony(0, id).round() < deal; ++i) world.SendFrom(i % 3);
  world.Isolate(0);
  world.Pass(2400);
  const auto found = [&](size_t at) {
    const record::v1::StoredCeremony row = world.Ceremony(at, id);
    for (const record::v1::CeremonyFinding& one : row.findings()) {
      if (one.culprit() == KeyWorld::NameOf(2) && one.ground() == "reveal") return one;
    }
    return record::v1::CeremonyFinding();
  };
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_ENDED);
  ASSERT_EQ(found(0).evidence_size(), 0) << "it has seen nothing but silence";
  ASSERT_GE(found(1).evidence_size(), 1);
  world.Isolate(0, false);
  world.Pass(360);
  ASSERT_GE(found(0).evidence_size(), 1);
  EXPECT_EQ(found(0).evidence(0), found(1).evidence(0)) << "the message itself";
  bool said = false;
  for (const tests::Opened& entry : world.node(0).h.Entries()) {
    for (const auto& culprit : entry.act.ceremony().culprits()) {
      said = said ||
             (culprit.ground() == "reveal" && culprit.organisation() == KeyWorld::NameOf(2) &&
              culprit.evidence_digests(0) == crypto::View(crypto::Sha256(found(1).evidence(0))));
    }
  }
  EXPECT_TRUE(said);
  const uint64_t entries = world.Entries();
  world.Pass(360);
  EXPECT_EQ(world.Entries(), entries);
}

}  // namespace
}  // namespace sluis::exchange
