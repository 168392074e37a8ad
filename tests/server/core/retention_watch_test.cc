#include "server/core/retention_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/node_acts.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CoreHarness;
using tests::Person;
using tests::PersonSignal;

class RetentionWatchTest : public ::testing::Test {
 protected:
  std::vector<std::string> Due() {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const auto due =
        watch_.Due(View(*snapshot, h_.ledger->keyring()), storage::LegalDay(h_.clock.NowUs()), 100);
    EXPECT_TRUE(due.ok()) << due.status();
    return due.ok() ? *due : std::vector<std::string>();
  }
  // Behind the back of every act, so that only a look at the row itself sees it.
  void PutDay(const std::string& id, const std::string& day) {
    const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(id)));
    record::v1::StoredRecord stored;
    ASSERT_TRUE(stored.ParseFromString(row->value));
    stored.set_retention_until(day);
    h_.store.Tamper(RecordKey(id), ledger::JoinRow(row->stamp, stored.SerializeAsString()));
  }
  absl::Status Erase(const std::string& id) {
    return h_.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(id));
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
  const std::string id_ = h_.Record(jan_, PersonSignal("dossier-1")).record_id;
  RetentionWatch watch_;
};

// With a million records the node read a million rows each minute.
TEST_F(RetentionWatchTest, EveryRecordWasReadEachMinute) {
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), IsEmpty());
  PutDay(id_, "2026-10-04");
  EXPECT_THAT(Due(), IsEmpty()) << "nothing came due on this day: no row was read";
  h_.clock.Advance(std::chrono::hours(24));
  EXPECT_THAT(Due(), ElementsAre(id_)) << "a day began";
}

// Planned on the day before, committed after the first look of the next one.
TEST_F(RetentionWatchTest, OneQuietLookIsNotEnough) {
  EXPECT_THAT(Due(), IsEmpty());
  PutDay(id_, "2026-10-04");
  EXPECT_THAT(Due(), ElementsAre(id_));
}

TEST_F(RetentionWatchTest, WhatCouldNotBeErasedIsFoundAgain) {
  PutDay(id_, "2026-10-04");
  for (int i = 0; i < 4; ++i) EXPECT_THAT(Due(), ElementsAre(id_));
  ASSERT_EQ(Erase(id_), absl::OkStatus());
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(RetentionWatchTest, AnAmendmentThatShortensTheTimeIsSeenOnTheSameDay) {
  const std::string other = h_.Record(jan_, PersonSignal("dossier-2")).record_id;
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), IsEmpty());
  PutDay(other, "2026-10-04");
  ASSERT_EQ(h_.Amend(jan_, id_, 1, PersonSignal("dossier-1")), absl::OkStatus());
  EXPECT_THAT(Due(), IsEmpty()) << "one that leaves the day as it is says nothing";
  record::v1::Signal minor = PersonSignal("dossier-1");
  minor.mutable_content()->set_age_band(record::v1::AGE_BAND_16_TO_17);
  minor.mutable_content()->set_minor(true);
  ASSERT_EQ(h_.Amend(jan_, id_, 2, minor), absl::OkStatus());
  EXPECT_THAT(Due(), ElementsAre(other)) << "the rows were looked through again";
}

TEST_F(RetentionWatchTest, ALiftedHoldIsSeenOnTheSameDay) {
  ASSERT_EQ(h_.Hold(dpo_, id_, true), absl::OkStatus());
  PutDay(id_, "2026-10-04");
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), IsEmpty());
  ASSERT_EQ(h_.Hold(dpo_, id_, false), absl::OkStatus());
  EXPECT_THAT(Due(), ElementsAre(id_));
}

// A damaged row stays an alarm each time.
TEST_F(RetentionWatchTest, ARowThatCannotBeReadIsToldAgain) {
  const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(id_)));
  h_.store.Tamper(RecordKey(id_), ledger::JoinRow(row->stamp, "\xff\xff"));
  for (int i = 0; i < 4; ++i) {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    EXPECT_EQ(watch_.Due(View(*snapshot, h_.ledger->keyring()), "2026-10-05", 100).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace sluis::core
