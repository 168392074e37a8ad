// Ceremonies that end without a machine: by an administrator, by what is in force, or because their
// rows make none; and keys that stop.

#include "server/core/ceremony_fate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "server/core/drop_taken.h"
#include "server/core/exercise_keys.h"
#include "server/core/key_secret.h"
#include "server/core/key_use.h"
#include "server/core/outbox.h"
#include "tests/server/exchange/key_world.h"
#include "tests/support/seeded_random.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_CLOSED;
using record::v1::CEREMONY_STATE_COMPLETE;
using record::v1::CEREMONY_STATE_ENDED;
using record::v1::CEREMONY_STATE_PROPOSED;
using record::v1::CEREMONY_STATE_RUNNING;
using tests::CodeOf;
using tests::KeyWorld;
using tests::kPurpose;

// The last entry of a node about a ceremony with that word.
record::v1::ActPart LastAct(KeyWorld& world, size_t at, const std::string& word) {
  record::v1::ActPart found;
  for (const tests::Opened& entry : world.node(at).h.Entries()) {
    if (entry.act.ceremony().event() == word) found = entry.act;
  }
  return found;
}

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

node::v1::StartCeremonyRequest Asked(const std::string& kind) {
  node::v1::StartCeremonyRequest request = KeyWorld::Generation();
  request.set_kind(kind);
  return request;
}

TEST(KeyWindow, AfterARollOldShareAndFactorGoWhenTheTimeIsOver) {
  KeyWorld world(3);
  world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  const keys::Package before = world.Pinned(0)->package;
  for (int i = 0; i < 2; ++i) {
    world.Agreed(Asked("roll"));
    world.Pass(240);
  }
  ASSERT_TRUE(world.Pinned(0, 2).ok()) << world.Pinned(0, 2).status();
  const keys::Package factor = world.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package;
  const keys::Package after = world.Pinned(0, 2)->package;
  const std::shared_ptr<const core::Terms> terms = world.node(0).h.terms.Get();
  const uint64_t now_us = world.node(0).h.clock.NowUs();
  for (const auto& pinned : {*world.Pinned(0), *world.Pinned(0, 2, record::v1::KEY_USE_ROLL)}) {
    EXPECT_EQ(pinned.row.stops_why(), core::kStopsRolled);
    EXPECT_GT(pinned.row.stops_s() * 1'000'000, now_us + 29ull * 24 * 3600 * 1'000'000);
    EXPECT_EQ(core::MayUse(pinned.row, *terms, now_us), absl::OkStatus());
  }
  EXPECT_EQ(world.Pinned(0, 2)->row.stops_s(), 0u);
  for (size_t at = 0; at < 3; ++at) {
    EXPECT_TRUE(world.ShareOf(at, before).ok()) << at;
    EXPECT_TRUE(world.ShareOf(at, factor).ok()) << at;
    world.node(at).h.clock.Advance(std::chrono::hours(24 * 30 + 1));
  }
  world.Pass(240);
  for (size_t at = 0; at < 3; ++at) {
    EXPECT_TRUE(absl::IsNotFound(world.ShareOf(at, before).status())) << at;
    EXPECT_TRUE(absl::IsNotFound(world.ShareOf(at, factor).status())) << at;
    EXPECT_TRUE(world.ShareOf(at, after).ok()) << at;
    // Each erasure says what it was.
    std::set<std::string> erased;
    for (const tests::Opened& entry : world.node(at).h.Entries()) {
      if (entry.act.ceremony().event() == "erased") {
        erased.insert(entry.act.ceremony().package_digest());
      }
    }
    EXPECT_TRUE(erased.contains(std::string(crypto::View(before.digest))));
    EXPECT_TRUE(erased.contains(std::string(crypto::View(factor.digest))));
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(
      core::MayUse(world.Pinned(0)->row, *terms, world.node(0).h.clock.NowUs())));
  EXPECT_EQ(world.Keys(0).keys(0).share(), "erased");
  EXPECT_EQ(world.With(0, [](const core::View& view) { return *core::KeyTasks(view); }), 0u);
}

TEST(KeyTask, HoldersWhoMayHoldNoKeyTogetherAnyMoreSetADay) {
  KeyWorld world(3);
  world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  ASSERT_EQ(world.Pinned(0)->row.stops_s(), 0u);
  world.ChangeManifest(0, [](partnership::Manifest& manifest) {
    manifest.members[1].host = manifest.members[0].host;
  });
  const uint64_t now_s = world.node(0).h.clock.NowUs() / 1'000'000;
  world.node(0).h.clock.Advance(std::chrono::seconds(6));
  ASSERT_EQ(world.Keep(0), absl::OkStatus());
  const record::v1::StoredKey row = world.Pinned(0)->row;
  EXPECT_EQ(row.stops_why(), core::kStopsCommittee);
  EXPECT_GE(row.stops_s(), now_s + 30 * 24 * 3600);
  EXPECT_EQ(LastAct(world, 0, "removed").reason(),
            "its holders may not hold a key together under this manifest");
  EXPECT_EQ(world.Keys(0).keys(0).stops_why(), "committee");
  EXPECT_EQ(world.With(0, [](const core::View& view) { return *core::KeyTasks(view); }), 1u);
  EXPECT_EQ(world.Pinned(1)->row.stops_s(), 0u);
}

TEST(KeyUse, IsRefusedWhereItMayNotBe) {
  KeyWorld world(3);
  world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  const record::v1::StoredKey row = world.Pinned(0)->row;
  const uint64_t now_us = world.node(0).h.clock.NowUs();
  const core::Terms held = *world.node(0).h.terms.Get();
  EXPECT_EQ(core::MayUse(row, held, now_us), absl::OkStatus());
  const auto refused =
      [&](const std::function<void(core::Terms&, record::v1::StoredKey&)>& change) {
        core::Terms terms = held;
        record::v1::StoredKey key = row;
        change(terms, key);
        return absl::IsFailedPrecondition(core::MayUse(key, terms, now_us));
      };
  EXPECT_TRUE(refused([](core::Terms& terms, auto&) { terms.may_exchange = false; }));
  EXPECT_TRUE(refused([](core::Terms& terms, auto&) { terms.partnership = "ander.example"; }));
  EXPECT_TRUE(refused([](core::Terms& terms, auto&) { terms.exercise = !terms.exercise; }));
  EXPECT_TRUE(refused([](auto&, record::v1::StoredKey& key) { key.set_stops_s(1); }));
  EXPECT_TRUE(refused([](auto&, record::v1::StoredKey& key) { key.set_package("x"); }));
}

TEST(KeyEntries, ARefusedStartSaysWhatWasAskedFor) {
  KeyWorld world(3);
  ASSERT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
  EXPECT_EQ(CodeOf(world.Start(0, KeyWorld::Generation()).status()), "ceremony_running");
  record::v1::ActPart act = world.node(0).h.Last().act;
  EXPECT_EQ(act.refusal(), "ceremony_running");
  EXPECT_EQ(act.ceremony().kind(), "generation");
  EXPECT_EQ(act.ceremony().purpose(), kPurpose);
  const std::string unknown(32, 'x');
  EXPECT_EQ(CodeOf(world.Agree(0, unknown)), "no_ceremony");
  EXPECT_EQ(world.node(0).h.Last().act.ceremony().ceremony(), unknown);
  node::v1::StartCeremonyRequest odd = KeyWorld::Generation();
  odd.set_kind("een heel verhaal");
  odd.set_purpose("Jan Janssens woont hier");
  EXPECT_FALSE(world.Start(0, odd).ok());
  EXPECT_EQ(world.node(0).h.Last().act.ceremony().kind(), "");
  EXPECT_EQ(world.node(0).h.Last().act.ceremony().purpose(), "");
}

TEST(KeyLetters, ALetterThatIsOwedAnewIsNotStruckOff) {
  KeyWorld world(3);
  ASSERT_TRUE(world.Start(0, KeyWorld::Generation()).ok());
  core::TakenMessage taken{KeyWorld::NameOf(1), {}, peer::v1::ENVELOPE_KIND_CEREMONY};
  const auto owed = [&] {
    size_t count = 0;
    EXPECT_TRUE(world
                    .With(0,
                          [&](const core::View& view) {
                            return core::VisitOutbox(view, KeyWorld::NameOf(1),
                                                     [&](const core::OwedRow& one) {
                                                       taken.exchange_id = std::string(one.id);
                                                       taken.not_before_us = one.not_before_us;
                                                       ++count;
                                                       return true;
                                                     });
                          })
                    .ok());
    return count;
  };
  ASSERT_EQ(owed(), 1u);
  const auto drop = [&](core::TakenMessage one) {
    return world.node(0).h.executor->RunAsNodeAndWait(
        std::make_shared<core::DropTaken>(std::vector{std::move(one)}));
  };
  core::TakenMessage before = taken;
  *before.not_before_us -= 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(drop(before)));
  EXPECT_EQ(owed(), 1u) << "it came to be owed anew after it was taken";
  EXPECT_EQ(drop(taken), absl::OkStatus());
  EXPECT_EQ(owed(), 0u);
}

TEST(KeysOfExercise, AreErasedWhenThePartnershipBecomesActive) {
  KeyWorld world(3);
  for (size_t at = 0; at < 3; ++at) {
    world.ChangeTerms(at, [](core::Terms& terms) { terms.exercise = true; });
  }
  const std::string id = world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  const auto pinned = world.Pinned(0);
  ASSERT_TRUE(pinned.ok());
  EXPECT_TRUE(pinned->row.exercise());
  const auto erase = [&] {
    return world.node(0).h.executor->RunAsNodeAndWait(
        std::make_shared<core::EraseKeysOfExercise>());
  };
  const auto left = [&] {
    return world.With(0, [](const core::View& view) { return *core::KeysOfExercise(view); });
  };
  world.ChangeManifest(0, [](partnership::Manifest& manifest) {
    manifest.state = record::v1::PARTNERSHIP_STATE_EXERCISE;
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(erase())) << "as long as it is in exercise";
  world.ChangeManifest(0, [](partnership::Manifest& manifest) {
    manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  });
  world.ChangeTerms(0, [](core::Terms& terms) { terms.exercise = false; });
  EXPECT_TRUE(absl::IsFailedPrecondition(
      core::MayUse(pinned->row, *world.node(0).h.terms.Get(), world.node(0).h.clock.NowUs())));
  ASSERT_TRUE(left());
  ASSERT_EQ(erase(), absl::OkStatus());
  EXPECT_FALSE(left());
  EXPECT_TRUE(absl::IsNotFound(world.Pinned(0).status()));
  EXPECT_TRUE(absl::IsNotFound(world.ShareOf(0, pinned->package).status()));
  EXPECT_EQ(world.Ceremony(0, id).state(), record::v1::CEREMONY_STATE_UNSPECIFIED);
  EXPECT_TRUE(absl::IsFailedPrecondition(erase())) << "nothing is left";
}

}  // namespace
}  // namespace sluis::exchange
