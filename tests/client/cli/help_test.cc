#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "client/cli/completion.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/places.h"

namespace sluis::cli {
namespace {

using ::testing::HasSubstr;

const std::vector<std::vector<std::string>>& AllCommands() {
  static const std::vector<std::vector<std::string>> commands = {{},
                                                                 {"node"},
                                                                 {"node", "init"},
                                                                 {"node", "status"},
                                                                 {"node", "doctor"},
                                                                 {"node", "renew"},
                                                                 {"node", "backup"},
                                                                 {"node", "restore"},
                                                                 {"exchange"},
                                                                 {"exchange", "status"},
                                                                 {"keys"},
                                                                 {"keys", "status"},
                                                                 {"keys", "generate"},
                                                                 {"keys", "agree"},
                                                                 {"keys", "cancel"},
                                                                 {"keys", "reshare"},
                                                                 {"keys", "roll"},
                                                                 {"keys", "recover"},
                                                                 {"review"},
                                                                 {"review", "status"},
                                                                 {"review", "collect"},
                                                                 {"review", "draw"},
                                                                 {"review", "open"},
                                                                 {"review", "close"},
                                                                 {"tasks"},
                                                                 {"tasks", "list"},
                                                                 {"tasks", "open"},
                                                                 {"tasks", "claim"},
                                                                 {"tasks", "release"},
                                                                 {"tasks", "done"},
                                                                 {"tasks", "hand-over"},
                                                                 {"tasks", "absence"},
                                                                 {"tasks", "watch"},
                                                                 {"tasks", "digest"},
                                                                 {"user"},
                                                                 {"user", "request"},
                                                                 {"user", "renew"},
                                                                 {"user", "install"},
                                                                 {"user", "add"},
                                                                 {"user", "list"},
                                                                 {"user", "revoke"},
                                                                 {"mandate"},
                                                                 {"mandate", "issue"},
                                                                 {"mandate", "install"},
                                                                 {"mandate", "status"},
                                                                 {"mandate", "revoke"},
                                                                 {"mandate", "list"},
                                                                 {"partnership"},
                                                                 {"partnership", "member"},
                                                                 {"partnership", "draft"},
                                                                 {"partnership", "sign"},
                                                                 {"partnership", "assemble"},
                                                                 {"partnership", "show"},
                                                                 {"partnership", "accept-log"},
                                                                 {"policy"},
                                                                 {"policy", "check"},
                                                                 {"policy", "test"},
                                                                 {"policy", "fmt"},
                                                                 {"policy", "explain"},
                                                                 {"policy", "matrix"},
                                                                 {"policy", "diff"},
                                                                 {"policy", "analyse"},
                                                                 {"protocol"},
                                                                 {"protocol", "new"},
                                                                 {"protocol", "check"},
                                                                 {"protocol", "render"},
                                                                 {"protocol", "sign"},
                                                                 {"protocol", "show"},
                                                                 {"signal"},
                                                                 {"signal", "record"},
                                                                 {"signal", "import"},
                                                                 {"signal", "list"},
                                                                 {"signal", "open"},
                                                                 {"signal", "amend"},
                                                                 {"signal", "tag"},
                                                                 {"signal", "share"},
                                                                 {"signal", "sent"},
                                                                 {"signal", "withdraw"},
                                                                 {"signal", "erase"},
                                                                 {"signal", "hold"},
                                                                 {"signal", "export"},
                                                                 {"inbox"},
                                                                 {"inbox", "list"},
                                                                 {"inbox", "open"},
                                                                 {"log"},
                                                                 {"log", "query"},
                                                                 {"log", "verify"},
                                                                 {"log", "proof"},
                                                                 {"log", "export"},
                                                                 {"log", "reconcile"},
                                                                 {"log", "replay"},
                                                                 {"log", "checkpoint"},
                                                                 {"completion"}};
  return commands;
}

std::string HelpFor(std::vector<std::string> command, const std::string& language) {
  command.insert(command.end(), {"--help", "--lang", language});
  const Ended ended = RunSluis(command);
  EXPECT_EQ(ended.exit, Exit::kDone);
  EXPECT_EQ(ended.err, "");
  return ended.out;
}

std::string AllHelp(const std::string& language) {
  std::string out;
  for (const std::vector<std::string>& command : AllCommands()) {
    out += "=== sluis";
    for (const std::string& word : command) out += " " + word;
    out += "\n" + HelpFor(command, language);
  }
  return out;
}

// What people see is reviewed as a text: tests/client/cli/golden. After a change that is meant, run
// this test once with SLUIS_WRITE_GOLDEN=1 and read the difference.
TEST(HelpTest, IsAsReviewed) {
  for (const char* language : {"nl", "en", "fr"}) {
    const std::string path = tests::InSources("/tests/client/cli/golden/help.") + language + ".txt";
    const std::string help = AllHelp(language);
    if (std::getenv("SLUIS_WRITE_GOLDEN") != nullptr) std::ofstream(path) << help;
    std::ifstream file(path);
    std::stringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(help, golden.str()) << language;
  }
}

TEST(HelpTest, EveryCommandHasAnExampleAndNoTextIsMissing) {
  for (const std::vector<std::string>& command : AllCommands()) {
    const std::string help = HelpFor(command, "nl");
    EXPECT_THAT(help, HasSubstr("Voorbeeld:\n  sluis "));
    // A text that is missing comes out as its key.
    EXPECT_EQ(help.find("help."), std::string::npos) << help;
    EXPECT_EQ(help.find("option."), std::string::npos) << help;
  }
}

// The commands as CLI11 knows them are those listed above: none is hidden.
TEST(HelpTest, TheListAboveIsComplete) {
  for (const std::vector<std::string>& command : AllCommands()) {
    const std::string help = HelpFor(command, "en");
    const size_t title = help.find("\nCommands:\n");
    if (title == std::string::npos) continue;
    std::istringstream lines(help.substr(title + 11));
    std::string line;
    while (std::getline(lines, line) && !line.empty()) {
      if (line.compare(0, 3, "   ") == 0) continue;  // a description goes on
      std::vector<std::string> inner = command;
      inner.push_back(line.substr(2, line.find(' ', 2) - 2));
      EXPECT_THAT(AllCommands(), testing::Contains(inner)) << line;
    }
  }
}

class CompletionTest : public testing::TestWithParam<const char*> {};

TEST_P(CompletionTest, OffersEveryCommandAndOption) {
  const Ended ended = RunSluis({"completion", GetParam()});
  ASSERT_EQ(ended.exit, Exit::kDone);
  for (const std::vector<std::string>& command : AllCommands()) {
    for (const std::string& word : command) EXPECT_THAT(ended.out, HasSubstr(word));
  }
  for (const char* option : {"--client-ingelicht", "--decision-ref", "--review-on", "--lang"}) {
    EXPECT_THAT(ended.out, HasSubstr(option));
  }
}

INSTANTIATE_TEST_SUITE_P(Shells, CompletionTest, testing::Values("bash", "zsh", "fish"));

TEST(CompletionScriptTest, AnotherShellIsRefused) {
  EXPECT_EQ(RunSluis({"completion", "cmd"}).exit, Exit::kUsage);
}

// What bash offers after a line, by running the script in it.
std::string Offered(const std::string& line) {
  const std::string path = testing::TempDir() + "/sluis-completion-" + std::to_string(getpid());
  std::ofstream(path) << RunSluis({"completion", "bash"}).out;
  const std::string command = "bash --norc -c 'source " + path + "; COMP_WORDS=(" + line +
                              " \"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sluis; "
                              "echo ${COMPREPLY[*]}'";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string out(1 << 16, '\0');
  out.resize(fread(out.data(), 1, out.size(), pipe));
  EXPECT_EQ(pclose(pipe), 0);
  std::remove(path.c_str());
  return out;
}

TEST(CompletionScriptTest, BashOffersWhatFits) {
  EXPECT_THAT(Offered("sluis"), HasSubstr("node user mandate partnership policy protocol signal "
                                          "inbox exchange keys tasks review log completion"));
  EXPECT_THAT(Offered("sluis user"), HasSubstr("request renew install add list revoke"));
  EXPECT_THAT(Offered("sluis log verify"), HasSubstr("--seen"));
  EXPECT_THAT(Offered("sluis log verify export.sluislog"), HasSubstr("--seen"));
  EXPECT_EQ(Offered("sluis log verify").find("--reason"), std::string::npos);
}

}  // namespace
}  // namespace sluis::cli
