// `sluis log export`, and what it has in common with the other looks into the ledger.
//
// Guarantee: an export that did not arrive whole leaves no file. Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_LOG_EXPORT_H_
#define SLUIS_CLIENT_CLI_LOG_EXPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/command.h"
#include "sluis/node/v1/log.pb.h"

namespace sluis::cli {

// --open and --decision-ref.
struct OpenOptions {
  std::vector<std::string> open;
  std::string decision_ref;
};
void AddOpen(Command& command, OpenOptions* options);
Step SetOpen(const OpenOptions& options, node::v1::OpenParts* parts);

// Asks the node of the profile for this export and writes it to a new file; the number of its
// entries.
Result<uint64_t> FetchExport(Shell& shell, const node::v1::ExportLogRequest& request,
                             const std::string& path);

void AddExportCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_EXPORT_H_
