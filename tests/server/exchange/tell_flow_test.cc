// What a holder says afterwards of what it evaluated: lists of days and parts of seeds, over real
// cores.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "server/evaluation/stated_period.h"
#include "tests/server/exchange/review_world.h"

namespace sluis::exchange {
namespace {

using ledger::Table;
using ::testing::SizeIs;
using tests::EvaluationWorld;
using tests::KeyWorld;
using tests::Opened;
using tests::Text;

constexpr size_t kHolder = 1;

class TellFlow : public tests::ReviewWorld {
 protected:
  uint64_t Entries() { return world_.node(kHolder).h.size(); }
  void Evaluated(int number) {
    EXPECT_EQ(world_.Ground(kHolder, world_.Request({number})), std::nullopt);
  }
  // What the first node signs: this list of the holder for each day, and another one of holder 4.
  std::string PeriodOf(const std::vector<std::string>& lists, char other = 'o',
                       const std::function<void(peer::v1::EvaluationPeriod&)>& edit = {},
                       size_t signer = 0) {
    peer::v1::EvaluationPeriod body;
    body.set_version(1);
    body.set_partnership(world_.package().partnership);
    body.set_asker(KeyWorld::NameOf(0));
    body.set_key_id(Text(world_.package().key_id));
    for (const std::string& bytes : lists) {
      const evaluation::DayList list = evaluation::ReadDayList(bytes).value();
      if (body.lists_size() == 0) body.set_first_day(list.body.day());
      body.set_last_day(list.body.day());
      peer::v1::ListedDay& listed = *body.add_lists();
      listed.set_holder(list.body.holder());
      listed.set_day(list.body.day());
      listed.set_list_digest(Text(list.digest));
    }
    peer::v1::ListedDay& more = *body.add_lists();
    more.set_holder(4);
    more.set_day(body.first_day());
    more.set_list_digest(std::string(32, other));
    if (edit) edit(body);
    return evaluation::SignStatedPeriod(body, world_.node(signer).own().identity()).Serialise();
  }
};

TEST_F(TellFlow, AListIsSignedOnceAndGivenAgainAsItLeft) {
  Evaluated(1);
  Evaluated(2);
  const uint32_t day = Today();
  PassDays(1);
  const uint64_t before = Entries();
  const auto list = ListOf(kHolder, day);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(Entries(), before + 1);
  const Opened entry = world_.node(kHolder).h.Last();
  EXPECT_EQ(entry.act.method(), "HolderService.GiveEvaluationList");
  EXPECT_EQ(entry.counterpart.kind(), "evaluation-list");
  EXPECT_EQ(entry.counterpart.outcome(), "listed");
  EXPECT_EQ(entry.counterpart.peer(), KeyWorld::NameOf(0));
  const evaluation::DayList read = evaluation::ReadDayList(*list).value();
  EXPECT_EQ(entry.counterpart.message_digest(), Text(read.digest));
  EXPECT_EQ(read.body.items_size(), 2);
  EXPECT_TRUE(read.SignedBy(std::vector{world_.node(kHolder).own().identity().public_key()}));
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 1u);
  EXPECT_EQ(*ListOf(kHolder, day), *list);
  world_.Restart(kHolder, {});
  EXPECT_EQ(*ListOf(kHolder, day), *list) << "in a new process";
  EXPECT_EQ(Entries(), before + 1) << "given again it changes nothing";
}

TEST_F(TellFlow, ADayWithoutEvaluationsAndOneWithoutAShareHaveAListToo) {
  const uint32_t day = Today();
  PassDays(1);
  const evaluation::DayList none = evaluation::ReadDayList(ListOf(kHolder, day).value()).value();
  EXPECT_EQ(none.body.items_size(), 0);
  EXPECT_FALSE(none.body.no_share());
  const evaluation::DayList before =
      evaluation::ReadDayList(ListOf(kHolder, day - 1).value()).value();
  EXPECT_TRUE(before.body.no_share());
}

TEST_F(TellFlow, NothingIsListedBeforeTheDayIsOver) {
  Evaluated(1);
  EXPECT_FALSE(ListOf(kHolder, Today()).ok());
  EXPECT_EQ(RefusedAs(kHolder), "not_listed") << "with an entry";
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 0u);
}

TEST_F(TellFlow, OfAKeyThatIsNotHeldNothingIsTold) {
  const uint32_t day = Today();
  world_.Unpin(kHolder);
  PassDays(1);
  EXPECT_FALSE(ListOf(kHolder, day).ok());
  EXPECT_EQ(RefusedAs(kHolder), "no_key");
}

TEST_F(TellFlow, WhoAsksIsToldOfItselfOnly) {
  Evaluated(1);
  const uint32_t day = Today();
  PassDays(1);
  const auto list = evaluation::ReadDayList(ListOf(kHolder, day, 2).value());
  EXPECT_EQ(list->body.asker(), KeyWorld::NameOf(2));
  EXPECT_EQ(list->body.items_size(), 0);
}

// Both were planned before either is on disk.
TEST_F(TellFlow, OfTwoListsAtOnceOneLeaves) {
  Evaluated(1);
  const uint32_t day = Today();
  PassDays(1);
  absl::StatusOr<std::string> other = absl::UnknownError("not asked");
  world_.node(kHolder).h.ledger->BeforeNext([&] { other = ListOf(kHolder, day); });
  const auto list = ListOf(kHolder, day);
  EXPECT_FALSE(other.ok() && list.ok() && *other != *list);
  EXPECT_EQ(*ListOf(kHolder, day), list.ok() ? *list : *other);
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 1u);
}

TEST_F(TellFlow, NoncesAreShownForOnePeriodOnly) {
  const uint32_t day = Today();
  PassDays(2);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value(),
                                          ListOf(kHolder, day + 1).value()};
  const std::string period = PeriodOf(lists);
  const uint64_t before = Entries();
  const auto reveal = RevealOf(kHolder, period);
  ASSERT_TRUE(reveal.ok()) << reveal.status();
  const Opened entry = world_.node(kHolder).h.Last();
  EXPECT_EQ(entry.counterpart.outcome(), "revealed");
  EXPECT_EQ(entry.counterpart.message_digest(), Text(evaluation::ReadStatedPeriod(period)->digest));
  const auto read = evaluation::ReadReveal(reveal->signed_reveal()).value();
  ASSERT_THAT(read.body.nonces(), SizeIs(2));
  const auto list = evaluation::ReadDayList(lists[1]).value();
  EXPECT_EQ(Text(evaluation::NonceCommitment(list.body, read.body.nonces(1))),
            list.body.nonce_commitment());
  EXPECT_EQ(RevealOf(kHolder, period)->signed_reveal(), reveal->signed_reveal());
  EXPECT_EQ(Entries(), before + 1) << "shown again it changes nothing";
  EXPECT_EQ(Rows(kHolder, Table::kHeldReveal), 1u);
  // Another list of holder 4: another seed.
  for (int process = 0; process < 2; ++process) {
    EXPECT_FALSE(RevealOf(kHolder, PeriodOf(lists, 'p')).ok());
    EXPECT_EQ(RefusedAs(kHolder), "not_revealed");
    EXPECT_FALSE(RevealOf(kHolder, PeriodOf({lists[1]})).ok()) << "nor for a part of it";
    world_.Restart(kHolder, {});
  }
  EXPECT_EQ(RevealOf(kHolder, period)->signed_reveal(), reveal->signed_reveal());
}

TEST_F(TellFlow, OfTwoPeriodsAtOnceOneIsShown) {
  const uint32_t day = Today();
  PassDays(1);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value()};
  bool other = true;
  world_.node(kHolder).h.ledger->BeforeNext(
      [&] { other = RevealOf(kHolder, PeriodOf(lists, 'p')).ok(); });
  EXPECT_TRUE(RevealOf(kHolder, PeriodOf(lists)).ok());
  EXPECT_FALSE(other);
  EXPECT_EQ(Rows(kHolder, Table::kHeldReveal), 1u);
}

TEST_F(TellFlow, NoNonceWithoutAListOfEachDayThatTheHolderSigned) {
  const uint32_t day = Today();
  PassDays(1);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value()};
  const auto refused = [&](const std::function<void(peer::v1::EvaluationPeriod&)>& edit) {
    const bool shown = RevealOf(kHolder, PeriodOf(lists, 'o', edit)).ok();
    return !shown && RefusedAs(kHolder) == "not_revealed";
  };
  EXPECT_TRUE(refused([](auto& body) { body.set_last_day(body.last_day() + 1); }))
      << "today is not over";
  EXPECT_TRUE(
      refused([](auto& body) { body.mutable_lists(0)->set_list_digest(std::string(32, 'x')); }));
  EXPECT_TRUE(refused([](auto& body) { body.mutable_lists()->DeleteSubrange(0, 1); }));
  EXPECT_EQ(Rows(kHolder, Table::kHeldReveal), 0u);
}

TEST_F(TellFlow, APeriodIsSignedByWhoAsks) {
  const uint32_t day = Today();
  PassDays(1);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value()};
  EXPECT_FALSE(RevealOf(kHolder, PeriodOf(lists, 'o', {}, 2)).ok());
  EXPECT_EQ(RefusedAs(kHolder), "period");
  EXPECT_FALSE(RevealOf(kHolder, PeriodOf(lists), 2).ok()) << "nor shown to another one";
  EXPECT_EQ(RefusedAs(kHolder), "period");
  EXPECT_FALSE(RevealOf(kHolder, "").ok());
  EXPECT_EQ(RefusedAs(kHolder), "period");
  const auto twice = PeriodOf(lists, 'o', [](auto& body) { *body.add_lists() = body.lists(1); });
  EXPECT_FALSE(RevealOf(kHolder, twice).ok());
  EXPECT_TRUE(RevealOf(kHolder, PeriodOf(lists)).ok());
}

// It holds no share of the sharing after, and is asked about the one before all the same.
TEST_F(TellFlow, WhoHasLeftTheKeyStillLists) {
  Evaluated(1);
  const uint32_t day = Today();
  PassDays(1);
  tests::Put(world_.node(kHolder), [&](core::Effect& effect) {
    const keys::Package& before = world_.package();
    keys::PackageDraft draft;
    draft.partnership = before.partnership;
    draft.purpose = before.purpose;
    draft.epoch = before.epoch;
    draft.generation = before.generation + 1;
    draft.previous_digest = before.digest;
    draft.commitments = before.commitments;
    for (const keys::KeyHolder& holder : before.holders) {
      if (holder.index != kHolder + 1) draft.holders.push_back({holder.index, holder.organisation});
    }
    record::v1::StoredKey row;
    row.set_package(keys::MakePackage(std::move(draft))->bytes);
    row.set_ceremony(std::string(32, 'd'));
    row.set_since_s(uint64_t{day + 1} * evaluation::kSecondsPerDay);
    row.set_exercise(world_.node(kHolder).h.terms.Get()->exercise);
    record::v1::EarlierSharing& earlier = *row.add_earlier();
    earlier.set_package(before.bytes);
    earlier.set_since_s(uint64_t{day} * evaluation::kSecondsPerDay);
    earlier.set_until_s(row.since_s());
    effect.rows.push_back(
        {core::PinnedKeyKey(before.partnership, before.purpose, before.use, before.epoch),
         row.SerializeAsString()});
  });
  const auto list = ListOf(kHolder, day);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(evaluation::ReadDayList(*list)->body.items_size(), 1);
  EXPECT_FALSE(world_.Answer(kHolder, world_.Request({2})).ok()) << "it evaluates nothing more";
}

TEST_F(TellFlow, ListsAndRevealsGoWhenTheyAreOld) {
  const uint32_t day = Today();
  PassDays(1);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value()};
  ASSERT_TRUE(RevealOf(kHolder, PeriodOf(lists)).ok());
  ASSERT_EQ(world_.Forget(kHolder), absl::OkStatus());
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 1u);
  PassDays(static_cast<int>(evaluation::kLeastKeptDays) + 1);
  ASSERT_EQ(world_.Forget(kHolder), absl::OkStatus());
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 0u);
  EXPECT_EQ(Rows(kHolder, Table::kHeldReveal), 0u);
  EXPECT_FALSE(ListOf(kHolder, day).ok()) << "and no second list takes its place";
}

TEST_F(TellFlow, WhatIsToldOfAKeyOfAnExerciseGoesWithIt) {
  const uint32_t day = Today();
  PassDays(1);
  const std::vector<std::string> lists = {ListOf(kHolder, day).value()};
  ASSERT_TRUE(RevealOf(kHolder, PeriodOf(lists)).ok());
  world_.Unpin(kHolder);
  ASSERT_EQ(world_.Forget(kHolder), absl::OkStatus());
  EXPECT_EQ(Rows(kHolder, Table::kHeldList), 0u);
  EXPECT_EQ(Rows(kHolder, Table::kHeldReveal), 0u);
}

}  // namespace
}  // namespace sluis::exchange
