#include "server/core/protocol_in_force.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "server/core/release_question.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/support/exchange_node.h"
#include "tests/support/protocol_between.h"

namespace sluis::core {
namespace {

using policies::Outcome;
using tests::ExchangeNode;

constexpr char kWelfare[] = "caw-de-overzet.example";
constexpr char kCity[] = "lindervaart.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";
constexpr char kToday[] = "2026-10-05";

record::v1::Signal Helped() {
  record::v1::Signal signal = tests::PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
  return signal;
}

class ProtocolInForceTest : public ::testing::Test {
 protected:
  ProtocolInForceTest() {
    node_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
    terms_ = node_.TermsWithManifest();
  }
  policies::Protocol Text() const { return tests::ProtocolOf(node_.manifest(), terms_->packs); }
  Call CallOf(const std::string& today = kToday) const {
    Call call;
    call.terms = terms_;
    call.role = "maatschappelijk-werker";
    call.purpose = "doorverwijzing-hulp";
    call.basis = "vl-livc-2021";
    call.case_ref = "C-2026-014";
    call.now_us = node_.h.clock.NowUs();
    call.today = today;
    return call;
  }
  Answer Release(const std::string& today = kToday) const {
    static const record::v1::Signal signal = Helped();
    return AskRelease(CallOf(today), {.record = {.signal = &signal,
                                                 .author_is_caller = true,
                                                 .recorded_at_us = node_.h.clock.NowUs()},
                                      .recipient = &node_.member(kCity)});
  }
  static std::string Active(const Answer& answer) {
    for (const auto& value : answer.attributes) {
      if (value.name() == "protocol.active") return value.value();
    }
    return "missing";
  }

  ExchangeNode node_{{{kCity, "municipality"}, {kPolice, "police-zone"}}};
  std::shared_ptr<Terms> terms_;
};

TEST_F(ProtocolInForceTest, ADisclosureNamesItsClauseInTheEntry) {
  const Answer answer = Release();
  ASSERT_TRUE(answer.permitted()) << answer.decision.refusal;
  EXPECT_EQ(answer.clause, "M-doorverwijzing-hulp");
  EXPECT_EQ(answer.protocol, Text().digest);
  Entry entry;
  AddDecision(CallOf(), answer, entry);
  record::v1::DecisionPart part;
  ASSERT_TRUE(part.ParseFromString(*entry.decision));
  EXPECT_EQ(part.clause(), "M-doorverwijzing-hulp");
  EXPECT_EQ(part.protocol_digest(), crypto::View(Text().digest));
}

TEST_F(ProtocolInForceTest, WhatNoClauseCoversIsRefusedThoughTheRulesPermitIt) {
  policies::Protocol text = Text();
  for (policies::ProtocolClause& clause : text.clauses) {
    std::erase_if(clause.fields, [](const policies::Word& one) { return one.text == "onlife"; });
  }
  terms_->protocol = tests::SignedByAll(std::move(text));
  const Answer answer = Release();
  EXPECT_EQ(answer.decision.outcome, Outcome::kRefused);
  EXPECT_TRUE(answer.outside_protocol);
  EXPECT_EQ(Active(answer), "true");
  EXPECT_EQ(answer.clause, "");
  EXPECT_EQ(answer.protocol, Text().digest);
}

// In an exercise, where nothing is real, the manifest is enough; a protocol that is named holds.
TEST_F(ProtocolInForceTest, WithoutAProtocolOnlyAnExerciseGoesOn) {
  terms_->protocol = nullptr;
  EXPECT_EQ(Release().decision.outcome, Outcome::kDeny);
  EXPECT_EQ(Active(Release()), "false");
  terms_->exercise = true;
  EXPECT_TRUE(Release().permitted());
  EXPECT_EQ(Release().clause, "");
  EXPECT_EQ(Release().protocol, crypto::Hash{});
  terms_->protocol = tests::SignedByAll(Text(), kPolice);
  EXPECT_FALSE(Release().permitted()) << "named, and not signed by all";
}

TEST_F(ProtocolInForceTest, AnExerciseWithAProtocolIsUnderItsClauses) {
  terms_->exercise = true;
  EXPECT_EQ(Release().clause, "M-doorverwijzing-hulp");
  policies::Protocol text = Text();
  for (policies::ProtocolClause& clause : text.clauses) clause.fields.clear();
  terms_->protocol = tests::SignedByAll(std::move(text));
  EXPECT_TRUE(Release().outside_protocol);
}

TEST_F(ProtocolInForceTest, WhatTheRulesRefuseNamesTheTextThatWasInForce) {
  Call call = CallOf();
  call.role = "wijkinspecteur";
  static const record::v1::Signal signal = Helped();
  const Answer refused = AskRelease(call, {.record = {.signal = &signal,
                                                      .author_is_caller = true,
                                                      .recorded_at_us = node_.h.clock.NowUs()},
                                           .recipient = &node_.member(kCity)});
  ASSERT_FALSE(refused.permitted());
  EXPECT_FALSE(refused.outside_protocol);
  EXPECT_EQ(refused.protocol, Text().digest);
  EXPECT_EQ(refused.clause, "");
}

TEST_F(ProtocolInForceTest, AllMustHaveSigned) {
  for (const char* without : {kCity, kWelfare, kPolice}) {
    terms_->protocol = tests::SignedByAll(Text(), without);
    EXPECT_EQ(Active(Release()), "false") << without;
    EXPECT_EQ(Release().decision.outcome, Outcome::kDeny) << without;
  }
}

TEST_F(ProtocolInForceTest, BothMustBeParties) {
  policies::Protocol text = Text();
  std::erase_if(text.parties, [](const auto& one) { return one.organisation.text == kCity; });
  terms_->protocol = tests::SignedByAll(std::move(text));
  EXPECT_EQ(Active(Release()), "false");
}

// The review was due on 2026-09-15; fifteen days later new disclosures stop, and only then.
TEST_F(ProtocolInForceTest, PastTheGraceOfItsReviewNewDisclosuresStop) {
  policies::Protocol text = Text();
  text.from.text = "2026-09-10";
  text.review.text = "2026-09-15";
  text.grace_days = 15;
  terms_->protocol = tests::SignedByAll(std::move(text));
  EXPECT_EQ(Active(Release("2026-09-15")), "true");
  EXPECT_EQ(Active(Release("2026-09-30")), "true");
  EXPECT_EQ(Active(Release("2026-10-01")), "false");
  // What it remembers of a day holds for no other.
  EXPECT_EQ(Active(Release("2026-09-30")), "true");
  EXPECT_EQ(Active(Release("2026-09-09")), "false");
}

TEST_F(ProtocolInForceTest, TheRecipientAsksForTheClauseAsWell) {
  const Answer released = Release();
  peer::v1::Terms offered;
  const auto& schema = terms_->packs.schema();
  std::map<std::string, record::v1::AttributeValue> sorted;
  for (const auto& value : released.attributes) {
    const auto id = schema.FindAttribute(value.name());
    if (schema.attributes[*id].SourceOn(policies::Side::kAccept) == policies::Source::kOffer) {
      sorted[value.name()] = value;
    }
  }
  for (const auto& [name, value] : sorted) *offered.add_attributes() = value;
  for (const auto& joined : released.decision.obligations) {
    offered.mutable_conditions()->add_obligations(policies::ObligationText(joined.obligation));
  }
  const AcceptFacts facts{
      .terms = &offered, .sender = &node_.member(kCity), .role = "maatschappelijk-werker"};
  EXPECT_EQ(AskAccept(CallOf(), facts).clause, "M-doorverwijzing-hulp");
  policies::Protocol text = Text();
  for (policies::ProtocolClause& clause : text.clauses) clause.from = {{kWelfare, {}}};
  terms_->protocol = tests::SignedByAll(std::move(text));
  const Answer refused = AskAccept(CallOf(), facts);
  EXPECT_TRUE(refused.outside_protocol);
  EXPECT_TRUE(Release().permitted()) << "the other way is covered";
}

// Members could agree on packs without a rule about the protocol: the node asks for it all the
// same.
TEST_F(ProtocolInForceTest, RulesThatDoNotAskForAProtocolDoNotReplaceIt) {
  for (const bool permits : {true, false}) {
    Answer answer = Release();
    if (permits) {
      ASSERT_TRUE(answer.permitted());
    } else {
      answer.decision.outcome = Outcome::kDeny;
    }
    terms_->protocol = nullptr;
    const Answer without = UnderProtocol(answer, CallOf(), kWelfare, kCity);
    EXPECT_EQ(without.outside_protocol, permits);
    EXPECT_EQ(without.decision.outcome, permits ? Outcome::kRefused : Outcome::kDeny);
    terms_->exercise = true;
    EXPECT_EQ(UnderProtocol(answer, CallOf(), kWelfare, kCity).permitted(), permits);
    terms_->exercise = false;
    terms_->protocol = tests::ProtocolBetween(node_.manifest(), terms_->packs);
  }
}

// A key that the manifest gives for other purposes signs no protocol.
TEST_F(ProtocolInForceTest, PartiesSignWithIdentityKeys) {
  const std::vector<policies::PartyKey> keys = PartyKeysOf(node_.manifest());
  ASSERT_EQ(keys.size(), 3U);
  for (const policies::PartyKey& key : keys) {
    const partnership::Member& member = node_.member(key.organisation);
    EXPECT_TRUE(std::any_of(member.keys.begin(), member.keys.end(), [&](const auto& one) {
      return one.purpose == crypto::KeyPurpose::kIdentity && one.public_key == key.public_key;
    }));
  }
}

}  // namespace
}  // namespace sluis::core
