// The shipped packs that nodes of the tests decide by.
#ifndef SLUIS_TESTS_SUPPORT_PARTNERSHIP_PACKS_H_
#define SLUIS_TESTS_SUPPORT_PARTNERSHIP_PACKS_H_

#include <string>
#include <utility>
#include <vector>

#include "policies/pack.h"

namespace sluis::tests {

// Texts in the partnership's pack and what stands there instead.
using PackEdits = std::vector<std::pair<std::string, std::string>>;

// statutory.be and livc-r.vaartland, the latter with these edits and then without its own tests
// (they are about the pack as it is shipped), and this text as the layer of the node (none when
// empty). Loaded once per process, because loading runs hundreds of tests of the packs.
// Thread-safe. Ends the process, saying why, when an edit finds nothing or the packs do not load.
policies::PackSet PartnershipPacks(const PackEdits& edits = {}, const std::string& node_layer = {});

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_PARTNERSHIP_PACKS_H_
