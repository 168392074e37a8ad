// A protocol holds at every step of a crossing: what it no longer covers stops where it is.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/linked_pair.h"
#include "tests/support/protocol_between.h"

namespace sluis::exchange {
namespace {

using tests::ExchangeNode;
using tests::kCity;

class ProtocolFlowTest : public tests::LinkedPair {
 protected:
  ProtocolFlowTest() {
    welfare_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
    city_.Follow(welfare_);
  }
  static void Put(ExchangeNode& node, policies::Protocol text) {
    auto terms = node.TermsWithManifest();
    terms->protocol = tests::SignedByAll(std::move(text));
    node.Put(terms);
  }
  policies::Protocol Text() const {
    return tests::ProtocolOf(welfare_.manifest(), welfare_.h.terms.Get()->packs);
  }
  // Ways in which a protocol ends to cover what it covered.
  std::vector<policies::Protocol> Lapsed() const {
    policies::Protocol overdue = Text();
    overdue.review.text = "2026-09-15";
    overdue.grace_days = 15;
    policies::Protocol less = Text();
    for (policies::ProtocolClause& clause : less.clauses) {
      std::erase_if(clause.fields, [](const policies::Word& one) { return one.text == "onlife"; });
    }
    return {overdue, less};
  }
  void Renew() {
    Put(welfare_, Text());
    Put(city_, Text());
  }
};

TEST_F(ProtocolFlowTest, UnderItARecordCrosses) {
  const std::string id = Due();
  Cross();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ProtocolFlowTest, WhatLapsesBeforeTheOfferLeavesStopsIt) {
  for (policies::Protocol& text : Lapsed()) {
    Renew();
    const std::string id = Due();
    Put(welfare_, std::move(text));
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);
  }
}

TEST_F(ProtocolFlowTest, WhatLapsesBeforeTheReceiptComesGetsNoKey) {
  for (policies::Protocol& text : Lapsed()) {
    Renew();
    const std::string id = Due();
    SendFromWelfare();
    ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_COLLECTED);
    Put(welfare_, std::move(text));
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
    EXPECT_EQ(Received(id).record_id(), "");
  }
}

TEST_F(ProtocolFlowTest, WhatLapsesBeforeTheKeyLeavesGetsNone) {
  for (policies::Protocol& text : Lapsed()) {
    Renew();
    const std::string id = Due();
    SendFromWelfare();
    SendFromCity();
    ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
    Put(welfare_, std::move(text));
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED) << "without the key";
    EXPECT_EQ(Received(id).record_id(), "");
  }
}

TEST_F(ProtocolFlowTest, WhatLapsesAtTheRecipientBeforeTheKeyComesIsNotOpened) {
  for (policies::Protocol& text : Lapsed()) {
    Renew();
    const std::string id = Due();
    SendFromWelfare();
    SendFromCity();
    ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
    Put(city_, std::move(text));
    for (int i = 0; i < 2; ++i) Cross();
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_REFUSED);
    EXPECT_EQ(Received(id).record_id(), "");
  }
}

}  // namespace
}  // namespace sluis::exchange
