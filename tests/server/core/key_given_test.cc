// From the release of the key on a partner is taken to have the record, whatever it says.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "crypto/hash.h"
#include "server/core/close_sent.h"
#include "server/core/release_keys.h"
#include "server/core/stop_share.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using std::chrono::hours;
using tests::CodeOf;
using tests::kCity;
using tests::SharingNode;

class KeyGivenTest : public ::testing::Test {
 protected:
  void SetUp() override { node_.h.clock.Advance(hours(5)); }
  void Release() {
    receipt_ = node_.Receipt(id_);
    ASSERT_EQ(node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, receipt_, node_.heads)),
              absl::OkStatus());
    ASSERT_EQ(node_.Row(id_).row.state(), record::v1::SENT_STATE_RELEASED);
  }
  std::string OfferDigest() {
    return std::string(crypto::View(envelope::LeafDigest(node_.Offer(id_).bytes)));
  }
  absl::Status Close(peer::v1::EnvelopeKind kind, const google::protobuf::Message& answer) {
    return node_.RunAsPeer(
        std::make_shared<CloseSent>(kCity, node_.Leaves(kind, answer.SerializeAsString())));
  }
  absl::Status Refuse(peer::v1::EnvelopeKind refused) {
    auto refusal = node_.AnswerTo<peer::v1::Refusal>(id_, peer::v1::ENVELOPE_KIND_REFUSAL);
    refusal.set_refused_kind(refused);
    refusal.set_refused_digest(refused == peer::v1::ENVELOPE_KIND_OFFER ? OfferDigest()
                                                                        : std::string(32, 'k'));
    refusal.set_reason(peer::v1::REFUSAL_REASON_RULE);
    refusal.set_manifest_version(1);
    return Close(peer::v1::ENVELOPE_KIND_REFUSAL, refusal);
  }
  absl::Status CannotOpen() {
    auto answer = node_.AnswerTo<peer::v1::Unopenable>(id_, peer::v1::ENVELOPE_KIND_UNOPENABLE);
    answer.set_offer_digest(OfferDigest());
    answer.set_receipt_digest(std::string(crypto::View(receipt_.at(0).digest)));
    answer.set_key_digest(std::string(32, 'k'));
    answer.set_reason(peer::v1::UNOPENABLE_REASON_WRAP);
    return Close(peer::v1::ENVELOPE_KIND_UNOPENABLE, answer);
  }
  // Its key was taken, and the time is over.
  absl::Status SaysNothing() {
    node_.h.clock.Advance(hours(24 * 3));
    return node_.h.executor->RunAsNodeAndWait(std::make_shared<StopShare>(id_, false));
  }
  node::v1::SentSummary Listed() {
    node::v1::ListSentRequest request;
    request.set_record_id(record_);
    const auto list = node_.Sent(request);
    EXPECT_TRUE(list.ok() && list->sent_size() == 1);
    return list.ok() && list->sent_size() == 1 ? list->sent(0) : node::v1::SentSummary();
  }
  // The partner may have it: people see so, can take it back, and have it erased there.
  void ExpectInReach(record::v1::SentState state) {
    ASSERT_EQ(node_.Row(id_).row.state(), state);
    EXPECT_EQ(node_.Owed(id_).kind(), 0u);
    EXPECT_TRUE(Listed().partner_may_have_it());
    EXPECT_EQ(CodeOf(node_.Withdraw(id_, false)), "no_statement");
    ASSERT_EQ(node_.Withdraw(id_, true), absl::OkStatus());
    EXPECT_TRUE(node_.withdrawn.partner_is_told());
    EXPECT_EQ(node_.Row(id_).row.state(), record::v1::SENT_STATE_WITHDRAWN);
    EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_CANCEL);
    EXPECT_EQ(node_.h.Last().counterpart.kind(), "cancel");
  }
  void ExpectErasureAsked() {
    EXPECT_EQ(CodeOf(node_.Erase(record_, false)), "erasure_unsigned");
    ASSERT_EQ(node_.Erase(record_), absl::OkStatus());
    EXPECT_EQ(node_.erased.partners_asked(), 1u);
    EXPECT_EQ(node_.Row(id_).row.state(), record::v1::SENT_STATE_ERASING);
    EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_ERASURE);
  }

  SharingNode node_;
  const std::string record_ = node_.Recorded();
  const std::string id_ = node_.Shared(record_);
  std::vector<PeerLeaf> receipt_;
};

// Said once, after it had the key: nobody could take it back any more, and no erasure asked it.
TEST_F(KeyGivenTest, ARefusalOfTheKeyPutThePartnerOutOfReach) {
  Release();
  ASSERT_EQ(Refuse(peer::v1::ENVELOPE_KIND_KEY), absl::OkStatus());
  ExpectInReach(record::v1::SENT_STATE_REFUSED);
}

TEST_F(KeyGivenTest, ARefusalOfTheKeyKeptTheErasureFromThePartner) {
  Release();
  ASSERT_EQ(Refuse(peer::v1::ENVELOPE_KIND_KEY), absl::OkStatus());
  ExpectErasureAsked();
}

TEST_F(KeyGivenTest, ARefusalOfTheOfferAgainstItsOwnReceiptWasBelieved) {
  Release();
  ASSERT_EQ(Refuse(peer::v1::ENVELOPE_KIND_OFFER), absl::OkStatus());
  EXPECT_NE(node_.Row(id_).row.receipt_proof(), "");
  EXPECT_NE(node_.Row(id_).row.answer_proof(), "") << "both are kept: one of them is a lie";
  ExpectInReach(record::v1::SENT_STATE_REFUSED);
}

TEST_F(KeyGivenTest, ARefusalOfTheOfferKeptTheErasureFromThePartner) {
  Release();
  ASSERT_EQ(Refuse(peer::v1::ENVELOPE_KIND_OFFER), absl::OkStatus());
  ExpectErasureAsked();
}

TEST_F(KeyGivenTest, APartnerThatCouldNotOpenItWasOutOfReach) {
  Release();
  ASSERT_EQ(CannotOpen(), absl::OkStatus());
  ExpectInReach(record::v1::SENT_STATE_UNOPENABLE);
}

TEST_F(KeyGivenTest, APartnerThatKeptSilentWasOutOfReach) {
  Release();
  ASSERT_EQ(SaysNothing(), absl::OkStatus());
  ExpectInReach(record::v1::SENT_STATE_EXPIRED);
}

TEST_F(KeyGivenTest, AnEntrySaidCancelOfACancelThatWasNeverSent) {
  Release();
  ASSERT_EQ(SaysNothing(), absl::OkStatus());
  EXPECT_EQ(node_.h.Last().counterpart.kind(), "end");
  EXPECT_EQ(node_.h.Last().counterpart.exchange_id(), id_);
  const std::string early = node_.Shared(record_);
  ASSERT_EQ(node_.Withdraw(early, false), absl::OkStatus());
  EXPECT_EQ(node_.h.Last().counterpart.kind(), "end") << "nothing had left";
}

// Without a key there is nothing there to take back or to erase.
TEST_F(KeyGivenTest, WhatEndedBeforeTheKeyIsOver) {
  ASSERT_EQ(Refuse(peer::v1::ENVELOPE_KIND_OFFER), absl::OkStatus());
  ASSERT_EQ(node_.Row(id_).row.state(), record::v1::SENT_STATE_REFUSED);
  EXPECT_FALSE(Listed().partner_may_have_it());
  EXPECT_EQ(CodeOf(node_.Withdraw(id_, true)), "ended");
  ASSERT_EQ(node_.Erase(record_, false), absl::OkStatus());
  EXPECT_EQ(node_.erased.partners_asked(), 0u);
}

TEST_F(KeyGivenTest, WhatExpiredWithoutAKeyIsOver) {
  ASSERT_EQ(SaysNothing(), absl::OkStatus());
  ASSERT_EQ(node_.Row(id_).row.state(), record::v1::SENT_STATE_EXPIRED);
  EXPECT_FALSE(Listed().partner_may_have_it());
  EXPECT_EQ(CodeOf(node_.Withdraw(id_, true)), "ended");
}

}  // namespace
}  // namespace sluis::core
