// What is handed over to an authority that ordered it, as the file that it gets.
//
// Guarantee: the file says in Dutch, before anything else, under what order it was handed over and
// which marks go along; it holds what the node answered and nothing else. Text of other
// organisations cannot pass for a line of its own. Thread-safety: pure.
#ifndef SLUIS_CLIENT_CLI_COMPELLED_FILE_H_
#define SLUIS_CLIENT_CLI_COMPELLED_FILE_H_

#include <string>

#include "client/cli/shell.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::cli {

// Lines ended by LF. `dutch` gives the texts.
std::string CompelledFile(const Shell& dutch, const node::v1::ExportCompelledRequest& order,
                          const node::v1::ExportCompelledResponse& handed);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_COMPELLED_FILE_H_
