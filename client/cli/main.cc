#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "client/cli/run.h"
#include "client/lib/channel.h"
#include "client/lib/profile.h"

int main(int argc, char** argv) {
  // The TLS library's own log lines are not for people; set the variable to see them.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const sluis::cli::Surroundings around{
      std::cin,
      std::cout,
      std::cerr,
      sluis::client::ProfilesFolder(),
      [] {
        return std::chrono::duration_cast<std::chrono::seconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
      },
      isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr};
  if (!sluis::client::RequireTls13()) return static_cast<int>(sluis::client::Exit::kInternal);
  return static_cast<int>(sluis::cli::Run(std::vector<std::string>(argv + 1, argv + argc), around));
}
