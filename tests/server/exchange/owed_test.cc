#include "server/exchange/owed.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "server/core/outbox.h"
#include "server/ledger/log_state.h"
#include "server/ledger/sealed_row.h"
#include "server/storage/memory_store.h"
#include "sluis/record/v1/exchange.pb.h"
#include "tests/support/core_harness.h"

namespace sluis::exchange {
namespace {

constexpr char kPartner[] = "lindervaart.example";

class OwedTest : public ::testing::Test {
 protected:
  // A row of the outbox; ids ascend with `number`.
  void Owe(uint64_t number, peer::v1::EnvelopeKind kind, uint64_t not_before_us,
           const std::string& partner = kPartner, uint64_t stamp = 1) {
    std::string id(8, 'i');
    crypto::AppendU64(id, number);
    record::v1::OwedMessage owed;
    owed.set_kind(kind);
    owed.set_not_before_us(not_before_us);
    const std::string key = core::OutboxKey(partner, id);
    const auto keys = harness_.ledger->keyring().PartKeysFor(ledger::kSealedRowClass, 1).value();
    rows_.push_back(
        {key, ledger::JoinRow(
                  stamp, ledger::SealRow(*keys, key, owed.SerializeAsString(), harness_.random))});
  }
  size_t unreadable_ = 0;
  std::vector<Owed> Found(
      uint64_t now_us,
      const std::function<bool(const Owed&)>& wanted = [](const Owed&) { return true; }) {
    const auto store = storage::NewMemoryStore();
    EXPECT_EQ(store->Apply(rows_), absl::OkStatus());
    const auto snapshot = store->NewSnapshot();
    const core::View view(*snapshot, harness_.ledger->keyring());
    auto owed = owed_rows_.To(view, kPartner, now_us, wanted, &unreadable_);
    EXPECT_TRUE(owed.ok()) << owed.status();
    return owed.ok() ? *std::move(owed) : std::vector<Owed>();
  }

  std::vector<storage::Write> rows_;
  OwedRows owed_rows_;
  tests::CoreHarness harness_{tests::HarnessOptions{}};
};

TEST_F(OwedTest, TheMostUrgentFirstAndNothingBeforeItsTime) {
  Owe(1, peer::v1::ENVELOPE_KIND_OFFER, 10);
  Owe(2, peer::v1::ENVELOPE_KIND_OFFER, 5);
  Owe(3, peer::v1::ENVELOPE_KIND_CANCEL, 9);
  Owe(4, peer::v1::ENVELOPE_KIND_RECEIPT, 9);
  Owe(5, peer::v1::ENVELOPE_KIND_KEY, 11);
  Owe(6, peer::v1::ENVELOPE_KIND_OFFER, 1, "lindervaart.example.org");
  const std::vector<Owed> owed = Found(10);
  ASSERT_EQ(owed.size(), 4u);
  EXPECT_EQ(owed[0].kind, peer::v1::ENVELOPE_KIND_CANCEL);
  EXPECT_EQ(owed[1].kind, peer::v1::ENVELOPE_KIND_RECEIPT);
  EXPECT_EQ(owed[2].not_before_us, 5u);
  EXPECT_EQ(owed[3].not_before_us, 10u);
}

// What is not wanted took the room of what is: behind 4,096 answers that were taken nothing left.
TEST_F(OwedTest, SettledAnswersHidWhatIsOwed) {
  for (uint64_t i = 0; i < kMostOwed + 10; ++i) Owe(i, peer::v1::ENVELOPE_KIND_OPENED, 1);
  Owe(kMostOwed + 10, peer::v1::ENVELOPE_KIND_OFFER, 1);
  const auto offers = [](const Owed& one) { return !IsFinal(one.kind); };
  ASSERT_EQ(Found(2, offers).size(), 1u);
}

// The window was cut by exchange id, which is random: what was urgent, or old, never left.
TEST_F(OwedTest, TheWindowWasCutByIdAndNotByUrgency) {
  for (uint64_t i = 0; i < kMostOwed + 10; ++i) Owe(i, peer::v1::ENVELOPE_KIND_OFFER, 20 + i);
  Owe(kMostOwed + 10, peer::v1::ENVELOPE_KIND_CANCEL, 19'000);
  Owe(kMostOwed + 11, peer::v1::ENVELOPE_KIND_KEY, 19'000);
  Owe(kMostOwed + 12, peer::v1::ENVELOPE_KIND_OFFER, 1);
  const std::vector<Owed> owed = Found(20'000);
  ASSERT_EQ(owed.size(), kMostOwed + 2) << "of one kind no more than the window";
  EXPECT_EQ(owed[0].kind, peer::v1::ENVELOPE_KIND_CANCEL);
  EXPECT_EQ(owed[1].kind, peer::v1::ENVELOPE_KIND_KEY);
  EXPECT_EQ(owed[2].not_before_us, 1u) << "the oldest offer";
  EXPECT_EQ(owed.back().not_before_us, 20 + kMostOwed - 2);
}

// Messages that end something are all found, however many there are.
TEST_F(OwedTest, ManyEndingsHidTheOneThatCouldStillLeave) {
  for (uint64_t i = 0; i < kMostOwed + 10; ++i) Owe(i, peer::v1::ENVELOPE_KIND_ERASURE, 1);
  EXPECT_EQ(Found(2).size(), kMostOwed + 10);
}

// Each look opened every row of the outbox, so that what many looks cost grew with its square.
TEST_F(OwedTest, ARowWasOpenedAtEachLook) {
  Owe(1, peer::v1::ENVELOPE_KIND_OFFER, 1);
  Owe(2, peer::v1::ENVELOPE_KIND_OFFER, 1);
  ASSERT_EQ(Found(2).size(), 2u);
  // Could not be opened, and need not be: the same entry wrote it.
  rows_[1].value->back() ^= 1;
  Owe(3, peer::v1::ENVELOPE_KIND_OFFER, 1);
  EXPECT_EQ(Found(2).size(), 3u);
  EXPECT_EQ(unreadable_, 0u);
}

// Each look went over every row of the outbox, though nothing can have changed without an entry.
TEST_F(OwedTest, RowsWereReadAgainOfALogThatHadNotGrown) {
  Owe(1, peer::v1::ENVELOPE_KIND_OFFER, 1);
  ledger::LogState state;
  state.range.Append(crypto::Hash{});
  const auto at = rows_.size();
  rows_.push_back({ledger::RowKey(ledger::Table::kState), ledger::EncodeLogState(state)});
  ASSERT_EQ(Found(2).size(), 1u);
  // Not by this log: what is remembered is what there is.
  Owe(2, peer::v1::ENVELOPE_KIND_OFFER, 1);
  EXPECT_EQ(Found(2).size(), 1u);
  EXPECT_EQ(Found(0).size(), 0u) << "what waits is asked at each look";
  state.range.Append(crypto::Hash{});
  rows_[at].value = ledger::EncodeLogState(state);
  EXPECT_EQ(Found(2).size(), 2u);
  // A row that could not be read is looked at again, however long the log.
  state.range.Append(crypto::Hash{});
  rows_[at].value = ledger::EncodeLogState(state);
  Owe(3, peer::v1::ENVELOPE_KIND_OFFER, 1);
  const std::string whole = *rows_.back().value;
  rows_.back().value->back() ^= 1;
  EXPECT_EQ(Found(2).size(), 2u);
  EXPECT_EQ(unreadable_, 1u);
  rows_.back().value = whole;
  EXPECT_EQ(Found(2).size(), 3u);
  EXPECT_EQ(unreadable_, 0u);
}

TEST_F(OwedTest, WhatAnotherEntryWroteIsOpened) {
  for (const uint64_t number : {1, 2, 3}) Owe(number, peer::v1::ENVELOPE_KIND_OFFER, 1);
  ASSERT_EQ(Found(9).size(), 3u);
  rows_.clear();
  Owe(0, peer::v1::ENVELOPE_KIND_OFFER, 2);
  Owe(2, peer::v1::ENVELOPE_KIND_KEY, 5, kPartner, 2);
  Owe(3, peer::v1::ENVELOPE_KIND_OFFER, 1);
  const std::vector<Owed> owed = Found(9);
  ASSERT_EQ(owed.size(), 3u) << "one is gone";
  EXPECT_EQ(owed[0].kind, peer::v1::ENVELOPE_KIND_KEY);
  EXPECT_EQ(owed[0].not_before_us, 5u);
  EXPECT_EQ(owed[1].not_before_us, 1u);
  EXPECT_EQ(owed[2].not_before_us, 2u);
}

// A single row that could not be read stopped all that was owed to the partner.
TEST_F(OwedTest, OneUnreadableRowStoppedThePartner) {
  Owe(1, peer::v1::ENVELOPE_KIND_OFFER, 1);
  Owe(2, peer::v1::ENVELOPE_KIND_OFFER, 1);
  Owe(3, peer::v1::ENVELOPE_KIND_OFFER, 1);
  rows_[1].value = "x";
  EXPECT_EQ(Found(2).size(), 2u);
  EXPECT_EQ(unreadable_, 1u);
}

}  // namespace
}  // namespace sluis::exchange
