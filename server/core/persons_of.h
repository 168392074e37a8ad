#ifndef SLUIS_SERVER_CORE_PERSONS_OF_H_
#define SLUIS_SERVER_CORE_PERSONS_OF_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/evaluation/question.h"
#include "server/identity/key_scope.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::core {

// Who one record is about, as what may cross to other nodes, and what its being looked up does.
struct FoundPerson {
  evaluation::Person keys;
  // As it is shown to the person who asks; wiped by whoever has it last.
  record::v1::SubjectIdentity identity;
  // The entry that it was looked up, on the condition that the record does not change meanwhile.
  Effect looked_up;
};

// Who records are about: a seam, so that what asks other nodes knows nothing of how a person is
// kept.
//
// Guarantee of whoever implements it: one person for each record, in their order, with match keys
// of that scope only, each made of the identity beside it; of nobody whom `call` may not know, and
// then the second alternative is the refusal. Errors are faults of the node. Thread-safe.
class PersonsOf {
 public:
  virtual ~PersonsOf() = default;
  virtual absl::StatusOr<std::variant<std::vector<FoundPerson>, Plan>> Find(
      const Call& call, const View& view, const std::vector<std::string>& records,
      const identity::KeyScope& scope) const = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PERSONS_OF_H_
