// A pack set said in Cedar, so that an engine which is not ours can answer the same requests.
//
// Read from the trees of the files, not from the resolved rules: what a test means is said here a
// second time. Three kinds of questions are told apart by their action, on one principal and one
// resource:
//   Action::"decide"    whether it is permitted; determining: the permits, or the forbids
//   Action::"show F"    whether field F is shown, as it is or coarser
//   Action::"oblige"    which requires match; denied like everything else when a rule forbids
// An attribute is an attribute of the context under its own name, `none` is its absence. Words are
// strings, whole numbers longs, truth values booleans. Layers add up: Cedar, too, knows no order
// of policies, and a forbid of any layer wins.
//
// Left out, because Cedar has nothing like it: what obligations say and how they join (but for
// `fields: {f: remove}`, which is a forbid to show f), the nearest permit, and what is said.
// Thread-safety: pure.
#ifndef SLUIS_TESTS_CEDAR_CEDAR_POLICY_H_
#define SLUIS_TESTS_CEDAR_CEDAR_POLICY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "policies/pack.h"
#include "policies/request.h"

namespace sluis::policies {

struct CedarPolicy {
  std::string id;    // of the rule; with a suffix for the fields that it removes
  std::string text;  // one policy
};

// Added to the id of a rule; no id has a blank.
inline constexpr std::string_view kRemovesSuffix = " removes";

std::vector<CedarPolicy> CedarPolicies(const PackSet& packs);

// The context of a complete request for these packs. Derived values follow from the properties of
// the vocabulary, not from what the request holds.
nlohmann::json CedarContext(const PackSet& packs, const Request& request);

// A string literal of Cedar with this text, which is UTF-8.
std::string CedarString(std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_CEDAR_CEDAR_POLICY_H_
