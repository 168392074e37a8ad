#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/sealing.h"
#include "server/core/import_signals.h"
#include "server/core/view.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::Each;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;

constexpr auto kRecorded = node::v1::IMPORT_ROW_OUTCOME_RECORDED;
constexpr auto kThere = node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE;
constexpr auto kRefused = node::v1::IMPORT_ROW_OUTCOME_REFUSED;

class ImportTest : public ::testing::Test {
 protected:
  using Rows = std::vector<record::v1::Signal>;

  static Rows Table(int count) {
    Rows rows;
    for (int i = 0; i < count; ++i) rows.push_back(PersonSignal("dossier-" + std::to_string(i)));
    return rows;
  }
  absl::Status Import(const Person& who, const Rows& rows,
                      const node::v1::RequestContext& context) {
    node::v1::ImportSignalsRequest request;
    *request.mutable_context() = context;
    for (const auto& signal : rows) {
      node::v1::ImportRow& row = *request.add_rows();
      row.set_line(static_cast<uint32_t>(100 + request.rows_size()));
      *row.mutable_signal() = signal;
    }
    response_.Clear();
    return h_.Run(who, std::make_shared<ImportSignals>(request, response_, h_.random));
  }
  absl::Status Import(const Rows& rows) { return Import(jan_, rows, tests::Intake()); }
  std::vector<node::v1::ImportRowOutcome> Outcomes() const {
    std::vector<node::v1::ImportRowOutcome> outcomes;
    for (const auto& result : response_.results()) outcomes.push_back(result.outcome());
    return outcomes;
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
  node::v1::ImportSignalsResponse response_;
};

TEST_F(ImportTest, FiftyRowsAreATableMeetingFiftyOneARegister) {
  const uint64_t before = h_.size();
  ASSERT_EQ(Import(Table(50)), absl::OkStatus());
  EXPECT_EQ(h_.size(), before + 50) << "each row its own entry";
  EXPECT_THAT(Outcomes(), Each(kRecorded));
  ASSERT_EQ(response_.results_size(), 50);
  EXPECT_EQ(response_.results(49).line(), 150u);
  const std::vector<Opened> entries = h_.Entries(before);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto& result = response_.results(static_cast<int>(i));
    EXPECT_EQ(entries[i].act.operation(), record::v1::OPERATION_COLLECTION);
    EXPECT_EQ(entries[i].subject.record_ids(0), result.record_id());
    EXPECT_EQ(result.log_receipt().leaf_hash(), crypto::View(entries[i].leaf_hash));
    EXPECT_TRUE(h_.Open(jan_, result.record_id()).ok());
  }
  EXPECT_EQ(CodeOf(Import(Table(51))), "bad_request");
  EXPECT_EQ(response_.results_size(), 0);
  EXPECT_EQ(CodeOf(Import({})), "bad_request");
}

TEST_F(ImportTest, RunningItAgainAddsOnlyWhatIsMissing) {
  ASSERT_EQ(Import(Table(3)), absl::OkStatus());
  const auto first = response_;
  const uint64_t before = h_.size();
  ASSERT_EQ(Import(Table(5)), absl::OkStatus());
  EXPECT_EQ(Outcomes(), (std::vector{kThere, kThere, kThere, kRecorded, kRecorded}));
  EXPECT_EQ(h_.size(), before + 2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(response_.results(i).record_id(), first.results(i).record_id());
    EXPECT_FALSE(response_.results(i).has_log_receipt());
  }
  // Nothing new is an act as well.
  ASSERT_EQ(Import(Table(5)), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kThere));
  EXPECT_EQ(h_.size(), before + 3);
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_EQ(h_.Last().act.method(), "SignalService.ImportSignals");
  EXPECT_GT(h_.Last().decision.attributes_size(), 20) << "on what ground";
}

// The bytes of docs/formats.md, made without the code that writes them.
TEST_F(ImportTest, SealedRowIsThatOfTheFormat) {
  ASSERT_EQ(Import({PersonSignal()}), absl::OkStatus());
  const std::string& id = response_.results(0).record_id();
  const auto snapshot = h_.store.NewSnapshot();
  View view(*snapshot, h_.ledger->keyring());
  const auto record = view.OpenRecord(id);
  ASSERT_TRUE(record.ok()) << record.status();
  const auto day = static_cast<uint32_t>(h_.clock.NowUs() / 86'400'000'000);
  const auto row = ledger::SplitRow(**h_.store.Get(ImportKey(day, id)));
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->value.size(), 104u);
  const crypto::DataKey& key = (*record)->keys.data;
  const auto digest = crypto::Open(key, crypto::Lp("sluis/import/v1") + id, row->value);
  ASSERT_TRUE(digest.ok()) << digest.status();
  EXPECT_EQ(*digest, crypto::View(crypto::HmacSha256(
                         crypto::View(key.expose()),
                         "sluis/import/v1" + PersonSignal().SerializeAsString())));
}

TEST_F(ImportTest, KeepsTheRoleOfItsAuthor) {
  const Person both = h_.Admit("piet", {"maatschappelijk-werker", "casemanager"});
  ASSERT_EQ(Import(both, {PersonSignal()}, tests::Intake("casemanager")), absl::OkStatus());
  const auto snapshot = h_.store.NewSnapshot();
  const auto record =
      View(*snapshot, h_.ledger->keyring()).OpenRecord(response_.results(0).record_id());
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ((*record)->body.recorded_role(), "casemanager");
}

TEST_F(ImportTest, SameRowTwiceInOneTableIsOneSignal) {
  ASSERT_EQ(Import({PersonSignal(), PersonSignal("dossier-2"), PersonSignal()}), absl::OkStatus());
  EXPECT_EQ(Outcomes(), (std::vector{kRecorded, kRecorded, kThere}));
  EXPECT_EQ(response_.results(2).record_id(), response_.results(0).record_id());
}

TEST_F(ImportTest, AnyDifferenceIsAnotherRow) {
  ASSERT_EQ(Import({PersonSignal()}), absl::OkStatus());
  record::v1::Signal other = PersonSignal();
  other.mutable_marks()->set_no_evidence(true);
  record::v1::Signal text = PersonSignal();
  text.mutable_content()->mutable_statements(0)->mutable_text()->push_back('.');
  ASSERT_EQ(Import({other, text}), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kRecorded));
}

TEST_F(ImportTest, KnownFor35DaysAndNewOnThe36th) {
  ASSERT_EQ(Import(Table(1)), absl::OkStatus());
  h_.clock.Advance(std::chrono::hours(24 * 35));
  ASSERT_EQ(h_.AddMandate(
                h_.administrator,
                tests::SignMandate(h_.Mandate(jan_, {"maatschappelijk-werker"}), h_.mandate_key)),
            absl::OkStatus());
  ASSERT_EQ(Import(Table(1)), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kThere));
  h_.clock.Advance(std::chrono::hours(24));
  ASSERT_EQ(Import(Table(1)), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kRecorded));
}

TEST_F(ImportTest, ErasedRowsMayComeBack) {
  ASSERT_EQ(Import(Table(2)), absl::OkStatus());
  const std::string id = response_.results(0).record_id();
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  ASSERT_EQ(Import(Table(2)), absl::OkStatus());
  EXPECT_EQ(Outcomes(), (std::vector{kRecorded, kThere}));
  EXPECT_NE(response_.results(0).record_id(), id);
}

TEST_F(ImportTest, RefusedRowsDoNotStopGoodOnes) {
  Rows rows = Table(3);
  rows[1].mutable_content()->set_observed_on("2026-10-06");
  const uint64_t before = h_.size();
  ASSERT_EQ(Import(rows), absl::OkStatus());
  EXPECT_EQ(Outcomes(), (std::vector{kRecorded, kRefused, kRecorded}));
  EXPECT_EQ(response_.results(1).field(), "observed_on");
  EXPECT_EQ(response_.results(1).refusal().code(), "bad_signal");
  EXPECT_EQ(response_.results(1).record_id(), "");
  const std::vector<Opened> entries = h_.Entries(before);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[1].act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(entries[1].act.refusal(), "bad_signal");
  EXPECT_EQ(entries[1].all_bytes.find("dossier-1"), std::string::npos);
  EXPECT_EQ(response_.results(1).log_receipt().leaf_hash(), crypto::View(entries[1].leaf_hash));
}

TEST_F(ImportTest, RowsThatTheRulesDenyAreLoggedAsDenied) {
  node::v1::RequestContext context = tests::Oversight();
  const uint64_t before = h_.size();
  ASSERT_EQ(Import(dpo_, Table(2), context), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kRefused));
  EXPECT_EQ(response_.results(0).refusal().code(), "denied");
  for (const Opened& entry : h_.Entries(before)) {
    EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DENIED);
  }
  EXPECT_EQ(h_.size(), before + 2);
}

// Whoever may not import must not learn by it which rows are there.
TEST_F(ImportTest, TellsNothingToOneWhoMayNotImport) {
  ASSERT_EQ(Import(Table(1)), absl::OkStatus());
  ASSERT_EQ(Import(dpo_, Table(1), tests::Oversight()), absl::OkStatus());
  EXPECT_THAT(Outcomes(), Each(kRefused));
  EXPECT_EQ(response_.results(0).record_id(), "");
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_REFUSAL);
}

// A client that lost patience sends the table again while the first call is under way.
TEST_F(ImportTest, SameTableTwiceAtOnceIsImportedOnce) {
  bool again = true;
  node::v1::ImportSignalsResponse inner;
  h_.ledger->BeforeNext([&] {
    if (!std::exchange(again, false)) return;
    ASSERT_EQ(Import(Table(2)), absl::OkStatus());
    inner = response_;
  });
  node::v1::ImportSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  for (const auto& signal : Table(2)) *request.add_rows()->mutable_signal() = signal;
  node::v1::ImportSignalsResponse outer;
  ASSERT_EQ(h_.Run(jan_, std::make_shared<ImportSignals>(request, outer, h_.random)),
            absl::OkStatus());
  ASSERT_EQ(outer.results_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(outer.results(i).outcome(), kThere);
    EXPECT_EQ(outer.results(i).record_id(), inner.results(i).record_id());
  }
}

// Rows that are named to their importer are a release: nothing for one whose role went meanwhile.
TEST_F(ImportTest, RowsThatAreThereAreNotToldToOneWhoIsRevokedMeanwhile) {
  ASSERT_EQ(Import(Table(1)), absl::OkStatus());
  Rows rows = Table(2);
  rows[1].mutable_content()->clear_category();
  h_.ledger->BeforeNext(
      [&] { ASSERT_EQ(h_.RevokeUser(h_.administrator, "jan"), absl::OkStatus()); });
  EXPECT_EQ(CodeOf(Import(rows)), "unknown_user");
  EXPECT_EQ(response_.results_size(), 0);
}

// A table of which no row is good waits at the gate like any refusal; its answer still needs what
// was asked.
TEST_F(ImportTest, RefusedTableAboveTheLimitIsAnswered) {
  CoreHarness h{tests::HarnessOptions{.refusals_per_minute = 2}};
  const Person jan = h.Admit("jan", {"maatschappelijk-werker"});
  Rows rows = Table(2);
  for (auto& row : rows) row.mutable_content()->clear_category();
  node::v1::ImportSignalsRequest request;
  *request.mutable_context() = tests::Intake();
  for (const auto& signal : rows) *request.add_rows()->mutable_signal() = signal;
  for (int i = 0; i < 3; ++i) {
    const uint64_t before = h.size();
    node::v1::ImportSignalsResponse response;
    auto call = h.RunLater(jan.facts, std::make_shared<ImportSignals>(request, response, h.random));
    h.executor->FlushRefusals();
    EXPECT_EQ(call.get(), absl::OkStatus());
    ASSERT_EQ(response.results_size(), 2);
    EXPECT_EQ(response.results(1).refusal().code(), "bad_signal");
    EXPECT_EQ(response.results(1).log_receipt().leaf_hash(), crypto::View(h.Last().leaf_hash));
    EXPECT_EQ(h.size(), before + (i == 0 ? 2 : 1)) << "above the limit one entry for the table";
    EXPECT_EQ(h.Last().act.count(), i == 0 ? 1u : 2u) << "each row counts";
  }
}

}  // namespace
}  // namespace sluis::core
