#include "server/core/take_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "server/core/release_keys.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using peer::v1::Notice;
using tests::CodeOf;
using tests::kCity;
using tests::kPolice;

class TakeNoticesTest : public ::testing::Test {
 protected:
  void SetUp() override { node_.h.clock.Advance(std::chrono::hours(5)); }
  void GiveKey() {
    ASSERT_EQ(
        node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, node_.Receipt(id_), node_.heads)),
        absl::OkStatus());
  }
  Notice Good() {
    Notice notice = node_.AnswerTo<Notice>(id_, peer::v1::ENVELOPE_KIND_NOTICE);
    notice.set_offer_digest(
        std::string(crypto::View(envelope::LeafDigest(node_.Offer(id_).bytes))));
    notice.set_handed_over_at_s(1'790'000'000);
    notice.add_scope("statements");
    return notice;
  }
  absl::Status Take(const Notice& notice, const std::string& from = kCity) {
    return node_.RunAsPeer(
        std::make_shared<TakeNotices>(
            from, node_.Leaves(peer::v1::ENVELOPE_KIND_NOTICE, notice.SerializeAsString())),
        from);
  }
  int Kept() { return node_.Row(id_).row.notice_proofs_size(); }
  // Whether the newest entry says that what came was turned away.
  void ExpectTurnedAway(const char* why) {
    const tests::Opened entry = node_.h.Last();
    EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL) << why;
    EXPECT_EQ(entry.counterpart.kind(), "notice") << why;
    EXPECT_EQ(entry.counterpart.outcome(), "refused") << why;
    EXPECT_EQ(Kept(), 0) << why;
  }

  tests::SharingNode node_;
  const std::string record_ = node_.Recorded();
  const std::string id_ = node_.Shared(record_);
};

TEST_F(TakeNoticesTest, ItIsKeptWithItsEntryAndACopyHasNone) {
  GiveKey();
  const record::v1::OwedMessage owed = node_.Owed(id_);
  ASSERT_EQ(Take(Good()), absl::OkStatus());
  const tests::Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(entry.actor.user_id(), "");
  EXPECT_EQ(entry.counterpart.side(), "sender");
  EXPECT_EQ(entry.counterpart.kind(), "notice");
  EXPECT_EQ(entry.counterpart.outcome(), "compelled");
  EXPECT_EQ(entry.counterpart.peer(), kCity);
  EXPECT_THAT(entry.subject.record_ids(), ::testing::ElementsAre(record_));
  EXPECT_EQ(node_.Owed(id_).SerializeAsString(), owed.SerializeAsString()) << "the key stays owed";
  EXPECT_EQ(Kept(), 1);
  const uint64_t size = node_.h.size();
  EXPECT_EQ(Take(Good()), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
  Notice again = Good();
  again.set_handed_over_at_s(1'790'000'001);
  ASSERT_EQ(Take(again), absl::OkStatus());
  EXPECT_EQ(Kept(), 2);
  const auto listed = node_.Sent();
  ASSERT_EQ(listed->sent(0).handed_over_size(), 2);
  EXPECT_EQ(listed->sent(0).handed_over(1).at_s(), 1'790'000'001u);
  EXPECT_THAT(listed->sent(0).handed_over(1).scope(), ::testing::ElementsAre("statements"));
}

TEST_F(TakeNoticesTest, WhatIsNotOfThisExchangeIsLoggedAndChangesNothing) {
  ASSERT_EQ(Take(Good()), absl::OkStatus());
  ExpectTurnedAway("the key was never given");
  GiveKey();
  const std::pair<const char*, std::function<void(Notice&)>> table[] = {
      {"another exchange", [](auto& n) { n.mutable_binding()->mutable_exchange_id()->at(0) ^= 1; }},
      {"other terms", [](auto& n) { n.mutable_binding()->mutable_terms_digest()->at(0) ^= 1; }},
      {"another Offer", [](auto& n) { n.mutable_offer_digest()->at(0) ^= 1; }},
  };
  for (const auto& [why, edit] : table) {
    Notice notice = Good();
    edit(notice);
    ASSERT_EQ(Take(notice), absl::OkStatus()) << why;
    ExpectTurnedAway(why);
  }
  ASSERT_EQ(node_.RunAsPeer(
                std::make_shared<TakeNotices>(kPolice, node_.Leaves(peer::v1::ENVELOPE_KIND_NOTICE,
                                                                    Good().SerializeAsString())),
                kPolice),
            absl::OkStatus());
  ExpectTurnedAway("another partner");
}

TEST_F(TakeNoticesTest, APartnerCannotFillTheLogWithThem) {
  GiveKey();
  const auto numbered = [this](uint64_t at) {
    Notice notice = Good();
    notice.set_handed_over_at_s(at);
    return notice;
  };
  for (uint64_t at = 1; at <= 32; ++at) ASSERT_EQ(Take(numbered(at)), absl::OkStatus());
  EXPECT_EQ(Kept(), 32);
  Take(numbered(33)).IgnoreError();
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(node_.Sent()->sent(0).handed_over_size(), 32);
  EXPECT_EQ(node_.Sent()->sent(0).handed_over(31).at_s(), 32u);
  // A copy of one that was taken changes nothing.
  const uint64_t before = node_.h.size();
  EXPECT_EQ(Take(numbered(1)), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), before);
}

}  // namespace
}  // namespace sluis::core
