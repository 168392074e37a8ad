#include "server/core/release_question.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/exchange_node.h"

namespace sluis::core {
namespace {

using policies::Outcome;
using tests::ExchangeNode;
using tests::PersonSignal;

constexpr char kWelfare[] = "caw-de-overzet.example";
constexpr char kCity[] = "lindervaart.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";

// A signal that may be passed on to help: the person agrees.
record::v1::Signal Helped() {
  record::v1::Signal signal = PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
  return signal;
}

class ReleaseQuestionTest : public ::testing::Test {
 protected:
  ReleaseQuestionTest() { node_.Join(); }

  Call CallOf() {
    Call call;
    call.terms = terms_ ? terms_ : node_.h.terms.Get();
    call.role = "maatschappelijk-werker";
    call.purpose = "doorverwijzing-hulp";
    call.basis = "vl-livc-2021";
    call.case_ref = "C-2026-014";
    call.now_us = node_.h.clock.NowUs();
    call.today = "2026-10-05";
    return call;
  }
  Answer Release(const record::v1::Signal& signal, const std::string& to = kCity) {
    return AskRelease(CallOf(), {.record = {.signal = &signal,
                                            .author_is_caller = true,
                                            .recorded_at_us = node_.h.clock.NowUs()},
                                 .recipient = &node_.member(to)});
  }
  // The terms that this node would offer of that signal.
  peer::v1::Terms Offered(const record::v1::Signal& signal) {
    const Answer answer = Release(signal);
    peer::v1::Terms terms;
    const auto& schema = CallOf().terms->packs.schema();
    std::map<std::string, std::string> values;
    for (const auto& value : answer.attributes) {
      const auto id = schema.FindAttribute(value.name());
      if (schema.attributes[*id].SourceOn(policies::Side::kAccept) == policies::Source::kOffer) {
        values[value.name()] = value.value();
      }
    }
    for (const auto& [name, value] : values) {
      auto* attribute = terms.add_attributes();
      attribute->set_name(name);
      attribute->set_value(value);
    }
    for (const auto& joined : answer.decision.obligations) {
      terms.mutable_conditions()->add_obligations(policies::ObligationText(joined.obligation));
    }
    return terms;
  }
  Answer Accept(const peer::v1::Terms& terms, const std::string& from = kCity,
                const std::string& role = "maatschappelijk-werker") {
    return AskAccept(CallOf(), {.terms = &terms, .sender = &node_.member(from), .role = role});
  }
  static std::string ValueOf(const Answer& answer, std::string_view name) {
    for (const auto& value : answer.attributes) {
      if (value.name() == name) return value.value();
    }
    return "missing";
  }

  ExchangeNode node_{{{kCity, "municipality"}, {kPolice, "police-zone"}}};
  std::shared_ptr<Terms> terms_;
};

TEST_F(ReleaseQuestionTest, WhatTheRulesAllowMayLeave) {
  const Answer answer = Release(Helped());
  EXPECT_TRUE(answer.permitted()) << answer.decision.refusal;
  EXPECT_EQ(ValueOf(answer, "side"), "release");
  EXPECT_EQ(ValueOf(answer, "from.kind"), "welfare");
  EXPECT_EQ(ValueOf(answer, "to.kind"), "municipality");
  EXPECT_EQ(ValueOf(answer, "protocol.active"), "true");
  EXPECT_NE(answer.decision.Find<policies::CoolingOff>(), nullptr);
  EXPECT_FALSE(Release(PersonSignal()).permitted()) << "nobody asked the person";
  EXPECT_FALSE(Release(Helped(), kPolice).permitted());
}

TEST_F(ReleaseQuestionTest, NothingLeavesUnderOtherRulesThanTheManifestNames) {
  for (const bool exchanging : {true, false}) {
    terms_ = node_.TermsWithManifest();
    if (exchanging) {
      auto other = std::make_shared<partnership::SignedManifest>(*terms_->manifest);
      other->manifest.partnership_pack[0] ^= 1;
      terms_->manifest = other;
    } else {
      terms_->may_exchange = false;
    }
    const Answer answer = Release(Helped());
    EXPECT_FALSE(answer.permitted());
    EXPECT_EQ(ValueOf(answer, "protocol.active"), "false");
  }
}

// Two municipalities, or a municipality and a welfare organisation, of different zones counted as
// one zone, so that minors were discussed across zones by anybody.
TEST_F(ReleaseQuestionTest, MembersOfDifferentZonesOrOfNoneAreAcrossZones) {
  const struct {
    const char *own, *other, *across;
  } rows[] = {{"drie-sluizen", "drie-sluizen", "false"},
              {"drie-sluizen", "heidezoom", "true"},
              {"drie-sluizen", "", "true"},
              {"", "drie-sluizen", "true"},
              {"", "", "true"}};
  const peer::v1::Terms offered = Offered(Helped());
  for (const auto& row : rows) {
    terms_ = node_.TermsWithManifest();
    auto manifest = std::make_shared<partnership::SignedManifest>(*terms_->manifest);
    for (partnership::Member& member : manifest->manifest.members) {
      member.zone = member.organisation == kWelfare ? row.own : row.other;
    }
    terms_->manifest = manifest;
    const partnership::Member& other = *manifest->manifest.Find(kCity);
    const record::v1::Signal signal = Helped();
    const Answer sent = AskRelease(CallOf(), {.record = {.signal = &signal}, .recipient = &other});
    const Answer taken =
        AskAccept(CallOf(), {.terms = &offered, .sender = &other, .role = "jeugdreferent"});
    EXPECT_EQ(ValueOf(sent, "cross_zone"), row.across) << row.own << " " << row.other;
    EXPECT_EQ(ValueOf(taken, "cross_zone"), row.across) << row.own << " " << row.other;
    // One organisation is in no other zone than itself, whatever it says.
    const partnership::Member& own = *manifest->manifest.Find(kWelfare);
    const Answer home = AskRelease(CallOf(), {.record = {.signal = &signal}, .recipient = &own});
    EXPECT_EQ(ValueOf(home, "cross_zone"), "false");
  }
}

// What a record says of its author, of how it was found and of the list stands in the terms.
TEST_F(ReleaseQuestionTest, TheRecipientTakesTheListAndTheAuthorOfTheSender) {
  peer::v1::Terms terms = Offered(Helped());
  for (auto& attribute : *terms.mutable_attributes()) {
    if (attribute.name() == "case.listed" || attribute.name() == "case.border_named") {
      attribute.set_value("true");
    }
    if (attribute.name() == "record.author_mode") attribute.set_value("connecting");
    if (attribute.name() == "record.source_mode") attribute.set_value("looked_for");
  }
  const Answer answer = Accept(terms);
  EXPECT_EQ(ValueOf(answer, "case.listed"), "true");
  EXPECT_EQ(ValueOf(answer, "case.border_named"), "true");
  EXPECT_EQ(ValueOf(answer, "record.author_mode"), "connecting");
  EXPECT_EQ(ValueOf(answer, "record.received_under"), "none");
  EXPECT_EQ(answer.decision.forbids, std::vector<std::string>{"F-OPGEZOCHT"});
}

TEST_F(ReleaseQuestionTest, WhatWasLookedForLeavesWithAMandateOnly) {
  record::v1::Signal signal = Helped();
  signal.mutable_content()->set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR);
  EXPECT_EQ(Release(signal).decision.forbids, std::vector<std::string>{"F-OPGEZOCHT"});
  signal.mutable_content()->set_mandate_reference("OPDR-2026/14");
  EXPECT_TRUE(Release(signal).permitted());
  // Nobody said whether it was: then it was.
  signal.mutable_content()->clear_mandate_reference();
  signal.mutable_content()->clear_source_mode();
  EXPECT_FALSE(Release(signal).permitted());
}

TEST_F(ReleaseQuestionTest, TheRecipientAsksWithWhatTheSenderSigned) {
  const Answer answer = Accept(Offered(Helped()));
  EXPECT_TRUE(answer.permitted()) << answer.decision.refusal;
  EXPECT_EQ(ValueOf(answer, "side"), "accept");
  EXPECT_EQ(ValueOf(answer, "from.kind"), "municipality");
  EXPECT_EQ(ValueOf(answer, "to.kind"), "welfare");
  EXPECT_EQ(ValueOf(answer, "purpose"), "doorverwijzing-hulp");
  EXPECT_EQ(ValueOf(answer, "record.client_agrees"), "yes");
  EXPECT_EQ(ValueOf(answer, "actor.is_author"), "false");
  EXPECT_EQ(answer.decision.Find<policies::CoolingOff>(), nullptr);
}

// Each attribute whose source is the offer must be in it: the recipient never fills one in.
TEST_F(ReleaseQuestionTest, TermsThatStateNotEverythingAreNotEvaluated) {
  const peer::v1::Terms whole = Offered(Helped());
  ASSERT_EQ(whole.attributes_size(), 20);
  for (int leave_out = 0; leave_out < whole.attributes_size(); ++leave_out) {
    peer::v1::Terms terms = whole;
    terms.mutable_attributes()->DeleteSubrange(leave_out, 1);
    const Answer answer = Accept(terms);
    EXPECT_EQ(answer.decision.outcome, Outcome::kRefused) << whole.attributes(leave_out).name();
    EXPECT_NE(answer.decision.refusal.find(whole.attributes(leave_out).name()), std::string::npos);
  }
}

TEST_F(ReleaseQuestionTest, RoleAndKindsOfTheRecipientAreNotThoseOfTheOffer) {
  peer::v1::Terms terms = Offered(Helped());
  EXPECT_FALSE(Accept(terms, kCity, "information-officer").permitted());
  EXPECT_FALSE(Accept(terms, kPolice).permitted()) << "the manifest says what kind the sender is";
  // A sender that states what is not its to state is not believed.
  auto* lie = terms.add_attributes();
  lie->set_name("zone.lie");
  lie->set_value("true");
  EXPECT_EQ(ValueOf(Accept(terms), "zone.lie"), "missing");
}

TEST_F(ReleaseQuestionTest, EachSideKnowsEachObligation) {
  const record::v1::Signal told = Helped();
  record::v1::Signal untold = Helped();
  untold.mutable_content()->set_client_informed(record::v1::CLIENT_INFORMED_UNSPECIFIED);
  peer::v1::Terms terms;
  terms.mutable_conditions()->add_obligations("notify=contributor:P14D,subject:P30D");
  const ReleaseFacts release{.record = {.signal = &told}};
  const ReleaseFacts unsettled{.record = {.signal = &untold}};
  const AcceptFacts accept{.terms = &terms};
  struct Row {
    policies::Obligation obligation;
    bool released, unsettled, accepted;
  };
  const policies::Onward onward{.tlp_max_rank = 1, .tlp_max = "green", .originator_consent = true};
  const Row rows[] = {
      {policies::FieldTreatments{}, true, true, true},
      {policies::Retention{30}, true, true, true},
      {policies::LogDepth{}, true, true, true},
      {onward, true, true, true},
      {policies::NoEvidence{}, true, true, true},
      {policies::CoolingOff{4}, true, true, false},
      {policies::Approval{{{{"burgemeester"}, 1}}}, false, false, false},
      {policies::KAnonymity{10, {"quarter"}}, false, false, false},
      {policies::Notify{{{"contributor", 14}}}, true, true, true},
      {policies::Notify{{{"contributor", 13}}}, true, true, false},
      {policies::Notify{{{"subject", 30}}}, true, false, false},
      {policies::Notify{{{"contributor", 14}, {"burgemeester", 1}}}, false, false, false},
  };
  for (const Row& row : rows) {
    const std::string text = policies::ObligationText(row.obligation);
    EXPECT_EQ(CarriedOutAtRelease(row.obligation, release), row.released) << text;
    EXPECT_EQ(CarriedOutAtRelease(row.obligation, unsettled), row.unsettled) << text;
    EXPECT_EQ(CarriedOutAtAcceptance(row.obligation, accept), row.accepted) << text;
  }
  terms.Clear();
  EXPECT_FALSE(CarriedOutAtAcceptance(policies::Notify{{{"contributor", 14}}}, accept));
}

}  // namespace
}  // namespace sluis::core
