#include "client/cli/protocol_commands.h"

namespace sluis::cli {

void AddProtocolCommands(CommandSet& set) {
  CLI::App& group =
      AddGroup(set, "protocol", "sluis protocol check protocol.yaml statutory.be.yaml livc-r.yaml");
  AddProtocolNewCommand(set, group);
  AddProtocolCheckCommand(set, group);
  AddProtocolRenderCommand(set, group);
  AddProtocolSignCommand(set, group);
  AddProtocolShowCommand(set, group);
}

}  // namespace sluis::cli
