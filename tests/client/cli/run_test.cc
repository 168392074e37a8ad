#include "client/cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "client/lib/own_files.h"
#include "tests/client/cli/run_sluis.h"
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

TEST(RunTest, WithoutProfileEveryCallSaysHowToBegin) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"node", "status"},
                                             {"node", "doctor"},
                                             {"user", "list"},
                                             {"signal", "list", "--case", "INTAKE"},
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
