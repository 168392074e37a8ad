// Reads the obligations of a rule.
#ifndef SLUIS_POLICIES_OBLIGATION_YAML_H_
#define SLUIS_POLICIES_OBLIGATION_YAML_H_

#include <vector>

#include "policies/attribute.h"
#include "policies/obligation.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {

// At most one of each kind, in the order of ObligationKind. An obligation that is not in the closed
// set is complained about: a pack cannot ask what nobody knows how to carry out. Words come from
// the vocabularies role (approval), party (notify), dimension (k_anonymity) and tlp (onward).
std::vector<Obligation> ReadObligations(const YamlReader& reader, const YamlNode& node,
                                        const Schema& schema);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_OBLIGATION_YAML_H_
