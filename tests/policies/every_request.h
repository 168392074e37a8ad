// Asks every request of a small pack, rule by rule: what the analysis must agree with.
//
// Nothing of the engines is used but the tests of the rules and Join.
#ifndef SLUIS_TESTS_POLICIES_EVERY_REQUEST_H_
#define SLUIS_TESTS_POLICIES_EVERY_REQUEST_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policies/pack.h"

namespace sluis::policies {

// One word per attribute that is given.
using Words = std::map<std::string, std::string>;

// What becomes of a request.
struct Outcomes {
  bool permitted = false;
  std::map<std::string, std::string> fields;  // what is shown, with its treatment
  std::set<std::string> obligations;
  bool operator==(const Outcomes&) const = default;
};

// The words of each attribute of either pack set of which every class of requests has one: all
// words of a vocabulary that some rule tests or that only one of them knows, the integers at which
// a rule of either or its range begins; the first word of what nothing tells apart.
std::map<std::string, std::vector<std::string>> Representatives(
    const std::vector<const PackSet*>& versions);

// Visits one request of each class.
void ForEachClass(const std::map<std::string, std::vector<std::string>>& representatives,
                  const std::function<void(const Words&)>& visit);

// Nothing when the packs do not know one of the words; words of attributes that they lack are
// passed over. `left_out` is the place of a rule that is to be ignored.
std::optional<Outcomes> Ask(const PackSet& packs, const Words& words,
                            std::optional<std::size_t> left_out = std::nullopt);

// The request that the analysis gave as an example, "attribute=value, ...".
Words RequestOf(const std::string& example);

// Places of the rules that match.
std::set<std::size_t> Matching(const PackSet& packs, const Words& words);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_POLICIES_EVERY_REQUEST_H_
