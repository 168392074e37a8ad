#include "client/cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "client/lib/own_files.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(RunTest, NoCommandShowsHelpAsAMistake) {
  const Ended ended = RunSluis({});
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("signal"));
  EXPECT_EQ(RunSluis({"signal"}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"--help"}).exit, Exit::kDone);
}

TEST(RunTest, SaysWhatWasTypedWrong) {
  const Ended unknown = RunSluis({"signal", "record", "--naam", "x"});
  EXPECT_EQ(unknown.exit, Exit::kUsage);
  EXPECT_EQ(unknown.err,
            "Niet bekend bij «sluis signal record»: --naam x. Zie: sluis signal record --help\n");
  EXPECT_THAT(RunSluis({"signaal"}).err, HasSubstr("signaal"));
  EXPECT_THAT(RunSluis({"signal", "open"}).err, StartsWith("id ontbreekt"));
  EXPECT_THAT(RunSluis({"log", "query"}).err, StartsWith("--reason ontbreekt"));
  EXPECT_THAT(RunSluis({"log", "query", "--reason"}).err, HasSubstr("ontbreekt de waarde"));
}

TEST(RunTest, SpeaksTheLanguageAskedEverywhere) {
  EXPECT_THAT(RunSluis({"--lang", "fr", "signal", "open"}).err, StartsWith("id manque"));
  EXPECT_THAT(RunSluis({"signal", "open", "--lang=en"}).err, StartsWith("id is missing"));
  EXPECT_THAT(RunSluis({"signal", "--lang", "en", "--help"}).out, HasSubstr("Usage:"));
  EXPECT_EQ(RunSluis({"signal", "open", "--lang", "de"}).exit, Exit::kUsage);
}

TEST(RunTest, TheProfileMayChooseTheLanguage) {
  const tests::TempFolder folder;
  ASSERT_FALSE(client::MakePrivateFolder(folder.PathOf("an")).has_value());
  ASSERT_FALSE(client::WriteNew(folder.PathOf("an/profile.yaml"),
                                "organisation: caw.example\nuser: an\nlanguage: fr\n",
                                client::FileMode::kPrivate)
                   .has_value());
  EXPECT_THAT(RunSluis({"signal", "open"}, "", folder.path()).err, StartsWith("id manque"));
  EXPECT_THAT(RunSluis({"signal", "open", "--lang", "nl"}, "", folder.path()).err,
              StartsWith("id ontbreekt"));
  const Ended no_certificate = RunSluis({"node", "status"}, "", folder.path());
  EXPECT_EQ(no_certificate.exit, Exit::kUsage);
  EXPECT_THAT(no_certificate.err, HasSubstr("sluis user install"));
}

// A mistyped number was refused only after preview, "ja" and signature.
TEST(RunTest, ANumberToCorrectIsReadBeforeAnythingIsAsked) {
  const std::string id(32, 'a');
  const std::vector<std::string> share = {"signal", "share",       id,
                                          "--to",   "caw.example", "--corrects"};
  std::vector<std::string> wrong = share;
  wrong.insert(wrong.end(), {id + "b", "--json"});
  EXPECT_EQ(Json::parse(RunSluis(wrong).out)["error"]["kind"], "id.bad");
  std::vector<std::string> right = share;
  right.insert(right.end(), {id, "--json"});
  EXPECT_EQ(Json::parse(RunSluis(right).out)["error"]["kind"], "profile.none");
}

TEST(RunTest, WithoutProfileEveryCallSaysHowToBegin) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"node", "status"},
                                             {"node", "doctor"},
                                             {"partnership", "show"},
                                             {"user", "list"},
                                             {"signal", "list", "--case", "INTAKE"},
                                             {"signal", "sent", "--case", "INTAKE"},
                                             {"inbox", "list", "--case", "INTAKE"},
                                             {"log", "checkpoint"}}) {
    const Ended ended = RunSluis(arguments);
    EXPECT_EQ(ended.exit, Exit::kUsage);
    EXPECT_THAT(ended.err, HasSubstr("sluis user request"));
    std::vector<std::string> json = arguments;
    json.push_back("--json");
    const auto parsed = Json::parse(RunSluis(json).out);
    EXPECT_EQ(parsed["error"]["exit"], 2);
    EXPECT_EQ(parsed["error"]["kind"], "profile.none");
  }
}

class AskingTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(client::MakePrivateFolder(folder_.PathOf("an")).has_value());
    ASSERT_FALSE(client::WriteNew(folder_.PathOf("an/profile.yaml"),
                                  "organisation: caw.example\nuser: an\nrole: r\npurpose: p\n"
                                  "basis: b\nsecrecy_regime: true\n",
                                  client::FileMode::kPrivate)
                     .has_value());
  }
  Ended Sluis(const std::vector<std::string>& arguments, const std::string& input) {
    return RunSluis(arguments, input, folder_.path());
  }
  tests::TempFolder folder_;
};

TEST_F(AskingTest, RecordAsksFieldByFieldAndShowsBeforeItSends) {
  // A required field is asked again; fields of a person are not asked for a place; lists end with
  // an empty line.
  const Ended ended = Sluis({"signal", "record", "--case", "INTAKE"},
                            "\n3/11/2025\nHeikant\nplaats\nfenomeen\nonline\ntegengekomen\n"
                            "een feit\n\n\n\nrisico een\nrisico twee\n\nsterkte\n\n\n\n"
                            "geen\ntelefoon\n\namber\nja\n\n\n\nnee\n");
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr("datum: 2025-11-03\nwijk: Heikant\nover: plaats\n"));
  EXPECT_THAT(ended.err,
              HasSubstr("risico: risico een\nrisico: risico twee\nbescherming: sterkte"));
  EXPECT_THAT(ended.err, HasSubstr("Er is niets verzonden."));
  EXPECT_EQ(ended.out, "");
}

TEST_F(AskingTest, WhatIsWrongIsNamedByField) {
  const std::vector<std::string> arguments = {"signal", "record", "--case",  "INTAKE",
                                              "--over", "plaats", "--datum", "3/11/25"};
  const Ended ended = Sluis(arguments, "");
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr("veld datum: Dit is geen dag."));
  std::vector<std::string> json = arguments;
  json.push_back("--json");
  EXPECT_EQ(Json::parse(Sluis(json, "").out)["error"]["remarks"][0]["field"], "datum");
}

TEST_F(AskingTest, ClosingTheKeyboardSendsNothing) {
  EXPECT_EQ(Sluis({"signal", "record", "--case", "INTAKE"}, "3/11/2025\n").exit, Exit::kUsage);
}

TEST_F(AskingTest, WhatIsNeitherOptionNorProfileIsAskedForByName) {
  EXPECT_THAT(Sluis({"signal", "list"}, "").err, StartsWith("--case ontbreekt"));
}

TEST_F(AskingTest, ATableThatIsRefusedSaysWhere) {
  ASSERT_FALSE(
      client::WriteNew(folder_.PathOf("t.csv"), "datum;kleur\n1;2\n", client::FileMode::kPublic)
          .has_value());
  const Ended ended =
      Sluis({"signal", "import", folder_.PathOf("t.csv"), "--case", "INTAKE", "--yes"}, "");
  EXPECT_EQ(ended.exit, Exit::kUsage);
  EXPECT_THAT(ended.err, HasSubstr("regel 1, veld kleur: De kolom «kleur» is niet bekend."));
}

// No bulk import of persons: not by the names of the form, not by those of other lists.
TEST_F(AskingTest, ATableBringsInNoPersons) {
  for (const char* column : {"achternaam", "Rijksregisternummer", "naam", "geboortedatum"}) {
    const tests::TempFolder folder;
    ASSERT_FALSE(client::WriteNew(folder.PathOf("t.csv"), std::string(column) + ";datum\n1;2\n",
                                  client::FileMode::kPublic)
                     .has_value());
    const Ended ended =
        Sluis({"signal", "import", folder.PathOf("t.csv"), "--case", "INTAKE", "--yes"}, "");
    EXPECT_EQ(ended.exit, Exit::kUsage) << column;
    EXPECT_THAT(ended.err, HasSubstr(std::string("de kolom «") + column + "» noemt personen"));
  }
}

TEST_F(AskingTest, WhoItIsAboutIsShownBeforeItIsSentAndOnlyForAPerson) {
  std::vector<std::string> arguments = {"signal",
                                        "record",
                                        "--case",
                                        "INTAKE",
                                        "--datum",
                                        "3/11/2025",
                                        "--over",
                                        "persoon",
                                        "--verwijzing",
                                        "DO-1",
                                        "--leeftijd",
                                        "25-39",
                                        "--categorie",
                                        "fenomeen",
                                        "--onlife",
                                        "online",
                                        "--bronwijze",
                                        "tegengekomen",
                                        "--feit",
                                        "een feit",
                                        "--grens",
                                        "geen",
                                        "--kanaal",
                                        "telefoon",
                                        "--tlp",
                                        "amber",
                                        "--client-ingelicht",
                                        "ja",
                                        "--client-akkoord",
                                        "ja",
                                        "--achternaam",
                                        "Ouwelandse",
                                        "--geboren",
                                        "03/1985",
                                        "--geslacht",
                                        "vrouw"};
  const Ended shown = Sluis(arguments, "nee\n");
  EXPECT_EQ(shown.exit, Exit::kUsage);
  EXPECT_THAT(shown.err, HasSubstr("betrokkene (apart verzegeld):\nachternaam: Ouwelandse\n"
                                   "geboren: 03/1985\ngeslacht: vrouw\n"));
  EXPECT_THAT(shown.err, HasSubstr("Er is niets verzonden."));
  std::vector<std::string> place = arguments;
  place[7] = "plaats";
  EXPECT_THAT(Sluis(place, "").err, HasSubstr("veld achternaam: Dit kan alleen ingevuld zijn als "
                                              "het over een persoon gaat."));
  arguments.back() = "x";
  EXPECT_THAT(Sluis(arguments, "").err, HasSubstr("veld geslacht: "));
  // The same from a file.
  ASSERT_FALSE(client::WriteNew(folder_.PathOf("s.yaml"), "over: plaats\nachternaam: Ouwelandse\n",
                                client::FileMode::kPrivate)
                   .has_value());
  EXPECT_THAT(
      Sluis({"signal", "record", "--case", "INTAKE", "--file", folder_.PathOf("s.yaml")}, "").err,
      HasSubstr("veld achternaam: "));
}

TEST_F(AskingTest, WhoItIsAboutIsEitherGivenOrRemovedAndInNoForm) {
  const std::string id(32, 'a');
  EXPECT_THAT(Sluis({"signal", "amend", id, "--case", "INTAKE", "--reason", "verkeerde persoon",
                     "--achternaam", "X", "--remove-identity"},
                    "")
                  .err,
              HasSubstr("niet allebei"));
  EXPECT_THAT(
      Sluis({"signal", "open", id, "--case", "INTAKE", "--identity", "--out", "f.yaml"}, "").err,
      HasSubstr("komt in geen formulier"));
}

TEST(InitTest, AsksWhatOptionsLeaveOpen) {
  const tests::TempFolder folder;
  const std::string packs = tests::InSources("/policies/packs/");
  const std::string answers = folder.PathOf("node") +
                              "\ncaw.example\nwelfare\n\n\n\nnode.caw.example:8443\n" + packs +
                              "statutory.be.yaml\n" + packs + "livc-r.vaartland.yaml\nit.beheer\n";
  const Ended ended = RunSluis({"node", "init"}, answers, folder.PathOf("profiles"));
  EXPECT_EQ(ended.exit, Exit::kDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(folder.PathOf("node/mandate/mandate.key")));
  const auto profile = client::ChooseProfile(folder.PathOf("profiles"), "");
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->node, "node.caw.example:8443");
  EXPECT_TRUE(profile->secrecy_regime) << "the usual answer for welfare";
  EXPECT_EQ(RunSluis({"node", "init", "--yes"}, "", folder.PathOf("p")).exit, Exit::kUsage);
  // The administrator's folder is there: nothing of a second node is made.
  const Ended again = RunSluis({"node", "init"}, "x" + answers, folder.PathOf("profiles"));
  EXPECT_EQ(again.exit, Exit::kUsage);
  EXPECT_FALSE(client::Exists("x" + folder.PathOf("node")));
}

class LogVerifyTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.PathOf(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  tests::TempFolder folder_;
};

TEST_F(LogVerifyTest, AFileThatIsNoExportIsAFinding) {
  const Ended ended = RunSluis({"log", "verify", Write("a", "geen log")});
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr("NIET in orde"));
  const auto json = Json::parse(RunSluis({"log", "verify", Write("a", "x"), "--json"}).out);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(RunSluis({"log", "verify", folder_.PathOf("nothing")}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "verify", Write("a", "x"), "--seen", folder_.PathOf("b")}).exit,
            Exit::kUsage);
}

TEST(ProofTest, AsksForOneOfTwoWays) {
  EXPECT_EQ(RunSluis({"log", "proof"}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "proof", "--file", "a", "--leaf-hash", "b"}).exit, Exit::kUsage);
  EXPECT_EQ(RunSluis({"log", "proof", "--file", "a"}).exit, Exit::kUsage);
}

}  // namespace
}  // namespace sluis::cli
