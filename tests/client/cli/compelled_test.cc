#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/cli/compelled_file.h"
#include "client/cli/signal_commands.h"
#include "client/lib/own_files.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CompelledFileTest : public testing::Test {
 protected:
  CompelledFileTest() {
    order_.set_reference("MEC 2026/114");
    order_.set_authority("onderzoeksrechter, afdeling Vaartland");
    handed_.set_organisation("lindervaart.example");
    handed_.set_handed_over_at_us(kTestNow * 1000000ull);
    handed_.mutable_log_receipt()->set_leaf_hash(std::string(32, '\xab'));
    record::v1::SignalView& view = *handed_.mutable_view();
    view.set_record_id(std::string(16, '\x11'));
    view.set_version(1);
    view.set_state(record::v1::RECORD_STATE_OPEN);
    view.set_retention_until("2026-05-20");
    view.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
    auto* statement = view.mutable_content()->add_statements();
    statement->set_assertion(record::v1::ASSERTION_FACT);
    statement->set_text("Komt niet meer naar de les.");
    view.add_granted_fields("statements");
    record::v1::ReceivedTerms& terms = *view.mutable_received();
    terms.set_organisation("caw-de-overzet.example");
    terms.set_exchange_id(std::string(16, '\x22'));
    terms.set_role("maatschappelijk-werker");
    terms.set_onward_asks_sender(true);
    terms.add_obligations("retention=P180D");
  }
  std::string Text(client::Language language = client::Language::kDutch) {
    return CompelledFile(shell_.In(language), order_, handed_);
  }

  node::v1::ExportCompelledRequest order_;
  node::v1::ExportCompelledResponse handed_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Shell shell_{{in_, out_, err_, "", [] { return kTestNow; }}, client::Language::kFrench};
};

TEST_F(CompelledFileTest, TheOrderAndTheMarksStandAtTheTop) {
  handed_.mutable_view()->mutable_marks()->set_no_evidence(true);
  handed_.mutable_view()->mutable_marks()->set_no_onward(true);
  handed_.mutable_view()->mutable_marks()->set_secret(true);
  const std::string text = Text();
  EXPECT_THAT(text, StartsWith("AFGEGEVEN OP BEVEL VAN EEN OVERHEID\n"
                               "Op bevel van onderzoeksrechter, afdeling Vaartland, referentie MEC "
                               "2026/114, op 21/11/2025 17:00 afgegeven door lindervaart.example.\n"
                               "Deze merken gaan mee en gelden ook voor wie dit ontvangt:\n"
                               "- TLP amber.\n"
                               "- Opgetekend onder beroepsgeheim.\n"
                               "- Niet als bewijs te gebruiken"));
  EXPECT_THAT(text, HasSubstr("\n- Niet verder door te geven.\n"));
  EXPECT_LT(text.find("Niet verder door te geven."), text.find("Komt niet meer"));
}

TEST_F(CompelledFileTest, ItSaysWhereItCameFromOnWhatTermsAndUntilWhenItIsKept) {
  EXPECT_THAT(Text(), AllOf(HasSubstr("caw-de-overzet.example"), HasSubstr(std::string(32, '2')),
                            HasSubstr("hoogstens 180 dagen bewaren"), HasSubstr("2026-05-20"),
                            HasSubstr("feit: Komt niet meer naar de les.\n"),
                            HasSubstr("Afgegeven velden: feit.")));
  EXPECT_THAT(Text(), HasSubstr("Opgetekend in het log van lindervaart.example: abab"));
  handed_.mutable_view()->clear_received();
  EXPECT_THAT(Text(), HasSubstr("Opgetekend bij lindervaart.example zelf.\n"));
}

TEST_F(CompelledFileTest, MarksThatWereNotSetAreNotSaid) {
  EXPECT_THAT(Text(), AllOf(Not(HasSubstr("als bewijs")), Not(HasSubstr("beroepsgeheim")),
                            Not(HasSubstr("door te geven")), Not(HasSubstr("teruggenomen"))));
  handed_.mutable_view()->mutable_received()->add_obligations("no_evidence=true");
  handed_.mutable_view()->mutable_received()->set_onward_none(true);
  handed_.mutable_view()->set_state(record::v1::RECORD_STATE_WITHDRAWN);
  EXPECT_THAT(Text(), AllOf(HasSubstr("- Niet als bewijs"), HasSubstr("- Niet verder door"),
                            HasSubstr("teruggenomen")))
      << "what was signed for is a mark too";
}

TEST_F(CompelledFileTest, NothingTypedPassesForALineOfTheFile) {
  order_.set_reference("1\n- Vrij te gebruiken.\x1b[2J");
  EXPECT_THAT(Text(), AllOf(Not(HasSubstr("\n- Vrij")), Not(HasSubstr("\x1b"))));
}

// The form of a received signal, written down anew, made an own signal without the terms that were
// signed for.
TEST_F(CompelledFileTest, TheFormOfAReceivedSignalLostItsTerms) {
  const tests::TempFolder folder;
  const std::string form = folder.PathOf("form.yaml");
  node::v1::OpenSignalResponse opened;
  *opened.mutable_view() = handed_.view();
  EXPECT_EQ(ShowOpened(shell_, opened, form), Exit::kRefused);
  EXPECT_FALSE(client::Exists(form));
  EXPECT_EQ(ShowOpened(shell_, opened, {}), Exit::kDone);
  opened.mutable_view()->clear_received();
  EXPECT_EQ(ShowOpened(shell_, opened, form), Exit::kDone);
  EXPECT_TRUE(client::Exists(form));
}

std::vector<std::string> Order(std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"signal",
                                    "export",
                                    "4f0c9a1be2d37788a0b1c2d3e4f50617",
                                    "--reference",
                                    "2026/114",
                                    "--authority",
                                    "onderzoeksrechter",
                                    "--scope",
                                    "alles",
                                    "--case",
                                    "INTAKE",
                                    "--role",
                                    "casemanager",
                                    "--purpose",
                                    "gerechtelijk-bevel",
                                    "--basis",
                                    "be-gerechtelijk-bevel"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class CompelledCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(client::MakePrivateFolder(folder_.PathOf("an")).has_value());
    ASSERT_FALSE(client::WriteNew(folder_.PathOf("an/profile.yaml"),
                                  "organisation: caw.example\nuser: an\n",
                                  client::FileMode::kPrivate)
                     .has_value());
  }
  Ended Run(std::vector<std::string> more, const std::string& input = "") {
    return RunSluis(Order(std::move(more)), input, folder_.path());
  }
  const tests::TempFolder folder_;
  const std::string out_ = folder_.PathOf("bevel.txt");
};

TEST_F(CompelledCommandTest, AnExportWithoutAnOrderIsNone) {
  EXPECT_NE(Run({"--out", out_, "--yes"}).exit, Exit::kDone) << "nobody was asked";
  EXPECT_FALSE(client::Exists(out_));
  for (const char* option : {"--reference", "--authority", "--scope", "--out"}) {
    std::vector<std::string> words = Order({"--compelled", "--out", out_});
    const auto at = std::find(words.begin(), words.end(), option);
    words.erase(at, at + 2);
    const Ended without = RunSluis(words, "", folder_.path());
    EXPECT_EQ(without.exit, Exit::kUsage);
    EXPECT_THAT(without.err, StartsWith(std::string(option) + " ontbreekt"));
  }
}

TEST_F(CompelledCommandTest, WhatIsTypedWrongIsSaidBeforeAnythingIsAsked) {
  EXPECT_THAT(Run({"--compelled", "--out", out_, "--scope", "schoenmaat"}).err,
              HasSubstr("is geen veld"));
  EXPECT_THAT(Run({"--compelled", "--out", out_, "--barred-until", "morgen"}).err,
              HasSubstr("--barred-until"));
  ASSERT_FALSE(client::WriteNew(out_, "x", client::FileMode::kPrivate).has_value());
  EXPECT_THAT(Run({"--compelled", "--out", out_}).err, HasSubstr("bestaat al"));
}

TEST_F(CompelledCommandTest, WhoSaysNoHandsNothingOver) {
  const Ended no = Run({"--compelled", "--out", out_, "--barred-until", "01/03/2027"}, "nee\n");
  EXPECT_EQ(no.exit, Exit::kUsage);
  EXPECT_THAT(no.err, AllOf(HasSubstr("onderzoeksrechter"), HasSubstr("pas na 2027-03-01"),
                            HasSubstr("niets verzonden")));
  EXPECT_FALSE(client::Exists(out_));
}

TEST_F(CompelledCommandTest, NoFileIsLeftWhenTheNodeWasNotAsked) {
  EXPECT_NE(Run({"--compelled", "--out", out_, "--yes"}).exit, Exit::kDone);
  EXPECT_FALSE(client::Exists(out_));
}

}  // namespace
}  // namespace sluis::cli
