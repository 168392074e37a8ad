// What would have to be otherwise for a denied request to be permitted, as far as it is advice.
//
// Who somebody is and what marks a record carries are facts: nobody takes another role or takes a
// mark off to get something through. What was asked to be done stays what it is, too. Guarantee:
// what is possible changes none of these; when nothing else would help, there is no way, and what
// is fixed is named. Not guaranteed: that no other forbid meets the changed request. Thread-safety:
// pure. Errors: none. Source: policies/decision.h.
#ifndef SLUIS_CLIENT_CLI_POLICY_POSSIBLE_H_
#define SLUIS_CLIENT_CLI_POLICY_POSSIBLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/decision.h"
#include "policies/request.h"

namespace sluis::cli {

// What an attribute tells that nobody changes for the sake of a request.
enum class Fixed { kNot, kAsked, kPerson, kRecord };
Fixed FixedBy(std::string_view attribute);

// What one rule makes of the value of an attribute that stands in the way.
struct Obstacle {
  std::string attribute;
  policies::ValueId value;
  const policies::Rule* rule;
  const policies::ValueTest* test;
};

// In the way of this permit: its own tests that fail, then those of the rules that forbid.
// `request` is complete and what `decision` was made on.
std::vector<Obstacle> ObstaclesOf(const policies::PackSet& packs, const policies::Request& request,
                                  const policies::Decision& decision, const policies::Rule& permit);

struct Possible {
  const policies::Rule* permit = nullptr;  // none: nothing helps but another person or record
  // In the way of the permit, what can be otherwise first; without one, what is fixed.
  std::vector<Obstacle> obstacles;
};

// The permit with the fewest tests in the way that are no facts; among equals the first.
Possible FindPossible(const policies::PackSet& packs, const policies::Request& request,
                      const policies::Decision& decision);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_POSSIBLE_H_
