// Of an exercise nothing is left once the partnership is active: records and exchanges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/core/exercise.h"
#include "server/core/export_compelled.h"
#include "server/core/sealing_key.h"
#include "server/ledger/row.h"
#include "tests/support/counting_snapshot.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using ledger::Table;
using ::testing::IsEmpty;

class ExerciseEndTest : public tests::LinkedPair {
 protected:
  static std::vector<std::string> Left(const tests::ExchangeNode& node) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    return core::View(*snapshot, node.h.ledger->keyring()).RecordsOfExercise().value();
  }
  // Rows of exchanges, of every table that there is.
  static int Rows(const tests::ExchangeNode& node) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    int rows = 0;
    for (const Table table : {Table::kSent, Table::kSentOf, Table::kOutbox, Table::kReceived,
                              Table::kReceivedOrder, Table::kSealingKey, Table::kExercise}) {
      const std::string from = ledger::RowKey(table);
      EXPECT_EQ(snapshot->Scan(from, storage::PrefixEnd(from),
                               [&rows](std::string_view, std::string_view) {
                                 ++rows;
                                 return true;
                               }),
                absl::OkStatus());
    }
    return rows;
  }
  // The city hands a record over that came in; the sender may not hear of it yet.
  void HandOver(const std::string& record_id) {
    node::v1::ExportCompelledRequest order;
    node::v1::ExportCompelledResponse handed;
    *order.mutable_context() = tests::Intake("casemanager");
    order.mutable_context()->set_purpose("gerechtelijk-bevel");
    order.mutable_context()->set_basis("be-gerechtelijk-bevel");
    order.set_record_id(record_id);
    order.set_reference("2026/114");
    order.set_authority("onderzoeksrechter");
    order.add_scope("all");
    order.set_barred_until("2026-12-01");
    ASSERT_EQ(
        city_.h.Run(mia_, std::make_shared<core::ExportCompelled>(order, handed, city_.h.random)),
        absl::OkStatus());
  }
  // Rows that the city reads to plan the end of all that it has of the exercise.
  size_t ReadToEnd() {
    auto terms = city_.TermsWithManifest();
    auto active = std::make_shared<partnership::SignedManifest>(*terms->manifest);
    active->manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
    terms->manifest = active;
    core::Call call;
    call.terms = terms;
    call.now_us = city_.h.clock.NowUs();
    call.today = storage::LegalDay(call.now_us);
    const auto snapshot = city_.h.ledger->store().NewSnapshot();
    const tests::CountingSnapshot counted(*snapshot);
    core::View view(counted, city_.h.ledger->keyring());
    const std::vector<std::string> left = Left(city_);
    core::EraseExercise end(left);
    call.method = &end.method();
    const auto plan = end.Decide(call, view);
    EXPECT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ(plan->effects.size(), left.size());
    return counted.rows();
  }
  // In steps of `at_once`, as a node does with many.
  static void End(tests::ExchangeNode& node, size_t at_once) {
    for (std::vector<std::string> left = Left(node); !left.empty(); left = Left(node)) {
      left.resize(std::min(left.size(), at_once));
      ASSERT_EQ(
          node.h.executor->RunAsNodeAndWait(std::make_shared<core::EraseExercise>(std::move(left))),
          absl::OkStatus());
    }
  }

  tests::Person mia_ = city_.h.Admit("mia", {"casemanager"});
};

TEST_F(ExerciseEndTest, NothingOfItsExchangesIsLeft) {
  const std::string record = welfare_.Recorded();
  const std::string opened = DueOf(record);
  Cross();
  const std::string withdrawn = Due();
  SendFromWelfare();
  ASSERT_EQ(welfare_.Withdraw(withdrawn, true), absl::OkStatus());
  // Two of one envelope: one opened, one still waiting for its key.
  const std::string one = welfare_.Shared(welfare_.Recorded());
  const std::string two = Due();
  SendFromWelfare();  // the cancel goes first
  SendFromWelfare();
  ASSERT_EQ(Received(one).sealing_key(), Received(two).sealing_key());
  const std::string key = Received(one).sealing_key();
  welfare_.Shared(welfare_.Recorded());
  const std::vector<std::string> ids = {Received(opened).record_id(), record};
  // Owed to nobody any more: what was handed over was made up.
  HandOver(ids[0]);

  welfare_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  city_.Follow(welfare_);
  const uint64_t before = welfare_.h.size();
  End(welfare_, 2);
  End(city_, 3);
  EXPECT_GT(welfare_.h.size(), before);
  EXPECT_EQ(welfare_.h.Last().act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(Rows(welfare_), 0);
  EXPECT_EQ(Rows(city_), 0);
  const auto snapshot = city_.h.ledger->store().NewSnapshot();
  const core::View view(*snapshot, city_.h.ledger->keyring());
  EXPECT_FALSE(core::OpenSealingKey(view, key).ok());
  EXPECT_FALSE(view.OpenRecord(ids[0]).ok());
  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  for (int i = 0; i < 3; ++i) Cross();
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes) << "and nobody asks a partner for anything";
  EXPECT_THAT(from_welfare_.faults(), IsEmpty());
  EXPECT_THAT(from_city_.faults(), IsEmpty());
}

// The outbox of the sender was read once for each exchange that came from it: quadratic.
TEST_F(ExerciseEndTest, GoingActiveReadTheOutboxOncePerExchange) {
  const auto handed_over = [this](int count) {
    std::vector<std::string> shares;
    for (int i = 0; i < count; ++i) shares.push_back(welfare_.Shared(welfare_.Recorded()));
    Advance(std::chrono::hours(4));
    Cross();
    for (const std::string& id : shares) HandOver(Received(id).record_id());
  };
  handed_over(4);
  const size_t few = ReadToEnd();
  handed_over(4);
  EXPECT_LE(ReadToEnd(), 2 * few);
}

}  // namespace
}  // namespace sluis::exchange
