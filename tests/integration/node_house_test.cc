// The housekeeping of a node in this process, on a clock that the test moves: what is erased by
// date, when, and not before a wrong clock had time to be put right.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include "client/lib/calls.h"
#include "server/node.h"
#include "tests/support/fake_clock.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
constexpr uint64_t kBeyondRetentionDays = 400;

// The noon after this moment: in the last minutes of a day the time that a clock takes to settle
// made it the next one.
uint64_t NextNoonUs() {
  return (storage::SystemClock().NowUs() + kDayUs / 2) / kDayUs * kDayUs + kDayUs / 2;
}

class NodeHouseTest : public ::testing::Test {
 protected:
  NodeHouseTest() {
    organisation_.WriteConfig("key_copy_folder: copies\n");
    auto config = server::ReadConfig(organisation_.config_file());
    EXPECT_TRUE(config.ok()) << config.status();
    auto node = server::Node::Start(*std::move(config), clock_, crypto::SystemRandom());
    EXPECT_TRUE(node.ok()) << node.status();
    node_ = *std::move(node);
    organisation_.Admit(node_->user_port(), person_, {"maatschappelijk-werker"});
    organisation_.Admit(node_->user_port(), officer_, {"privacy-officer"});
  }

  // Civil time so many days from the start; the clock that only runs stays where it is.
  void GoToDay(uint64_t days) { clock_.SetNowUs(start_us_ + days * kDayUs); }
  // Keeps house on that day, once at the step of the clock and once when that has lasted for
  // `settles`, and comes back.
  void KeepHouseOnDay(uint64_t days, std::chrono::microseconds settles = minutes(10)) {
    GoToDay(days);
    EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
    clock_.Advance(settles);
    EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
    GoToDay(0);
    EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
  }

  client::Calls CallsOf(const test::Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_->user_port()));
  }
  std::string Record() {
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = test::Intake();
    *request.mutable_signal() = test::PersonSignal();
    const auto recorded = CallsOf(person_).Do(request);
    EXPECT_TRUE(recorded.ok());
    return recorded.ok() ? recorded->record_id() : "";
  }
  bool IsThere(const std::string& record_id) {
    node::v1::OpenSignalRequest request;
    *request.mutable_context() = test::Intake();
    request.set_record_id(record_id);
    return CallsOf(person_).Do(request).ok();
  }
  node::v1::ImportRowOutcome Import() {
    node::v1::ImportSignalsRequest request;
    *request.mutable_context() = test::Intake();
    node::v1::ImportRow& row = *request.add_rows();
    row.set_line(1);
    *row.mutable_signal() = test::PersonSignal("dossier-van-de-tafel");
    const auto imported = CallsOf(person_).Do(request);
    EXPECT_TRUE(imported.ok());
    return imported.ok() ? imported->results(0).outcome() : node::v1::ImportRowOutcome();
  }
  // Entries of acts of this method.
  int EntriesOf(const std::string& method) {
    node::v1::QueryLogRequest request;
    *request.mutable_context() = test::Oversight();
    request.set_reason("telt wat de node zelf deed");
    const auto answer = CallsOf(officer_).Do(request);
    EXPECT_TRUE(answer.ok());
    if (!answer.ok()) return -1;
    int count = 0;
    for (const node::v1::LogRow& row : answer->rows()) count += row.act().method() == method;
    return count;
  }

  tests::TempFolder folder_;
  tests::FakeClock clock_{NextNoonUs()};
  const uint64_t start_us_ = clock_.NowUs();
  test::Organisation organisation_{folder_.path()};
  const test::Person person_ = organisation_.MakePerson("lotte.maes");
  const test::Person officer_ = organisation_.MakePerson("fg.wouters");
  std::unique_ptr<server::Node> node_;
};

TEST_F(NodeHouseTest, ErasesWhatIsPastItsRetentionOnceTheClockHasSettled) {
  const std::string record_id = Record();
  KeepHouseOnDay(kBeyondRetentionDays, seconds(0));
  EXPECT_TRUE(IsThere(record_id)) << "a clock that was wrong at the start erases nothing";
  KeepHouseOnDay(kBeyondRetentionDays, minutes(10) - seconds(1));
  EXPECT_TRUE(IsThere(record_id));
  EXPECT_EQ(EntriesOf("Node.ErasePastRetention"), 0);

  KeepHouseOnDay(0);
  EXPECT_TRUE(IsThere(record_id)) << "its day has not come";
  KeepHouseOnDay(kBeyondRetentionDays);
  EXPECT_FALSE(IsThere(record_id));
  EXPECT_EQ(EntriesOf("Node.ErasePastRetention"), 1);
  KeepHouseOnDay(kBeyondRetentionDays);
  EXPECT_EQ(EntriesOf("Node.ErasePastRetention"), 1) << "once";
}

// Only the first ten minutes of a process were guarded: a clock put forward later erased at once,
// and the copies of keys went by date in the very first round.
TEST_F(NodeHouseTest, AClockPutForwardWhileItRunsErasesNothing) {
  const std::string record_id = Record();
  const std::string old_copy = organisation_.folder() + "/copies/kek-99";
  clock_.Advance(minutes(10));
  EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
  std::ofstream(old_copy) << "the key of an earlier backup";
  KeepHouseOnDay(kBeyondRetentionDays, minutes(9));
  EXPECT_TRUE(IsThere(record_id));
  EXPECT_TRUE(std::filesystem::exists(old_copy));
  KeepHouseOnDay(kBeyondRetentionDays);
  EXPECT_FALSE(IsThere(record_id));
  EXPECT_FALSE(std::filesystem::exists(old_copy));
}

TEST_F(NodeHouseTest, ForgetsAnImportAfterThirtyFiveDays) {
  ASSERT_EQ(Import(), node::v1::IMPORT_ROW_OUTCOME_RECORDED);
  KeepHouseOnDay(36, minutes(9));
  EXPECT_EQ(Import(), node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE) << "the clock has not settled";
  KeepHouseOnDay(35);
  EXPECT_EQ(Import(), node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE);
  EXPECT_EQ(EntriesOf("Node.ForgetImports"), 0);
  KeepHouseOnDay(36);
  EXPECT_EQ(EntriesOf("Node.ForgetImports"), 1);
  EXPECT_EQ(Import(), node::v1::IMPORT_ROW_OUTCOME_RECORDED);
}

}  // namespace
}  // namespace sluis
