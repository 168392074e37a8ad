// Values for a request before it is one: the base that packs give for their tests, and what
// somebody says beside it.
//
// For tests and explanations only: every value is taken as coming from its declared source, which
// no caller on a wire can claim. Thread-safe.
#ifndef SLUIS_POLICIES_GIVEN_VALUES_H_
#define SLUIS_POLICIES_GIVEN_VALUES_H_

#include <map>
#include <span>

#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/request.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {

// By attribute; never a derived one.
using GivenValues = std::map<AttributeId, ValueId>;

// Adds what a mapping of attributes to values says, or complains.
void ReadGivenValues(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                     GivenValues& values);

// The bases of these layers, of which lower ones override. `schema` is that of a pack set resolved
// from at least these layers. Errors: InvalidArgument naming file, line and column.
absl::StatusOr<GivenValues> BaseOf(std::span<const Pack> layers, const Schema& schema);

// A request with these values. One that is not complete says so itself.
Request RequestFrom(const PackSet& packs, const GivenValues& values);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_GIVEN_VALUES_H_
