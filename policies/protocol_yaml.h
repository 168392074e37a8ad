// Reads a protocol and says what is wrong with it, heading by heading.
//
// The format: one YAML file whose headings have the Dutch words of the text (protocol.h); bounds
// are those of yaml_tree.h. Pure; thread-safe.
#ifndef SLUIS_POLICIES_PROTOCOL_YAML_H_
#define SLUIS_POLICIES_PROTOCOL_YAML_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "policies/protocol.h"

namespace sluis::policies {

// A protocol, or the first fault of each heading, so that whoever fills in a text sees all that is
// left to do. Faults are InvalidArgument naming file, line, column and where there is one the word
// and the nearest valid one.
struct ProtocolReading {
  std::optional<Protocol> protocol;  // set exactly when there is no fault
  std::vector<absl::Status> faults;
};

// `file_name` is only used in messages.
ProtocolReading ReadProtocol(std::string_view file_name, std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_YAML_H_
