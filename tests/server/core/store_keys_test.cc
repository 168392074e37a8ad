#include "server/core/store_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "server/core/cancel_received.h"
#include "server/core/exchange_upkeep.h"
#include "server/core/list_received.h"
#include "server/core/node_acts.h"
#include "server/core/sealing_key.h"
#include "server/envelope/content.h"
#include "server/envelope/terms.h"
#include "server/ledger/row.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::CodeOf;
using tests::MadeOffer;
using tests::Opened;
using tests::Person;
using tests::ReceivingNode;

constexpr std::chrono::hours kDay(24);

std::string IdOf(const MadeOffer& offer) { return offer.offer.binding().exchange_id(); }

class ReceivedTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(node_.PutStatus(7), absl::OkStatus()); }

  std::vector<MadeOffer> Collected(size_t count) {
    auto offers = node_.world.Offers(count);
    EXPECT_EQ(node_.Collect(offers), absl::OkStatus());
    return offers;
  }
  record::v1::ReceivedExchange RowOf(const MadeOffer& offer) {
    return node_.Received(IdOf(offer))->row;
  }
  record::v1::RecordBody BodyOf(const std::string& record_id) {
    record::v1::RecordBody body;
    node_.Look([&](const View& view) {
      const auto record = view.OpenRecord(record_id);
      ASSERT_TRUE(record.ok()) << record.status();
      body = (*record)->body;
    });
    return body;
  }
  std::vector<std::string> KeysDone() {
    std::vector<std::string> done;
    node_.Look(
        [&](const View& view) { done = SealingKeysDone(view, node_.h.clock.NowUs(), 10).value(); });
    return done;
  }
  absl::Status Cancel(const MadeOffer& offer, peer::v1::CancelReason reason,
                      const std::function<void(record::v1::UserStatement&)>& edit = {}) {
    peer::v1::Cancel cancel;
    *cancel.mutable_binding() = offer.offer.binding();
    cancel.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_CANCEL);
    cancel.set_offer_digest(std::string(crypto::View(envelope::LeafDigest(offer.bytes))));
    cancel.set_reason(reason);
    if (reason == peer::v1::CANCEL_REASON_WITHDRAWN) {
      auto statement = node_.world.GoodStatement();
      statement.set_action("withdraw");
      if (edit) edit(statement);
      envelope::StatementItem item;
      std::copy_n(IdOf(offer).begin(), item.exchange.size(), item.exchange.begin());
      item.case_token = offer.terms.case_token();
      item.fields_root = envelope::FieldsRoot({});
      const auto signed_statement = envelope::SignStatement(
          envelope::StatementOver(statement, {item}).value(), node_.world.person_key);
      *cancel.mutable_user() =
          envelope::SignaturesFor(signed_statement, {item}, node_.world.mandate, 7).at(0);
    }
    return node_.RunAsPeer(std::make_shared<CancelReceived>(
        node_.world.sender.organisation,
        node_.Leaves(peer::v1::ENVELOPE_KIND_CANCEL, {cancel.SerializeAsString()})));
  }
  node::v1::ListReceivedResponse List(const Person& who, uint32_t size = 0,
                                      const std::string& token = {}) {
    node::v1::ListReceivedRequest request;
    node::v1::ListReceivedResponse response;
    *request.mutable_context() = tests::Intake();
    request.set_page_size(size);
    request.set_page_token(token);
    EXPECT_EQ(node_.h.Run(who, std::make_shared<ListReceived>(request, response)),
              absl::OkStatus());
    return response;
  }

  ReceivingNode node_;
  const Person els_ = node_.h.Admit("els", {"maatschappelijk-werker"});
};

// A rule of the sender that asks it, where its author set no mark, was signed for and bound nobody.
TEST_F(ReceivedTest, AnObligationNotToUseItAsEvidenceIsAMarkHere) {
  const auto edit = node_.world.edit_terms;
  node_.world.edit_terms = [edit](peer::v1::Terms& terms) {
    edit(terms);
    terms.mutable_conditions()->mutable_marks()->clear_no_evidence();
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "record.no_evidence") attribute.set_value("false");
    }
  };
  const auto offers = Collected(1);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  ASSERT_NE(RowOf(offers[0]).record_id(), "");
  EXPECT_TRUE(BodyOf(RowOf(offers[0]).record_id()).signal().marks().no_evidence());
}

TEST_F(ReceivedTest, WhatKeepsItsPromiseBecomesARecordWithTheAcceptedFieldsOnly) {
  const auto offers = Collected(2);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  for (const MadeOffer& offer : offers) {
    const auto row = RowOf(offer);
    EXPECT_EQ(row.state(), record::v1::RECEIVED_STATE_OPENED);
    EXPECT_EQ(node_.OwedFor(IdOf(offer)), "opened");
    const record::v1::RecordBody body = BodyOf(row.record_id());
    const record::v1::SignalContent& content = body.signal().content();
    EXPECT_EQ(content.statements_size(), 2);
    EXPECT_EQ(content.category(), "gedrag-online");
    EXPECT_EQ(content.subject_kind(), record::v1::SUBJECT_KIND_PERSON);
    EXPECT_EQ(content.observed_on(), "") << "offered, but granted by no rule here";
    EXPECT_EQ(content.contributor(), "");
    EXPECT_EQ(content.subject_ref(), "");
    EXPECT_TRUE(body.signal().marks().no_evidence());
    EXPECT_EQ(body.recorded_by(), "");
    EXPECT_EQ(body.case_ref(), "INTAKE");
    EXPECT_EQ(body.received().organisation(), node_.world.sender.organisation);
    EXPECT_EQ(body.received().person(), std::string(16, 'p'));
    EXPECT_EQ(body.received().role(), "casemanager");
    EXPECT_EQ(body.received().basis(), "vl-livc-2021");
    EXPECT_EQ(body.author_mode(), "preventive");
    EXPECT_EQ(content.source_mode(), record::v1::SOURCE_MODE_ENCOUNTERED)
        << "the terms say it, for the rules here";
  }
  const Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
  EXPECT_THAT(entry.subject.record_ids(), ElementsAre(RowOf(offers[1]).record_id()));
  EXPECT_EQ(node_.CounterpartOf(entry.index).kind(), "key");
  EXPECT_EQ(node_.CounterpartOf(entry.index).outcome(), "opened");
}

TEST_F(ReceivedTest, KeysThatComeAgainChangeNothing) {
  const auto offers = Collected(1);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  const uint64_t size = node_.h.size();
  EXPECT_EQ(node_.SendKeys(offers), absl::OkStatus()) << "another wrap, the same key";
  EXPECT_EQ(node_.h.size(), size);
}

TEST_F(ReceivedTest, KeysThatNobodyWaitsForAreLoggedAndOpenNothing) {
  const auto offers = Collected(1);
  node_.h.clock.Advance(4 * kDay);
  EXPECT_EQ(node_.SendKeys(offers).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(node_.h.Last().act.refusal(), "unknown");
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_COLLECTED);
}

TEST_F(ReceivedTest, AnotherKeyThanPromisedOpensNothingAndIsReported) {
  auto offers = Collected(2);
  offers[0].key = crypto::NewDataKey(node_.world.random);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_QUARANTINED);
  EXPECT_EQ(RowOf(offers[0]).reason(), "key");
  EXPECT_EQ(RowOf(offers[0]).record_id(), "");
  EXPECT_EQ(node_.OwedFor(IdOf(offers[0])), "unopenable");
  EXPECT_EQ(RowOf(offers[1]).state(), record::v1::RECEIVED_STATE_OPENED) << "one stops no other";
}

TEST_F(ReceivedTest, ContentThatIsNotWhatTheTermsSaidIsKeptClosed) {
  const auto permitted = node_.world.edit_terms;
  node_.world.edit_terms = [&](peer::v1::Terms& terms) {
    permitted(terms);
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "record.category") attribute.set_value("risicofactor");
    }
  };
  const auto offers = Collected(1);
  ASSERT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_COLLECTED);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  EXPECT_EQ(RowOf(offers[0]).reason(), "terms");
  EXPECT_EQ(node_.OwedFor(IdOf(offers[0])), "unopenable");
}

TEST_F(ReceivedTest, TheRulesAreAskedOnceMoreBeforeAnythingIsOpened) {
  const auto offers = Collected(1);
  // The packs of the manifest are no longer those in force: there is no protocol any more.
  node_.Change([](Terms& terms) {
    auto other = std::make_shared<partnership::SignedManifest>(*terms.manifest);
    other->manifest.partnership_pack = crypto::Hash{};
    terms.manifest = other;
  });
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_REFUSED);
  EXPECT_EQ(RowOf(offers[0]).reason(), "rule");
  EXPECT_EQ(node_.OwedFor(IdOf(offers[0])), "refusal");
  EXPECT_EQ(node_.h.Last().act.outcome(), record::v1::OUTCOME_DENIED);
}

TEST_F(ReceivedTest, AReceivedSignalIsReadLikeAnyOtherAndChangedByNobody) {
  const auto offers = Collected(1);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  const std::string id = RowOf(offers[0]).record_id();
  const auto view = node_.h.Open(els_, id);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->content().statements_size(), 2);
  EXPECT_TRUE(view->marks().no_evidence());
  EXPECT_FALSE(node_.h.Amend(els_, id, 1, tests::PersonSignal()).ok());
}

// The number that the sender knows was answered with a refusal, and found only by a second call.
TEST_F(ReceivedTest, TheNumberOfTheExchangeOpensWhatCameInByItAndLogsNoRefusal) {
  const auto offers = Collected(2);
  ASSERT_EQ(node_.SendKeys(std::span(offers).first(1)), absl::OkStatus());
  const uint64_t before = node_.h.size();
  const auto view = node_.h.Open(els_, IdOf(offers[0]));
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->record_id(), RowOf(offers[0]).record_id());
  ASSERT_EQ(node_.h.size(), before + 1);
  EXPECT_EQ(node_.h.Last().act.outcome(), record::v1::OUTCOME_DONE);
  EXPECT_THAT(node_.h.Last().subject.record_ids(), ElementsAre(RowOf(offers[0]).record_id()));
  // Of what has no key yet, and of what never came, it says the same.
  EXPECT_EQ(CodeOf(node_.h.Open(els_, IdOf(offers[1])).status()), "not_found");
  EXPECT_EQ(CodeOf(node_.h.Open(els_, std::string(16, '?')).status()), "not_found");
}

TEST_F(ReceivedTest, WhatIsTakenBackBeforeTheKeyEndsAndAfterItIsClosed) {
  const auto offers = Collected(2);
  ASSERT_EQ(Cancel(offers[0], peer::v1::CANCEL_REASON_RULE), absl::OkStatus());
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_EQ(node_.OwedFor(IdOf(offers[0])), "nothing");

  ASSERT_EQ(node_.SendKeys(std::span(offers).subspan(1)), absl::OkStatus());
  const std::string id = RowOf(offers[1]).record_id();
  ASSERT_TRUE(node_.h.Open(els_, id).ok());
  ASSERT_EQ(Cancel(offers[1], peer::v1::CANCEL_REASON_WITHDRAWN), absl::OkStatus());
  EXPECT_EQ(node_.CounterpartOf(node_.h.Last().index).kind(), "cancel");
  EXPECT_EQ(CodeOf(node_.h.Open(els_, id).status()), "withdrawn");
  EXPECT_EQ(node_.OwedFor(IdOf(offers[1])), "opened");
  const uint64_t size = node_.h.size();
  EXPECT_EQ(Cancel(offers[1], peer::v1::CANCEL_REASON_WITHDRAWN), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
}

TEST_F(ReceivedTest, NobodyIsSaidToHaveTakenItBackWhoDidNotSign) {
  const auto offers = Collected(1);
  EXPECT_EQ(Cancel(offers[0], peer::v1::CANCEL_REASON_WITHDRAWN,
                   [](auto& statement) { statement.set_action("share"); })
                .code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(node_.h.Last().act.refusal(), "signature");
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_COLLECTED);
}

// The sender named 32 bytes of its own, and the signed answer repeated them as a receipt given
// here.
TEST_F(ReceivedTest, AKeyUnderAReceiptThatWasNeverGivenWasOpened) {
  const auto offers = Collected(1);
  EXPECT_EQ(node_.SendKeys(offers, false).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(RowOf(offers[0]).key_proof(), "");
  EXPECT_EQ(node_.h.Last().act.refusal(), "unknown");
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus()) << "under the one that was given";
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ReceivedTest, OneTimeKeysGoTogetherWhenNothingWaitsForThem) {
  const auto first = Collected(2);
  const auto second = Collected(1);
  EXPECT_THAT(KeysDone(), IsEmpty());
  ASSERT_EQ(Cancel(first[0], peer::v1::CANCEL_REASON_RULE), absl::OkStatus());
  EXPECT_THAT(KeysDone(), IsEmpty()) << "the other of its envelope waits";
  ASSERT_EQ(Cancel(first[1], peer::v1::CANCEL_REASON_RULE), absl::OkStatus());
  const std::string done = RowOf(first[1]).sealing_key();
  const std::string awaited = RowOf(second[0]).sealing_key();
  EXPECT_THAT(KeysDone(), ElementsAre(done));
  ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(
                std::make_shared<EraseSealingKeys>(std::vector<std::string>{done, awaited})),
            absl::OkStatus());
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_ERASURE);
  node_.Look([&](const View& view) {
    EXPECT_EQ(ReadSealingKey(view, done).status().code(), absl::StatusCode::kNotFound);
    EXPECT_TRUE(OpenSealingKey(view, awaited).ok());
  });
  EXPECT_EQ(CodeOf(node_.h.executor->RunAsNodeAndWait(
                std::make_shared<EraseSealingKeys>(std::vector<std::string>{awaited}))),
            "not_due");
}

TEST_F(ReceivedTest, ErasingTheRecordTakesTheKeyAlongThatWouldOpenItAgain) {
  const auto offers = Collected(2);
  ASSERT_EQ(node_.SendKeys(offers), absl::OkStatus());
  const std::string public_key = RowOf(offers[0]).sealing_key();
  node_.Look([&](const View& view) { EXPECT_TRUE(OpenSealingKey(view, public_key).ok()); });
  node_.h.clock.Advance(200 * kDay);
  for (const MadeOffer& offer : offers) {
    ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(
                  std::make_shared<ErasePastRetention>(RowOf(offer).record_id())),
              absl::OkStatus())
        << "also when the key went with another record";
  }
  node_.Look([&](const View& view) {
    EXPECT_EQ(OpenSealingKey(view, public_key).status().code(), absl::StatusCode::kNotFound);
    EXPECT_TRUE(ReadSealingKey(view, public_key).ok());
  });
  ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(
                std::make_shared<EraseSealingKeys>(std::vector<std::string>{public_key})),
            absl::OkStatus());
  EXPECT_THAT(KeysDone(), IsEmpty());
}

TEST_F(ReceivedTest, WhatGetsNoKeyInTimeEnds) {
  const auto offers = Collected(1);
  const auto expire = [&] {
    return node_.h.executor->RunAsNodeAndWait(std::make_shared<ExpireReceived>(IdOf(offers[0])));
  };
  EXPECT_EQ(CodeOf(expire()), "not_due");
  node_.h.clock.Advance(4 * kDay);
  node_.Look([&](const View& view) {
    EXPECT_THAT(ReceivedPastWindow(view, node_.h.clock.NowUs(), 10).value(),
                ElementsAre(IdOf(offers[0])));
  });
  EXPECT_EQ(expire(), absl::OkStatus());
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_EXPIRED);
  EXPECT_EQ(node_.OwedFor(IdOf(offers[0])), "nothing");
  EXPECT_THAT(KeysDone(), SizeIs(1));
}

TEST_F(ReceivedTest, TheListShowsNewestFirstWhatMayBeSeenPageByPage) {
  const auto first = Collected(1);
  node_.h.clock.Advance(std::chrono::seconds(1));
  const auto second = Collected(1);
  ASSERT_EQ(node_.SendKeys(first), absl::OkStatus());
  const auto all = List(els_);
  ASSERT_EQ(all.received_size(), 2);
  EXPECT_EQ(all.received(0).exchange_id(), IdOf(second[0]));
  EXPECT_EQ(all.received(0).record_id(), "");
  EXPECT_EQ(all.received(0).tlp(), record::v1::TLP_AMBER);
  EXPECT_EQ(all.received(1).record_id(), RowOf(first[0]).record_id());
  EXPECT_EQ(all.received(1).category(), "gedrag-online");
  EXPECT_EQ(all.next_page_token(), "");
  EXPECT_THAT(node_.h.Last().subject.record_ids(), ElementsAre(RowOf(first[0]).record_id()));

  const auto page = List(els_, 1);
  ASSERT_EQ(page.received_size(), 1);
  const auto rest = List(els_, 1, page.next_page_token());
  ASSERT_EQ(rest.received_size(), 1);
  EXPECT_EQ(rest.received(0).exchange_id(), IdOf(first[0]));
}

// One exchange that could not be read stopped the whole envelope, the list and all upkeep.
TEST_F(ReceivedTest, OneUnreadableExchangeStoppedEverything) {
  const auto offers = Collected(3);
  const std::string key = ReceivedKey(IdOf(offers[1]));
  record::v1::ReceivedExchange damaged = RowOf(offers[1]);
  damaged.set_offer_proof("x");
  const auto damage = [&](std::string value) {
    const uint64_t stamp = ledger::SplitRow(**node_.h.store.Get(key))->stamp;
    node_.h.PutRow(key, stamp, value);
  };
  damage(damaged.SerializeAsString());
  EXPECT_TRUE(absl::IsDataLoss(node_.SendKeys(offers))) << "this node hears of it";
  EXPECT_EQ(RowOf(offers[0]).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(RowOf(offers[1]).state(), record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(RowOf(offers[2]).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_TRUE(absl::IsDataLoss(node_.SendKeys(std::span(&offers[1], 1))));

  damage("x");
  EXPECT_EQ(List(els_).received_size(), 2);
  EXPECT_THAT(KeysDone(), IsEmpty()) << "it may be put back, and its key come";
  node_.h.clock.Advance(5 * kDay);
  EXPECT_THAT(KeysDone(), SizeIs(1));
  node_.Look([&](const View& view) {
    EXPECT_TRUE(ReceivedPastWindow(view, node_.h.clock.NowUs(), 10).ok());
  });
  EXPECT_TRUE(absl::IsDataLoss(node_.Collect(offers)));
}

}  // namespace
}  // namespace sluis::core
