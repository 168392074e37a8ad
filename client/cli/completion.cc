#include "client/cli/completion.h"

#include <CLI/App.hpp>
#include <vector>

namespace sluis::cli {
namespace {

std::vector<const CLI::App*> Subs(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// Options as typed, "--reason"; the root's are valid everywhere.
std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (at == &app || name == "lang") out.push_back("--" + name);
      }
    }
  }
  return out;
}

std::string Words(const CLI::App& app) {
  std::string out;
  for (const CLI::App* sub : Subs(app)) out += sub->get_name() + " ";
  for (const std::string& option : OptionsOf(app)) out += option + " ";
  if (!out.empty()) out.pop_back();
  return out;
}

// A table of "path of commands" to words, which the function of the shell looks up.
void Cases(const CLI::App& app, const std::string& path, std::string* out) {
  *out += "    '" + path + "') words='" + Words(app) + "' ;;\n";
  for (const CLI::App* sub : Subs(app)) {
    Cases(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
  }
}

std::string Bash(const CLI::App& root) {
  std::string out =
      "_sluis() {\n"
      "  local words= path= word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in -*) ;; *) path=\"${path:+$path }$word\" ;; esac\n"
      "    [[ $path == *' '*' '* ]] && path=${path% *}\n"
      "  done\n"
      "  case $path in\n";
  Cases(root, "", &out);
  out +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "}\n"
      "complete -o default -F _sluis sluis\n";
  return out;
}

std::string Zsh(const CLI::App& root) {
  return "#compdef sluis\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(root);
}

std::string Fish(const CLI::App& root) {
  std::string out = "complete -c sluis -f -n __fish_use_subcommand -a '" + Words(root) + "'\n";
  for (const CLI::App* group : Subs(root)) {
    const std::string in_group = "__fish_seen_subcommand_from " + group->get_name();
    std::string names;
    for (const CLI::App* command : Subs(*group)) {
      names += (names.empty() ? "" : " ") + command->get_name();
    }
    out += "complete -c sluis -n '" + in_group +
           (names.empty() ? "" : "; and not __fish_seen_subcommand_from " + names) + "' -a '" +
           Words(*group) + "'\n";
    for (const CLI::App* command : Subs(*group)) {
      out += "complete -c sluis -n '" + in_group + "; and __fish_seen_subcommand_from " +
             command->get_name() + "' -a '" + Words(*command) + "'\n";
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> CompletionScript(const CLI::App& root, std::string_view shell_name) {
  if (shell_name == "bash") return Bash(root);
  if (shell_name == "zsh") return Zsh(root);
  if (shell_name == "fish") return Fish(root);
  return std::nullopt;
}

void AddCompletion(CommandSet& set) {
  const auto name = Options<std::string>();
  Command(set, set.root(), "completion",
          "sluis completion bash > ~/.local/share/bash-completion/completions/sluis")
      .Text("shell", name.get(), Need::kRequired)
      .Runs([&set, name] {
        const auto script = CompletionScript(set.root(), *name);
        if (!script)
          return set.shell().Fail(Exit::kUsage, "completion.unknown", {{"shell", *name}});
        set.shell().out() << *script;
        return Exit::kDone;
      });
}

}  // namespace sluis::cli
