#include "client/cli/share_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/cli/signal_view.h"
#include "client/lib/to_json.h"
#include "tests/client/cli/run_sluis.h"

namespace sluis::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kSecond = 1000000;

class ShareViewTest : public testing::Test {
 protected:
  ShareViewTest() {
    asked_.set_recipient("lindervaart.example");
    record::v1::SignalContent& content = *preview_.mutable_content();
    auto* statement = content.add_statements();
    statement->set_assertion(record::v1::ASSERTION_FACT);
    statement->set_text("Komt niet meer naar de les.");
    content.set_place("Vaartland");
    content.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
    for (const char* name : {"place", "statements", "subject_kind"}) preview_.add_fields(name);
    preview_.add_reduced_fields("place:generalise=municipality");
    preview_.add_reduced_fields("age_band:remove");
    preview_.add_obligations("retention=P180D");
    preview_.set_retention_until("2026-05-20");
    preview_.set_due_at_us((kTestNow + 4 * 3600) * kSecond);
    preview_.set_tell_contributor_until("2025-12-05");
    preview_.add_warnings("statements");
    preview_.set_version(2);
    // A serialised Conditions: TLP amber, not to be passed on.
    preview_.set_conditions("\x0a\x04\x08\x03\x20\x01");
  }
  std::string Lines() { return PreviewLines(shell_, asked_, preview_); }

  node::v1::PreviewShareRequest asked_;
  node::v1::PreviewShareResponse preview_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Shell shell_{{in_, out_, err_, "", [] { return kTestNow; }}, client::Language::kDutch};
};

// A signal about the wrong person was taken back, "wordt niet meer gelezen" it said, and every copy
// that partners had opened stayed readable.
TEST_F(ShareViewTest, ASignalTakenBackHereNamesWhoeverCanStillReadIt) {
  node::v1::ListSentResponse shares;
  EXPECT_EQ(LeftOpenLines(shell_, "0a0b", shares), "");
  EXPECT_EQ(LeftOpenJson(shares), Json::array());
  for (int state = record::v1::SentState_MIN; state <= record::v1::SentState_MAX; ++state) {
    auto* sent = shares.add_sent();
    sent->set_state(static_cast<record::v1::SentState>(state));
    sent->set_recipient("p" + std::to_string(state) + ".example");
    sent->set_exchange_id("\x0c");
  }
  *shares.add_sent() = shares.sent(record::v1::SENT_STATE_OPENED);  // said once for each partner
  const auto line = [](record::v1::SentState state) {
    const std::string to = "p" + std::to_string(state) + ".example";
    return to + " kan het nog altijd lezen. Neem het ook daar terug: sluis signal withdraw 0a0b " +
           "--from " + to + " --reason \"…\"\n";
  };
  EXPECT_EQ(LeftOpenLines(shell_, "0a0b", shares),
            line(record::v1::SENT_STATE_RELEASED) + line(record::v1::SENT_STATE_OPENED));
  const Json json = LeftOpenJson(shares);
  ASSERT_EQ(json.size(), 3U);
  EXPECT_EQ(json[0]["state"], "released");
  EXPECT_EQ(json[1]["state"], "opened");
  EXPECT_EQ(json[1]["exchange_id"], "0c");
  EXPECT_EQ(json[1]["recipient"], "p4.example");
  for (const auto& one : json) {
    node::v1::SentSummary sent;
    sent.set_state(one["state"] == "opened" ? record::v1::SENT_STATE_OPENED
                                            : record::v1::SENT_STATE_RELEASED);
    EXPECT_TRUE(CanBeTakenBack(sent));
  }
}

TEST_F(ShareViewTest, WhatThePartnerWasCompelledToHandOverIsSaid) {
  node::v1::SentSummary sent;
  sent.set_state(record::v1::SENT_STATE_OPENED);
  EXPECT_THAT(SentLine(shell_, sent), Not(HasSubstr("bevel")));
  auto* once = sent.add_handed_over();
  once->set_at_s(kTestNow);
  once->add_scope("place");
  once->add_scope("statements");
  EXPECT_THAT(SentLine(shell_, sent),
              HasSubstr("op bevel van een overheid afgegeven door de partner op 21/11/2025 17:00: "
                        "wijk, feit"));
  once->set_barred(true);
  EXPECT_THAT(SentLine(shell_, sent), HasSubstr("wat die pas later mocht zeggen: wijk, feit"));
}

TEST_F(ShareViewTest, ThePreviewSaysWhatTravelsWhatStaysAndOnWhatConditions) {
  const std::string lines = Lines();
  EXPECT_THAT(lines, HasSubstr("Dit zou lindervaart.example krijgen (versie 2):\n"));
  EXPECT_THAT(lines, HasSubstr("feit: Komt niet meer naar de les.\n"));
  EXPECT_THAT(lines, HasSubstr("wijk: Vaartland\n"));
  EXPECT_THAT(lines, HasSubstr("Grover gemaakt: wijk (gemeente)\n"));
  EXPECT_THAT(lines, HasSubstr("Voorwaarden: hoogstens 180 dagen bewaren\n"));
  EXPECT_THAT(lines, HasSubstr("Merken: TLP amber, niet verder delen\n"));
  EXPECT_THAT(lines, HasSubstr("hoogstens tot 2026-05-20."));
  EXPECT_THAT(lines, HasSubstr("Vertrekt vanaf 21/11/2025 21:00."));
  EXPECT_THAT(lines, HasSubstr("Licht de inbrenger in, uiterlijk op 2025-12-05."));
  EXPECT_THAT(lines, HasSubstr("Kijk nog eens naar feit:"));
  const std::string stays = LeftBehind(preview_);
  for (const char* field : {"verwijzing", "inbrenger", "leeftijd", "cliënt_akkoord"}) {
    EXPECT_THAT(stays, HasSubstr(field));
  }
  EXPECT_THAT(stays, Not(HasSubstr("wijk")));
  EXPECT_THAT(stays, Not(HasSubstr("cliënt_ingelicht_reden"))) << "it belongs to the answer";
  EXPECT_THAT(lines, HasSubstr("Blijft hier: " + stays + "\n"));
}

TEST_F(ShareViewTest, ThePreviewShowsNothingThatIsNotSigned) {
  // What nobody named, marks that are no fields, and an answer that nobody gave.
  preview_.mutable_content()->set_positive_development("werkt weer");
  const std::string lines = Lines();
  EXPECT_THAT(lines, Not(HasSubstr("werkt weer")));
  EXPECT_THAT(lines, Not(HasSubstr("minderjarig: ")));
  EXPECT_THAT(lines, Not(HasSubstr("beroepsgeheim: ")));
  EXPECT_THAT(lines, Not(HasSubstr("geen_bewijs: ")));
  preview_.add_fields("minor");
  EXPECT_THAT(Lines(), HasSubstr("minderjarig: nee\n"));
}

TEST_F(ShareViewTest, ThePreviewSaysThatWhoItIsGoesAlong) {
  EXPECT_THAT(Lines(), Not(HasSubstr("ook wie het is")));
  preview_.mutable_identity()->set_surname("Ouwelandse");
  EXPECT_THAT(Lines(), Not(HasSubstr("Ouwelandse"))) << "it would not be signed";
  preview_.add_fields("identity");
  EXPECT_THAT(Lines(), HasSubstr("Let op: ook wie het is, gaat mee.\n"));
  EXPECT_THAT(Lines(), HasSubstr("achternaam: Ouwelandse\n"));
}

TEST_F(ShareViewTest, ThePreviewSaysByWhatThePersonIsKnownAgainThere) {
  EXPECT_THAT(Lines(), Not(HasSubstr("merkteken")));
  preview_.add_tag_kinds("name-date");
  preview_.add_tag_kinds("nieuw\x1b[31m");
  EXPECT_THAT(Lines(), HasSubstr("merkteken van de persoon gaat mee (volledige naam en "
                                 "geboortedatum, nieuw"));
  EXPECT_THAT(Lines(), Not(HasSubstr("\x1b")));
}

TEST_F(ShareViewTest, ASignalThatCameInNamesOthersAboutTheSamePerson) {
  node::v1::ReceivedSummary received;
  EXPECT_EQ(SamePersonLines(shell_, received.same_person()), "");
  node::v1::SamePerson& same = *received.add_same_person();
  same.set_record_id("\x0a\x0b");
  same.set_sender("caw.example");
  same.add_kinds("be-nrn");
  EXPECT_EQ(SamePersonLines(shell_, received.same_person()),
            "  dezelfde persoon als 0a0b van caw.example, volgens wat de afzenders meegaven "
            "(rijksregisternummer)\n");
}

TEST_F(ShareViewTest, EveryStateOfAShareIsSaidInWords) {
  node::v1::SentSummary sent;
  sent.set_exchange_id(std::string(16, '\1'));
  sent.set_record_id(std::string(16, '\2'));
  sent.set_recipient("lindervaart.example");
  sent.set_due_at_us(kTestNow * kSecond);
  sent.set_expires_at_s(kTestNow + 3600);
  sent.set_retention_until("2026-05-20");
  std::set<std::string> seen;
  const auto& states = *google::protobuf::GetEnumDescriptor<record::v1::SentState>();
  for (int i = 0; i < states.value_count(); ++i) {
    sent.set_state(static_cast<record::v1::SentState>(states.value(i)->number()));
    const std::string line = SentLine(shell_, sent);
    EXPECT_THAT(line, Not(HasSubstr("sent.state."))) << "no text for this state";
    seen.insert(line);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(states.value_count()));
  sent.set_state(record::v1::SENT_STATE_COOLING_OFF);
  sent.set_tell_contributor_until("2025-12-05");
  EXPECT_THAT(SentLine(shell_, sent),
              EndsWith("lindervaart.example  in bedenktijd: vertrekt vanaf 21/11/2025 17:00  "
                       "inbrenger inlichten uiterlijk 2025-12-05"));
  sent.set_state(record::v1::SENT_STATE_REFUSED);
  sent.set_reason("rule");
  EXPECT_THAT(SentLine(shell_, sent), HasSubstr("(de regels laten het niet toe)"));
  sent.set_reason("newer\x1B[2J");
  EXPECT_THAT(SentLine(shell_, sent), HasSubstr("(newer?[2J)"));
}

// Refused, never answered: as if the partner had nothing of what it was given the key of.
TEST_F(ShareViewTest, AnEndAfterTheKeySaidThatThePartnerHasNothing) {
  node::v1::SentSummary sent;
  for (const auto state : {record::v1::SENT_STATE_REFUSED, record::v1::SENT_STATE_UNOPENABLE,
                           record::v1::SENT_STATE_EXPIRED}) {
    sent.set_state(state);
    sent.set_partner_may_have_it(true);
    EXPECT_TRUE(MayBeThereStill(sent)) << "and so it can be taken back";
    EXPECT_THAT(SentLine(shell_, sent), HasSubstr("de partner kan het hebben"));
    sent.set_partner_may_have_it(false);
    EXPECT_FALSE(MayBeThereStill(sent));
    EXPECT_THAT(SentLine(shell_, sent), Not(HasSubstr("kan het hebben")));
  }
  sent.set_state(record::v1::SENT_STATE_WITHDRAWN);
  sent.set_partner_may_have_it(true);
  EXPECT_FALSE(MayBeThereStill(sent)) << "it was told";
}

TEST_F(ShareViewTest, WhatCameInIsNamedByWhatOpensIt) {
  node::v1::ReceivedSummary received;
  received.set_exchange_id(std::string(16, '\1'));
  received.set_sender("caw-de-overzet.example");
  received.set_received_at_us(kTestNow * kSecond);
  received.set_retention_until("2026-05-20");
  received.set_tlp(record::v1::TLP_AMBER);
  const auto& states = *google::protobuf::GetEnumDescriptor<record::v1::ReceivedState>();
  for (int i = 0; i < states.value_count(); ++i) {
    received.set_state(static_cast<record::v1::ReceivedState>(states.value(i)->number()));
    EXPECT_THAT(ReceivedLine(shell_, received), Not(HasSubstr("received.state.")));
  }
  received.set_state(record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(ReceivedLine(shell_, received),
            "01010101010101010101010101010101  2025-11-21  caw-de-overzet.example    amber  "
            "aanvaard, wacht op de sleutel  bewaard tot 2026-05-20");
  received.set_state(record::v1::RECEIVED_STATE_OPENED);
  received.set_record_id(std::string(16, '\2'));
  EXPECT_THAT(ReceivedLine(shell_, received), HasSubstr("02020202020202020202020202020202  "));
}

TEST_F(ShareViewTest, AReceivedSignalIsShownWithTheTermsOnWhichItIsHeld) {
  record::v1::SignalView view;
  EXPECT_THAT(ViewLines(shell_, view), Not(HasSubstr("Ontvangen van")));
  record::v1::ReceivedTerms& terms = *view.mutable_received();
  terms.set_organisation("caw-de-overzet.example");
  terms.set_role("maatschappelijk-werker");
  terms.set_opened_at_us(kTestNow * kSecond);
  EXPECT_THAT(ViewLines(shell_, view), Not(HasSubstr("erder delen")));
  terms.set_onward_none(true);
  terms.add_obligations("log=full");
  terms.add_reduced_fields("place:generalise=municipality");
  std::string lines = ViewLines(shell_, view);
  EXPECT_THAT(lines, HasSubstr("Ontvangen van caw-de-overzet.example (maatschappelijk-werker), te "
                               "lezen sinds 21/11/2025 17:00."));
  EXPECT_THAT(lines, HasSubstr("Niet verder delen."));
  EXPECT_THAT(lines, HasSubstr("Voorwaarden: volledig opgetekend in het log\n"));
  EXPECT_THAT(lines, HasSubstr("Grover gemaakt: wijk (gemeente)"));
  terms.set_onward_none(false);
  terms.set_onward_asks_sender(true);
  terms.set_onward_tlp_max(record::v1::TLP_GREEN);
  lines = ViewLines(shell_, view);
  EXPECT_THAT(lines,
              HasSubstr("Verder delen kan alleen nadat caw-de-overzet.example het toelaat."));
  EXPECT_THAT(lines, HasSubstr("hoogstens als TLP green"));
}

}  // namespace
}  // namespace sluis::cli
