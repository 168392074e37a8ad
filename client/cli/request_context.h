// Role, purpose, basis and case reference: what every act names, from options or the profile.
//
// Guarantee: nothing is guessed: what neither option nor profile gives is asked for by name.
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_REQUEST_CONTEXT_H_
#define SLUIS_CLIENT_CLI_REQUEST_CONTEXT_H_

#include <string>

#include "client/cli/command.h"
#include "sluis/node/v1/context.pb.h"

namespace sluis::cli {

struct ContextOptions {
  std::string role;
  std::string purpose;
  std::string basis;
  std::string case_ref;
};

enum class CaseRef { kRequired, kOptional };

// --role, --purpose, --basis, --case, --profile and --json.
void AddContext(Command& command, ContextOptions* options);

Result<node::v1::RequestContext> ContextOf(Shell& shell, const ContextOptions& options,
                                           CaseRef case_ref = CaseRef::kRequired);

// A record id or leaf hash as typed in hexadecimal, `bytes` long.
Result<std::string> IdOf(const std::string& text, size_t bytes);

// A day as typed, YYYY-MM-DD; empty stays empty. `option` is named when it is none.
Result<std::string> DayOf(const std::string& text, const std::string& option);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_REQUEST_CONTEXT_H_
