// A corrected signal takes the place of the one that was shared before.

#include <gtest/gtest.h>

#include "tests/server/exchange/correction_pair.h"

namespace sluis::exchange {
namespace {

using tests::CodeOf;
using tests::kCity;

class CorrectionFlowTest : public tests::CorrectionPair {};

TEST_F(CorrectionFlowTest, TheEarlierVersionIsClosedOnceTheCorrectionIsOpened) {
  const std::string earlier = DueOf(record_);
  Cross();
  EXPECT_FALSE(Summary(earlier).outdated());
  EXPECT_EQ(CodeOf(Correct(earlier)), "no_correction") << "nothing was corrected";
  ASSERT_EQ(Amend(1), absl::OkStatus());
  EXPECT_TRUE(Summary(earlier).outdated()) << "until the person shares it again";
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(std::chrono::hours(4));
  SendFromWelfare();
  SendFromCity();
  EXPECT_EQ(Received(earlier).state(), record::v1::RECEIVED_STATE_OPENED) << "not before";
  SendFromWelfare();
  EXPECT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Received(earlier).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_EQ(Received(earlier).reason(), "corrected");
  EXPECT_TRUE(Summary(earlier).outdated()) << "not acknowledged yet";
  SendFromCity();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(Summary(earlier).corrected_by(), later);
  EXPECT_EQ(Summary(later).corrects(), earlier);
  EXPECT_FALSE(Summary(earlier).outdated() || Summary(later).outdated());

  EXPECT_EQ(SummaryThere(earlier).corrected_by(), later);
  EXPECT_EQ(SummaryThere(later).corrects(), earlier);
  EXPECT_EQ(CodeOf(city_.h.Open(reader_, Received(earlier).record_id()).status()), "withdrawn");
  const auto opened = city_.h.Open(reader_, Received(later).record_id());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->content().statements(0).text(), "Bij nader inzien was het anders.");
}

TEST_F(CorrectionFlowTest, OnlyWhatThisPartnerOpenedOfThisSignalIsCorrected) {
  const std::string earlier = DueOf(record_);
  const std::string of_another = Due();
  SendFromWelfare();
  EXPECT_EQ(CodeOf(Correct(earlier)), "no_correction") << "not opened yet";
  SendFromCity();
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(earlier), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(Sent(of_another), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(Amend(1), absl::OkStatus());
  EXPECT_EQ(CodeOf(Correct(of_another)), "no_correction");
  EXPECT_EQ(CodeOf(Correct(std::string(16, 'x'))), "no_correction");
  EXPECT_EQ(CodeOf(Correct("x")), "no_correction");
  EXPECT_EQ(Correct(earlier), absl::OkStatus());
}

// The partner had closed the earlier version when it opened the correction, and here it stood as
// opened for good.
TEST_F(CorrectionFlowTest, ACorrectionTakenBackWhileItsAnswerWasOnItsWayLeftTheEarlierOneOpen) {
  const std::string earlier = DueOf(record_);
  Cross();
  ASSERT_EQ(Amend(1), absl::OkStatus());
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(std::chrono::hours(4));
  SendFromWelfare();
  SendFromCity();
  network_.Cut(kCity, tests::kWelfare);
  SendFromWelfare();
  ASSERT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(Received(earlier).reason(), "corrected");
  ASSERT_EQ(welfare_.Withdraw(later, true), absl::OkStatus());
  SendFromWelfare();
  ASSERT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_CANCELLED);
  network_.Mend(kCity, tests::kWelfare);
  const uint64_t before = welfare_.h.size();
  for (int i = 0; i < 3; ++i) {
    Advance(std::chrono::minutes(2));
    Cross();
  }
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(welfare_.h.size(), before + 1) << "with an entry, once";
  EXPECT_EQ(welfare_.h.Last().counterpart.exchange_id(), earlier);
  EXPECT_EQ(welfare_.h.Last().counterpart.kind(), "correction");
}

// Two corrections of one version, opened at once: both are there, and the earlier one is closed.
TEST_F(CorrectionFlowTest, TwoCorrectionsAtOnceDoNotKeepEachOtherOut) {
  const std::string earlier = DueOf(record_);
  Cross();
  ASSERT_EQ(Amend(1), absl::OkStatus());
  std::string one, two;
  ASSERT_EQ(Correct(earlier, &one), absl::OkStatus());
  ASSERT_EQ(Correct(earlier, &two), absl::OkStatus());
  Advance(std::chrono::hours(4));
  Cross();
  EXPECT_EQ(Sent(one), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(two), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(Received(earlier).state(), record::v1::RECEIVED_STATE_CANCELLED);
}

// Erasing the signal reaches every version that a partner may have.
TEST_F(CorrectionFlowTest, ErasureReachesBothVersions) {
  const std::string earlier = DueOf(record_);
  Cross();
  ASSERT_EQ(Amend(1), absl::OkStatus());
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(std::chrono::hours(4));
  Cross();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  EXPECT_EQ(welfare_.erased.partners_asked(), 2u);
  SendFromWelfare();
  SendFromCity();
  for (const std::string& id : {earlier, later}) {
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  }
}

}  // namespace
}  // namespace sluis::exchange
