#ifndef SLUIS_TESTS_SERVER_EXCHANGE_KEY_ACCOUNT_H_
#define SLUIS_TESTS_SERVER_EXCHANGE_KEY_ACCOUNT_H_

#include <string>
#include <vector>

#include "tests/server/exchange/key_world.h"

namespace sluis::tests {

// The words of the entries of a node about ceremonies, in order; how often one stands there; and
// the last entry with it.
std::vector<std::string> EventsOf(KeyWorld& world, size_t at);
size_t CountOf(KeyWorld& world, size_t at, const std::string& word);
record::v1::ActPart LastAct(KeyWorld& world, size_t at, const std::string& word);

// All of them have the same package pinned, and each a share that is its own.
void ExpectOneKey(KeyWorld& world, const std::vector<size_t>& holders, uint32_t epoch = 1);
// No node has parked anything or found a fault.
void ExpectNothingWrong(KeyWorld& world);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SERVER_EXCHANGE_KEY_ACCOUNT_H_
