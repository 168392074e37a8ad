#include "server/core/sent_erasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "server/core/node_acts.h"
#include "server/core/release_keys.h"
#include "server/core/take_erasures.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using record::v1::SentState;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::kCity;
using tests::SharingNode;

class SentErasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    node_.h.clock.Advance(std::chrono::hours(5));
    binding_ = node_.Offer(id_).offer.binding();
    ASSERT_EQ(
        node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, node_.Receipt(id_), node_.heads)),
        absl::OkStatus());
    ASSERT_EQ(State(), record::v1::SENT_STATE_RELEASED);
  }
  SentState State() { return node_.Row(id_).row.state(); }
  // What leaves now.
  std::string Asked() {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    const View view(*snapshot, node_.h.ledger->keyring());
    Call call;
    call.terms = node_.h.terms.Get();
    call.now_us = node_.h.clock.NowUs();
    call.today = storage::LegalDay(call.now_us);
    const auto leaf = AskedErasure(call, view, node_.Row(id_));
    EXPECT_TRUE(leaf.ok()) << leaf.status();
    return leaf.value_or("");
  }
  ledger::KeyRef KeyOf(const std::string& record) {
    const auto row = ledger::SplitRow(**node_.h.store.Get(RecordKey(record)));
    record::v1::StoredRecord stored;
    EXPECT_TRUE(stored.ParseFromString(row->value));
    return {stored.bucket(), *crypto::ToFixed<16>(stored.key_id())};
  }
  using Edit = std::function<void(peer::v1::Erasure&)>;
  absl::Status Answer(peer::v1::ErasureStep step, const std::string& asked, const Edit& edit = {},
                      const std::string& from = kCity) {
    peer::v1::Erasure answer;
    *answer.mutable_binding() = binding_;
    answer.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
    answer.mutable_binding()->set_sender(kCity);
    answer.mutable_binding()->set_recipient(node_.h.options.organisation);
    answer.set_offer_digest(node_.Row(id_).row.offer_digest());
    answer.set_step(step);
    answer.set_day("2026-11-20");
    answer.set_asked_digest(std::string(crypto::View(envelope::LeafDigest(asked))));
    if (edit) edit(answer);
    return node_.RunAsPeer(
        std::make_shared<TakeErasures>(
            from, node_.Leaves(peer::v1::ENVELOPE_KIND_ERASURE, answer.SerializeAsString())),
        from);
  }

  SharingNode node_;
  const std::string record_ = node_.Recorded();
  const std::string id_ = node_.Shared(record_);
  peer::v1::Binding binding_;
};

TEST_F(SentErasureTest, ItIsAskedInTheNameOfWhoErasedItAndAnsweredOnce) {
  ASSERT_EQ(node_.Erase(record_), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASING);
  EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_ERASURE);
  const std::string asked = Asked();
  const auto leaf = envelope::ReadLeaf(peer::v1::ENVELOPE_KIND_ERASURE, asked);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(std::get<peer::v1::Erasure>(*leaf).reason(), peer::v1::ERASURE_REASON_PERSON);
  EXPECT_TRUE(envelope::CheckAnswers(*leaf, binding_).ok());

  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_HELD, asked), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_HELD);
  EXPECT_GT(node_.Owed(id_).not_before_us(), node_.h.clock.NowUs() + 40ull * 24 * 3600'000'000);
  uint64_t size = node_.h.size();
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_HELD, asked), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, asked), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(node_.Owed(id_).kind(), 0u);
  size = node_.h.size();
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, asked), absl::OkStatus());
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_HELD, asked), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASED);
}

// A backup that was put back brought the terms back of what was erased since, and nothing forgot
// them again: only the keys of the record were destroyed once more.
TEST_F(SentErasureTest, ARestoreBroughtTheTermsBack) {
  const std::string other = node_.Recorded();
  const std::string cooling = node_.Shared(other);
  const std::vector<ledger::KeyRef> keys = {KeyOf(record_), KeyOf(other)};
  const uint64_t size = node_.h.size();
  ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(std::make_shared<EraseAgain>(keys)),
            absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASING);
  EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_ERASURE) << "asked once more";
  EXPECT_EQ(node_.Row(cooling).row.state(), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(node_.Owed(cooling).kind(), 0u) << "it never left";
  for (const std::string& exchange : {id_, cooling}) {
    peer::v1::Offer offer;
    ASSERT_TRUE(offer.ParseFromString(node_.Row(exchange).row.offer()));
    EXPECT_EQ(offer.terms(), "");
    EXPECT_EQ(offer.ciphertext(), "");
  }
  EXPECT_EQ(node_.h.size(), size + 3) << "an entry for each record, and one for what was to leave";
  for (const std::string& record : {record_, other}) {
    const auto row = ledger::SplitRow(**node_.h.store.Get(RecordKey(record)));
    record::v1::StoredRecord stored;
    ASSERT_TRUE(stored.ParseFromString(row->value));
    EXPECT_EQ(stored.state(), record::v1::RECORD_STATE_ERASED);
  }
}

TEST_F(SentErasureTest, AnAnswerToSomethingElseChangesNothing) {
  const std::string before = std::string(binding_.exchange_id());
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, before), absl::OkStatus());
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL) << "nothing was asked";
  EXPECT_EQ(State(), record::v1::SENT_STATE_RELEASED);
  ASSERT_EQ(node_.Erase(record_), absl::OkStatus());
  const std::string asked = Asked();
  const Edit others[] = {
      [](auto& answer) { answer.mutable_asked_digest()->at(0) ^= 1; },
      [](auto& answer) { answer.mutable_offer_digest()->at(0) ^= 1; },
      [](auto& answer) { answer.mutable_binding()->mutable_key_commitment()->at(0) ^= 1; },
      [](auto& answer) { answer.mutable_binding()->mutable_exchange_id()->at(0) ^= 1; },
  };
  for (const Edit& other : others) {
    EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, asked, other), absl::OkStatus());
    EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
    EXPECT_EQ(State(), record::v1::SENT_STATE_ERASING);
  }
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, asked, {}, tests::kPolice), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASING) << "the police was not asked";
}

TEST_F(SentErasureTest, WhatAPersonAskedDoesNotLapse) {
  ASSERT_EQ(node_.Erase(record_), absl::OkStatus());
  const std::string in_person = Asked();
  node_.h.clock.Advance(std::chrono::hours(24 * 3 + 1));
  peer::v1::Erasure asked;
  ASSERT_TRUE(asked.ParseFromString(Asked()));
  EXPECT_EQ(asked.reason(), peer::v1::ERASURE_REASON_NODE) << "the signature ran out";
  EXPECT_FALSE(asked.has_user());
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_HELD, Asked()), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_HELD);
  EXPECT_EQ(Answer(peer::v1::ERASURE_STEP_DONE, in_person), absl::OkStatus()) << "of either";
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASED);
}

TEST_F(SentErasureTest, WhatNobodyBelievesAnyMoreIsNotSent) {
  ASSERT_EQ(node_.Erase(record_), absl::OkStatus());
  node_.PutList(2, {std::string(16, 'm')});
  peer::v1::Erasure asked;
  ASSERT_TRUE(asked.ParseFromString(Asked()));
  EXPECT_EQ(asked.reason(), peer::v1::ERASURE_REASON_NODE) << "the mandate is no longer in force";
}

TEST_F(SentErasureTest, NobodySignsForAPartnerThatIsGone) {
  auto terms = node_.TermsWithManifest();
  terms->manifest = nullptr;
  terms->partnership.clear();
  terms->stamp = node_.h.terms.Get()->stamp;
  node_.h.terms.Set(terms);
  EXPECT_EQ(node_.Erase(record_, false), absl::OkStatus()) << "it must not keep it from going here";
  EXPECT_EQ(State(), record::v1::SENT_STATE_ERASING);
  EXPECT_THAT(node_.Row(id_).row.sealed_key(), IsEmpty());
}

TEST_F(SentErasureTest, WhatThePartnerNeverHadTheKeyOfIsNotAsked) {
  const std::string other = node_.Recorded();
  const std::string offered = node_.Shared(other);
  node_.h.clock.Advance(std::chrono::hours(5));
  ASSERT_EQ(node_.Erase(other, false), absl::OkStatus());
  EXPECT_EQ(node_.Row(offered).row.state(), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(node_.Owed(offered).kind(), peer::v1::ENVELOPE_KIND_CANCEL);
  EXPECT_EQ(node_.erased.partners_asked(), 0u);
}

TEST_F(SentErasureTest, APersonSignsForEachPartner) {
  EXPECT_EQ(CodeOf(node_.Erase(record_, false)), "erasure_unsigned");
  EXPECT_EQ(State(), record::v1::SENT_STATE_RELEASED);
}

// A row that could not be read was passed over: one partner less was asked, and nobody heard of it.
TEST_F(SentErasureTest, APartnerLessWasAskedAndNobodySaidSo) {
  node_.h.store.Tamper(SentKey(id_), "x");
  EXPECT_TRUE(absl::IsDataLoss(node_.Erase(record_)));
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_ERASURE) << "here it is erased";
  EXPECT_EQ(CodeOf(node_.Erase(record_)), "not_found");
}

// By its day as well: the node says it, where it says what it could not do.
TEST_F(SentErasureTest, APartnerLessWasAskedOnTheLastDayAndNobodySaidSo) {
  node_.h.store.Tamper(SentKey(id_), "x");
  node_.h.clock.Advance(std::chrono::hours(24 * 4000));
  EXPECT_TRUE(absl::IsDataLoss(
      node_.h.executor->RunAsNodeAndWait(std::make_shared<ErasePastRetention>(record_))));
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_ERASURE);
}

}  // namespace
}  // namespace sluis::core
