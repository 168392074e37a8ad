#include "tests/integration/cli_node.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/places.h"

namespace sluis::test {
namespace {

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Replace(const std::string& path, const std::string& from, const std::string& to) {
  std::string text = Slurp(path);
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in " << path;
  text.replace(at, from.size(), to);
  std::ofstream(path, std::ios::binary) << text;
}

// The value behind "node: ".
void SetNode(const std::string& profile, const std::string& address) {
  const std::string text = Slurp(profile);
  const size_t begin = text.find("node: ");
  ASSERT_NE(begin, std::string::npos);
  const size_t end = text.find('\n', begin);
  std::ofstream(profile, std::ios::binary)
      << text.substr(0, begin) << "node: " << address << text.substr(end);
}

}  // namespace

CliNode::CliNode() {
  const std::string packs = tests::InSources("/policies/packs/");
  const Answer made = Sluis({"node", "init", "--yes", "--folder", PathOf("node"), "--organisation",
                             "caw-de-overzet.example", "--kind", "welfare", "--listen",
                             "127.0.0.1:0", "--statutory-pack", packs + "statutory.be.yaml",
                             "--partnership-pack", packs + "livc-r.vaartland.yaml", "--node-pack",
                             packs + "node.caw.yaml", "--administrator-id", "it.beheer"});
  EXPECT_EQ(made.exit, 0) << made.err;
  Replace(PathOf("node/sluisd.yaml"), "127.0.0.1:9464", "127.0.0.1:0");
  Replace(PathOf("node/sluisd.yaml"), "tick_ms: 1000", "tick_ms: 50");
}

Answer CliNode::Sluis(const std::vector<std::string>& words, const std::string& input) const {
  const std::string in = PathOf("stdin");
  const std::string out = PathOf("stdout");
  const std::string err = PathOf("stderr");
  std::ofstream(in, std::ios::binary) << input;
  std::vector<std::string> command = {tests::InBuild("/bin/sluis")};
  command.insert(command.end(), words.begin(), words.end());
  const std::string config = "XDG_CONFIG_HOME=" + PathOf("config");
  const pid_t child = fork();
  if (child == 0) {
    const auto redirect = [](const std::string& path, int flags, int to) {
      dup2(open(path.c_str(), flags, 0600), to);
    };
    redirect(in, O_RDONLY, STDIN_FILENO);
    redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    putenv(const_cast<char*>(config.c_str()));
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Answer answer{WIFEXITED(status) ? WEXITSTATUS(status) : -1, Slurp(out), Slurp(err)};
  // A sanitizer ends the program with an exit code that means something else of its own.
  EXPECT_EQ(answer.err.find("Sanitizer"), std::string::npos) << answer.err;
  return answer;
}

Answer CliNode::As(const std::string& person, const std::string& role,
                   std::vector<std::string> words, const std::string& input) const {
  const bool oversight = role == "privacy-officer";
  words.insert(
      words.end(),
      {"--profile", person, "--role", role, "--purpose", oversight ? "toezicht" : "signaal-intake",
       "--basis", oversight ? "eu-gdpr-accountability" : "vl-prev-2024", "--case", "INTAKE"});
  return Sluis(words, input);
}

void CliNode::Start() {
  process_ = std::make_unique<NodeProcess>(PathOf("node/sluisd.yaml"));
  ASSERT_TRUE(process_->started()) << process_->Errors();
  for (const std::string& person : people_) {
    SetNode(PathOf("config/sluis/" + person + "/profile.yaml"),
            "127.0.0.1:" + std::to_string(process_->port()));
  }
}

int CliNode::Stop() { return process_->Signal(SIGTERM); }

void CliNode::Admit(const std::string& person, const std::string& role) {
  const std::string request = PathOf(person + ".request");
  const std::string bundle = PathOf(person + ".bundle");
  const std::vector<std::vector<std::string>> steps = {
      {"user", "request", "--user", person, "--organisation", "caw-de-overzet.example", "--out",
       request},
      {"user", "add", request, "--ca", PathOf("node/ca"), "--out", bundle, "--yes", "--profile",
       "it.beheer"},
      {"user", "install", bundle, "--profile", person},
      {"mandate", "issue", "--user", person, "--role", role, "--key",
       PathOf("node/mandate/mandate.key"), "--profile", "it.beheer"}};
  for (const std::vector<std::string>& step : steps) {
    const Answer answer = Sluis(step);
    ASSERT_EQ(answer.exit, 0) << step[0] << " " << step[1] << ": " << answer.err;
  }
  people_.push_back(person);
}

}  // namespace sluis::test
