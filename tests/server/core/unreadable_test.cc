// One record that cannot be read: what the others keep, and how it still goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/erase_signal.h"
#include "server/core/import_signals.h"
#include "server/core/list_signals.h"
#include "server/core/node_acts.h"
#include "server/core/view.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Person;
using tests::PersonSignal;

class UnreadableTest : public ::testing::Test {
 protected:
  // A case manager may erase what is not secret, whoever wrote it; a social worker anything.
  static tests::HarnessOptions Options() {
    return {
        .pack_edits = {{"  - id: P-LIJST\n",
                        "  - id: P-OPRUIMEN\n    effect: permit\n"
                        "    who: {actor.role: maatschappelijk-werker}\n    do: {action: erase}\n"
                        "    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
                        "    when: {side: local}\n    grants: []\n    because: {nl: \"opruimen\"}\n"
                        "  - id: P-OPRUIMEN-OPEN\n    effect: permit\n"
                        "    who: {actor.role: casemanager}\n    do: {action: erase}\n"
                        "    why: {purpose: signaal-intake, basis: vl-livc-2021}\n"
                        "    when: {side: local, record.secret: [false, none]}\n    grants: []\n"
                        "    because: {nl: \"opruimen\"}\n  - id: P-LIJST\n"}}};
  }
  explicit UnreadableTest(tests::HarnessOptions options = Options()) : h_(std::move(options)) {
    for (int i = 0; i < 3; ++i) {
      ids_.push_back(h_.Record(jan_, PersonSignal("dossier-" + std::to_string(i))).record_id);
      h_.clock.Advance(std::chrono::seconds(1));
    }
  }

  record::v1::StoredRecord Row(const std::string& id) {
    record::v1::StoredRecord row;
    EXPECT_TRUE(row.ParseFromString(ledger::SplitRow(**h_.store.Get(RecordKey(id)))->value));
    return row;
  }
  void Put(const std::string& id, const record::v1::StoredRecord& row) {
    const uint64_t stamp = ledger::SplitRow(**h_.store.Get(RecordKey(id)))->stamp;
    h_.store.Tamper(RecordKey(id), ledger::JoinRow(stamp, row.SerializeAsString()));
  }
  void Damage(const std::string& id) {
    record::v1::StoredRecord row = Row(id);
    row.mutable_sealed()->back() = static_cast<char>(row.sealed().back() ^ 1);
    Put(id, row);
  }
  ledger::KeyRef KeyOf(const std::string& id) {
    const record::v1::StoredRecord row = Row(id);
    return {row.bucket(), crypto::ToFixed<16>(row.key_id()).value()};
  }
  std::vector<std::string> Due() {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const auto due = RecordsPastRetention(View(*snapshot, h_.ledger->keyring()),
                                          storage::LegalDay(h_.clock.NowUs()), 1000);
    EXPECT_TRUE(due.ok()) << due.status();
    return due.ok() ? *due : std::vector<std::string>();
  }
  node::v1::ListSignalsResponse List() {
    node::v1::ListSignalsRequest request;
    node::v1::ListSignalsResponse response;
    *request.mutable_context() = tests::Intake();
    EXPECT_EQ(h_.Run(jan_, std::make_shared<ListSignals>(request, response)), absl::OkStatus());
    return response;
  }
  absl::Status EraseDue(const std::string& id) {
    return h_.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(id));
  }
  void ExpectErased(const std::string& id) {
    EXPECT_EQ(Row(id).state(), record::v1::RECORD_STATE_ERASED);
    EXPECT_EQ(Row(id).sealed(), "");
    const auto snapshot = h_.ledger->store().NewSnapshot();
    EXPECT_EQ(View(*snapshot, h_.ledger->keyring())
                  .VisitRecordsNewestFirst({},
                                           [&](std::string_view, std::string_view listed) {
                                             EXPECT_NE(listed, id) << "still in the order";
                                             return true;
                                           }),
              absl::OkStatus());
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person els_ = h_.Admit("els", {"casemanager"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
  std::vector<std::string> ids_;
};

// One damaged row failed every page of every list.
TEST_F(UnreadableTest, ListLeavesOutWhatCannotBeReadAndCountsIt) {
  EXPECT_EQ(List().unreadable(), 0u);
  Damage(ids_[1]);
  const auto list = List();
  EXPECT_EQ(list.unreadable(), 1u);
  ASSERT_EQ(list.signals_size(), 2);
  EXPECT_EQ(list.signals(0).record_id(), ids_[2]);
  EXPECT_EQ(list.signals(1).record_id(), ids_[0]);
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(ids_[2], ids_[0]));
}

TEST_F(UnreadableTest, RetentionErasesARecordWhoseBodyCannotBeOpened) {
  Damage(ids_[1]);
  EXPECT_EQ(CodeOf(EraseDue(ids_[1])), "not_due");
  h_.clock.Advance(std::chrono::hours(24 * 367));
  ASSERT_EQ(EraseDue(ids_[1]), absl::OkStatus());
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(ids_[1]));
  ExpectErased(ids_[1]);
  EXPECT_EQ(CodeOf(EraseDue(ids_[1])), "not_due");
}

TEST_F(UnreadableTest, WhoMayEraseWhateverItHoldsErasesItFromTheRowAlone) {
  Damage(ids_[1]);
  ASSERT_EQ(h_.Erase(jan_, ids_[1]), absl::OkStatus());
  const tests::Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_THAT(entry.act.rule_ids(), ::testing::Contains("P-OPRUIMEN"));
  for (const auto& value : entry.decision.attributes()) {
    if (value.name() == "record.secret" || value.name() == "actor.is_author") {
      EXPECT_EQ(value.value(), "") << "not known";
    }
  }
  ExpectErased(ids_[1]);
  EXPECT_EQ(CodeOf(h_.Open(jan_, ids_[1]).status()), "not_found");
  EXPECT_EQ(List().unreadable(), 0u);
  EXPECT_TRUE(h_.Open(jan_, ids_[0]).ok()) << "survivors open";
}

// Where the right hangs on what cannot be read, there is none.
TEST_F(UnreadableTest, RightThatHangsOnTheBodyErasesNothing) {
  node::v1::EraseSignalRequest request;
  node::v1::EraseSignalResponse response;
  *request.mutable_context() = tests::Intake("casemanager");
  request.set_record_id(ids_[0]);
  request.set_reason("niet meer nodig");
  const auto erase = [&] {
    return CodeOf(h_.Run(els_, std::make_shared<EraseSignal>(request, response)));
  };
  EXPECT_EQ(erase(), "ok") << "readable, and not secret";
  request.set_record_id(ids_[1]);
  Damage(ids_[1]);
  EXPECT_EQ(erase(), "denied");
  EXPECT_NE(Row(ids_[1]).state(), record::v1::RECORD_STATE_ERASED);
}

TEST_F(UnreadableTest, HoldKeepsARecordWhoseBodyCannotBeOpened) {
  ASSERT_EQ(h_.Hold(dpo_, ids_[1], true, "2028-12-01"), absl::OkStatus());
  Damage(ids_[1]);
  EXPECT_EQ(CodeOf(h_.Erase(jan_, ids_[1])), "held");
  h_.clock.Advance(std::chrono::hours(24 * 367));
  EXPECT_EQ(CodeOf(EraseDue(ids_[1])), "not_due");
}

// The keys that a row names alone may be those of another record, which must not go with it.
TEST_F(UnreadableTest, RowThatNamesTheKeysOfAnotherRecordTakesNoneOfThem) {
  record::v1::StoredRecord row = Row(ids_[0]);
  row.set_record_id(ids_[1]);
  Put(ids_[1], row);
  EXPECT_EQ(h_.Erase(jan_, ids_[1]).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(h_.Open(jan_, ids_[0]).ok());
}

// Lost keys passed for erased ones: such a record was on no list, counted nowhere, and never due.
TEST_F(UnreadableTest, RecordWhoseKeysAreLostVanished) {
  h_.store.Tamper(ledger::KeyRowKey(KeyOf(ids_[1])), std::nullopt);
  const auto list = List();
  EXPECT_EQ(list.unreadable(), 1u);
  EXPECT_EQ(list.signals_size(), 2);
  EXPECT_EQ(h_.Open(jan_, ids_[1]).status().code(), absl::StatusCode::kDataLoss);
  h_.clock.Advance(std::chrono::hours(24 * 367));
  EXPECT_THAT(Due(), ::testing::Contains(ids_[1]));
  const ledger::KeyRef lost = KeyOf(ids_[1]);
  ASSERT_EQ(EraseDue(ids_[1]), absl::OkStatus());
  ExpectErased(ids_[1]);
  EXPECT_TRUE(h_.ledger->keyring().ErasedBy(lost)->has_value())
      << "so that a backup which has them is erased again";
  EXPECT_EQ(CodeOf(EraseDue(ids_[1])), "not_due");
}

// Its keys would have stayed in the bucket where they lie, with an erasure of them on record.
TEST_F(UnreadableTest, RowThatNamesAnotherBucketTakesItsKeysWhereTheyLie) {
  const ledger::KeyRef key = KeyOf(ids_[1]);
  record::v1::StoredRecord row = Row(ids_[1]);
  row.set_bucket(999);
  Put(ids_[1], row);
  EXPECT_EQ(List().unreadable(), 1u);
  ASSERT_EQ(h_.Erase(jan_, ids_[1]), absl::OkStatus());
  EXPECT_FALSE((*h_.store.Get(ledger::KeyRowKey(key))).has_value());
  ExpectErased(ids_[1]);
  EXPECT_TRUE(h_.Open(jan_, ids_[0]).ok()) << "survivors open";
}

TEST_F(UnreadableTest, RowThatNamesNoBucketOrNoDayErasesNothing) {
  h_.store.Tamper(ledger::KeyRowKey(KeyOf(ids_[1])), std::nullopt);
  record::v1::StoredRecord row = Row(ids_[1]);
  // Also the bucket of the parts of entries, which wraps no keys.
  uint32_t parts = 1;
  while (!h_.ledger->keyring().PartKeysOf(parts).ok()) ASSERT_LT(++parts, 10u);
  for (const uint32_t bucket : {999u, parts}) {
    row.set_bucket(bucket);
    Put(ids_[1], row);
    EXPECT_EQ(h_.Erase(jan_, ids_[1]).code(), absl::StatusCode::kDataLoss) << bucket;
    EXPECT_EQ(Row(ids_[1]).state(), record::v1::RECORD_STATE_OPEN);
  }
  row.set_bucket(999);
  Put(ids_[1], row);
  Damage(ids_[2]);
  row = Row(ids_[2]);
  row.clear_retention_until();
  Put(ids_[2], row);
  EXPECT_EQ(CodeOf(EraseDue(ids_[2])), "not_due");
  EXPECT_TRUE(h_.Open(jan_, ids_[0]).ok()) << "and the node goes on";
}

// One record of the last 35 days that could not be read failed every import, without an entry.
TEST_F(UnreadableTest, UnreadableImportStopsNoOther) {
  const auto import = [this](int first, int last) {
    node::v1::ImportSignalsRequest request;
    *request.mutable_context() = tests::Intake();
    for (int i = first; i <= last; ++i) {
      *request.add_rows()->mutable_signal() = PersonSignal("tafel-" + std::to_string(i));
    }
    node::v1::ImportSignalsResponse response;
    EXPECT_EQ(h_.Run(jan_, std::make_shared<ImportSignals>(request, response, h_.random)),
              absl::OkStatus());
    return response;
  };
  const auto first = import(1, 3);
  ASSERT_EQ(first.results_size(), 3);
  Damage(first.results(0).record_id());
  const std::string row = ImportKey(static_cast<uint32_t>(h_.clock.NowUs() / 86'400'000'000),
                                    first.results(1).record_id());
  ASSERT_TRUE((*h_.store.Get(row)).has_value());
  h_.store.Tamper(row, std::string("x"));
  const uint64_t before = h_.size();
  const auto second = import(1, 4);
  ASSERT_EQ(second.results_size(), 4);
  EXPECT_EQ(second.results(0).outcome(), node::v1::IMPORT_ROW_OUTCOME_RECORDED) << "anew";
  EXPECT_EQ(second.results(1).outcome(), node::v1::IMPORT_ROW_OUTCOME_RECORDED) << "anew";
  EXPECT_EQ(second.results(2).outcome(), node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE);
  EXPECT_EQ(second.results(3).outcome(), node::v1::IMPORT_ROW_OUTCOME_RECORDED);
  EXPECT_EQ(h_.size(), before + 3);
}

class ShippedRightsTest : public UnreadableTest {
 protected:
  ShippedRightsTest() : UnreadableTest(tests::HarnessOptions{}) {}
};

TEST_F(ShippedRightsTest, WhoCannotBeSeenToBeTheAuthorErasesNothing) {
  Damage(ids_[1]);
  EXPECT_EQ(CodeOf(h_.Erase(jan_, ids_[1])), "denied");
  ASSERT_EQ(h_.Erase(jan_, ids_[0]), absl::OkStatus());
}

}  // namespace
}  // namespace sluis::core
