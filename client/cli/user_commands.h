// `sluis user`: request, install, add, list, revoke.
#ifndef SLUIS_CLIENT_CLI_USER_COMMANDS_H_
#define SLUIS_CLIENT_CLI_USER_COMMANDS_H_

#include <string>

#include "client/cli/command.h"

namespace sluis::cli {

void AddUserCommands(CommandSet& set);

// A person's new folder: keys, profile.yaml without an address yet, and the request to hand over.
struct PersonalFolder {
  std::string folder;
  std::string organisation;
  std::string user;
  std::string request_path;
};

// Makes it; the answer is its path. Nothing that exists is replaced.
Result<std::string> MakePersonalFolder(Shell& shell, const PersonalFolder& wanted);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_USER_COMMANDS_H_
