#include "client/cli/help_format.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "client/lib/text.h"

namespace sluis::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kLeft = 30;  // where descriptions begin

// Words of `text` in lines that fit beside the left column.
void Describe(const std::string& left, const std::string& text, std::string* out) {
  std::string line = "  " + left;
  if (client::Length(line) + 2 > kLeft) {
    *out += line + "\n";
    line.clear();
  }
  line.append(kLeft - client::Length(line), ' ');
  bool fresh = true;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.find(' ', begin);
    if (end == std::string::npos) end = text.size();
    const std::string word = text.substr(begin, end - begin);
    if (!fresh && client::Length(line) + 1 + client::Length(word) > kWidth) {
      *out += line + "\n";
      line = std::string(kLeft, ' ');
      fresh = true;
    }
    if (!fresh) line += " ";
    line += word;
    fresh = false;
    begin = end + 1;
  }
  *out += line + "\n";
}

std::string OptionName(const Shell& shell, const CLI::Option& option) {
  if (option.get_positional()) return option.get_name();
  std::string name = option.get_name(false, true);
  for (size_t at = name.find(','); at != std::string::npos; at = name.find(',', at + 2)) {
    name.replace(at, 1, ", ");
  }
  if (option.get_items_expected_max() > 0) name += " " + shell.Text("help.value");
  return name;
}

}  // namespace

std::string PathOf(const CLI::App& command) {
  if (command.get_parent() == nullptr) return command.get_name();
  return PathOf(*command.get_parent()) + " " + command.get_name();
}

std::string HelpOf(const CommandSet& set, const CLI::App& command) {
  const Shell& shell = set.shell();
  std::string usage = PathOf(command);
  std::string arguments;
  std::string options;
  for (const CLI::Option* option : command.get_options()) {
    const bool required = set.IsRequired(&command, option);
    std::string text = option->get_description();
    if (required) text += " " + shell.Text("help.required");
    if (option->get_items_expected_max() > 0 &&
        option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll) {
      text += " " + shell.Text("help.repeatable");
    }
    if (option->get_positional()) {
      usage += required ? " " + option->get_name() : " [" + option->get_name() + "]";
      Describe(option->get_name(), text, &arguments);
    } else {
      Describe(OptionName(shell, *option), text, &options);
    }
  }
  std::string commands;
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    Describe(sub->get_name(), sub->get_description(), &commands);
  }
  if (!commands.empty()) usage += " " + shell.Text("help.command");
  if (!options.empty()) usage += " " + shell.Text("help.options");
  std::string out = command.get_description() + "\n\n" + shell.Text("help.usage") + " " + usage;
  out += "\n";
  const std::pair<const char*, const std::string*> parts[] = {{"help.title_arguments", &arguments},
                                                              {"help.title_commands", &commands},
                                                              {"help.title_options", &options}};
  for (const auto& [title, part] : parts) {
    if (!part->empty()) out += "\n" + shell.Text(title) + "\n" + *part;
  }
  if (!command.get_footer().empty()) out += "\n" + command.get_footer() + "\n";
  return out;
}

}  // namespace sluis::cli
