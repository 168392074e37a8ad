// How many ceremonies wait here for a person to agree, so that partners cannot have a node keep
// more of them than somebody looks at. Thread-safety: pure. Errors: DATA_LOSS when a row cannot be
// read.
#ifndef SLUIS_SERVER_CORE_OPEN_PROPOSALS_H_
#define SLUIS_SERVER_CORE_OPEN_PROPOSALS_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/core/view.h"

namespace sluis::core {

struct OpenProposals {
  int of_sender = 0;
  int in_all = 0;

  static absl::StatusOr<OpenProposals> Of(const View& view, const std::string& sender);
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OPEN_PROPOSALS_H_
