// Nodes that make a key together, share it anew and roll it, over the path that everything between
// them takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "crypto/scalar.h"
#include "server/core/ceremony_day.h"
#include "server/core/key_secret.h"
#include "server/core/key_use.h"
#include "server/keys/message.h"
#include "server/storage/clock.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using record::v1::CEREMONY_STATE_ENDED;
using record::v1::CEREMONY_STATE_PROPOSED;
using record::v1::CEREMONY_STATE_RUNNING;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::KeyWorld;
using tests::kPurpose;

// The words of the entries of a node about ceremonies, in order.
std::vector<std::string> EventsOf(KeyWorld& world, size_t at) {
  std::vector<std::string> events;
  for (const tests::Opened& entry : world.node(at).h.Entries()) {
    if (entry.act.has_ceremony()) events.push_back(entry.act.ceremony().event());
  }
  return events;
}

size_t CountOf(KeyWorld& world, size_t at, const std::string& word) {
  const std::vector<std::string> events = EventsOf(world, at);
  return static_cast<size_t>(std::count(events.begin(), events.end(), word));
}

// All of them have the same package pinned, and each a share that is its own.
void ExpectOneKey(KeyWorld& world, const std::vector<size_t>& holders, uint32_t epoch = 1) {
  std::set<std::string> digests, shares;
  for (const size_t at : holders) {
    const auto pinned = world.Pinned(at, epoch);
    ASSERT_TRUE(pinned.ok()) << at << pinned.status();
    digests.insert(std::string(crypto::View(pinned->package.digest)));
    const auto share = world.ShareOf(at, pinned->package);
    ASSERT_TRUE(share.ok()) << at << share.status();
    shares.insert(*share);
    crypto::Secret<32> bytes;
    std::copy(share->begin(), share->end(), bytes.mutable_span().begin());
    const auto scalar = crypto::oprf::SecretScalar::Deserialize(std::move(bytes));
    const auto& seats = pinned->package.holders;
    const auto seat = std::find_if(seats.begin(), seats.end(), [&](const auto& one) {
      return one.organisation == KeyWorld::NameOf(at);
    });
    ASSERT_NE(seat, seats.end());
    EXPECT_TRUE(crypto::oprf::MultiplyGenerator(*scalar) == seat->verification_key) << at;
  }
  EXPECT_EQ(digests.size(), 1u);
  EXPECT_EQ(shares.size(), holders.size());
}

void ExpectNothingWrong(KeyWorld& world) {
  for (size_t at = 0; at < world.size(); ++at) {
    EXPECT_THAT(world.link(at).parked(), IsEmpty()) << at;
    EXPECT_THAT(world.link(at).faults(), IsEmpty()) << at;
  }
}

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
  world.Pass(3700);
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
  world.Pass(first ? 3700 : 2400);
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

class ReshareFlow : public ::testing::Test {
 protected:
  // A key of the first four of five.
  void Make() {
    world_.Agreed(KeyWorld::Generation({0, 1, 2, 3}));
    world_.Pass(240);
    ExpectOneKey(world_, {0, 1, 2, 3});
    before_ = world_.Pinned(0)->package;
  }
  node::v1::StartCeremonyRequest Asked(const std::string& kind,
                                       const std::vector<size_t>& holders = {}) {
    node::v1::StartCeremonyRequest request = KeyWorld::Generation(holders);
    request.set_kind(kind);
    return request;
  }

  KeyWorld world_{5};
  std::optional<keys::Package> before_;
};

TEST_F(ReshareFlow, OneJoinsAndOneLeaves) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 2, 4}));
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 4});
  const keys::Package after = world_.Pinned(0)->package;
  EXPECT_EQ(after.key_id, before_->key_id) << "the key is the same";
  EXPECT_EQ(after.generation, 2u);
  EXPECT_EQ(after.threshold, before_->threshold);
  // Who leaves dealt, so that it hears of the end, and gives up its share.
  EXPECT_EQ(world_.Ceremony(3, id).state(), CEREMONY_STATE_COMPLETE);
  for (size_t at = 0; at < 5; ++at) {
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
  EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(3, after).status()));
  ExpectNothingWrong(world_);
}

TEST_F(ReshareFlow, OldSharesStayUntilAllHaveConfirmed) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 2, 4}));
  // The newcomer hears of all, and says nothing more from its confirmation on.
  const auto verdict = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_VERDICT);
  for (int i = 0; i < 20 && world_.Ceremony(4, id).round() < verdict; ++i) world_.Round();
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Cut(KeyWorld::NameOf(4), KeyWorld::NameOf(other));
  }
  world_.Pass(360);
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(world_.Ceremony(at, id).state(), CEREMONY_STATE_RUNNING) << at;
    EXPECT_TRUE(world_.ShareOf(at, *before_).ok()) << at;
    EXPECT_EQ(world_.Pinned(at)->package.digest, before_->digest) << at;
  }
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Mend(KeyWorld::NameOf(4), KeyWorld::NameOf(other));
  }
  world_.Pass(480);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
}

TEST_F(ReshareFlow, ALostShareIsMadeUpForByOneCommand) {
  Make();
  const std::string row =
      core::KeySecretKey(core::KeySecretKind::kShare, crypto::View(before_->digest));
  world_.Spoil(0, row);
  ASSERT_EQ(world_.Keys(0).keys(0).share(), "lost");
  const std::string id = world_.Agreed(Asked("recover"));
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(id, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 3});
  EXPECT_EQ(world_.Pinned(0)->package.key_id, before_->key_id);
  EXPECT_EQ(world_.Keys(0).keys(0).share(), "held");
  const uint64_t entries = world_.Entries();
  world_.Pass(600);
  EXPECT_EQ(world_.Entries(), entries) << "what cannot be read is not looked at for ever";
}

TEST_F(ReshareFlow, TheNextEpochIsTheProductWithAFactorThatNobodyHas) {
  Make();
  const std::string factor = world_.Agreed(Asked("roll"));
  world_.Pass(240);
  ASSERT_TRUE(world_.AllStand(factor, CEREMONY_STATE_COMPLETE));
  ASSERT_TRUE(world_.Pinned(0, 2, record::v1::KEY_USE_ROLL).ok());
  EXPECT_TRUE(absl::IsNotFound(world_.Pinned(0, 2).status()));
  const std::string roll = world_.Agreed(Asked("roll"));
  EXPECT_NE(roll, factor);
  world_.Pass(240);
  EXPECT_TRUE(world_.AllStand(roll, CEREMONY_STATE_COMPLETE));
  ExpectOneKey(world_, {0, 1, 2, 3}, 2);
  EXPECT_NE(world_.Pinned(0, 2)->package.key_id, before_->key_id);
  // What the old key made can still be taken on.
  ExpectOneKey(world_, {0, 1, 2, 3}, 1);
  EXPECT_TRUE(world_.ShareOf(0, world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package).ok());
}

TEST(CeremonyKeys, AReshareAmongFewerKeepsTheThreshold) {
  KeyWorld world(5);
  world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  ASSERT_EQ(world.Pinned(0)->package.threshold, 3u);
  node::v1::StartCeremonyRequest asked = KeyWorld::Generation({0, 1, 2, 3});
  asked.set_kind("reshare");
  asked.set_preview(true);
  auto shown = world.Start(0, asked);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->threshold(), 3u);
  asked.set_threshold(2);
  shown = world.Start(0, asked);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->threshold(), 2u) << "when somebody says so";
}

TEST(CeremonyKeys, ANewHolderGetsAnIndexThatNobodyHad) {
  KeyWorld world(5);
  world.Agreed(KeyWorld::Generation({0, 1, 2, 3}));
  world.Pass(240);
  for (const std::vector<size_t>& holders :
       {std::vector<size_t>{0, 1, 2}, std::vector<size_t>{0, 1, 4}}) {
    node::v1::StartCeremonyRequest asked = KeyWorld::Generation(holders);
    asked.set_kind("reshare");
    world.Agreed(asked);
    world.Pass(240);
  }
  ExpectOneKey(world, {0, 1, 4});
  EXPECT_EQ(world.Pinned(0)->package.holders.back().index, 5) << "the fourth had index 4";
}

TEST(CeremonyRemoval, ACeremonyWithWhoIsGoneEnds) {
  KeyWorld world(4);
  const auto started = world.Start(0, KeyWorld::Generation({0, 1, 2}));
  ASSERT_TRUE(started.ok());
  world.Pass(60);
  ASSERT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_RUNNING);
  world.Remove(0, 3);
  world.Pass(60);
  ASSERT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_RUNNING) << "takes no part";
  world.Remove(0, 2);
  world.Pass(60);
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), CEREMONY_STATE_ENDED);
  EXPECT_EQ(CountOf(world, 0, "ended"), 1u);
  world.Pass(360);
  EXPECT_EQ(CountOf(world, 0, "ended"), 1u);
  EXPECT_TRUE(absl::IsNotFound(world.SeedOf(0, started->id()).status()));
}

// Confirmed by one that then hears of nobody: the others have erased what it takes the place of.
TEST_F(ReshareFlow, AConfirmedShareStaysWhateverIsStartedAfterwards) {
  Make();
  const std::string id = world_.Agreed(Asked("reshare", {0, 1, 4}));
  const auto confirm = static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_CONFIRM);
  for (size_t i = 0; i < 200 && world_.Ceremony(4, id).round() < confirm; ++i) {
    world_.SendFrom(i % 5);
  }
  ASSERT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_RUNNING);
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Cut(KeyWorld::NameOf(other), KeyWorld::NameOf(4));
  }
  world_.Pass(2400);
  const keys::Package after = world_.Pinned(0)->package;
  ASSERT_EQ(after.generation, 2u);
  ASSERT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_ENDED);
  for (size_t at = 0; at < 4; ++at) {
    ASSERT_TRUE(absl::IsNotFound(world_.ShareOf(at, *before_).status())) << at;
  }
  EXPECT_TRUE(world_.ShareOf(4, after).ok());
  const auto again = world_.Start(4, Asked("recover"));
  ASSERT_TRUE(again.ok()) << again.status();
  world_.Pass(360);
  EXPECT_TRUE(world_.ShareOf(4, after).ok());
  EXPECT_TRUE(world_.SeedOf(4, id).ok());
  EXPECT_EQ(CodeOf(world_.Agree(0, again->id())), "no_ceremony") << "it has the newer sharing";
  for (size_t other = 0; other < 4; ++other) {
    world_.network().Mend(KeyWorld::NameOf(other), KeyWorld::NameOf(4));
  }
  world_.Pass(720);
  EXPECT_EQ(world_.Ceremony(4, id).state(), CEREMONY_STATE_COMPLETE);
  EXPECT_EQ(world_.Ceremony(4, again->id()).state(), record::v1::CEREMONY_STATE_CLOSED);
  EXPECT_TRUE(absl::IsNotFound(world_.SeedOf(4, again->id()).status()));
  ExpectOneKey(world_, {0, 1, 4});
}

TEST(CeremonyKeys, RecoverNeverProposesAKeyAgainThatIsThere) {
  KeyWorld world(3);
  const auto first = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(first.ok());
  world.Pass(3700);
  ASSERT_EQ(world.Ceremony(0, first->id()).state(), CEREMONY_STATE_ENDED);
  const std::string second = world.Agreed(KeyWorld::Generation());
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 2});
  const keys::Package made = world.Pinned(0)->package;
  EXPECT_EQ(world.Ceremony(0, first->id()).state(), record::v1::CEREMONY_STATE_CLOSED)
      << "nothing is left for it to make";
  node::v1::StartCeremonyRequest again = KeyWorld::Generation();
  again.set_kind("recover");
  again.set_preview(true);
  const auto recovered = world.Start(0, again);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->kind(), "reshare");
  again.set_ceremony(first->id());
  EXPECT_EQ(CodeOf(world.Start(0, again).status()), "no_ceremony");
  EXPECT_EQ(world.Pinned(0)->package.digest, made.digest);
}

TEST(CeremonyKeys, NobodyWithAKeyAgreesToAnotherOfItsEpoch) {
  KeyWorld world(4);
  world.Agreed(KeyWorld::Generation({0, 1, 2}));
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 2});
  const keys::Package made = world.Pinned(0)->package;
  // The fourth has no key, and so asks for the first epoch.
  const auto started = world.Start(3, KeyWorld::Generation({0, 1, 3}));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->epoch(), 1u);
  ASSERT_TRUE(world.Settle());
  for (const size_t at : {0u, 1u}) {
    const absl::Status agreed = world.Agree(at, started->id());
    EXPECT_EQ(CodeOf(agreed), "no_ceremony");
    EXPECT_THAT(std::string(agreed.message()), ::testing::HasSubstr("nothing takes the place"));
    EXPECT_EQ(world.Pinned(at)->package.digest, made.digest);
  }
}

// A factor for a sharing that is no more is made again; nothing names the share of the first one.
TEST_F(ReshareFlow, AShareThatNothingNeedsAnyMoreIsErased) {
  Make();
  world_.Agreed(Asked("roll"));
  world_.Pass(240);
  const keys::Package first = world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package;
  ASSERT_TRUE(world_.ShareOf(0, first).ok());
  world_.Agreed(Asked("reshare"));
  world_.Pass(240);
  world_.Agreed(Asked("roll"));
  world_.Pass(240);
  const keys::Package second = world_.Pinned(0, 2, record::v1::KEY_USE_ROLL)->package;
  ASSERT_NE(second.digest, first.digest);
  for (size_t at = 0; at < 4; ++at) {
    EXPECT_TRUE(world_.ShareOf(at, second).ok()) << at;
    EXPECT_TRUE(absl::IsNotFound(world_.ShareOf(at, first).status())) << at;
  }
}

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

// Brings these messages to `to` in one envelope of `from`.
absl::Status Carry(KeyWorld& world, size_t from, size_t to,
                   const std::vector<std::string>& messages) {
  std::vector<std::string> leaves;
  for (const std::string& message : messages) {
    peer::v1::CeremonyLetter letter;
    auto& binding = *letter.mutable_binding();
    binding.set_kind(peer::v1::ENVELOPE_KIND_CEREMONY);
    binding.set_partnership(world.node(from).manifest().partnership);
    binding.set_sender(KeyWorld::NameOf(from));
    binding.set_recipient(KeyWorld::NameOf(to));
    binding.set_exchange_id(
        std::string(crypto::View(envelope::LetterId(KeyWorld::NameOf(to), message))));
    letter.set_message(message);
    leaves.push_back(letter.SerializeAsString());
  }
  const crypto::SigningKey& identity = world.node(from).own().identity();
  peer::v1::DeliverRequest request;
  *request.mutable_envelope() =
      envelope::MakeEnvelope(
          {peer::v1::ENVELOPE_KIND_CEREMONY, world.node(from).manifest().partnership,
           world.node(from).manifest().version, KeyWorld::NameOf(from), KeyWorld::NameOf(to),
           leaves},
          {identity, identity})
          .value();
  absl::Status answered = absl::UnknownError("no answer");
  world.network()
      .AnswersOf(KeyWorld::NameOf(to))
      .deliver(KeyWorld::NameOf(from), request, [&](absl::Status status) { answered = status; });
  return answered;
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
  EXPECT_EQ(Carry(world, 1, 0, messages), absl::OkStatus());
  EXPECT_EQ(world.Ceremony(0, id).state(), CEREMONY_STATE_COMPLETE);
  EXPECT_EQ(world.Ceremony(0, id).answered_size(), 1);
  ExpectOneKey(world, {0, 1, 2});
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
  EXPECT_EQ(Carry(world, 1, 2, {announcement}), absl::OkStatus());
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

TEST(CeremonyRemoval, AKeyOfWhichAHolderIsGoneStopsUnlessItIsRolled) {
  KeyWorld world(4);
  world.Agreed(KeyWorld::Generation({0, 1, 2}));
  world.Pass(240);
  for (const size_t at : {0u, 1u, 3u}) world.Remove(at, 2);
  const uint64_t now_s = world.node(0).h.clock.NowUs() / 1'000'000;
  world.Pass(240);
  EXPECT_EQ(CountOf(world, 0, "removed"), 1u);
  const record::v1::StoredKey row = world.Pinned(0)->row;
  EXPECT_GE(row.stops_s(), now_s + 30 * 24 * 3600);
  EXPECT_LE(row.stops_s(), now_s + 30 * 24 * 3600 + 240);
  EXPECT_EQ(world.Keys(0).keys(0).stops_s(), row.stops_s());
  EXPECT_EQ(row.stops_why(), core::kStopsRemoved);
  const std::shared_ptr<const core::Terms> terms = world.node(0).h.terms.Get();
  EXPECT_EQ(core::MayUse(row, *terms, row.stops_s() * 1'000'000 - 1), absl::OkStatus());
  EXPECT_TRUE(absl::IsFailedPrecondition(core::MayUse(row, *terms, row.stops_s() * 1'000'000)));
  world.Pass(240);
  EXPECT_EQ(CountOf(world, 0, "removed"), 1u) << "said once";
  // Shared anew without it, the key is still one that it had a share of.
  node::v1::StartCeremonyRequest reshare = KeyWorld::Generation({0, 1, 3});
  reshare.set_kind("reshare");
  world.Agreed(reshare);
  world.Pass(240);
  ExpectOneKey(world, {0, 1, 3});
  EXPECT_EQ(world.Pinned(0)->row.stops_s(), row.stops_s());
  node::v1::StartCeremonyRequest roll = KeyWorld::Generation();
  roll.set_kind("roll");
  for (int i = 0; i < 2; ++i) {
    world.Agreed(roll);
    world.Pass(240);
  }
  ExpectOneKey(world, {0, 1, 3}, 2);
  EXPECT_EQ(world.Pinned(0, 2)->row.stops_s(), 0u) << "another key";
}

}  // namespace
}  // namespace sluis::exchange
