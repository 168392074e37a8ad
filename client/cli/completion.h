// Completion of commands and options for bash, zsh and fish.
//
// Guarantee: what is offered is what the command set holds; a test compares. Thread-safety: one
// thread.
#ifndef SLUIS_CLIENT_CLI_COMPLETION_H_
#define SLUIS_CLIENT_CLI_COMPLETION_H_

#include <optional>
#include <string>
#include <string_view>

#include "client/cli/command.h"

namespace sluis::cli {

void AddCompletion(CommandSet& set);

// The script for a shell; empty optional for another one.
std::optional<std::string> CompletionScript(const CLI::App& root, std::string_view shell_name);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_COMPLETION_H_
