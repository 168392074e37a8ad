#include "server/core/received_erasure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "server/core/node_acts.h"
#include "server/core/take_erasures.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/leaf.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::MadeOffer;
using tests::ReceivingNode;

class ReceivedErasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(node_.PutStatus(7), absl::OkStatus());
    ASSERT_EQ(node_.Collect({&offer_, 1}), absl::OkStatus());
  }
  void Open() { ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus()); }
  std::string Id() { return offer_.offer.binding().exchange_id(); }
  record::v1::ReceivedExchange Row() { return node_.Received(Id())->row; }

  // Asked by the node alone, changed by `edit`.
  absl::Status Ask(const std::function<void(peer::v1::Erasure&)>& edit = {},
                   std::shared_ptr<OfferQuota> kept = std::make_shared<OfferQuota>()) {
    peer::v1::Erasure asked;
    *asked.mutable_binding() = offer_.offer.binding();
    asked.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
    asked.set_offer_digest(std::string(crypto::View(envelope::LeafDigest(offer_.bytes))));
    asked.set_step(peer::v1::ERASURE_STEP_ASKED);
    asked.set_reason(peer::v1::ERASURE_REASON_NODE);
    if (edit) edit(asked);
    return node_.RunAsPeer(std::make_shared<TakeErasures>(
        node_.world.sender.organisation,
        node_.Leaves(peer::v1::ENVELOPE_KIND_ERASURE, {asked.SerializeAsString()}),
        std::move(kept)));
  }
  // In the name of the officer, who signed this action, knowing of that list of revoked mandates.
  absl::Status AskAsPerson(const std::string& action, uint64_t status_number = 7) {
    return Ask([&](peer::v1::Erasure& asked) {
      auto statement = node_.world.GoodStatement();
      statement.set_action(action);
      envelope::StatementItem item;
      std::copy_n(Id().begin(), item.exchange.size(), item.exchange.begin());
      item.case_token = offer_.terms.case_token();
      item.fields_root = envelope::FieldsRoot({});
      asked.set_reason(peer::v1::ERASURE_REASON_PERSON);
      *asked.mutable_user() =
          envelope::SignaturesFor(
              envelope::SignStatement(envelope::StatementOver(statement, {item}).value(),
                                      node_.world.person_key),
              {item}, node_.world.mandate, status_number)
              .at(0);
    });
  }
  std::string Refused() { return node_.h.Last().act.refusal(); }

  ReceivingNode node_;
  const MadeOffer offer_ = std::move(node_.world.Offers(1)[0]);
};

TEST_F(ReceivedErasureTest, APersonWhoSignedItErases) {
  Open();
  EXPECT_EQ(AskAsPerson("erase"), absl::OkStatus());
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(node_.OwedFor(Id()), "erasure");
  EXPECT_EQ(node_.CounterpartOf(node_.h.size() - 1).outcome(), "erased");
  EXPECT_EQ(node_.CounterpartOf(node_.h.size() - 1).kind(), "erasure");
  const uint64_t size = node_.h.size();
  EXPECT_EQ(AskAsPerson("erase"), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "a copy has no entry";
}

TEST_F(ReceivedErasureTest, NothingElseThatAPersonSignedServes) {
  Open();
  for (const char* action : {"share", "withdraw"}) {
    EXPECT_FALSE(AskAsPerson(action).ok());
    EXPECT_EQ(Refused(), "signature") << action;
  }
  EXPECT_FALSE(AskAsPerson("erase", 8).ok()) << "a newer list of revoked mandates is not here yet";
  EXPECT_EQ(Refused(), "status_behind");
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(node_.PutStatus(8), absl::OkStatus());
  EXPECT_EQ(AskAsPerson("erase", 8), absl::OkStatus());
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_ERASED);
}

TEST_F(ReceivedErasureTest, OnlyTheSenderOfThisOfferAsks) {
  Open();
  EXPECT_EQ(CodeOf(node_.RunAsPeer(std::make_shared<TakeErasures>(node_.world.sender.organisation,
                                                                  std::vector<PeerLeaf>()),
                                   node_.world.third.organisation)),
            "no_partner");
  const std::function<void(peer::v1::Erasure&)> others[] = {
      [](auto& asked) { asked.mutable_binding()->mutable_terms_digest()->at(0) ^= 1; },
      [](auto& asked) { asked.mutable_offer_digest()->at(0) ^= 1; },
  };
  for (const auto& other : others) {
    EXPECT_FALSE(Ask(other).ok());
    EXPECT_EQ(Refused(), "unknown");
  }
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ReceivedErasureTest, WhatIsErasedHereAlreadyIsAnsweredAsDone) {
  Open();
  node_.h.clock.Advance(std::chrono::hours(24 * 400));
  ASSERT_EQ(
      node_.h.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(Row().record_id())),
      absl::OkStatus());
  EXPECT_EQ(Ask(), absl::OkStatus());
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_ERASED);
  const auto answer = ErasureAnswer(Row());
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto leaf = envelope::ReadLeaf(peer::v1::ENVELOPE_KIND_ERASURE, *answer);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(std::get<peer::v1::Erasure>(*leaf).step(), peer::v1::ERASURE_STEP_DONE);
  EXPECT_TRUE(envelope::CheckAnswers(*leaf, offer_.offer.binding()).ok());
}

// A node that was put back from an older copy refused it, was asked again every ten minutes, and
// wrote an entry each time; the sender never came to an end.
TEST_F(ReceivedErasureTest, AnErasureOfWhatIsNotHereNeverEnded) {
  const auto kept = std::make_shared<OfferQuota>(1);
  const std::vector<MadeOffer> lost = node_.world.Offers(2);
  const auto of = [&](const MadeOffer& offer) {
    return [&offer](peer::v1::Erasure& asked) {
      *asked.mutable_binding() = offer.offer.binding();
      asked.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
      asked.set_offer_digest(std::string(crypto::View(envelope::LeafDigest(offer.bytes))));
    };
  };
  const std::string& id = lost[0].offer.binding().exchange_id();
  EXPECT_EQ(Ask(of(lost[0]), kept), absl::OkStatus());
  const auto row = node_.Received(id);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->row.state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(node_.OwedFor(id), "erasure");
  EXPECT_EQ(node_.CounterpartOf(node_.h.size() - 1).outcome(), "erased");
  const auto answer = ErasureAnswer(row->row);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto leaf = envelope::ReadLeaf(peer::v1::ENVELOPE_KIND_ERASURE, *answer);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(std::get<peer::v1::Erasure>(*leaf).step(), peer::v1::ERASURE_STEP_DONE);
  EXPECT_GT(std::get<peer::v1::Erasure>(*leaf).day(), tests::kExchangeDay);
  EXPECT_TRUE(envelope::CheckAnswers(*leaf, lost[0].offer.binding()).ok());

  const uint64_t size = node_.h.size();
  EXPECT_EQ(Ask(of(lost[0]), kept), absl::OkStatus());
  EXPECT_EQ(node_.Collect({&lost[0], 1}), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "neither the request again nor the Offer of before";
  EXPECT_FALSE(Ask(of(lost[1]), kept).ok()) << "a partner cannot fill this node with them";
  EXPECT_EQ(Refused(), "unknown");
  EXPECT_FALSE(node_.Received(lost[1].offer.binding().exchange_id()).has_value());
}

// What cannot be read may be here.
TEST_F(ReceivedErasureTest, WhatCannotBeReadIsNotAnsweredAsErased) {
  Open();
  node_.h.store.Tamper(ReceivedKey(Id()), "x");
  EXPECT_FALSE(Ask().ok());
  EXPECT_EQ(node_.OwedFor(Id()), "opened");
}

TEST_F(ReceivedErasureTest, BeforeTheKeyItEndsAndNoKeyIsTakenAfterwards) {
  const auto key_of_later = ReceivingNode::CopyOf(offer_);
  EXPECT_EQ(Ask(), absl::OkStatus());
  EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Row().offer_proof(), "");
  const uint64_t size = node_.h.size();
  EXPECT_EQ(node_.SendKeys({&key_of_later, 1}), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
  EXPECT_EQ(Row().record_id(), "");
}

}  // namespace
}  // namespace sluis::core
