// What is owed to a member that leaves stays owed, is seen, and is sent when it is back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/held_manifest.h"
#include "server/core/outbox.h"
#include "server/core/sent_erasure.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::kCity;
using tests::kWelfare;

class FormerMemberTest : public tests::LinkedPair {
 protected:
  std::string Opened(const std::string& record) {
    const std::string id = DueOf(record);
    Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
    return id;
  }
  void Leave() {
    auto terms = welfare_.TermsWithManifest();
    auto without = std::make_shared<partnership::SignedManifest>(*terms->manifest);
    std::erase_if(without->manifest.members,
                  [](const partnership::Member& member) { return member.organisation == kCity; });
    core::TakeManifest(std::move(without), *terms);
    terms->may_exchange = true;
    welfare_.Put(std::move(terms));
  }
  void ComeBack() { welfare_.Put(welfare_.TermsWithManifest()); }
  std::vector<std::string> Former() {
    const auto snapshot = welfare_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare_.h.ledger->keyring());
    return core::FormerPartners(view, welfare_.h.terms.Get()->manifest->manifest).value();
  }
  size_t Overdue() {
    const auto snapshot = welfare_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare_.h.ledger->keyring());
    return core::OverdueErasures(view, kCity, welfare_.h.clock.NowUs()).value();
  }
  std::vector<peer::v1::EnvelopeKind> Outstanding() {
    std::vector<peer::v1::EnvelopeKind> kinds;
    const auto owed = from_welfare_.outbound().Outstanding(kCity);
    EXPECT_TRUE(owed.ok()) << owed.status();
    for (const Owed& one : *owed) kinds.push_back(one.kind);
    return kinds;
  }
};

TEST_F(FormerMemberTest, AnErasureIsOwedSeenAndSentWhenItIsBack) {
  const std::string record = welfare_.Recorded(), id = Opened(record);
  EXPECT_THAT(Former(), IsEmpty());
  Leave();
  ASSERT_EQ(welfare_.Erase(record, false), absl::OkStatus()) << "nobody can sign for it any more";
  EXPECT_EQ(welfare_.erased.partners_asked(), 1u);
  EXPECT_THAT(Former(), ElementsAre(kCity));
  const uint64_t there = city_.h.size();
  for (int day = 0; day < 20; ++day) {
    SendFromWelfare();
    Advance(hours(24));
  }
  EXPECT_EQ(city_.h.size(), there) << "nothing is exchanged with who is in the manifest no more";
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  EXPECT_EQ(Overdue(), 1u);
  EXPECT_THAT(Outstanding(), ElementsAre(peer::v1::ENVELOPE_KIND_ERASURE));

  ComeBack();
  EXPECT_THAT(Former(), IsEmpty());
  SendFromWelfare();
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Overdue(), 0u);
}

TEST_F(FormerMemberTest, WhatWasTakenBackBeforeItLeftIsOwedSeenAndSentWhenItIsBack) {
  const std::string id = Opened(welfare_.Recorded());
  network_.Cut(kWelfare, kCity);
  ASSERT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
  SendFromWelfare();
  Leave();
  network_.Mend(kWelfare, kCity);
  Advance(hours(24));
  SendFromWelfare();
  EXPECT_THAT(Former(), ElementsAre(kCity));
  EXPECT_THAT(Outstanding(), ElementsAre(peer::v1::ENVELOPE_KIND_CANCEL));
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  ComeBack();
  Advance(hours(1));
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_THAT(Outstanding(), IsEmpty());
}

TEST_F(FormerMemberTest, EachIsFoundOnceHoweverMuchIsOwedToIt) {
  for (int i = 0; i < 3; ++i) welfare_.Shared(welfare_.Recorded());
  EXPECT_THAT(Former(), IsEmpty());
  Leave();
  EXPECT_THAT(Former(), ElementsAre(kCity));
}

}  // namespace
}  // namespace sluis::exchange
