#ifndef SLUIS_SERVER_CORE_PERSONS_OF_H_
#define SLUIS_SERVER_CORE_PERSONS_OF_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/view.h"
#include "server/evaluation/question.h"
#include "server/identity/key_scope.h"

namespace sluis::core {

// Who records are about, as what may cross to other nodes: a seam, so that what asks other nodes
// knows nothing of how a person is kept.
//
// Guarantee of whoever implements it: one person for each record, in their order, with match keys
// of that scope only; of nobody whom `call` may not know. Errors: NOT_FOUND for a record that is
// not there or about nobody, PERMISSION_DENIED when the call may not know, both naming nothing of
// the content; anything else is a fault of the node. Thread-safe.
class PersonsOf {
 public:
  virtual ~PersonsOf() = default;
  virtual absl::StatusOr<std::vector<evaluation::Person>> Find(
      const Call& call, const View& view, const std::vector<std::string>& records,
      const identity::KeyScope& scope) const = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PERSONS_OF_H_
