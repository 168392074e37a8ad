// The two real programs together: a node made by `sluis node init`, and people who use `sluis`.
#ifndef SLUIS_TESTS_INTEGRATION_CLI_NODE_H_
#define SLUIS_TESTS_INTEGRATION_CLI_NODE_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/node_process.h"
#include "tests/support/temp_folder.h"

namespace sluis::test {

struct Answer {
  int exit = -1;
  std::string out;
  std::string err;
  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

// An organisation with its node, its administrator it.beheer, and whoever is admitted. Everything
// is done by the command; nothing is reached into but the ports of the configuration.
class CliNode {
 public:
  CliNode();

  // Runs `sluis` with these words; `input` is its keyboard.
  Answer Sluis(const std::vector<std::string>& words, const std::string& input = "") const;
  // As this person, with role, purpose, basis and case given.
  Answer As(const std::string& person, const std::string& role, std::vector<std::string> words,
            const std::string& input = "") const;

  // Starts the node and tells every profile its port.
  void Start();
  // Stops it as systemd would; returns its exit code.
  int Stop();
  NodeProcess& process() { return *process_; }

  // Request, add, install, mandate.
  void Admit(const std::string& person, const std::string& role);

  std::string PathOf(const std::string& name) const { return folder_.PathOf(name); }

 private:
  tests::TempFolder folder_;
  std::vector<std::string> people_ = {"it.beheer"};
  std::unique_ptr<NodeProcess> process_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_INTEGRATION_CLI_NODE_H_
