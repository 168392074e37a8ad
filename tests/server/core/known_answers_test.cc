#include "server/core/known_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "server/core/release_question.h"
#include "tests/support/exchange_node.h"

namespace sluis::core {
namespace {

constexpr char kCity[] = "lindervaart.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";

class KnownAnswersTest : public ::testing::Test {
 protected:
  KnownAnswersTest() {
    call_.terms = node_.h.terms.Get();
    call_.today = "2026-10-05";
  }

  // Whether the rules were asked; the answer names the question it was made for.
  bool Asks(const std::string& question, const std::string& partner = kCity,
            policies::Side side = policies::Side::kRelease) {
    bool asked = false;
    const std::string clause = question + partner + call_.today;
    const auto answer = known_.Of(call_, side, partner, question, [&] {
      asked = true;
      Answer made;
      made.clause = clause;
      return made;
    });
    EXPECT_EQ(answer->clause, clause);
    return asked;
  }

  tests::ExchangeNode node_{{{kCity, "municipality"}, {kPolice, "police-zone"}}};
  Call call_;
  KnownAnswers known_;
};

TEST_F(KnownAnswersTest, TheSameIsAskedOnceUnderTheSameTermsOnTheSameDay) {
  EXPECT_TRUE(Asks("a"));
  EXPECT_FALSE(Asks("a"));
  EXPECT_TRUE(Asks("b"));
  EXPECT_TRUE(Asks("a", kPolice));
  EXPECT_TRUE(Asks("a", kCity, policies::Side::kAccept));
  EXPECT_FALSE(Asks("a")) << "the others are others";
  call_.today = "2026-10-06";
  EXPECT_TRUE(Asks("a"));
  EXPECT_FALSE(Asks("a"));
  call_.terms = std::make_shared<const Terms>(*call_.terms);
  EXPECT_TRUE(Asks("a")) << "terms that say the same are others";
  EXPECT_FALSE(Asks("a"));
}

TEST_F(KnownAnswersTest, WhoAsksMuchDisplacesNobodyElses) {
  EXPECT_TRUE(Asks("a"));
  for (size_t i = 0; i < 3 * KnownAnswers::kMostOfOne; ++i) {
    EXPECT_TRUE(Asks("much " + std::to_string(i), kPolice));
    EXPECT_TRUE(Asks("much " + std::to_string(i), kCity, policies::Side::kAccept));
  }
  EXPECT_FALSE(Asks("a"));
  EXPECT_TRUE(Asks("much 0", kPolice)) << "no more than so many are kept";
  const std::string large(KnownAnswers::kMostBytes / 3, 'q');
  for (const char* name : {"1", "2", "3"}) EXPECT_TRUE(Asks(large + name, kPolice));
  EXPECT_FALSE(Asks(large + "3", kPolice));
  EXPECT_TRUE(Asks(large + "1", kPolice)) << "nor more than so much";
  const std::string larger(KnownAnswers::kMostBytes, 'q');
  EXPECT_TRUE(Asks(larger));
  EXPECT_TRUE(Asks(larger)) << "more than there is room for";
  EXPECT_FALSE(Asks("a"));
}

TEST_F(KnownAnswersTest, WhatIsMadeWhileTheTermsChangeIsNotKept) {
  const auto before = call_.terms;
  const auto after = std::make_shared<const Terms>(*before);
  known_.Of(call_, policies::Side::kRelease, kCity, "a", [&] {
    call_.terms = after;
    EXPECT_TRUE(Asks("b"));
    call_.terms = before;
    return Answer();
  });
  call_.terms = after;
  EXPECT_TRUE(Asks("a"));
  EXPECT_FALSE(Asks("b"));
}

// Whoever asks, in whatever order, is told what the rules would say.
class AskedAgainTest : public ::testing::Test {
 protected:
  struct Asked {
    Call call;
    record::v1::Signal signal;
    RecordFacts record;
    std::string recipient = kCity;
    std::string recipient_role;
    std::string action = "share";
  };
  using Edit = std::function<void(Asked&)>;

  AskedAgainTest() { node_.Join(); }

  Asked Usual() {
    Asked asked;
    asked.call.terms = node_.h.terms.Get();
    asked.call.role = "maatschappelijk-werker";
    asked.call.purpose = "doorverwijzing-hulp";
    asked.call.basis = "vl-livc-2021";
    asked.call.case_ref = "C-2026-014";
    asked.call.now_us = node_.h.clock.NowUs();
    asked.call.today = "2026-10-05";
    asked.signal = tests::PersonSignal();
    asked.signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
    asked.record.recorded_at_us = asked.call.now_us;
    return asked;
  }
  std::string Told(Asked asked) {
    asked.record.signal = &asked.signal;
    return TextOf(AskRelease(asked.call, {.record = asked.record,
                                          .recipient = &node_.member(asked.recipient),
                                          .recipient_role = asked.recipient_role,
                                          .action = asked.action}));
  }
  static std::string TextOf(const Answer& answer) {
    std::string text = std::to_string(static_cast<int>(answer.decision.outcome)) + "|" +
                       answer.clause + "|" + std::string(crypto::View(answer.protocol)) +
                       (answer.outside_protocol ? "|outside|" : "||") + answer.decision.refusal;
    for (const auto& value : answer.attributes) text += "|" + value.name() + "=" + value.value();
    for (const auto& field : answer.decision.granted) text += "|" + field.name;
    for (const auto& removed : answer.decision.removed) text += "|-" + removed;
    for (const auto& rule : answer.decision.permits) text += "|" + rule;
    for (const auto& rule : answer.decision.forbids) text += "|!" + rule;
    for (const auto& joined : answer.decision.obligations) {
      text += "|" + policies::ObligationText(joined.obligation);
    }
    return text;
  }

  tests::ExchangeNode node_{{{kCity, "municipality"}, {kPolice, "police-zone"}}};
};

TEST_F(AskedAgainTest, IsToldWhatTheRulesSayToThat) {
  const std::vector<Edit> edits = {
      [](Asked&) {},
      [](Asked& a) { a.signal.mutable_content()->clear_client_agrees(); },
      [](Asked& a) { a.signal.mutable_content()->set_minor(true); },
      [](Asked& a) { a.signal.mutable_content()->clear_client_informed(); },
      [](Asked& a) { a.signal.mutable_content()->set_category("radicalisering"); },
      [](Asked& a) { a.signal.mutable_content()->set_category("made-up words of somebody"); },
      [](Asked& a) {
        a.signal.mutable_content()->set_source_mode(record::v1::SOURCE_MODE_LOOKED_FOR);
      },
      [](Asked& a) {
        a.signal.mutable_content()->set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
      },
      [](Asked& a) { a.signal.mutable_marks()->set_secret(true); },
      [](Asked& a) { a.signal.mutable_marks()->set_tlp(record::v1::TLP_RED); },
      [](Asked& a) { a.signal.mutable_marks()->set_no_onward(true); },
      [](Asked& a) { a.record.author_is_caller = true; },
      [](Asked& a) { a.record.recorded_at_us -= 900ull * 24 * 3600 * 1'000'000; },
      [](Asked& a) { a.record.held = true; },
      [](Asked& a) { a.record.unreadable = true; },
      [](Asked& a) { a.record.author_mode = "connecting"; },
      [](Asked& a) { a.record.received_under = "vl-livc-2021"; },
      [](Asked& a) { a.call.role = "information-officer"; },
      [](Asked& a) { a.call.purpose = "casusoverleg"; },
      [](Asked& a) { a.call.basis = ""; },
      [](Asked& a) { a.call.case_ref = "INTAKE"; },
      [](Asked& a) { a.call.case_ref = ""; },
      [](Asked& a) { a.recipient = kPolice; },
      [](Asked& a) { a.recipient_role = "jeugdreferent"; },
      [](Asked& a) { a.action = "compel"; },
  };
  std::vector<Asked> all;
  for (const Edit& edit : edits) edit(all.emplace_back(Usual()));
  for (const Asked& one : all) Told(one);
  std::vector<std::string> again;
  for (const Asked& one : all) again.push_back(Told(one));
  for (size_t i = 0; i < all.size(); ++i) {
    Asked afresh = all[i];
    afresh.call.terms = std::make_shared<const Terms>(*all[i].call.terms);
    EXPECT_EQ(again[i], Told(afresh)) << i;
  }
  EXPECT_NE(again[0], again[1]);
  EXPECT_NE(again[0], again[22]);
}

TEST_F(AskedAgainTest, TheRecipientIsToldWhatTheRulesSayToTheseTerms) {
  Asked usual = Usual();
  usual.record.signal = &usual.signal;
  const Answer sent =
      AskRelease(usual.call, {.record = usual.record, .recipient = &node_.member(kCity)});
  peer::v1::Terms whole;
  const auto& schema = usual.call.terms->packs.schema();
  for (const auto& value : sent.attributes) {
    const auto id = schema.FindAttribute(value.name());
    if (schema.attributes[*id].SourceOn(policies::Side::kAccept) == policies::Source::kOffer) {
      *whole.add_attributes() = value;
    }
  }
  std::sort(whole.mutable_attributes()->begin(), whole.mutable_attributes()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  for (const auto& joined : sent.decision.obligations) {
    whole.mutable_conditions()->add_obligations(policies::ObligationText(joined.obligation));
  }
  std::vector<peer::v1::Terms> offered = {whole};
  // What the sender does not promise to the contributor is nobody's to carry out.
  offered.emplace_back(whole).mutable_conditions()->clear_obligations();
  for (int i = 0; i < whole.attributes_size(); ++i) {
    offered.emplace_back(whole).mutable_attributes()->DeleteSubrange(i, 1);
    offered.emplace_back(whole).mutable_attributes(i)->set_value("false");
  }
  const auto told = [&](const peer::v1::Terms& terms, const Call& call, const char* sender) {
    return TextOf(AskAccept(
        call,
        {.terms = &terms, .sender = &node_.member(sender), .role = "maatschappelijk-werker"}));
  };
  for (const char* sender : {kCity, kPolice}) {
    for (const peer::v1::Terms& terms : offered) told(terms, usual.call, sender);
  }
  for (const char* sender : {kCity, kPolice}) {
    std::vector<std::string> again;
    for (const peer::v1::Terms& terms : offered) again.push_back(told(terms, usual.call, sender));
    for (size_t i = 0; i < offered.size(); ++i) {
      Call afresh = usual.call;
      afresh.terms = std::make_shared<const Terms>(*usual.call.terms);
      EXPECT_EQ(again[i], told(offered[i], afresh, sender)) << i << " " << sender;
    }
  }
}

TEST_F(AskedAgainTest, AnIntegerIsRepeatedAsThisSenderWroteItAndNotAsAnEarlierOneDid) {
  Asked usual = Usual();
  usual.record.signal = &usual.signal;
  const Answer sent =
      AskRelease(usual.call, {.record = usual.record, .recipient = &node_.member(kCity)});
  peer::v1::Terms terms;
  const auto& schema = usual.call.terms->packs.schema();
  for (const auto& value : sent.attributes) {
    const auto id = schema.FindAttribute(value.name());
    if (schema.attributes[*id].SourceOn(policies::Side::kAccept) == policies::Source::kOffer) {
      *terms.add_attributes() = value;
    }
  }
  std::sort(terms.mutable_attributes()->begin(), terms.mutable_attributes()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  const auto age =
      std::find_if(terms.mutable_attributes()->begin(), terms.mutable_attributes()->end(),
                   [](const auto& one) { return one.name() == "record.age_days"; });
  ASSERT_NE(age, terms.mutable_attributes()->end());
  for (const char* written : {"007", "7", "07", "7", "0", "-0", "00", "0"}) {
    age->set_value(written);
    const Answer told = AskAccept(
        usual.call,
        {.terms = &terms, .sender = &node_.member(kCity), .role = "maatschappelijk-werker"});
    const auto repeated =
        std::find_if(told.attributes.begin(), told.attributes.end(),
                     [](const auto& one) { return one.name() == "record.age_days"; });
    ASSERT_NE(repeated, told.attributes.end());
    EXPECT_EQ(repeated->value(), written);
  }
}

}  // namespace
}  // namespace sluis::core
