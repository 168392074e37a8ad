#include "client/cli/command.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <utility>

namespace sluis::cli {

const std::function<Exit()>* CommandSet::RunOf(const CLI::App* command) const {
  const auto at = runs_.find(command);
  return at == runs_.end() ? nullptr : &at->second;
}

std::string CommandSet::MissingOf(const CLI::App* command) const {
  const auto at = required_.find(command);
  if (at == required_.end()) return "";
  for (const CLI::Option* option : at->second) {
    if (option->count() == 0) return option->get_name();
  }
  return "";
}

bool CommandSet::IsRequired(const CLI::App* command, const CLI::Option* option) const {
  const auto at = required_.find(command);
  return at != required_.end() &&
         std::find(at->second.begin(), at->second.end(), option) != at->second.end();
}

Command::Command(CommandSet& set, CLI::App& group, const std::string& name,
                 const std::string& example)
    : set_(set), app_(nullptr) {
  const std::string path = group.get_parent() == nullptr ? name : group.get_name() + "." + name;
  app_ = group.add_subcommand(name, set.shell().Text("help." + path));
  app_->footer(set.shell().Text("help.example", {{"example", example}}));
  app_->fallthrough();
}

std::string Command::Describe(const std::string& name, const std::string& key) const {
  if (!key.empty()) return set_.shell().Text("option." + key);
  std::string plain = name;
  plain.erase(0, plain.find_first_not_of('-'));
  return set_.shell().Text("option." + plain);
}

Command& Command::Text(const std::string& name, std::string* target, Need need,
                       const std::string& key) {
  CLI::Option* option = app_->add_option(name, *target, Describe(name, key));
  if (need == Need::kRequired) set_.Require(app_, option);
  return *this;
}

Command& Command::Texts(const std::string& name, std::vector<std::string>* target, Need need,
                        const std::string& key) {
  CLI::Option* option = app_->add_option(name, *target, Describe(name, key));
  option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (need == Need::kRequired) set_.Require(app_, option);
  return *this;
}

Command& Command::Files(const std::string& name, std::vector<std::string>* target, Need need,
                        const std::string& key) {
  CLI::Option* option = app_->add_option(name, *target, Describe(name, key));
  if (need == Need::kRequired) set_.Require(app_, option);
  return *this;
}

Command& Command::Flag(const std::string& name, bool* target, const std::string& key) {
  app_->add_flag(name, *target, Describe(name, key));
  return *this;
}

Command& Command::AnswersJson() { return Flag("--json", &set_.shell().json); }

Command& Command::UsesProfile() { return Text("--profile", &set_.shell().profile_name); }

void Command::Runs(std::function<Exit()> run) { set_.SetRun(app_, std::move(run)); }

CLI::App& AddGroup(CommandSet& set, const std::string& name, const std::string& example) {
  CLI::App* group = set.root().add_subcommand(name, set.shell().Text("help." + name));
  group->footer(set.shell().Text("help.example", {{"example", example}}));
  group->fallthrough();
  group->require_subcommand(0, 1);
  return *group;
}

}  // namespace sluis::cli
