#include "server/exchange/acknowledgements.h"

#include <gtest/gtest.h>

#include "server/storage/memory_store.h"

namespace sluis::exchange {
namespace {

using peer::v1::ENVELOPE_KIND_OFFER;
using peer::v1::ENVELOPE_KIND_RECEIPT;

envelope::ExchangeId Id(uint8_t number) {
  envelope::ExchangeId id{};
  id.fill(number);
  return id;
}

crypto::Hash Digest(uint8_t number) {
  crypto::Hash digest{};
  digest.fill(number);
  return digest;
}

class AcknowledgementsTest : public ::testing::Test {
 protected:
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  std::unique_ptr<storage::Store> witness_ = storage::NewMemoryStore();
  Acknowledgements taken_{*store_, *witness_};
};

TEST_F(AcknowledgementsTest, RemembersTheLastOfEachKindAndExchange) {
  EXPECT_FALSE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
  const Acknowledgements::Delivered both[] = {{Id(1), Digest(7)}, {Id(2), Digest(8)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, both, 1000).ok());
  const auto first = taken_.Of(Id(1), ENVELOPE_KIND_OFFER);
  ASSERT_TRUE(first.ok() && first->has_value());
  EXPECT_EQ((*first)->leaf_digest, Digest(7));
  EXPECT_EQ((*first)->at_us, 1000u);
  EXPECT_EQ((*taken_.Of(Id(2), ENVELOPE_KIND_OFFER))->leaf_digest, Digest(8));
  EXPECT_FALSE(taken_.Of(Id(1), ENVELOPE_KIND_RECEIPT)->has_value());

  const Acknowledgements::Delivered again[] = {{Id(1), Digest(9)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, again, 2000).ok());
  EXPECT_EQ((*taken_.Of(Id(1), ENVELOPE_KIND_OFFER))->leaf_digest, Digest(9));
}

// What is remembered of the store says what the store says.
TEST_F(AcknowledgementsTest, WhatWasForgottenIsAskedOfTheStoreAgain) {
  const Acknowledgements::Delivered delivered[] = {{Id(1), Digest(7)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, delivered, 1000).ok());
  ASSERT_TRUE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
  ASSERT_TRUE(taken_.Of(Id(2), ENVELOPE_KIND_OFFER).ok());
  const envelope::ExchangeId ended[] = {Id(1)};
  ASSERT_TRUE(taken_.Forget(ended).ok());
  EXPECT_FALSE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
  Acknowledgements other(*store_, *witness_);
  EXPECT_FALSE(other.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
}

// A look at what is owed asks about each message of the outbox: of those that were taken, too, the
// store is asked once.
TEST_F(AcknowledgementsTest, TheStoreIsAskedOnceAboutEach) {
  const Acknowledgements::Delivered delivered[] = {{Id(1), Digest(7)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, delivered, 1000).ok());
  ASSERT_TRUE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
  std::vector<storage::Write> gone;
  ASSERT_TRUE(store_->NewSnapshot()
                  ->Scan("", "\xff",
                         [&gone](std::string_view key, std::string_view) {
                           gone.push_back({std::string(key), std::nullopt});
                           return true;
                         })
                  .ok());
  ASSERT_EQ(gone.size(), 1u);
  ASSERT_TRUE(store_->Apply(gone).ok());
  EXPECT_TRUE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
}

TEST_F(AcknowledgementsTest, ListsTheExchangesOfWhichItKeepsSomething) {
  EXPECT_TRUE(taken_.Kept({}, 9)->empty());
  const Acknowledgements::Delivered offers[] = {{Id(3), Digest(1)}, {Id(1), Digest(2)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, offers, 1000).ok());
  const Acknowledgements::Delivered receipt[] = {{Id(1), Digest(3)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_RECEIPT, receipt, 1000).ok());
  const Acknowledgements::Given given[] = {{Id(2), Digest(4), "note"},
                                           {Id(255), Digest(5), "note"}};
  ASSERT_TRUE(taken_.Give(given).ok());
  using Ids = std::vector<envelope::ExchangeId>;
  EXPECT_EQ(*taken_.Kept({}, 9), (Ids{Id(1), Id(2), Id(3), Id(255)}));
  EXPECT_EQ(*taken_.Kept({}, 2), (Ids{Id(1), Id(2)}));
  EXPECT_EQ(*taken_.Kept(crypto::View(Id(2)), 2), (Ids{Id(3), Id(255)}));
  EXPECT_TRUE(taken_.Kept(crypto::View(Id(255)), 2)->empty());
}

TEST_F(AcknowledgementsTest, KeepsTheNewestReceiptUntilItIsForgotten) {
  EXPECT_FALSE(taken_.ReceiptOf(Id(1))->has_value());
  const Acknowledgements::Given first[] = {{Id(1), Digest(1), "note one"}};
  const Acknowledgements::Given second[] = {{Id(1), Digest(2), "note two"}};
  ASSERT_TRUE(taken_.Give(first).ok());
  ASSERT_TRUE(taken_.Give(second).ok());
  const Acknowledgements::Delivered offer[] = {{Id(1), Digest(7)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, offer, 1000).ok());
  EXPECT_EQ(*taken_.ReceiptOf(Id(1)), second[0]);
  EXPECT_EQ(*taken_.DigestOf(Id(1)), Digest(2));
  const envelope::ExchangeId ids[] = {Id(1)};
  ASSERT_TRUE(taken_.Forget(ids).ok());
  EXPECT_FALSE(taken_.ReceiptOf(Id(1))->has_value());
  EXPECT_FALSE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
}

TEST_F(AcknowledgementsTest, ARowThatCannotBeReadIsAbsent) {
  const Acknowledgements::Delivered offer[] = {{Id(1), Digest(7)}};
  ASSERT_TRUE(taken_.Take(ENVELOPE_KIND_OFFER, offer, 1000).ok());
  std::vector<storage::Write> writes;
  ASSERT_TRUE(store_->NewSnapshot()
                  ->Scan("", "",
                         [&](std::string_view key, std::string_view) {
                           writes.push_back({std::string(key), "short"});
                           return true;
                         })
                  .ok());
  ASSERT_TRUE(store_->Apply(writes).ok());
  EXPECT_FALSE(taken_.Of(Id(1), ENVELOPE_KIND_OFFER)->has_value());
}

}  // namespace
}  // namespace sluis::exchange
