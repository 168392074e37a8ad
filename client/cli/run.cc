#include "client/cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "client/cli/command.h"
#include "client/cli/completion.h"
#include "client/cli/exchange_commands.h"
#include "client/cli/help_format.h"
#include "client/cli/inbox_commands.h"
#include "client/cli/keys_commands.h"
#include "client/cli/log_commands.h"
#include "client/cli/mandate_commands.h"
#include "client/cli/node_commands.h"
#include "client/cli/partnership_commands.h"
#include "client/cli/policy_commands.h"
#include "client/cli/protocol_commands.h"
#include "client/cli/review_commands.h"
#include "client/cli/signal_commands.h"
#include "client/cli/task_commands.h"
#include "client/cli/user_commands.h"

namespace sluis::cli {
namespace {

// The value of --name before anything else is parsed, since help itself depends on it.
std::string Early(const std::vector<std::string>& arguments, const std::string& name) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") return "";
    if (arguments[i] == name && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].starts_with(name + "=")) return arguments[i].substr(name.size() + 1);
  }
  return "";
}

// --lang, then what the profile says, then Dutch.
client::Language LanguageFor(const std::vector<std::string>& arguments,
                             const Surroundings& around) {
  std::string code = Early(arguments, "--lang");
  if (code.empty()) {
    const auto profile =
        client::ChooseProfile(around.profiles_folder, Early(arguments, "--profile"));
    if (profile.ok()) code = profile->language;
  }
  return client::LanguageOf(code).value_or(client::Language::kDutch);
}

void AddCommands(CommandSet& set) {
  AddNodeCommands(set);
  AddUserCommands(set);
  AddMandateCommands(set);
  AddPartnershipCommands(set);
  AddPolicyCommands(set);
  AddProtocolCommands(set);
  AddSignalCommands(set);
  AddInboxCommands(set);
  AddExchangeCommands(set);
  AddKeysCommands(set);
  AddTaskCommands(set);
  AddReviewCommands(set);
  AddLogCommands(set);
  AddCompletion(set);
}

// The innermost command that was named.
CLI::App* Named(CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

// What was typed wrong, in the person's language.
Exit Misused(CommandSet& set, const CLI::ParseError& error) {
  CLI::App* command = Named(&set.root());
  std::vector<std::string> rest = set.root().remaining(true);
  std::string words;
  for (const std::string& word : rest) words += (words.empty() ? "" : " ") + word;
  const Args args{{"command", PathOf(*command)}, {"words", words}};
  std::string key = "usage.wrong";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) key = "usage.unknown";
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) key = "usage.value_missing";
  return set.shell().Fail(Exit::kUsage, key, args);
}

Exit Parsed(CommandSet& set, const std::vector<std::string>& arguments) {
  CLI::App& root = set.root();
  Shell& shell = set.shell();
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    root.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    shell.out() << HelpOf(set, *Named(&root));
    return Exit::kDone;
  } catch (const CLI::CallForVersion&) {
    shell.out() << root.version() << '\n';
    return Exit::kDone;
  } catch (const CLI::ParseError& error) {
    return Misused(set, error);
  }
  CLI::App* command = Named(&root);
  const std::function<Exit()>* run = set.RunOf(command);
  if (run == nullptr) {
    shell.err() << HelpOf(set, *command);
    return Exit::kUsage;
  }
  const std::string missing = set.MissingOf(command);
  if (!missing.empty()) {
    return shell.Fail(Exit::kUsage, "usage.required",
                      {{"command", PathOf(*command)}, {"option", missing}});
  }
  return (*run)();
}

}  // namespace

Exit Run(const std::vector<std::string>& arguments, const Surroundings& around) {
  Shell shell(around, LanguageFor(arguments, around));
  const std::string code = Early(arguments, "--lang");
  if (!code.empty() && !client::LanguageOf(code)) {
    return shell.Fail(Exit::kUsage, "usage.language", {{"code", code}});
  }
  try {
    CLI::App root(shell.Text("help.sluis"), "sluis");
    root.set_help_flag("-h,--help", shell.Text("option.help"));
    root.set_version_flag("--version", SLUIS_VERSION, shell.Text("option.version"));
    root.footer(shell.Text("help.exits"));
    root.require_subcommand(0, 1);
    std::string language;
    root.add_option("--lang", language, shell.Text("option.lang"));
    CommandSet set(root, shell);
    AddCommands(set);
    for (CLI::App* group : root.get_subcommands([](CLI::App*) { return true; })) {
      group->set_help_flag("-h,--help", shell.Text("option.help"));
      for (CLI::App* command : group->get_subcommands([](CLI::App*) { return true; })) {
        command->set_help_flag("-h,--help", shell.Text("option.help"));
      }
    }
    return Parsed(set, arguments);
  } catch (const std::exception&) {
    // Libraries may throw; what they say can hold content and stays unsaid.
    return shell.Fail(Exit::kInternal, "failed.unexpected");
  }
}

}  // namespace sluis::cli
