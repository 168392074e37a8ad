#include "server/envelope/receipt_proof.h"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/merkle.h"
#include "server/envelope/leaf.h"
#include "server/ledger/leaf.h"
#include "tests/server/envelope/fault_matchers.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using peer::v1::Receipt;

class ReceiptProofTest : public ::testing::Test {
 protected:
  Receipt ReceiptOf(const tests::MadeOffer& offer) {
    Receipt receipt;
    EXPECT_TRUE(receipt.ParseFromString(world_.ReceiptFor(offer, world_.sealing.public_key)));
    return receipt;
  }
  std::string Judged(const Receipt& receipt, const tests::MadeOffer& offer) {
    return Word(VerifyReceipt(receipt, offer.offer, offer.bytes, key_));
  }

  tests::ExchangeWorld world_{12};
  const std::vector<tests::MadeOffer> offers_ = world_.Offers(2);
  const crypto::VerifierKey key_ =
      crypto::VerifierKey::Create("zandrode.example/log", world_.recipient.log.public_key())
          .value();
};

TEST_F(ReceiptProofTest, SaysWhereAndWhenItWasLogged) {
  const auto proven =
      VerifyReceipt(ReceiptOf(offers_[0]), offers_[0].offer, offers_[0].bytes, key_);
  ASSERT_TRUE(proven.ok()) << proven.status();
  EXPECT_EQ(proven->index, 1u);
  EXPECT_EQ(proven->logged_at_us, tests::kExchangeNowUs);
  EXPECT_EQ(proven->checkpoint.head.size, 2u);
}

TEST_F(ReceiptProofTest, ValidProofOfAnotherLeafGivesNoKey) {
  Receipt receipt = ReceiptOf(offers_[0]);
  const Receipt other = ReceiptOf(offers_[1]);
  EXPECT_EQ(Judged(other, offers_[0]), "other_exchange");
  receipt.set_log_leaf(other.log_leaf());
  receipt.set_counterpart_salt(other.counterpart_salt());
  receipt.set_counterpart(other.counterpart());
  *receipt.mutable_inclusion() = other.inclusion();
  receipt.set_checkpoint(other.checkpoint());
  EXPECT_EQ(Judged(receipt, offers_[0]), "log");
  receipt.set_offer_digest(other.offer_digest());
  EXPECT_EQ(Judged(receipt, offers_[0]), "other_exchange");
}

TEST_F(ReceiptProofTest, EachPartOfTheProofCounts) {
  const std::function<void(Receipt&)> changes[] = {
      [](auto& r) { r.mutable_log_leaf()->at(183) ^= 1; },
      [](auto& r) { r.mutable_log_leaf()->at(15) ^= 1; },
      [](auto& r) { r.mutable_log_leaf()->at(3) ^= 2; },
      [](auto& r) { r.mutable_counterpart_salt()->at(0) ^= 1; },
      [](auto& r) { r.mutable_counterpart()->at(5) ^= 1; },
      [](auto& r) { r.mutable_inclusion(0)->at(0) ^= 1; },
      [](auto& r) { r.clear_inclusion(); },
      [](auto& r) { r.add_consistency(std::string(32, 'x')); },
      [](auto& r) { r.mutable_checkpoint()->at(r.checkpoint().size() - 5) ^= 1; },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    Receipt receipt = ReceiptOf(offers_[0]);
    changes[i](receipt);
    EXPECT_EQ(Judged(receipt, offers_[0]), "log") << i;
  }
}

TEST_F(ReceiptProofTest, CheckpointOfAnotherKeyOrLogProvesNothing) {
  const Receipt receipt = ReceiptOf(offers_[0]);
  for (const auto& [name, key] : {std::pair{"zandrode.example/log", &world_.recipient.identity},
                                  std::pair{"lindervaart.example/log", &world_.recipient.log}}) {
    const auto other = crypto::VerifierKey::Create(name, key->public_key()).value();
    EXPECT_EQ(Word(VerifyReceipt(receipt, offers_[0].offer, offers_[0].bytes, other)), "log");
  }
}

TEST_F(ReceiptProofTest, LooserConditionsAreNotFollowed) {
  Receipt receipt = ReceiptOf(offers_[0]);
  receipt.mutable_accepted()->set_retention_until("2027-01-04");
  EXPECT_EQ(Judged(receipt, offers_[0]), "looser");
  receipt.mutable_accepted()->set_retention_until("2026-11-05");
  EXPECT_EQ(Judged(receipt, offers_[0]), "ok");
}

TEST_F(ReceiptProofTest, LogMustExtendTheHeadThatTheOfferNamed) {
  tests::MadeOffer offer = std::move(world_.Offers(1)[0]);
  const auto with_head = [&](uint64_t size, const crypto::Hash& root) {
    offer.offer.set_seen_size(size);
    offer.offer.set_seen_root(std::string(crypto::View(root)));
    offer.bytes = offer.offer.SerializeAsString();
    return ReceiptOf(offer);
  };
  // The log of two begins with this entry.
  ledger::Leaf first;
  first.logged_at_us = tests::kExchangeNowUs;
  const auto first_bytes = ledger::EncodeLeaf(first);
  const crypto::Hash first_root = crypto::LeafHash(crypto::View(first_bytes));
  Receipt receipt = with_head(1, first_root);
  receipt.add_consistency(std::string(crypto::View(crypto::LeafHash(receipt.log_leaf()))));
  EXPECT_EQ(Judged(receipt, offer), "ok");
  receipt.clear_consistency();
  EXPECT_EQ(Judged(receipt, offer), "log");
  // On a fork: what A saw is not in this log.
  receipt = with_head(1, crypto::LeafHash("another entry"));
  receipt.add_consistency(std::string(crypto::View(crypto::LeafHash(receipt.log_leaf()))));
  EXPECT_EQ(Judged(receipt, offer), "log");
  // A log that has become shorter.
  EXPECT_EQ(Judged(with_head(3, first_root), offer), "log");
}

TEST_F(ReceiptProofTest, EntryMustSayAccepted) {
  const auto& offer = offers_[0];
  const std::function<void(record::v1::CounterpartPart&)> changes[] = {
      [](auto& p) { p.set_outcome("refused"); },
      [](auto& p) { p.set_side("sender"); },
      [](auto& p) { p.set_kind("cancel"); },
      [](auto& p) { p.set_peer("heidezoom.example"); },
      [](auto& p) { p.set_partnership("elders.example"); },
      [](auto& p) { p.mutable_exchange_id()->at(0) ^= 1; },
      [](auto& p) { p.mutable_message_digest()->at(0) ^= 1; },
  };
  const auto logged = [&](const record::v1::CounterpartPart& part) {
    Receipt receipt = ReceiptOf(offer);
    ledger::Leaf leaf = ledger::DecodeLeaf(receipt.log_leaf()).value();
    receipt.set_counterpart(part.SerializeAsString());
    leaf.index = 0;
    leaf.commitments[4] = ledger::Commitment(
        "zandrode.example/log", ledger::Part::kCounterpart,
        crypto::ToFixed<32>(receipt.counterpart_salt()).value(), receipt.counterpart());
    const auto bytes = ledger::EncodeLeaf(leaf);
    receipt.set_log_leaf(std::string(crypto::View(bytes)));
    receipt.clear_inclusion();
    receipt.set_checkpoint(
        crypto::SignCheckpoint({"zandrode.example/log", {1, crypto::LeafHash(crypto::View(bytes))}},
                               world_.recipient.log)
            .value());
    return Judged(receipt, offer);
  };
  const auto good = AcceptedPart(offer.offer, LeafDigest(offer.bytes));
  EXPECT_EQ(logged(good), "ok");
  for (size_t i = 0; i < std::size(changes); ++i) {
    auto part = good;
    changes[i](part);
    EXPECT_EQ(logged(part), "log") << i;
  }
}

}  // namespace
}  // namespace sluis::envelope
