// `sluis protocol`: new, check, render, sign, show.
#ifndef SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_
#define SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_

#include <string>
#include <vector>

#include "client/cli/command.h"

namespace sluis::cli {

void AddProtocolCommands(CommandSet& set);

// Parts of the above, one file each; the last holds two.
void AddProtocolNewCommand(CommandSet& set, CLI::App& group);
void AddProtocolCheckCommand(CommandSet& set, CLI::App& group);
void AddProtocolRenderCommand(CommandSet& set, CLI::App& group);
void AddProtocolSignCommand(CommandSet& set, CLI::App& group);
void AddProtocolShowCommand(CommandSet& set, CLI::App& group);

// A command about one protocol: its file comes first, then the options that `more` adds, and
// --json. O has a `protocol`.
template <typename O>
void AddProtocolCommand(CommandSet& set, CLI::App& group, const std::string& name,
                        const std::string& example, void (*more)(Command&, O&),
                        Exit (*run)(Shell&, const O&)) {
  Shell& shell = set.shell();
  const auto options = Options<O>();
  Command command(set, group, name, example);
  command.Text("protocol", &options->protocol, Need::kRequired, "protocol_file");
  more(command, *options);
  command.AnswersJson().Runs([&shell, options, run] { return run(shell, *options); });
}

// The two packs that a text is compared with.
inline void TakePacks(Command& command, std::vector<std::string>& packs) {
  command.Files("pack", &packs, Need::kRequired, "protocol_packs");
}

// Who signed, and by which manifests that is known.
inline void TakeSignatures(Command& command, std::vector<std::string>& manifests,
                           std::string& signatures, Need need) {
  command.Texts("--manifest", &manifests, need, "protocol_keys")
      .Text("--signatures", &signatures, Need::kOptional, "protocol_signatures");
}

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_
