// Whether a node had to refuse what the rules permit: an obligation that nothing carries out, or a
// retention that is over.
//
// Written from policies/README.md ("On the own node") and docs/attributes.md, apart from the code
// that decides; a test compares the two. Thread-safety: pure. Errors: none.
#ifndef SLUIS_CLIENT_LIB_WITHHELD_H_
#define SLUIS_CLIENT_LIB_WITHHELD_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "policies/decision.h"

namespace sluis::client {

enum class Withheld {
  kNo,
  kYes,
  // It turns on what stands in no decision part: the terms that a sender signed, whether the record
  // says that a person was told, the hour at which a retention ends.
  kPerhaps,
};

// The value of an attribute as the decision part holds it; nothing for one that it does not name.
using ValueOf = std::function<std::optional<std::string>(std::string_view attribute)>;

// `decision` is a permit.
Withheld WithheldBy(const policies::Decision& decision, const ValueOf& value_of);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_WITHHELD_H_
