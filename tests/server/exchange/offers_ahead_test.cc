#include "server/exchange/offers_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/support/core_harness.h"

namespace sluis::exchange {
namespace {

// Counts the rows that are read one by one: what is owed here is of exchanges that there are not,
// and of each of these one row is looked for.
class CountingSnapshot final : public storage::Snapshot {
 public:
  explicit CountingSnapshot(std::unique_ptr<storage::Snapshot> inner) : inner_(std::move(inner)) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    ++read;
    return inner_->Get(key);
  }
  absl::Status Scan(std::string_view from, std::string_view until,
                    const Visitor& visit) const override {
    return inner_->Scan(from, until, visit);
  }
  absl::Status ScanReverse(std::string_view from, std::string_view until,
                           const Visitor& visit) const override {
    return inner_->ScanReverse(from, until, visit);
  }

  mutable std::atomic<size_t> read = 0;

 private:
  const std::unique_ptr<storage::Snapshot> inner_;
};

class OffersAheadTest : public ::testing::Test {
 protected:
  static constexpr size_t kNoEnd = 256;

  OffersAheadTest() {
    call_.terms = harness_.terms.Get();
    owed_.resize(200);
    for (size_t i = 0; i < owed_.size(); ++i) {
      owed_[i].exchange[0] = static_cast<uint8_t>(i);
      owed_[i].kind = peer::v1::ENVELOPE_KIND_OFFER;
    }
  }
  // How many were made for that one.
  size_t MadeFor(OffersAhead::Look& look, size_t place, size_t most = kNoEnd) {
    const size_t before = snapshot_.read;
    EXPECT_TRUE(absl::IsNotFound(
        look.At(owed_, place, most, [this](const Owed& owed) { return owed.case_token != alone_; })
            .status()));
    return snapshot_.read - before;
  }

  tests::CoreHarness harness_{tests::HarnessOptions{}};
  const CountingSnapshot snapshot_{harness_.ledger->store().NewSnapshot()};
  const core::View view_{snapshot_, harness_.ledger->keyring()};
  const ledger::LogReader log_{harness_.ledger->origin(), snapshot_, harness_.ledger->keyring()};
  core::Call call_;
  std::vector<Owed> owed_;
  const std::string alone_ = "alone";
  OffersAhead offers_;
};

TEST_F(OffersAheadTest, EachIsMadeOnceAndEverMoreAtATime) {
  OffersAhead::Look look(offers_, call_, view_, log_);
  std::vector<size_t> made;
  size_t all = 0;
  for (size_t place = 0; place < owed_.size(); ++place) {
    const size_t now = MadeFor(look, place);
    if (now > 0) made.push_back(now);
    all += now;
  }
  EXPECT_EQ(made, (std::vector<size_t>{8, 16, 32, 64, 64, 16}));
  EXPECT_EQ(all, owed_.size());
}

// 64 were decided and composed for each envelope in which one went alone, because the partner had
// turned it down, or in which there was room for few.
TEST_F(OffersAheadTest, OffersWereMadeThatCouldNotGoAlong) {
  OffersAhead::Look look(offers_, call_, view_, log_);
  EXPECT_EQ(MadeFor(look, 0, 1), 1u);
  EXPECT_EQ(MadeFor(look, 1, 3), 3u);
  EXPECT_EQ(MadeFor(look, 2, 3), 0u);
  EXPECT_EQ(MadeFor(look, 3, 3), 0u);
  owed_[6].case_token = alone_;
  EXPECT_EQ(MadeFor(look, 4), 2u);
  EXPECT_EQ(MadeFor(look, 5), 0u);
  // Passed by.
  owed_[9].kind = peer::v1::ENVELOPE_KIND_KEY;
  EXPECT_EQ(MadeFor(look, 7), 2u);
  OffersAhead::Look another(offers_, call_, view_, log_);
  EXPECT_EQ(MadeFor(another, 100), OffersAhead::kFirst) << "of large ones few leave";
}

}  // namespace
}  // namespace sluis::exchange
