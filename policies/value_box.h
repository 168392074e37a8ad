// Sets of requests as boxes: for each attribute a set of values, all combinations of them.
//
// A rule matches exactly one box. Integers are cut at the bounds that rules test, so that a box is
// one machine word per attribute and the questions below have exact answers. Internal to this
// folder.
#ifndef SLUIS_POLICIES_VALUE_BOX_H_
#define SLUIS_POLICIES_VALUE_BOX_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policies/attribute.h"
#include "policies/rule.h"

namespace sluis::policies {

// Bit i: the i-th value, or the i-th interval of an integer. Bit 63: none.
using Box = std::vector<uint64_t>;

class BoxSpace {
 public:
  // `schema` must outlive the space. `tests` are all tests that boxes will be made from. Errors:
  // InvalidArgument naming an integer attribute whose tests cut it into more than 60 intervals.
  static absl::StatusOr<BoxSpace> Create(const Schema& schema,
                                         std::span<const ValueTest* const> tests);

  // Every request. Derived attributes take no part: their tests become tests of what they derive
  // from.
  Box All() const { return all_; }
  // Keeps of `box` the requests that pass the tests.
  void Narrow(std::span<const ValueTest> tests, Box& box) const;

  // The bit of the value, or of the interval that holds it, of an attribute that is not derived.
  uint64_t BitOf(AttributeId attribute, ValueId value) const;

  // A request of the box, as "attribute=value, ..." in the order of the schema.
  std::string Example(const Box& box) const;

 private:
  explicit BoxSpace(const Schema& schema) : schema_(&schema) {}

  const Schema* schema_;
  std::vector<std::vector<int32_t>> starts_;  // per attribute: first integer of each interval
  Box all_;
};

bool IsEmpty(const Box& box);
// Keeps of `box` what lies in `by` as well. False when that is nothing.
bool Narrow(const Box& by, Box& box);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_VALUE_BOX_H_
