// Reads a pack file. The language is described in policies/README.md.
#ifndef SLUIS_POLICIES_PACK_YAML_H_
#define SLUIS_POLICIES_PACK_YAML_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "policies/pack.h"

namespace sluis::policies {

// Checks that the text is a bounded YAML tree with a valid header, known sections, and only such
// sections and effects as its layer may use (a node pack: forbid and require). Words that refer to
// a vocabulary are checked by PackSet::Load. `file_name` is only used in messages.
// Errors: InvalidArgument naming file, line and column. Thread-safe.
absl::StatusOr<Pack> ParsePack(std::string_view file_name, std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_YAML_H_
