// Who can ever see what, and what somebody can ever do: exact answers, each with a request.
//
// "Can" means: there is a request, among all that can be made, that is permitted and shows it.
// Whether its circumstances ever arise is another matter. Thread-safe. Errors: RESOURCE_EXHAUSTED
// as of RuleSpace.
#ifndef SLUIS_POLICIES_VISIBILITY_H_
#define SLUIS_POLICIES_VISIBILITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/rule_space.h"

namespace sluis::policies {

enum class Sight {
  kNever,    // no request shows it
  kCoarser,  // some request shows it, each of them generalised
  kAsIs,     // some request shows it as it is
};

// "never", "coarser", "as_is".
std::string_view SightName(Sight sight);

struct Seen {
  Sight sight = Sight::kNever;
  std::string example;  // "attribute=value, ..."; empty when never
  bool operator==(const Seen&) const = default;
};

// Whether some request of `where` shows this field.
absl::StatusOr<Seen> SeeField(const RuleSpace& rules, FieldId field, const Box& where);

// Which values of the attributes `axes` (given ones, not derived) occur in a permitted request, and
// which fields each of them can show.
struct MatrixRow {
  std::vector<std::string> values;  // one per axis
  // Of a permitted request: of those that the row stands for one that shows as many of its fields,
  // each as the row says, as a bounded search finds. With many rules there may be one with more.
  std::string example;
  std::vector<Sight> fields;          // in the order of the schema's fields
  std::vector<std::string> examples;  // of each field a request that shows it so; empty when never
  bool operator==(const MatrixRow&) const = default;
};

// Rows in the order of the vocabularies; combinations that nothing permits have none. Within
// `where`. InvalidArgument naming an axis that the packs do not declare, that is derived, or that
// is a whole number.
absl::StatusOr<std::vector<MatrixRow>> AccessMatrix(const RuleSpace& rules,
                                                    const std::vector<std::string>& axes,
                                                    const Box& where);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_VISIBILITY_H_
