#include "client/cli/partnership_commands.h"

#include "client/lib/partnership_files.h"

namespace sluis::cli {

Result<std::optional<partnership::Manifest>> HeldManifest(const std::string& path) {
  if (path.empty()) return std::optional<partnership::Manifest>();
  Result<partnership::SignedManifest> held = client::ReadManifestFile(path);
  if (!held.ok()) return held.failure();
  return std::optional(std::move(held->manifest));
}

void AddPartnershipCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "partnership", "sluis partnership show vaartland.manifest");
  AddMemberCommand(set, group);
  AddDraftCommand(set, group);
  AddSignCommand(set, group);
  AddAssembleCommand(set, group);
  AddShowCommand(set, group);
  AddAcceptLogCommand(set, group);
}

}  // namespace sluis::cli
