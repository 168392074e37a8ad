// `sluis` as a function, so that tests run what people run.
//
// Guarantee: ends with one of the codes of docs/cli.md, never by an exception. Thread-safety: one
// run at a time per process, since the TLS library is set up for all.
#ifndef SLUIS_CLIENT_CLI_RUN_H_
#define SLUIS_CLIENT_CLI_RUN_H_

#include <string>
#include <vector>

#include "client/cli/shell.h"

namespace sluis::cli {

// `arguments` without the program's name.
Exit Run(const std::vector<std::string>& arguments, const Surroundings& around);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_RUN_H_
