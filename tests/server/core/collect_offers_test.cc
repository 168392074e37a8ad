#include "server/core/collect_offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/core/outbox.h"
#include "server/core/received_exchange.h"
#include "server/core/sealing_key.h"
#include "server/core/status_lists.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/terms.h"
#include "server/ledger/row.h"
#include "tests/support/person.h"
#include "tests/support/protocol_between.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using record::v1::ReceivedExchange;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using tests::CodeOf;
using tests::MadeOffer;
using tests::Opened;
using tests::ReceivingNode;

class CollectOffersTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(node_.PutStatus(7), absl::OkStatus()); }

  absl::Status Collect(std::span<const MadeOffer> offers) { return node_.Collect(offers); }
  std::string IdOf(const MadeOffer& offer) { return offer.offer.binding().exchange_id(); }
  std::optional<ReceivedRow> RowOf(const MadeOffer& offer) { return node_.Received(IdOf(offer)); }
  std::string OwedFor(const MadeOffer& offer) { return node_.OwedFor(IdOf(offer)); }
  std::string ReasonOf(const MadeOffer& offer) {
    const auto held = RowOf(offer);
    return held ? held->row.reason() : "none";
  }

  ReceivingNode node_;
};

// Lets another use case decide, and keeps the decision parts of its plan.
class Watched : public UseCase {
 public:
  using Decisions = std::vector<std::shared_ptr<const std::string>>;

  Watched(std::shared_ptr<UseCase> inner, Decisions& decisions)
      : inner_(std::move(inner)), decisions_(decisions) {}
  const Method& method() const override { return inner_->method(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override {
    absl::StatusOr<Plan> plan = inner_->Decide(call, view);
    decisions_.clear();
    for (const Effect& effect : plan->effects) decisions_.push_back(effect.entry.decision);
    return plan;
  }

 private:
  const std::shared_ptr<UseCase> inner_;
  Decisions& decisions_;
};

TEST_F(CollectOffersTest, WhatIsOfferedIsCollectedUnderTheStricterConditionsAndOwedAReceipt) {
  const auto offers = node_.world.Offers(2);
  ASSERT_EQ(Collect(offers), absl::OkStatus());
  const std::vector<Opened> entries = node_.h.Entries(node_.h.size() - 2);
  std::set<std::string> sealing;
  for (size_t i = 0; i < offers.size(); ++i) {
    const auto held = RowOf(offers[i]);
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(held->row.state(), record::v1::RECEIVED_STATE_COLLECTED);
    EXPECT_EQ(held->row.sender(), node_.world.sender.organisation);
    EXPECT_EQ(held->collected_entry(), entries[i].index + 1);
    EXPECT_EQ(OwedFor(offers[i]), "receipt");
    sealing.insert(held->row.sealing_key());

    peer::v1::Conditions accepted;
    ASSERT_TRUE(accepted.ParseFromString(held->row.accepted()));
    EXPECT_TRUE(envelope::AreConditions(accepted));
    EXPECT_TRUE(envelope::AtLeastAsStrict(accepted, offers[i].terms.conditions()));
    EXPECT_THAT(accepted.fields(), Contains("statements"));
    EXPECT_THAT(accepted.fields(), Contains("subject_kind"));
    EXPECT_THAT(accepted.fields(), Not(Contains("observed_on")))
        << "offered, and granted by no rule of this node";

    EXPECT_EQ(entries[i].act.operation(), record::v1::OPERATION_COLLECTION);
    EXPECT_EQ(entries[i].act.purpose(), "doorverwijzing-hulp");
    EXPECT_EQ(entries[i].actor.ByteSizeLong(), 0u);
    EXPECT_GT(entries[i].decision.attributes_size(), 0);
    EXPECT_EQ(node_.CounterpartOf(entries[i].index).SerializeAsString(),
              envelope::AcceptedPart(offers[i].offer, envelope::LeafDigest(offers[i].bytes))
                  .SerializeAsString());
  }
  EXPECT_EQ(sealing.size(), 1u) << "one for the envelope";
  node_.Look([&](const View& view) { EXPECT_TRUE(OpenSealingKey(view, *sealing.begin()).ok()); });
}

TEST_F(CollectOffersTest, RecordsAlikeRestOnOneDecisionAndEachEntryHoldsIt) {
  std::vector<MadeOffer> offers = node_.world.Offers(2);
  const auto alike = node_.world.edit_terms;
  node_.world.edit_terms = [&](peer::v1::Terms& terms) {
    alike(terms);
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "record.age_days") attribute.set_value("4");
    }
  };
  offers.push_back(std::move(node_.world.Offers(1)[0]));
  Watched::Decisions decisions;
  ASSERT_EQ(node_.RunAsPeer(std::make_shared<Watched>(
                std::make_shared<CollectOffers>(
                    node_.world.sender.organisation,
                    node_.Leaves(peer::v1::ENVELOPE_KIND_OFFER,
                                 node_.world.Leaves(peer::v1::ENVELOPE_KIND_OFFER, offers)),
                    node_.h.random),
                decisions)),
            absl::OkStatus());
  ASSERT_EQ(decisions.size(), 3u);
  EXPECT_EQ(decisions[0], decisions[1]) << "asked once, written down once";
  EXPECT_NE(decisions[0], decisions[2]);
  const std::vector<Opened> entries = node_.h.Entries(node_.h.size() - 3);
  const auto age_of = [](const Opened& entry) -> std::string {
    for (const auto& attribute : entry.decision.attributes()) {
      if (attribute.name() == "record.age_days") return attribute.value();
    }
    return "none";
  };
  EXPECT_EQ(age_of(entries[0]), "3");
  EXPECT_EQ(age_of(entries[1]), "3");
  EXPECT_EQ(age_of(entries[2]), "4");
}

TEST_F(CollectOffersTest, TheSameAgainChangesNothingAndAnotherUnderItsIdIsLogged) {
  const auto offers = node_.world.Offers(1);
  ASSERT_EQ(Collect(offers), absl::OkStatus());
  const uint64_t size = node_.h.size();
  const uint64_t stamp = RowOf(offers[0])->stamp;
  EXPECT_EQ(Collect(offers), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);

  MadeOffer other = ReceivingNode::CopyOf(offers[0]);
  other.offer.set_seen_size(9);
  other.offer.set_seen_root(std::string(32, 'r'));
  other.bytes = other.offer.SerializeAsString();
  EXPECT_EQ(Collect(std::span(&other, 1)).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(node_.h.Last().act.refusal(), "replayed");
  EXPECT_EQ(RowOf(offers[0])->stamp, stamp);
  EXPECT_EQ(OwedFor(offers[0]), "receipt") << "what is owed for the first is not pushed aside";

  auto more = node_.world.Offers(1);
  more.push_back(std::move(other));
  EXPECT_EQ(Collect(more), absl::OkStatus());
  EXPECT_EQ(RowOf(more[0])->row.state(), record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(node_.h.Last().act.refusal(), "replayed");
}

TEST_F(CollectOffersTest, AnIdUnderWhichThisNodeItselfOwesSomethingIsUsedUp) {
  const auto offers = node_.world.Offers(1);
  const std::string owed = OutboxKey(node_.world.sender.organisation, IdOf(offers[0]));
  node_.h.store.Tamper(owed, ledger::JoinRow(1, "owed"));
  EXPECT_EQ(Collect(offers).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(node_.h.Last().act.refusal(), "replayed");
  EXPECT_FALSE(RowOf(offers[0]).has_value());
}

TEST_F(CollectOffersTest, WhatTheRulesForbidIsRefusedForGoodWithAnEntry) {
  const auto permitted = node_.world.edit_terms;
  node_.world.edit_terms = [&](peer::v1::Terms& terms) {
    permitted(terms);
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "record.client_agrees") attribute.set_value("no");
    }
  };
  const auto offers = node_.world.Offers(1);
  EXPECT_EQ(Collect(offers), absl::OkStatus()) << "taken: the refusal travels by itself";
  EXPECT_EQ(RowOf(offers[0])->row.state(), record::v1::RECEIVED_STATE_REFUSED);
  EXPECT_EQ(ReasonOf(offers[0]), "rule");
  EXPECT_EQ(OwedFor(offers[0]), "refusal");
  EXPECT_TRUE(RowOf(offers[0])->row.sealing_key().empty());
  const Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(entry.act.outcome(), record::v1::OUTCOME_DENIED);
  EXPECT_THAT(entry.act.rule_ids(), Contains("F-HULP-AKKOORD"));
  EXPECT_EQ(node_.CounterpartOf(entry.index).outcome(), "refused");
}

// The log said "denied" of what no rule was asked about, and replay could not agree.
TEST_F(CollectOffersTest, TermsThatLeaveSomethingOutWereNotEvaluated) {
  const auto permitted = node_.world.edit_terms;
  node_.world.edit_terms = [&](peer::v1::Terms& terms) {
    permitted(terms);
    auto& attributes = *terms.mutable_attributes();
    for (int i = 0; i < attributes.size(); ++i) {
      if (attributes[i].name() == "record.age_days") attributes.DeleteSubrange(i--, 1);
    }
  };
  const auto offers = node_.world.Offers(1);
  EXPECT_EQ(Collect(offers), absl::OkStatus());
  EXPECT_EQ(ReasonOf(offers[0]), "rule") << "the sender learns no more than of a denial";
  EXPECT_EQ(node_.h.Last().act.outcome(), record::v1::OUTCOME_REFUSED);
  EXPECT_EQ(node_.h.Last().act.refusal(), "not_evaluated");
}

TEST_F(CollectOffersTest, WhatNoClauseCoversIsNotTaken) {
  node_.Change([](Terms& terms) {
    policies::Protocol text = terms.protocol->protocol();
    text.clauses.clear();
    terms.protocol = tests::SignedByAll(std::move(text));
  });
  const auto offers = node_.world.Offers(1);
  EXPECT_EQ(Collect(offers), absl::OkStatus());
  EXPECT_EQ(ReasonOf(offers[0]), "rule");
  EXPECT_EQ(node_.h.Last().act.outcome(), record::v1::OUTCOME_REFUSED);
  EXPECT_EQ(node_.h.Last().act.refusal(), kNotInProtocol);
}

TEST_F(CollectOffersTest, ThePersonMustStandForExactlyThis) {
  const auto good = node_.world.edit_statement;
  struct Case {
    const char* what;
    std::function<void(record::v1::UserStatement&)> edit;
    const char* reason;
  };
  const Case cases[] = {
      {"another purpose", [](auto& s) { s.set_purpose("signaal-intake"); }, "signature"},
      {"another basis", [](auto& s) { s.set_basis("vl-prev-2024"); }, "signature"},
      {"another role addressed", [](auto& s) { s.set_audience_role("casemanager"); }, "signature"},
      {"to withdraw", [](auto& s) { s.set_action("withdraw"); }, "signature"},
      {"a role not in the mandate", [](auto& s) { s.set_role("burgemeester"); }, "signature"},
      {"over", [](auto& s) { s.set_expires_at_s(s.signed_at_s() + 1); }, "expired"},
  };
  for (const Case& one : cases) {
    node_.world.edit_statement = [&](record::v1::UserStatement& statement) {
      good(statement);
      one.edit(statement);
    };
    const auto offers = node_.world.Offers(1);
    EXPECT_EQ(Collect(offers), absl::OkStatus()) << one.what;
    EXPECT_EQ(ReasonOf(offers[0]), one.reason) << one.what;
    EXPECT_EQ(OwedFor(offers[0]), "refusal") << one.what;
    EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL) << one.what;
  }
}

TEST_F(CollectOffersTest, ARevokedMandateStandsForNothing) {
  ASSERT_EQ(node_.PutStatus(8, node_.world.GoodMandate().mandate_id()), absl::OkStatus());
  const auto offers = node_.world.Offers(1);
  EXPECT_EQ(Collect(offers), absl::OkStatus());
  EXPECT_EQ(ReasonOf(offers[0]), "signature");
}

TEST(CollectOffersWithoutAListTest, WhoHidesTheNewestListWaits) {
  ReceivingNode node;
  ASSERT_EQ(node.PutStatus(6), absl::OkStatus());
  const auto offers = node.world.Offers(1);
  EXPECT_EQ(CodeOf(node.Collect(offers)), "status_behind");
  EXPECT_EQ(node.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_FALSE(node.Received(offers[0].offer.binding().exchange_id()).has_value())
      << "not refused for good";
  ASSERT_EQ(node.PutStatus(7), absl::OkStatus());
  EXPECT_EQ(node.Collect(offers), absl::OkStatus());
  EXPECT_EQ(node.OwedFor(offers[0].offer.binding().exchange_id()), "receipt");
}

TEST_F(CollectOffersTest, OnlyTheSenderOfTheEnvelopeHandsItOver) {
  const auto offers = node_.world.Offers(1);
  EXPECT_EQ(CodeOf(node_.RunAsPeer(
                std::make_shared<CollectOffers>(
                    node_.world.sender.organisation,
                    node_.Leaves(peer::v1::ENVELOPE_KIND_OFFER, {offers[0].bytes}), node_.h.random),
                node_.world.third.organisation)),
            "no_partner");
}

// A partner stated what the rules wanted to hear and left out the field that would have shown it.
TEST_F(CollectOffersTest, AStatedAttributeStoodForAFieldThatWasLeftOut) {
  const auto good = node_.world.edit_terms;
  for (const char* field : {"category", "statements", "subject_kind", "client_agrees", "minor"}) {
    node_.world.edit_terms = [&](peer::v1::Terms& terms) {
      good(terms);
      auto& fields = *terms.mutable_conditions()->mutable_fields();
      fields.erase(std::remove(fields.begin(), fields.end(), field), fields.end());
    };
    const auto offers = node_.world.Offers(1);
    EXPECT_EQ(Collect(offers), absl::OkStatus()) << field;
    EXPECT_EQ(ReasonOf(offers[0]), "rule") << field;
    EXPECT_EQ(node_.h.Last().act.refusal(), "withheld") << field;
  }
}

// A row with the whole Offer stayed of each that was refused, however many a partner sent.
TEST_F(CollectOffersTest, RefusedOffersFilledTheStore) {
  const auto good = node_.world.edit_statement;
  node_.world.edit_statement = [&](record::v1::UserStatement& statement) {
    good(statement);
    statement.set_purpose("signaal-intake");
  };
  const auto kept = std::make_shared<OfferQuota>(2);
  const auto offers = node_.world.Offers(4);
  const auto collect = [&](std::span<const MadeOffer> some) {
    return node_.RunAsPeer(std::make_shared<CollectOffers>(
        node_.world.sender.organisation,
        node_.Leaves(peer::v1::ENVELOPE_KIND_OFFER,
                     node_.world.Leaves(peer::v1::ENVELOPE_KIND_OFFER, some)),
        node_.h.random, kept));
  };
  EXPECT_TRUE(absl::IsPermissionDenied(collect(offers))) << "the rest comes again, alone";
  EXPECT_EQ(ReasonOf(offers[0]), "signature");
  EXPECT_EQ(ReasonOf(offers[1]), "signature");
  EXPECT_EQ(ReasonOf(offers[2]), "none");
  EXPECT_EQ(OwedFor(offers[3]), "nothing");
  EXPECT_TRUE(absl::IsPermissionDenied(collect(std::span(&offers[2], 1))));
  node_.h.clock.Advance(std::chrono::hours(25));
  EXPECT_EQ(collect(std::span(&offers[2], 1)), absl::OkStatus());
  EXPECT_EQ(OwedFor(offers[2]), "refusal");
}

// What a partner offered and this node took had no bound, and never went.
TEST_F(CollectOffersTest, TakenOffersFilledTheStore) {
  const auto offers = node_.world.Offers(3);
  const auto quota = std::make_shared<OfferQuota>(OfferQuota::kRefusedADay, 1);
  const auto collect = [&](std::span<const MadeOffer> some) {
    return node_.RunAsPeer(std::make_shared<CollectOffers>(
        node_.world.sender.organisation,
        node_.Leaves(peer::v1::ENVELOPE_KIND_OFFER,
                     node_.world.Leaves(peer::v1::ENVELOPE_KIND_OFFER, some)),
        node_.h.random, quota));
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(collect(std::span(offers).first(2))));
  EXPECT_EQ(OwedFor(offers[0]), "receipt") << "one is taken, the other comes again";
  EXPECT_EQ(OwedFor(offers[1]), "nothing");
  EXPECT_TRUE(absl::IsFailedPrecondition(collect(std::span(&offers[1], 1))));
  EXPECT_EQ(node_.h.Last().act.refusal(), "quota");
  EXPECT_EQ(OwedFor(offers[1]), "nothing");
  node_.h.clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(collect(std::span(&offers[1], 1)), absl::OkStatus());
  EXPECT_EQ(OwedFor(offers[1]), "receipt");
}

}  // namespace
}  // namespace sluis::core
