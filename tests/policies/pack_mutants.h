// A pack with one condition of one rule flipped: what its tests must notice.
#ifndef SLUIS_TESTS_POLICIES_PACK_MUTANTS_H_
#define SLUIS_TESTS_POLICIES_PACK_MUTANTS_H_

#include <string>
#include <vector>

#include "policies/pack.h"

namespace sluis::policies {

struct Mutant {
  std::string what;  // "F-TER: without basis"
  std::string rule;
  Pack pack;
};

// Each rule of `pack` with, one after the other: a test left out, a test negated (a truth value and
// a range included; of an optional attribute also with and without `none`), a list of values with
// one value fewer and with one more, its effect turned (a permit into a forbid, a forbid and a
// require left out), an obligation left out. `schema` is that of the layers down to this pack. A
// mutant has the digest of the pack it is made of; most of them
// load.
std::vector<Mutant> MutantsOf(const Pack& pack, const Schema& schema);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_POLICIES_PACK_MUTANTS_H_
