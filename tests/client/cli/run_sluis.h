// Runs the command in the test's own process, with its streams caught.
#ifndef SLUIS_TESTS_CLIENT_CLI_RUN_SLUIS_H_
#define SLUIS_TESTS_CLIENT_CLI_RUN_SLUIS_H_

#include <sstream>
#include <string>
#include <vector>

#include "client/cli/run.h"

namespace sluis::cli {

struct Ended {
  Exit exit;
  std::string out;
  std::string err;
};

inline constexpr int64_t kTestNow = 1763740800;  // 2025-11-21T16:00:00Z

inline Ended RunSluis(const std::vector<std::string>& arguments, const std::string& input = "",
                      const std::string& profiles = "/nonexistent/sluis-profiles") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const Exit exit = Run(arguments, {in, out, err, profiles, [] { return kTestNow; }});
  return {exit, out.str(), err.str()};
}

}  // namespace sluis::cli

#endif  // SLUIS_TESTS_CLIENT_CLI_RUN_SLUIS_H_
