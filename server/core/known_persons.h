#ifndef SLUIS_SERVER_CORE_KNOWN_PERSONS_H_
#define SLUIS_SERVER_CORE_KNOWN_PERSONS_H_

#include <string>
#include <vector>

#include "server/core/persons_of.h"

namespace sluis::core {

// Persons as the records of this node hold them, each sealed apart.
//
// Guarantee: of a record the caller may read, with who it is about, under the rules of `call`; an
// own one that is open, never one that another organisation shared, which is for that one to ask
// about. Match keys are of the kinds that the protocol has in use today. Thread-safety: pure.
// Errors: refusals as plans (`no_identity`, `identity_not_granted`, `withdrawn`, `not_own_record`,
// `bad_persons`, those of AskAbout); DATA_LOSS for an identity that cannot be read.
class KnownPersons final : public PersonsOf {
 public:
  absl::StatusOr<std::variant<std::vector<FoundPerson>, Plan>> Find(
      const Call& call, const View& view, const std::vector<std::string>& records,
      const identity::KeyScope& scope) const override;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KNOWN_PERSONS_H_
