// Receipts between two real nodes: sent again, crossing a key, over a log that grew or was forked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/record_proof.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::kCity;
using tests::kWelfare;

class ReceiptFlowTest : public tests::LinkedPair {
 protected:
  // What arrives at `organisation` is taken, and its sender never hears of it.
  void LoseAnswersOf(const std::string& organisation) {
    const PeerAnswers real = network_.AnswersOf(organisation);
    network_.Put(organisation, {.heartbeat = {},
                                .deliver = [real](const std::string& sender,
                                                  const peer::v1::DeliverRequest& request,
                                                  const std::function<void(absl::Status)>& done) {
                                  real.deliver(sender, request, [done](const absl::Status&) {
                                    done(absl::UnavailableError("lost"));
                                  });
                                }});
  }
  // What the next round of the welfare organisation would have delivered to the city.
  peer::v1::DeliverRequest CaughtFromWelfare() {
    const PeerAnswers real = network_.AnswersOf(kCity);
    peer::v1::DeliverRequest caught;
    network_.Put(kCity,
                 {.heartbeat = {},
                  .deliver = [&caught](const std::string&, const peer::v1::DeliverRequest& request,
                                       const std::function<void(absl::Status)>& done) {
                    caught = request;
                    done(absl::UnavailableError("caught"));
                  }});
    SendFromWelfare();
    network_.Put(kCity, real);
    return caught;
  }
  absl::Status DeliverToCity(const peer::v1::DeliverRequest& request) {
    absl::Status answer;
    network_.PeersOf(kWelfare)->Deliver(
        kCity, request,
        [&answer](absl::StatusOr<peer::v1::DeliverResponse> got) { answer = got.status(); });
    return answer;
  }
  // Something of the city's own, so that its log grows.
  void GrowCity() {
    city_.h.Admit("els" + std::to_string(city_.h.size()), {"maatschappelijk-werker"});
  }
  size_t DisclosuresOfWelfare() {
    size_t count = 0;
    for (const tests::Opened& entry : welfare_.h.Entries(0)) {
      if (entry.act.operation() == record::v1::OPERATION_DISCLOSURE) ++count;
    }
    return count;
  }
};

// The Key for the first receipt was under way when the receipt was sent again over a longer log.
// The second was followed, the record was opened under the first, and at its expiry the sender
// closed what had been opened lawfully.
TEST_F(ReceiptFlowTest, AReceiptSentAgainCrossedTheKeyAndTheExchangeNeverEnded) {
  const std::string id = Due();
  SendFromWelfare();
  const PeerAnswers welfare = network_.AnswersOf(kWelfare);
  LoseAnswersOf(kWelfare);
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  const peer::v1::DeliverRequest key = CaughtFromWelfare();
  GrowCity();
  Advance(minutes(2));
  SendFromCity();
  network_.Put(kWelfare, welfare);
  ASSERT_EQ(DeliverToCity(key), absl::OkStatus());
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  Advance(minutes(2));
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(DisclosuresOfWelfare(), 1u);
}

// Each that went under a key of its own had all the others made for nothing first.
TEST_F(ReceiptFlowTest, ManyReceiptsAndKeysUnderKeysOfTheirOwnAllLeave) {
  constexpr int kExchanges = 20;
  std::vector<std::string> ids;
  for (int i = 0; i < kExchanges; ++i) {
    ids.push_back(welfare_.Shared(welfare_.Recorded()));
    Advance(seconds(1));
  }
  Advance(hours(4) - seconds(kExchanges));
  for (int i = 0; i < kExchanges; ++i) {
    SendFromWelfare();
    EXPECT_EQ(Received(ids[i]).state(), record::v1::RECEIVED_STATE_COLLECTED);
    Advance(seconds(1));
  }
  const auto released = [&] {
    return std::count_if(ids.begin(), ids.end(), [this](const std::string& id) {
      return Sent(id) == record::v1::SENT_STATE_RELEASED;
    });
  };
  for (int i = 0; i < kExchanges; ++i) {
    EXPECT_EQ(released(), i) << "one envelope for each";
    SendFromCity();
  }
  EXPECT_EQ(released(), kExchanges);
  for (int i = 0; i < kExchanges; ++i) SendFromWelfare();
  for (const std::string& id : ids) {
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  }
}

TEST_F(ReceiptFlowTest, AReceiptIsTheSameBytesHoweverOftenItIsSent) {
  const std::string id = Due();
  SendFromWelfare();
  const auto exchange = *crypto::ToFixed<envelope::kExchangeIdBytes>(id);
  network_.Cut(kCity, kWelfare);
  SendFromCity();
  const auto first = from_city_.acknowledgements().ReceiptOf(exchange);
  ASSERT_TRUE(first.ok() && first->has_value());
  GrowCity();
  Advance(minutes(2));
  SendFromCity();
  EXPECT_EQ(*from_city_.acknowledgements().ReceiptOf(exchange), *first);
  network_.Mend(kCity, kWelfare);
  Advance(minutes(2));
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
}

// Offers made before the first receipt name no head; each receipt is over a longer log.
TEST_F(ReceiptFlowTest, OffersMadeBeforeTheFirstReceiptGetTheirKeysWithoutAnotherRound) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(welfare_.Shared(welfare_.Recorded()));
    Advance(hours(1));
  }
  Advance(hours(1));
  for (const std::string& id : ids) {
    Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
    GrowCity();
    Advance(hours(1));
  }
  EXPECT_THAT(*from_welfare_.heads().Contradictions(), IsEmpty());
}

TEST_F(ReceiptFlowTest, WhoForgotWhatThePartnerKnowsIsToldAndProvesIt) {
  const std::string early = welfare_.Shared(welfare_.Recorded());
  Advance(hours(2));
  const std::string late = welfare_.Shared(welfare_.Recorded());
  Advance(hours(2));
  Cross();
  ASSERT_EQ(Sent(early), record::v1::SENT_STATE_OPENED);
  from_city_.Restart();
  Advance(hours(2));
  SendFromWelfare();
  const uint64_t size = welfare_.h.size();
  SendFromCity();
  EXPECT_EQ(welfare_.Row(late).row.receipt_proof(), "") << "no key on a head that nothing proves";
  EXPECT_EQ(welfare_.h.size(), size) << "and nothing held against it";
  SendFromCity();
  EXPECT_EQ(Sent(late), record::v1::SENT_STATE_RELEASED);
  SendFromWelfare();
  SendFromCity();
  EXPECT_EQ(Sent(late), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(from_city_.outbound().parked(), 0u);
}

// The city's log was rebuilt: its receipts proved from nothing, or from a head before the fork,
// were followed, because only heads of one and the same size were compared.
TEST_F(ReceiptFlowTest, AForkedLogGotTheKeysOfOffersMadeBefore) {
  const std::string id = Due();
  SendFromWelfare();
  // What the other branch had shown: signed with the city's key, and larger than nothing.
  const std::string origin = core::LogOriginOf(kCity);
  const crypto::Checkpoint other{.origin = origin, .head = {3, crypto::Sha256("another log")}};
  ASSERT_TRUE(*from_welfare_.heads().Take({.checkpoint = other, .note = "what it had signed"}));
  SendFromCity();
  EXPECT_EQ(welfare_.Row(id).row.receipt_proof(), "");
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(welfare_.Row(id).row.reason(), "log");
  const auto found = from_welfare_.heads().Contradictions();
  ASSERT_TRUE(found.ok());
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0].known, "what it had signed");
  const auto record = envelope::ReadRecordProof((*found)[0].record);
  ASSERT_TRUE(record.ok()) << "the receipt itself is kept";
  EXPECT_EQ(envelope::BindingOf(record->leaf).exchange_id(), id);
  EXPECT_EQ(DisclosuresOfWelfare(), 0u);
}

// A log behind the one that was shown can prove nothing, and is not taken for a fork either.
TEST_F(ReceiptFlowTest, ALogThatWasRolledBackGetsNoKeys) {
  const std::string id = Due();
  SendFromWelfare();
  const crypto::Checkpoint longer{.origin = core::LogOriginOf(kCity),
                                  .head = {1000, crypto::Sha256("what was lost")}};
  ASSERT_TRUE(*from_welfare_.heads().Take({.checkpoint = longer, .note = "longer"}));
  for (int i = 0; i < 3; ++i) {
    SendFromCity();
    Advance(minutes(2));
  }
  EXPECT_EQ(welfare_.Row(id).row.receipt_proof(), "");
  EXPECT_EQ(DisclosuresOfWelfare(), 0u);
  EXPECT_THAT(from_city_.faults(), ::testing::Not(IsEmpty())) << "its own node says so";
}

// The Cancel overtook its Offer, which then waited for its key until the end of its window.
TEST_F(ReceiptFlowTest, AnOfferThatCameAfterItsCancelWaitedForItsKey) {
  const std::string id = Due();
  const peer::v1::DeliverRequest offer = CaughtFromWelfare();
  Advance(minutes(2));
  ASSERT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
  SendFromWelfare();
  ASSERT_EQ(DeliverToCity(offer), absl::OkStatus());
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_COLLECTED);
  Advance(seconds(1));
  SendFromCity();
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_EQ(Received(id).reason(), "withdrawn");
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_WITHDRAWN);
}

// The refusal of a Key said that the Offer was refused.
TEST_F(ReceiptFlowTest, ARefusedKeyWasCalledARefusedOffer) {
  const std::string id = Due();
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  const peer::v1::DeliverRequest key = CaughtFromWelfare();
  auto terms = city_.TermsWithManifest();
  auto other = std::make_shared<partnership::SignedManifest>(*terms->manifest);
  other->manifest.partnership_pack[0] ^= 1;
  terms->manifest = other;
  terms->stamp = city_.h.terms.Get()->stamp;
  const auto before = city_.h.terms.Get();
  city_.h.terms.Set(terms);
  ASSERT_EQ(DeliverToCity(key), absl::OkStatus());
  city_.h.terms.Set(before);
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_REFUSED);
  EXPECT_EQ(DeliverToCity(key), absl::OkStatus()) << "a copy is answered like the first";
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_REFUSED);
  const auto answer = envelope::ReadRecordProof(welfare_.Row(id).row.answer_proof());
  ASSERT_TRUE(answer.ok());
  const auto& refusal = std::get<peer::v1::Refusal>(answer->leaf);
  EXPECT_EQ(refusal.refused_kind(), peer::v1::ENVELOPE_KIND_KEY);
  EXPECT_EQ(refusal.refused_digest(), crypto::View(envelope::LeafDigest(key.envelope().leaves(0))));
}

}  // namespace
}  // namespace sluis::exchange
