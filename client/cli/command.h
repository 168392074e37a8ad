// How a command of `sluis` is described: options with texts from the catalogue, an example, and
// what it does.
//
// Guarantee: every option given here shows in the help of its command and in completion. An option
// that is required is named when it is missing. Thread-safety: one thread. Ownership: CLI::App owns
// its commands; the variables that options fill belong to the caller and must outlive parsing.
#ifndef SLUIS_CLIENT_CLI_COMMAND_H_
#define SLUIS_CLIENT_CLI_COMMAND_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/shell.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sluis::cli {

// The commands built so far: what to run for each, and what each cannot do without.
class CommandSet {
 public:
  CommandSet(CLI::App& root, Shell& shell) : root_(root), shell_(shell) {}

  CLI::App& root() { return root_; }
  Shell& shell() { return shell_; }
  const Shell& shell() const { return shell_; }

  void SetRun(const CLI::App* command, std::function<Exit()> run) {
    runs_[command] = std::move(run);
  }
  void Require(const CLI::App* command, const CLI::Option* option) {
    required_[command].push_back(option);
  }
  // Null for a group.
  const std::function<Exit()>* RunOf(const CLI::App* command) const;
  // Name of the first required option that was left out; empty when none.
  std::string MissingOf(const CLI::App* command) const;
  bool IsRequired(const CLI::App* command, const CLI::Option* option) const;

 private:
  CLI::App& root_;
  Shell& shell_;
  std::map<const CLI::App*, std::function<Exit()>> runs_;
  std::map<const CLI::App*, std::vector<const CLI::Option*>> required_;
};

enum class Need { kOptional, kRequired };

// Describes one command. Texts: "help.<group>.<name>" for the command, "option.<key>" for options.
class Command {
 public:
  // A command of a group; `example` is a command line.
  Command(CommandSet& set, CLI::App& group, const std::string& name, const std::string& example);

  // `name` as typed, "--reason" or a positional "id". `key` names the text; empty: from the name.
  Command& Text(const std::string& name, std::string* target, Need need = Need::kOptional,
                const std::string& key = "");
  // May be given several times.
  Command& Texts(const std::string& name, std::vector<std::string>* target,
                 Need need = Need::kOptional, const std::string& key = "");
  // One or more files without a name before them.
  Command& Files(const std::string& name, std::vector<std::string>* target, Need need,
                 const std::string& key);
  Command& Flag(const std::string& name, bool* target, const std::string& key = "");
  // --json, and --profile.
  Command& AnswersJson();
  Command& UsesProfile();
  void Runs(std::function<Exit()> run);

  CLI::App& app() { return *app_; }

 private:
  std::string Describe(const std::string& name, const std::string& key) const;

  CommandSet& set_;
  CLI::App* app_;
};

// A group of commands: "help.<name>"; `example` is a command line.
CLI::App& AddGroup(CommandSet& set, const std::string& name, const std::string& example);

// Options that live as long as the commands that were built with them.
template <typename T>
std::shared_ptr<T> Options() {
  return std::make_shared<T>();
}

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_COMMAND_H_
