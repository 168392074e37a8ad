// What the node looks for by itself costs what is open, however much has come and gone.
#include "server/core/exchange_upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/drop_taken.h"
#include "server/core/outbox.h"
#include "server/core/received_exchange.h"
#include "server/core/sent_erasure.h"
#include "server/core/store_keys.h"
#include "server/ledger/row.h"
#include "tests/support/counting_snapshot.h"
#include "tests/support/receiving_node.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CoreHarness;
using tests::CountingSnapshot;
using tests::MadeOffer;

constexpr std::chrono::hours kDay(24);

// Rows that `look` reads of that node's store as it is now.
size_t RowsRead(const CoreHarness& h, const std::function<void(View&)>& look) {
  const auto snapshot = h.ledger->store().NewSnapshot();
  const CountingSnapshot counted(*snapshot);
  View view(counted, h.ledger->keyring());
  look(view);
  return counted.rows();
}

std::string IdOf(const MadeOffer& offer) { return offer.offer.binding().exchange_id(); }

class ReceivedUpkeepTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(node_.PutStatus(7), absl::OkStatus()); }

  std::vector<MadeOffer> Collected(size_t count) {
    auto offers = node_.world.Offers(count);
    EXPECT_EQ(node_.Collect(offers), absl::OkStatus());
    return offers;
  }
  // Collected, opened, and the answer taken: nothing of them is owed or waited for.
  void ComeAndGo(size_t count) {
    const auto offers = Collected(count);
    ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
    std::vector<TakenMessage> taken;
    for (const MadeOffer& offer : offers) {
      taken.push_back(
          {node_.world.sender.organisation, IdOf(offer), peer::v1::ENVELOPE_KIND_OPENED});
    }
    ASSERT_EQ(Run(std::make_shared<DropTaken>(std::move(taken))), absl::OkStatus());
    ASSERT_EQ(Run(std::make_shared<EraseSealingKeys>(KeysDone())), absl::OkStatus());
  }
  absl::Status Run(std::shared_ptr<UseCase> use_case) {
    return node_.h.executor->RunAsNodeAndWait(std::move(use_case));
  }
  std::vector<std::string> KeysDone() {
    std::vector<std::string> done;
    node_.Look([&](const View& view) { done = SealingKeysDone(view, now_us(), 10).value(); });
    return done;
  }
  std::vector<std::string> PastWindow() {
    std::vector<std::string> due;
    node_.Look([&](const View& view) { due = ReceivedPastWindow(view, now_us(), 10).value(); });
    return due;
  }
  uint64_t now_us() const { return node_.h.clock.NowUs(); }

  tests::ReceivingNode node_;
};

// Every minute all exchanges that had ever come were read, three times over.
TEST_F(ReceivedUpkeepTest, WhatHadEndedWasReadEveryMinute) {
  const auto waiting = Collected(1);
  const std::string key = node_.Received(IdOf(waiting[0]))->row.sealing_key();
  EraseSealingKeys erase({key});
  Call call;
  call.method = &erase.method();
  call.terms = node_.h.terms.Get();
  call.now_us = now_us();
  const std::pair<const char*, std::function<void(View&)>> looks[] = {
      {"past window",
       [&](View& view) { EXPECT_TRUE(ReceivedPastWindow(view, now_us(), 10).ok()); }},
      {"keys done", [&](View& view) { EXPECT_TRUE(SealingKeysDone(view, now_us(), 10).ok()); }},
      {"erasing them", [&](View& view) { EXPECT_TRUE(erase.Decide(call, view).ok()); }},
  };
  std::vector<size_t> before;
  for (const auto& [what, look] : looks) before.push_back(RowsRead(node_.h, look));
  ComeAndGo(8);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(RowsRead(node_.h, looks[i].second), before[i]) << looks[i].first;
  }
}

TEST_F(ReceivedUpkeepTest, WhatWaitsIsFoundAlsoWhenTheRowOfWhatIsOwedCannotBeRead) {
  const auto offers = Collected(1);
  const std::string id = IdOf(offers[0]);
  node_.h.store.Tamper(OutboxKey(node_.world.sender.organisation, id), ledger::JoinRow(1, "x"));
  EXPECT_THAT(KeysDone(), IsEmpty());
  EXPECT_THAT(PastWindow(), IsEmpty());
  node_.h.clock.Advance(4 * kDay);
  EXPECT_THAT(PastWindow(), ElementsAre(id));
  ASSERT_EQ(Run(std::make_shared<ExpireReceived>(id)), absl::OkStatus());
  EXPECT_EQ(node_.OwedFor(id), "nothing");
  EXPECT_THAT(PastWindow(), IsEmpty());
}

TEST_F(ReceivedUpkeepTest, AKeyThatIsNotThereHoldsUpNoOther) {
  const auto offers = Collected(1);
  const std::string key = node_.Received(IdOf(offers[0]))->row.sealing_key();
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  EXPECT_EQ(
      Run(std::make_shared<EraseSealingKeys>(std::vector<std::string>{std::string(32, 'n'), key})),
      absl::OkStatus());
  EXPECT_THAT(KeysDone(), IsEmpty());
}

TEST(SentUpkeepTest, WhatHadEndedWasReadEveryHour) {
  tests::SharingNode node;
  node.Shared(node.Recorded());
  const auto rows = [&] {
    return RowsRead(node.h, [&](View& view) {
      EXPECT_TRUE(SentPastWindow(view, node.h.clock.NowUs(), 10).ok());
    });
  };
  const size_t before = rows();
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(node.Withdraw(node.Shared(node.Recorded()), false), absl::OkStatus());
  }
  EXPECT_EQ(rows(), before);
}

// What is owed to all was read once for each of them.
TEST(SentUpkeepTest, TheOutboxOfOthersWasReadForEachPartner) {
  tests::SharingNode node;
  const auto rows = [&](const char* partner) {
    return RowsRead(node.h, [&](View& view) {
      EXPECT_EQ(OverdueErasures(view, partner, node.h.clock.NowUs()).value(), 0u);
    });
  };
  node.Shared(node.Recorded());
  const size_t before = rows(tests::kCity);
  EXPECT_EQ(before, 1u);
  record::v1::OwedMessage owed;
  owed.set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
  for (char id = 'a'; id < 'i'; ++id) {
    node.h.PutRow(OutboxKey(tests::kPolice, std::string(16, id)), 1, owed.SerializeAsString());
  }
  EXPECT_EQ(rows(tests::kCity), before);
  EXPECT_GE(rows(tests::kPolice), 8u);
}

}  // namespace
}  // namespace sluis::core
