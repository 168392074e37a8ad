// Keys that stop, the entries and letters about them, and their end with an exercise.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/core/drop_taken.h"
#include "server/core/exercise_keys.h"
#include "server/core/key_use.h"
#include "server/core/outbox.h"
#include "tests/server/exchange/key_account.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using tests::CodeOf;
using tests::KeyWorld;
using tests::kPurpose;
using tests::LastAct;

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
