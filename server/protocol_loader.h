#ifndef SLUIS_SERVER_PROTOCOL_LOADER_H_
#define SLUIS_SERVER_PROTOCOL_LOADER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/config.h"
#include "server/core/protocol_in_force.h"
#include "server/core/terms.h"

namespace sluis::server {

// The protocol that the configuration names, with the file of signatures beside it (named as the
// protocol with ".signatures" behind it; none yet is no error) and the identity keys of the
// manifest in `terms`. Null when the configuration names none. It must be the text of the packs in
// `terms`, between parties of which this organisation is one: whether it holds on a day is for
// core/protocol_in_force.h. INVALID_ARGUMENT as the readers say it: file, line, column;
// FAILED_PRECONDITION naming the file and what to do.
absl::StatusOr<std::shared_ptr<const core::ProtocolInForce>> LoadProtocol(const Config& config,
                                                                          const core::Terms& terms);

}  // namespace sluis::server

#endif  // SLUIS_SERVER_PROTOCOL_LOADER_H_
