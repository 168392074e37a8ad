// A rule, resolved to numbers: a conjunction of tests, an effect, and what it brings along.
#ifndef SLUIS_POLICIES_RULE_H_
#define SLUIS_POLICIES_RULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "policies/attribute.h"
#include "policies/obligation.h"

namespace sluis::policies {

// Higher first: a lower layer can only add to what a higher one forbids or requires.
enum class Layer { kStatutory, kPartnership, kNode };
inline constexpr std::size_t kLayers = 3;

std::string_view LayerName(Layer layer);

enum class Effect { kPermit, kForbid, kRequire };

// True for a set of values of one attribute. `none` is in that set only when the test names it.
struct ValueTest {
  AttributeId attribute = 0;
  bool none = false;
  // Integers: between minimum and maximum, inclusive; empty when minimum > maximum.
  int32_t minimum = 0, maximum = -1;
  // Words and truth values: bit v set when value v passes.
  uint64_t values = 0;
  bool integer = false;

  bool Passes(ValueId value) const {
    if (value == kNone) return none;
    if (integer) return value >= minimum && value <= maximum;
    return ((values >> static_cast<uint32_t>(value)) & 1) != 0;
  }
};

// Why, in the words of the users. nl is always there; en and fr may be empty.
struct Because {
  std::string rule;
  std::string nl, en, fr;
  // What it cites: words of the vocabularies of policies/citation.h, whose texts depend on the day,
  // or a text as it stands. Both empty when it cites nothing; never both given.
  std::vector<std::string> cites;
  std::string citation;
  bool operator==(const Because&) const = default;
};

struct Rule {
  std::string id;
  Layer layer = Layer::kStatutory;
  Effect effect = Effect::kForbid;
  std::vector<ValueTest> tests;         // all must pass; at most one per attribute
  std::vector<FieldId> grants;          // permit only
  std::vector<Obligation> obligations;  // permit and require; at most one per kind
  Because because;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_H_
