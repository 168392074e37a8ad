#include "client/cli/signal_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/signal_commands.h"
#include "client/lib/own_files.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignalViewTest : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Shell shell_{{in_, out_, err_, "", [] { return kTestNow; }}, client::Language::kDutch};
};

TEST_F(SignalViewTest, TextCannotCommandATerminalOrPassForAField) {
  EXPECT_EQ(Harmless("a\x1B[2Jb\tc\x7F"), "a?[2Jb?c?");
  EXPECT_EQ(Harmless("é 👍\n"), "é 👍\n");
  EXPECT_EQ(Harmless("a\xC2\x9B"
                     "b"),
            "a?b");
  record::v1::Signal signal;
  auto* statement = signal.mutable_content()->add_statements();
  statement->set_assertion(record::v1::ASSERTION_FACT);
  statement->set_text("een\ntlp: clear");
  EXPECT_THAT(SignalLines(shell_, signal), HasSubstr("feit: een\n  tlp: clear\n"));
}

// The node had logged a reading by then, and nobody had read anything.
TEST_F(SignalViewTest, AReceivedSignalOfWhichNoFormIsWrittenWasNotShown) {
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("formulier.yaml");
  node::v1::OpenSignalResponse answer;
  auto* statement = answer.mutable_view()->mutable_content()->add_statements();
  statement->set_assertion(record::v1::ASSERTION_FACT);
  statement->set_text("belde aan");
  answer.mutable_view()->mutable_received()->set_organisation("caw-de-overzet.example");
  EXPECT_EQ(ShowOpened(shell_, answer, path), Exit::kRefused);
  EXPECT_THAT(out_.str(), HasSubstr("feit: belde aan"));
  EXPECT_THAT(err_.str(), HasSubstr("geen formulier"));
  EXPECT_FALSE(client::Exists(path));
  // For a program the reading and why there is no file stand in one object.
  shell_.json = true;
  out_.str("");
  EXPECT_EQ(ShowOpened(shell_, answer, path), Exit::kRefused);
  const Json shown = Json::parse(out_.str(), nullptr, false);
  EXPECT_EQ(shown["error"]["kind"], "received.no_form") << out_.str();
  EXPECT_EQ(shown["view"]["content"]["statements"][0]["text"], "belde aan") << out_.str();
  // Of an own signal a form is written.
  shell_.json = false;
  answer.mutable_view()->clear_received();
  EXPECT_EQ(ShowOpened(shell_, answer, path), Exit::kDone);
  EXPECT_TRUE(client::Exists(path));
}

TEST_F(SignalViewTest, AMarkIsShownWithItsLimit) {
  record::v1::Signal signal;
  EXPECT_THAT(SignalLines(shell_, signal), Not(HasSubstr("gerechtelijke")));
  signal.mutable_marks()->set_no_evidence(true);
  EXPECT_THAT(
      SignalLines(shell_, signal),
      HasSubstr("Dit merk bindt de partners; het houdt geen gerechtelijke vordering tegen."));
}

TEST_F(SignalViewTest, SaysWhatWasWithheldAndThatItRemainsPersonalData) {
  record::v1::SignalView view;
  view.set_state(record::v1::RECORD_STATE_WITHDRAWN);
  view.add_reduced_fields("place:generalise=municipality");
  view.mutable_hold()->set_review_on("2026-12-01");
  view.set_hold_reason("klacht");
  const std::string lines = ViewLines(shell_, view);
  EXPECT_THAT(lines, HasSubstr("teruggenomen"));
  EXPECT_THAT(lines, HasSubstr("blijft een persoonsgegeven"));
  EXPECT_THAT(lines, HasSubstr("place:generalise=municipality"));
  EXPECT_THAT(lines, HasSubstr("opgeschort tot een nieuwe beoordeling op 2026-12-01: klacht"));
}

TEST_F(SignalViewTest, ARefusalSaysWhyAndWhatIsPossible) {
  auto refusal = std::make_shared<node::v1::RefusalDetail>();
  refusal->set_code("denied");
  auto* text = refusal->add_because();
  text->set_language("nl");
  text->set_text("dit kan niet omdat het beroepsgeheim geldt");
  refusal->set_nearest_rule("P-HULP");
  refusal->add_blocking_attributes("record.client_agrees");
  refusal->add_blocking_attributes("eigen.attribuut");
  EXPECT_EQ(shell_.Fail({Exit::kRefused, {"call.denied", {}}, refusal}), Exit::kRefused);
  EXPECT_EQ(
      err_.str(),
      "dit kan niet omdat het beroepsgeheim geldt\n"
      "Dit kan wel: regel P-HULP laat het toe als dit anders was: of de persoon akkoord gaat, "
      "eigen.attribuut.\n");
  shell_.json = true;
  shell_.Fail({Exit::kRefused, {"call.denied", {}}, refusal});
  const auto json = Json::parse(out_.str());
  EXPECT_EQ(json["error"]["exit"], 4);
  EXPECT_EQ(json["error"]["refusal"]["nearest_rule"], "P-HULP");
  EXPECT_EQ(json["error"]["refusal"]["blocking_attributes"][0], "record.client_agrees");
}

TEST_F(SignalViewTest, ARefusalDoesNotAdviseAnotherRoleOrTakingAMarkOff) {
  auto refusal = std::make_shared<node::v1::RefusalDetail>();
  refusal->set_code("denied");
  refusal->set_nearest_rule("P-HULP");
  refusal->add_blocking_attributes("actor.role");
  refusal->add_blocking_attributes("record.secret");
  shell_.Fail({Exit::kRefused, {"call.denied", {}}, refusal});
  EXPECT_THAT(err_.str(), HasSubstr("blijft zoals het is: uw rol, de geheimhouding.\n"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("als dit anders was")));
  err_.str("");
  refusal->add_blocking_attributes("basis");
  shell_.Fail({Exit::kRefused, {"call.denied", {}}, refusal});
  EXPECT_THAT(err_.str(),
              HasSubstr("Dit kan wel: regel P-HULP laat het toe als dit anders was: de "
                        "rechtsgrond.\nDat helpt alleen als dit niet in de weg staat, want dit "
                        "blijft zoals het is: uw rol, de geheimhouding.\n"));
}

}  // namespace
}  // namespace sluis::cli
