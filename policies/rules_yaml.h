// Reads rules, and the tests of attributes that rules and invariants share.
#ifndef SLUIS_POLICIES_RULES_YAML_H_
#define SLUIS_POLICIES_RULES_YAML_H_

#include <vector>

#include "policies/attribute.h"
#include "policies/pack.h"
#include "policies/rule.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {

// A mapping of attribute to value, list, {not_in: ...} or {min: ..., max: ...}. Adds to `tests`;
// an attribute tested twice, a test nothing can pass and an unknown word are complained about.
void ReadValueTests(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                    std::vector<ValueTest>& tests);

// The number of the attribute named by `word`; complains, naming the nearest, when there is none.
AttributeId ReadAttributeName(const YamlReader& reader, const Word& word, const Schema& schema);

// Adds the rules of `pack` to `rules`. Ids are distinct over all layers. Where the packs declare a
// legal basis, each permit must test it, and each basis it accepts must be in force on every day of
// the pack.
void ReadRules(const YamlReader& reader, const Pack& pack, const Schema& schema,
               std::vector<Rule>& rules);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULES_YAML_H_
