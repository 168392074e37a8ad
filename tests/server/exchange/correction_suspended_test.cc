// A version that is wrong at a partner, while what corrects it cannot be delivered: the partner
// hears that it is wrong, and the correction follows by itself or ends in sight.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/close_sent.h"
#include "server/core/overdue_correction.h"
#include "server/core/preview_share.h"
#include "server/core/sent_correction.h"
#include "tests/server/exchange/correction_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using tests::CodeOf;
using tests::kCity;
using tests::kWelfare;

class CorrectionSuspendedTest : public tests::CorrectionPair {
 protected:
  static void Suspend(tests::ExchangeNode& node) {
    auto terms = node.TermsWithManifest();
    terms->may_exchange = false;
    node.Put(terms);
  }
  void SuspendBoth() {
    Suspend(welfare_);
    Suspend(city_);
  }
  void ResumeBoth() {
    welfare_.Put(welfare_.TermsWithManifest());
    city_.Put(city_.TermsWithManifest());
  }
  // Shared, opened there, and corrected here since.
  std::string OpenedAndAmended() {
    const std::string earlier = DueOf(record_);
    Cross();
    EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_OPENED);
    EXPECT_EQ(Amend(1), absl::OkStatus());
    return earlier;
  }
  // The first look finds what is due and makes the word owed; it leaves with the same look.
  void CloseThere(const std::string& earlier) {
    SendFromWelfare();
    EXPECT_EQ(Received(earlier).state(), record::v1::RECEIVED_STATE_CANCELLED);
    EXPECT_EQ(Received(earlier).reason(), "corrected");
  }
  bool IsReadable(const std::string& id) {
    return city_.h.Open(reader_, Received(id).record_id()).ok();
  }
  size_t Overdue() {
    const auto snapshot = welfare_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare_.h.ledger->keyring());
    return core::OverdueCorrections(view, kCity, welfare_.h.clock.NowUs()).value_or(99);
  }
  // What the entries of both say of the exchange, of one kind.
  static size_t Count(tests::ExchangeNode& node, const std::string& id, const std::string& kind) {
    size_t count = 0;
    for (const tests::Opened& entry : node.h.Entries()) {
      count += entry.counterpart.exchange_id() == id && entry.counterpart.kind() == kind ? 1 : 0;
    }
    return count;
  }
};

TEST_F(CorrectionSuspendedTest, ThePartnerHearsThatItIsWrongAndTheCorrectionFollowsByItself) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  EXPECT_EQ(welfare_.shared.due_at_us(), 0u) << "nobody can say when it leaves";
  SendFromWelfare();
  EXPECT_TRUE(IsReadable(earlier)) << "its cooling-off time is not over";
  Advance(hours(4));
  CloseThere(earlier);
  EXPECT_FALSE(IsReadable(earlier));
  EXPECT_EQ(SummaryThere(earlier).reason(), "wrong");
  EXPECT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_UNSPECIFIED) << "no content";
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Summary(earlier).reason(), "closing");
  EXPECT_TRUE(Summary(earlier).outdated());
  const uint64_t here = welfare_.h.size(), there = city_.h.size();
  for (int i = 0; i < 3; ++i) {
    Advance(std::chrono::minutes(2));
    Cross();
  }
  EXPECT_EQ(welfare_.h.size(), here) << "once";
  EXPECT_EQ(city_.h.size(), there);

  ResumeBoth();
  Cross();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(Summary(earlier).corrected_by(), later);
  EXPECT_EQ(Summary(earlier).reason(), "");
  EXPECT_EQ(SummaryThere(earlier).corrected_by(), later);
  EXPECT_EQ(SummaryThere(earlier).reason(), "");
  EXPECT_TRUE(IsReadable(later));
  EXPECT_FALSE(IsReadable(earlier));
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 1u);
  EXPECT_EQ(Count(city_, earlier, "cancel"), 1u);
  EXPECT_EQ(Count(city_, earlier, "correction"), 1u);
}

TEST_F(CorrectionSuspendedTest, OneWrittenDownBeforeAndOneThatHasItsReceiptAreToldOfToo) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(later), record::v1::SENT_STATE_RELEASED);
  SuspendBoth();
  CloseThere(earlier);
  EXPECT_EQ(Received(later).state(), record::v1::RECEIVED_STATE_COLLECTED) << "no key leaves";
  ResumeBoth();
  Cross();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
}

// The partner alone exchanges nothing: it turns the correction down and says no more than that.
TEST_F(CorrectionSuspendedTest, APartnerThatIsSuspendedItselfIsTold) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  Suspend(city_);
  SendFromWelfare();
  EXPECT_TRUE(IsReadable(earlier)) << "turned down just now";
  CloseThere(earlier);
  EXPECT_FALSE(IsReadable(earlier));
  city_.Put(city_.TermsWithManifest());
  Advance(std::chrono::minutes(11));
  Cross();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Received(earlier).corrected_by(), later);
}

// A look that began under terms that suspended it: the correction can go now, and takes the place
// of what is there by itself.
TEST_F(CorrectionSuspendedTest, OnceItIsResumedALookFromBeforeClosesNothing) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  using Close = core::CloseCorrected;
  EXPECT_EQ(CodeOf(welfare_.h.executor->RunAsNodeAndWait(
                std::make_shared<Close>(later, Close::HeldUpBy::kSuspension))),
            "not_due");
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 0u);
  EXPECT_EQ(Summary(earlier).reason(), "");
  Cross();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
}

// A partner that wants to keep what it has, or whose rules refuse, answered once and kept it.
TEST_F(CorrectionSuspendedTest, APartnerThatRefusesTheCorrectionDoesNotKeepTheWrongVersion) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  constexpr auto kKind = peer::v1::ENVELOPE_KIND_REFUSAL;
  auto refusal = welfare_.AnswerTo<peer::v1::Refusal>(later, kKind);
  refusal.set_refused_kind(peer::v1::ENVELOPE_KIND_OFFER);
  refusal.set_refused_digest(
      std::string(crypto::View(envelope::LeafDigest(welfare_.Offer(later).bytes))));
  refusal.set_reason(peer::v1::REFUSAL_REASON_RULE);
  refusal.set_manifest_version(1);
  const uint64_t size = welfare_.h.size();
  ASSERT_EQ(welfare_.RunAsPeer(std::make_shared<core::CloseSent>(
                kCity, welfare_.Leaves(kKind, refusal.SerializeAsString()))),
            absl::OkStatus());
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_REFUSED);
  EXPECT_EQ(welfare_.h.size(), size + 2) << "its end and the word, in one write";
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 1u);
  EXPECT_TRUE(IsReadable(earlier));
  CloseThere(earlier);
  EXPECT_FALSE(IsReadable(earlier));
  EXPECT_EQ(Summary(earlier).reason(), "closing");
}

TEST_F(CorrectionSuspendedTest, OneThatIsStoppedHereLeavesNothingWrongOpenThere) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  ASSERT_EQ(Amend(2), absl::OkStatus());
  Advance(hours(4));
  SendFromWelfare();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 1u);
  CloseThere(earlier);
  EXPECT_FALSE(IsReadable(earlier));
  std::string last;
  ASSERT_EQ(Correct(earlier, &last), absl::OkStatus());
  Advance(hours(4));
  Cross();
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(Received(earlier).corrected_by(), last);
}

// A look whose act came to nothing had told it, by its own account, until the node was restarted.
TEST_F(CorrectionSuspendedTest, WhatOneLookDidNotTellTheNextOneTells) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  ASSERT_EQ(Correct(earlier), absl::OkStatus());
  Advance(hours(4));
  welfare_.h.ledger->BeforeNext([this] { welfare_.Put(welfare_.TermsWithManifest()); });
  SendFromWelfare();
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 0u) << "resumed at that moment";
  EXPECT_TRUE(IsReadable(earlier));
  Suspend(welfare_);
  CloseThere(earlier);
  EXPECT_FALSE(IsReadable(earlier));
}

// A copy of the word that it was wrong, after the correction was opened.
TEST_F(CorrectionSuspendedTest, TheWordComingAfterTheCorrectionChangesNothing) {
  const std::string earlier = OpenedAndAmended();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  Suspend(welfare_);
  peer::v1::DeliverRequest word;
  const PeerAnswers answers = network_.AnswersOf(kCity);
  network_.Put(kCity, {.heartbeat = {},
                       .deliver = [&word](const std::string&, const peer::v1::DeliverRequest& sent,
                                          const std::function<void(absl::Status)>& done) {
                         word = sent;
                         done(absl::OkStatus());  // and is lost there
                       }});
  SendFromWelfare();
  ASSERT_GT(word.envelope().leaves_size(), 0);
  ASSERT_TRUE(IsReadable(earlier));
  network_.Put(kCity, answers);
  ResumeBoth();
  Cross();
  ASSERT_EQ(Sent(later), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(Received(earlier).corrected_by(), later);
  const uint64_t size = city_.h.size();
  absl::Status answer = absl::UnknownError("not answered");
  network_.PeersOf(kWelfare)->Deliver(
      kCity, word, [&answer](const absl::StatusOr<peer::v1::DeliverResponse>& answered) {
        answer = answered.status();
      });
  EXPECT_EQ(answer, absl::OkStatus());
  EXPECT_EQ(city_.h.size(), size);
  EXPECT_EQ(Received(earlier).corrected_by(), later);
  EXPECT_TRUE(IsReadable(later));
}

TEST_F(CorrectionSuspendedTest, TakenBackInItsCoolingOffTimeItSaysNothingAgainstTheEarlierOne) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  ASSERT_EQ(welfare_.Withdraw(later, false), absl::OkStatus());
  Advance(hours(5));
  SendFromWelfare();
  EXPECT_TRUE(IsReadable(earlier));
  EXPECT_EQ(Summary(earlier).reason(), "");
}

// The suspension outlasts the signature: the correction ends in sight, what is wrong stays closed,
// and a new correction of it can be signed.
TEST_F(CorrectionSuspendedTest, OneThatRunsOutEndsInSightAndCanBeMadeAnew) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  std::string later, last;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  Advance(hours(4));
  CloseThere(earlier);
  Advance(hours(24 * 15));
  ResumeBoth();
  Cross();
  EXPECT_EQ(Sent(later), record::v1::SENT_STATE_EXPIRED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_OPENED);
  EXPECT_TRUE(Summary(earlier).outdated());
  EXPECT_FALSE(IsReadable(earlier));
  welfare_.PutList(2, {});
  HearStatus();
  ASSERT_EQ(Correct(earlier, &last), absl::OkStatus());
  Advance(hours(4));
  Cross();
  EXPECT_EQ(Sent(last), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_CORRECTED);
  EXPECT_EQ(Received(earlier).corrected_by(), last);
}

TEST_F(CorrectionSuspendedTest, TakingBackAndErasingGoOnAfterwards) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  ASSERT_EQ(Correct(earlier), absl::OkStatus());
  Advance(hours(4));
  CloseThere(earlier);
  ASSERT_EQ(welfare_.Withdraw(earlier, true), absl::OkStatus());
  SendFromWelfare();
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(Received(earlier).reason(), "corrected") << "it was closed before";
  EXPECT_EQ(CodeOf(Correct(earlier)), "not_exchanging") << "nothing is left to correct";
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Sent(earlier), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Received(earlier).state(), record::v1::RECEIVED_STATE_ERASED);
}

TEST_F(CorrectionSuspendedTest, WhoeverRestartsTellsItOnce) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  ASSERT_EQ(Correct(earlier), absl::OkStatus());
  Advance(hours(4));
  network_.Cut(kWelfare, kCity);
  SendFromWelfare();
  ASSERT_EQ(Count(welfare_, earlier, "cancel"), 1u);
  ASSERT_TRUE(IsReadable(earlier));
  from_welfare_.Restart();
  network_.Mend(kWelfare, kCity);
  SendFromWelfare();
  from_welfare_.Restart();
  SendFromWelfare();
  EXPECT_EQ(Count(welfare_, earlier, "cancel"), 1u);
  EXPECT_EQ(Count(city_, earlier, "cancel"), 1u);
  EXPECT_FALSE(IsReadable(earlier));
}

// Not taken within a day it alarms, and so does the word alone once the correction is no more.
TEST_F(CorrectionSuspendedTest, WhatIsNotAcknowledgedIsOverdue) {
  const std::string earlier = OpenedAndAmended();
  SuspendBoth();
  std::string later;
  ASSERT_EQ(Correct(earlier, &later), absl::OkStatus());
  network_.Cut(kWelfare, kCity);
  Advance(hours(4));
  SendFromWelfare();
  Advance(hours(23));
  EXPECT_EQ(Overdue(), 0u);
  Advance(hours(1));
  EXPECT_EQ(Overdue(), 1u) << "the correction and the word about it are one";
  ASSERT_EQ(welfare_.Withdraw(later, true), absl::OkStatus());
  EXPECT_EQ(Overdue(), 1u);
  ResumeBoth();
  EXPECT_EQ(welfare_.Row(earlier).row.state(), record::v1::SENT_STATE_OPENED);
}

TEST_F(CorrectionSuspendedTest, NothingElseIsWrittenDownWhileNothingIsExchanged) {
  const std::string earlier = OpenedAndAmended();
  const std::string other = welfare_.Recorded();
  const auto preview = welfare_.Preview(record_);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_GT(preview->due_at_us(), 0u);
  SuspendBoth();
  EXPECT_EQ(CodeOf(welfare_.Share(welfare_.Signed(record_, *preview))), "not_exchanging")
      << "no correction";
  EXPECT_EQ(CodeOf(welfare_.Preview(other).status()), "not_exchanging");
  EXPECT_EQ(CodeOf(welfare_.Preview(record_, tests::kPolice).status()), "not_exchanging");
  EXPECT_EQ(welfare_.Preview(record_)->due_at_us(), 0u);
  // What all agreed not to exchange is not written down either.
  welfare_.Join(record::v1::PARTNERSHIP_STATE_PREPARATION);
  EXPECT_EQ(CodeOf(Correct(earlier)), "not_exchanging");
}

}  // namespace
}  // namespace sluis::exchange
