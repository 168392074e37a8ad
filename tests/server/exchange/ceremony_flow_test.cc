// Nodes that make a key together, over the path that everything between them takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/keys/message.h"
#include "tests/server/exchange/key_account.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using record::v1::CEREMONY_STATE_ENDED;
using record::v1::CEREMONY_STATE_PROPOSED;
using record::v1::CEREMONY_STATE_RUNNING;
using tests::CodeOf;
using tests::CountOf;
using tests::ExpectNothingWrong;
using tests::ExpectOneKey;
using tests::KeyWorld;

class GenerationFlow : public ::testing::TestWithParam<size_t> {};

TEST_P(GenerationFlow, MakesOneKeyThatNobodyHas) {
  KeyWorld world(GetParam());
  const std::string id = world.Agreed(KeyWorld::Generation());
  ASSERT_TRUE(world.Settle());
  std::vector<size_t> all;
  for (size_t at = 0; at < world.size(); ++at) {
    all.push_back(at);
    EXPECT_EQ(world.Ceremony(at, id).state(), CEREMONY_STATE_COMPLETE) << at;
    EXPECT_EQ(world.Ceremony(at, id).confirmations_size(), static_cast<int>(world.size()));
    EXPECT_EQ(CountOf(world, at, "complete"), 1u);
    // Announcement, commit, deal, verdict and confirmation of each other, the last with the end.
    EXPECT_EQ(CountOf(world, at, "message") + CountOf(world, at, "agreed") +
                  CountOf(world, at, "proposed") + CountOf(world, at, "complete"),
              5 * (world.size() - 1) + 1)
        << at;
  }
  ExpectOneKey(world, all);
  EXPECT_EQ(world.Pinned(0)->package.threshold, (world.size() + 1) / 2);
  const uint64_t before = world.Entries();
  world.Pass(240);
  EXPECT_EQ(world.Entries(), before + world.size()) << "each erases its seed, and no more";
  world.Pass(2400);
  EXPECT_EQ(world.Entries(), before + world.size()) << "nodes that are done write nothing";
  for (const size_t at : all) {
    EXPECT_TRUE(absl::IsNotFound(world.SeedOf(at, id).status())) << at;
    EXPECT_EQ(CountOf(world, at, "erased"), 1u);
  }
  ExpectOneKey(world, all);
  ExpectNothingWrong(world);
}

INSTANTIATE_TEST_SUITE_P(Sizes, GenerationFlow, ::testing::Values(3, 5));

TEST(CeremonyFlow, NobodyIsMadeToTakePart) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok()) << started.status();
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Ceremony(1, started->id()).state(), CEREMONY_STATE_PROPOSED);
  EXPECT_EQ(world.Ceremony(1, started->id()).proposed_by(), KeyWorld::NameOf(0));
  EXPECT_TRUE(absl::IsNotFound(world.SeedOf(1, started->id()).status()));
  const node::v1::GetKeysResponse shown = world.Keys(1);
  ASSERT_EQ(shown.ceremonies_size(), 1);
  const node::v1::CeremonyView& view = shown.ceremonies(0);
  EXPECT_EQ(view.state(), "proposed");
  EXPECT_EQ(view.threshold(), 2u);
  ASSERT_EQ(view.seats_size(), 3);
  EXPECT_EQ(view.seats(2).organisation(), KeyWorld::NameOf(2));
  EXPECT_EQ(view.seats(2).host(), "Rekencentrum 2");
  // Who does not agree in time is named by those who did, and the proposal is forgotten there.
  ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  world.Pass(4800);
  for (const size_t at : {0u, 1u}) {
    const record::v1::StoredCeremony row = world.Ceremony(at, started->id());
    EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED);
    ASSERT_GE(row.findings_size(), 1);
    EXPECT_EQ(row.findings(0).culprit(), KeyWorld::NameOf(2));
    EXPECT_EQ(row.findings(0).ground(), "silence");
    EXPECT_EQ(row.findings(0).round(), "announce");
  }
  EXPECT_EQ(world.Ceremony(2, started->id()).state(), record::v1::CEREMONY_STATE_UNSPECIFIED);
  EXPECT_EQ(CountOf(world, 2, "closed"), 1u);
  EXPECT_EQ(CodeOf(world.Agree(2, started->id())), "no_ceremony");
  // One command starts it again.
  node::v1::StartCeremonyRequest again = KeyWorld::Generation();
  again.set_kind("recover");
  const auto restarted = world.Start(0, again);
  ASSERT_TRUE(restarted.ok()) << restarted.status();
  EXPECT_EQ(restarted->restarts(), started->id());
  EXPECT_NE(restarted->id(), started->id());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Agree(1, restarted->id()), absl::OkStatus());
  EXPECT_EQ(world.Agree(2, restarted->id()), absl::OkStatus());
  ASSERT_TRUE(world.Settle());
  ExpectOneKey(world, {0, 1, 2});
}

// Each of the nodes stops and starts again between any two times that something is sent.
TEST(CeremonyFlow, EveryNodeMayStopInEveryRound) {
  for (size_t killed = 0; killed < 3; ++killed) {
    KeyWorld world(3);
    const auto started = world.Start(0, KeyWorld::Generation());
    ASSERT_TRUE(started.ok());
    world.Restart(killed);
    world.Round();
    for (size_t other = 1; other < 3; ++other) {
      ASSERT_EQ(world.Agree(other, started->id()), absl::OkStatus());
      world.Restart(killed);
    }
    std::set<uint32_t> rounds;
    for (int step = 0; step < 40; ++step) {
      rounds.insert(world.Ceremony(killed, started->id()).round());
      world.Restart(killed);
      for (size_t at = 0; at < 3; ++at) {
        world.node(at).h.clock.Advance(std::chrono::milliseconds(1));
        ASSERT_EQ(world.link(at).Round(), absl::OkStatus());
        world.Restart(killed);
      }
    }
    EXPECT_GE(rounds.size(), 4u) << "it was stopped in the midst of rounds";
    EXPECT_TRUE(world.AllStand(started->id(), CEREMONY_STATE_COMPLETE)) << killed;
    ExpectOneKey(world, {0, 1, 2});
    ExpectNothingWrong(world);
  }
}

// Cut off after so many times that all have sent; then the network is whole again.
class CutAfter : public ::testing::TestWithParam<int> {};

TEST_P(CutAfter, APartitionThatHealsInTimeHarmsNothing) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  for (int i = 0; i < GetParam(); ++i) world.SendFrom(static_cast<size_t>(i) % 3);
  world.Isolate(2);
  world.Pass(600);
  EXPECT_TRUE(world.Ceremony(2, id).state() == CEREMONY_STATE_RUNNING ||
              world.Ceremony(2, id).state() == CEREMONY_STATE_COMPLETE);
  world.Isolate(2, false);
  world.Pass(720);
  EXPECT_TRUE(world.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world, {0, 1, 2});
}

TEST_P(CutAfter, APartitionThatDoesNotHealNamesTheSilent) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  for (int i = 0; i < GetParam(); ++i) world.SendFrom(static_cast<size_t>(i) % 3);
  world.Isolate(2);
  ASSERT_TRUE(world.Settle());
  // In the first round people decide, and it has an end of its own.
  const bool first =
      world.Ceremony(0, id).round() == static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_ANNOUNCE);
  world.Pass(first ? 4800 : 2400);
  for (const size_t at : {0u, 1u}) {
    const record::v1::StoredCeremony row = world.Ceremony(at, id);
    EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED) << at;
    ASSERT_GE(row.findings_size(), 1);
    EXPECT_EQ(row.findings(0).culprit(), KeyWorld::NameOf(2)) << at;
    EXPECT_EQ(row.findings(0).ground(), "silence");
    EXPECT_TRUE(absl::IsNotFound(world.Pinned(at).status()));
    EXPECT_EQ(CountOf(world, at, "ended"), 1u);
  }
  const record::v1::StoredCeremony alone = world.Ceremony(2, id);
  EXPECT_EQ(alone.state(), CEREMONY_STATE_ENDED);
  std::set<std::string> named;
  for (const auto& finding : alone.findings()) named.insert(finding.culprit());
  EXPECT_THAT(named, ::testing::IsSubsetOf({KeyWorld::NameOf(0), KeyWorld::NameOf(1)}));
  EXPECT_FALSE(named.empty());
}

INSTANTIATE_TEST_SUITE_P(Times, CutAfter, ::testing::Range(0, 8));

TEST(CeremonyFlow, WhatTwoCannotTellEachOtherAThirdHandsOn) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 0)}) {
    world.network().Cut(KeyWorld::NameOf(static_cast<size_t>(from)),
                        KeyWorld::NameOf(static_cast<size_t>(to)));
  }
  world.Pass(2400);
  EXPECT_TRUE(world.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world, {0, 1, 2});
}

struct CheatCase {
  const char* name;
  peer::v1::CeremonyRound round;
  std::function<std::string(const std::string&)> change;
  std::set<std::string> grounds;
};

template <typename Body>
std::function<std::string(const std::string&)> Edit(const std::function<void(Body&)>& edit) {
  return [edit](const std::string& bytes) {
    Body body;
    if (!body.ParseFromString(bytes)) return bytes;
    edit(body);
    return body.SerializeAsString();
  };
}

std::vector<CheatCase> Cheats() {
  using peer::v1::CeremonyCommit;
  using peer::v1::CeremonyConfirm;
  using peer::v1::CeremonyDeal;
  using peer::v1::CeremonyVerdict;
  return {
      {"form",
       peer::v1::CEREMONY_ROUND_COMMIT,
       Edit<CeremonyCommit>([](CeremonyCommit& body) { body.clear_held(); }),
       {"malformed"}},
      {"echo",
       peer::v1::CEREMONY_ROUND_DEAL,
       Edit<CeremonyDeal>(
           [](CeremonyDeal& body) { body.mutable_held(0)->set_body_digest(std::string(32, 'x')); }),
       {"echo"}},
      {"reveal",
       peer::v1::CEREMONY_ROUND_DEAL,
       Edit<CeremonyDeal>([](CeremonyDeal& body) { body.mutable_dealing()->back() ^= 1; }),
       {"reveal"}},
      {"complaint",
       peer::v1::CEREMONY_ROUND_VERDICT,
       Edit<CeremonyVerdict>([](CeremonyVerdict& body) {
         auto& complaint = *body.add_complaints();
         complaint.set_dealer(1);
         complaint.set_complaint(std::string(96, '\1'));
       }),
       {"complaint", "malformed"}},
      {"package",
       peer::v1::CEREMONY_ROUND_CONFIRM,
       Edit<CeremonyConfirm>(
           [](CeremonyConfirm& body) { body.set_package_digest(std::string(32, 'x')); }),
       {"package"}},
      {"holding",
       peer::v1::CEREMONY_ROUND_CONFIRM,
       Edit<CeremonyConfirm>([](CeremonyConfirm& body) { body.mutable_possession()->at(40) ^= 1; }),
       {"holding", "malformed"}}};
}

TEST(CeremonyFlow, WhoCheatsIsNamedByAllWithTheEvidence) {
  for (const CheatCase& cheat : Cheats()) {
    KeyWorld world(3);
    world.Cheat(2, cheat.round, cheat.change);
    const std::string id = world.Agreed(KeyWorld::Generation());
    ASSERT_TRUE(world.Settle());
    for (const size_t at : {0u, 1u}) {
      const record::v1::StoredCeremony row = world.Ceremony(at, id);
      EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED) << cheat.name << at;
      ASSERT_GE(row.findings_size(), 1) << cheat.name;
      EXPECT_EQ(row.findings(0).culprit(), KeyWorld::NameOf(2)) << cheat.name;
      EXPECT_TRUE(cheat.grounds.contains(row.findings(0).ground()))
          << cheat.name << row.findings(0).ground();
      ASSERT_GE(row.findings(0).evidence_size(), 1) << cheat.name;
      EXPECT_TRUE(absl::IsNotFound(world.Pinned(at).status()));
      // The log says so, by digest.
      bool said = false;
      for (const tests::Opened& entry : world.node(at).h.Entries()) {
        for (const auto& culprit : entry.act.ceremony().culprits()) {
          said = said || (culprit.organisation() == KeyWorld::NameOf(2) &&
                          culprit.ground() == row.findings(0).ground() &&
                          culprit.evidence_digests(0) ==
                              crypto::View(crypto::Sha256(row.findings(0).evidence(0))));
        }
      }
      EXPECT_TRUE(said) << cheat.name;
    }
  }
}

TEST(CeremonyFlow, WhoeverSignsTwoMessagesForOneRoundIsNamed) {
  KeyWorld world(3);
  int times = 0;
  // Another commit to each of the two.
  world.Cheat(2, peer::v1::CEREMONY_ROUND_COMMIT, [&times](const std::string& bytes) {
    peer::v1::CeremonyCommit body;
    body.ParseFromString(bytes);
    if (times++ > 0) body.set_commitment(std::string(32, 'x'));
    return body.SerializeAsString();
  });
  const std::string id = world.Agreed(KeyWorld::Generation());
  world.Pass(600);
  for (const size_t at : {0u, 1u}) {
    const record::v1::StoredCeremony row = world.Ceremony(at, id);
    EXPECT_EQ(row.state(), CEREMONY_STATE_ENDED);
    ASSERT_GE(row.findings_size(), 1);
    EXPECT_EQ(row.findings(0).culprit(), KeyWorld::NameOf(2));
    EXPECT_EQ(row.findings(0).ground(), "equivocation");
  }
}

TEST(CeremonyFlow, WhoAsksInTheEnvelopeThatCompletesItIsAnswered) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  const auto confirm = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  for (size_t i = 0; i < 200 && world.Ceremony(1, id).round() < confirm; ++i) world.SendFrom(i % 3);
  world.network().Cut(KeyWorld::NameOf(1), KeyWorld::NameOf(0));
  world.network().Cut(KeyWorld::NameOf(2), KeyWorld::NameOf(0));
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Ceremony(1, id).state(), CEREMONY_STATE_COMPLETE);
  ASSERT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_RUNNING);
  std::vector<std::string> messages;
  for (const int other : {1, 2}) messages.push_back(world.Ceremony(1, id).confirmations(other));
  const auto confirmed = keys::ReadMessage(messages[0]);
  ASSERT_TRUE(confirmed.ok());
  peer::v1::CeremonyMissing missing;
  missing.set_round(peer::v1::CEREMONY_ROUND_CONFIRM);
  missing.add_members(3);
  messages.push_back(keys::SignMessage({confirmed->head.partnership(),
                                        *crypto::ToFixed<32>(confirmed->head.ceremony()),
                                        confirmed->head.session()},
                                       peer::v1::CEREMONY_ROUND_MISSING, KeyWorld::NameOf(1),
                                       missing.SerializeAsString(), world.node(1).own().identity())
                         .Serialise());
  EXPECT_EQ(world.Carry(1, 0, messages), absl::OkStatus());
  EXPECT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_COMPLETE);
  EXPECT_EQ(world.Ceremony(0, id).answered_size(), 1);
  ExpectOneKey(world, {0, 1, 2});
}

TEST(CeremonySecrets, NothingOfSeedOrShareLiesInTheClear) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  std::vector<std::string> secrets;
  for (size_t at = 0; at < 3; ++at) {
    const auto seed = world.SeedOf(at, id);
    ASSERT_TRUE(seed.ok());
    secrets.push_back(*seed);
  }
  ASSERT_TRUE(world.Settle());
  for (size_t at = 0; at < 3; ++at) {
    secrets.push_back(*world.ShareOf(at, world.Pinned(at)->package));
  }
  // What a search finds: bytes that do lie there in the clear.
  const std::string marker = KeyWorld::NameOf(1);
  EXPECT_TRUE(world.Stores(0, marker));
  for (size_t at = 0; at < 3; ++at) {
    for (const std::string& secret : secrets) EXPECT_FALSE(world.Stores(at, secret)) << at;
    for (const tests::Opened& entry : world.node(at).h.Entries()) {
      for (const std::string& secret : secrets) {
        EXPECT_EQ(entry.all_bytes.find(secret), std::string::npos);
        EXPECT_EQ(entry.act.SerializeAsString().find(secret), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace sluis::exchange
