#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/node_acts.h"
#include "server/core/view.h"
#include "server/ledger/row.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::CoreHarness;
using tests::Opened;
using tests::Person;
using tests::PersonSignal;
using State = ledger::OpenedPart::State;

class EraseHoldTest : public ::testing::Test {
 protected:
  std::string Recorded(const std::string& subject = "dossier-1") {
    return h_.Record(jan_, PersonSignal(subject)).record_id;
  }
  std::vector<std::string> Due() {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const View view(*snapshot, h_.ledger->keyring());
    const auto due = RecordsPastRetention(view, storage::LegalDay(h_.clock.NowUs()), 100);
    EXPECT_TRUE(due.ok()) << due.status();
    return *due;
  }
  absl::Status EraseDue(const std::string& id) {
    return h_.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(id));
  }

  CoreHarness h_;
  const Person jan_ = h_.Admit("jan", {"maatschappelijk-werker"});
  const Person dpo_ = h_.Admit("dpo", {"privacy-officer"});
};

TEST_F(EraseHoldTest, ErasureClosesTheSubjectPartsOfAllEntriesAboutTheRecord) {
  const uint64_t first = h_.size();
  const std::string id = Recorded(), other = Recorded("dossier-2");
  ASSERT_TRUE(h_.Open(jan_, id).ok());
  ASSERT_EQ(h_.Amend(jan_, id, 1, PersonSignal()), absl::OkStatus());
  ASSERT_EQ(CodeOf(h_.Open(dpo_, id, tests::Oversight()).status()), "denied");
  ASSERT_EQ(h_.Hold(dpo_, id, true), absl::OkStatus());
  ASSERT_EQ(h_.Hold(dpo_, id, false), absl::OkStatus());
  ASSERT_TRUE(h_.Open(jan_, other).ok());
  ASSERT_EQ(CodeOf(h_.Erase(dpo_, id)), "role_not_held");
  ASSERT_EQ(h_.Erase(jan_, id), absl::OkStatus());
  const uint64_t erasure = h_.size() - 1;
  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(entry.act.reason(), "niet meer nodig");
  EXPECT_EQ(entry.act.erased_everywhere_on(), "2026-10-20") << "14 days of key copies, and one";

  int erased = 0, open = 0;
  for (const Opened& at : h_.Entries(first)) {
    if (at.subject_state == State::kErased) {
      EXPECT_EQ(at.erased_by, erasure) << at.index;
      ++erased;
    } else if (at.subject.record_ids_size() > 0) {
      EXPECT_THAT(at.subject.record_ids(), ElementsAre(other));
      ++open;
    }
    EXPECT_NE(at.act.operation(), record::v1::OPERATION_UNSPECIFIED) << "the act survives";
  }
  EXPECT_EQ(erased, 7) << "recorded, opened, amended, denied, held, resumed, erased";
  EXPECT_EQ(open, 2);

  EXPECT_EQ(CodeOf(h_.Open(jan_, id).status()), "not_found");
  EXPECT_EQ(CodeOf(h_.Amend(jan_, id, 2, PersonSignal())), "not_found");
  EXPECT_EQ(CodeOf(h_.Withdraw(jan_, id)), "not_found");
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, true)), "not_found");
  EXPECT_EQ(CodeOf(h_.Erase(jan_, id)), "not_found");
  EXPECT_TRUE(h_.Open(jan_, other).ok()) << "survivors open";

  const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(id)));
  record::v1::StoredRecord tombstone;
  ASSERT_TRUE(tombstone.ParseFromString(row->value));
  EXPECT_EQ(tombstone.state(), record::v1::RECORD_STATE_ERASED);
  EXPECT_EQ(tombstone.sealed(), "");
  EXPECT_EQ(tombstone.key_id(), "");
  EXPECT_EQ(tombstone.bucket(), 0u);
}

TEST_F(EraseHoldTest, OnlyTheAuthorErases) {
  const Person piet = h_.Admit("piet", {"maatschappelijk-werker"});
  const std::string id = Recorded();
  EXPECT_EQ(CodeOf(h_.Erase(piet, id)), "denied");
  EXPECT_EQ(CodeOf(h_.Erase(jan_, id, "x")), "bad_request");
  EXPECT_TRUE(h_.Open(jan_, id).ok());
}

TEST_F(EraseHoldTest, HoldRefusesErasureAsHeldAndNamesTheReviewDate) {
  const std::string id = Recorded();
  ASSERT_EQ(h_.Hold(dpo_, id, true, "2026-12-01"), absl::OkStatus());
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_ALTERATION);
  EXPECT_EQ(h_.Last().act.reason(), "klacht bij de toezichthouder");
  const absl::Status status = h_.Erase(jan_, id);
  EXPECT_EQ(CodeOf(status), "held");
  EXPECT_THAT(std::string(status.message()), HasSubstr("2026-12-01"));
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_HELD);
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_THAT(h_.Last().subject.record_ids(), ElementsAre(id));
  // Whoever may not erase anyway is not told about a hold.
  const Person piet = h_.Admit("piet", {"maatschappelijk-werker"});
  EXPECT_EQ(CodeOf(h_.Erase(piet, id)), "denied");
  EXPECT_EQ(h_.Last().act.outcome(), record::v1::OUTCOME_DENIED);

  EXPECT_TRUE(h_.Open(jan_, id)->has_hold());
  ASSERT_EQ(h_.Amend(jan_, id, 1, PersonSignal()), absl::OkStatus());
  EXPECT_TRUE(h_.Open(jan_, id)->has_hold()) << "amending does not lift it";
  ASSERT_EQ(h_.Withdraw(jan_, id), absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.Erase(jan_, id)), "held");
  ASSERT_EQ(h_.Hold(dpo_, id, false), absl::OkStatus());
  EXPECT_EQ(h_.Erase(jan_, id), absl::OkStatus());
}

TEST_F(EraseHoldTest, HoldIsWellFormed) {
  const std::string id = Recorded();
  EXPECT_EQ(CodeOf(h_.Hold(jan_, id, true)), "role_not_held");
  for (const char* day : {"", "2026-10-05", "2026-10-04", "2026-13-01", "morgen", "2026-1-1"}) {
    EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, true, day)), "bad_request") << day;
  }
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, true, "2026-12-01", "te kort")), "bad_request");
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, false)), "unchanged");
  ASSERT_EQ(h_.Hold(dpo_, id, true, "2026-10-06"), absl::OkStatus());
  EXPECT_EQ(CodeOf(h_.Hold(dpo_, id, true)), "unchanged");
}

TEST_F(EraseHoldTest, RetentionErasesWhatIsPastIt) {
  const std::string id = Recorded(), held = Recorded("dossier-2");
  ASSERT_EQ(h_.Hold(dpo_, held, true), absl::OkStatus());
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_EQ(CodeOf(EraseDue(id)), "not_due");
  h_.clock.Advance(std::chrono::hours(24 * 365));  // the last day on which it is kept
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_EQ(CodeOf(EraseDue(id)), "not_due");
  h_.clock.Advance(std::chrono::hours(24));
  EXPECT_THAT(Due(), ElementsAre(id));
  EXPECT_EQ(CodeOf(EraseDue(held)), "not_due");
  ASSERT_EQ(EraseDue(id), absl::OkStatus());
  const Opened entry = h_.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(entry.act.method(), "Node.ErasePastRetention");
  EXPECT_EQ(entry.actor.user_id(), "node");
  EXPECT_EQ(entry.actor.certificate_digest(), "");
  EXPECT_EQ(entry.subject_state, State::kErased);
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_EQ(CodeOf(EraseDue(id)), "not_due");
}

TEST_F(EraseHoldTest, EraseAgainDestroysKeysThatCameBack) {
  const std::string id = Recorded(), other = Recorded("dossier-2");
  const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(id)));
  record::v1::StoredRecord stored;
  ASSERT_TRUE(stored.ParseFromString(row->value));
  const ledger::KeyRef key{stored.bucket(), *crypto::ToFixed<16>(stored.key_id())};
  ASSERT_EQ(h_.executor->RunAsNodeAndWait(std::make_shared<EraseAgain>(std::vector{key})),
            absl::OkStatus());
  EXPECT_EQ(h_.Last().act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(h_.Last().act.method(), "Node.EraseAgain");
  EXPECT_EQ(CodeOf(h_.Open(jan_, id).status()), "not_found");
  EXPECT_TRUE(h_.Open(jan_, other).ok());
}

// A record whose keys went with an erasure that was applied again keeps its row: retention must not
// ask for it for ever and hold up the others.
TEST_F(EraseHoldTest, RetentionPassesByRecordsWhoseKeysAreGone) {
  const std::string id = Recorded(), other = Recorded("dossier-2");
  const auto row = ledger::SplitRow(**h_.store.Get(RecordKey(id)));
  record::v1::StoredRecord stored;
  ASSERT_TRUE(stored.ParseFromString(row->value));
  const ledger::KeyRef key{stored.bucket(), *crypto::ToFixed<16>(stored.key_id())};
  ASSERT_EQ(h_.executor->RunAsNodeAndWait(std::make_shared<EraseAgain>(std::vector{key})),
            absl::OkStatus());
  h_.clock.Advance(std::chrono::hours(24 * 400));
  EXPECT_THAT(Due(), ElementsAre(other));
}

TEST_F(EraseHoldTest, TermsAreWrittenDownWithTheirDigests) {
  auto next = h_.MakeTerms();
  next->configuration_digest[0] = 7;
  {
    const auto snapshot = h_.ledger->store().NewSnapshot();
    const View view(*snapshot, h_.ledger->keyring());
    EXPECT_TRUE(*TermsRecorded(view, *h_.terms.Get()));
    EXPECT_FALSE(*TermsRecorded(view, *next));
  }
  const uint64_t stamp = h_.terms.Get()->stamp;
  ASSERT_EQ(h_.PutTerms(next), absl::OkStatus());
  EXPECT_EQ(h_.terms.Get()->stamp, h_.size()) << "one more than the index of its entry";
  EXPECT_GT(h_.terms.Get()->stamp, stamp);
  EXPECT_EQ(h_.Last().act.method(), "Node.RecordTerms");
  EXPECT_EQ(h_.Last().act.object_digest().size(), 32u);
  EXPECT_TRUE(h_.Record(jan_, PersonSignal()).status.ok());
}

}  // namespace
}  // namespace sluis::core
