// Ways in which one member of a ceremony can cheat, as what becomes of its messages on their way.
#ifndef SLUIS_TESTS_SERVER_KEYS_CHEATS_H_
#define SLUIS_TESTS_SERVER_KEYS_CHEATS_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys::test {

// The message that a member sent for a round when nothing was disturbed.
std::string SentIn(const World& world, const Parameters& parameters, MemberIndex member,
                   Round round);

// What the cheater sends in that round is changed, and its own aborts never arrive.
Bus::Way ChangedIn(Round round, MemberIndex cheater,
                   std::function<std::string(const std::string&)> change);

// Deals something else, and commits to it as well.
Bus::Way DealsOtherwise(const World& world, const Parameters& parameters, MemberIndex cheater,
                        const std::function<void(peer::v1::Dealing&)>& change);

// The same with a change that leaves the message valid, for members above 2 only.
Bus::Way SignsTwo(const World& world, Round round, MemberIndex cheater);

// Sends nothing from that round on.
Bus::Way FallsSilent(Round round, MemberIndex cheater);

struct NamedCheat {
  std::string name;
  Ground ground;
  std::function<Bus::Way(const World&, const Parameters&)> way;

  friend std::ostream& operator<<(std::ostream& out, const NamedCheat& cheat) {
    return out << cheat.name;
  }
};
// Everything that ends a ceremony for all and names the cheater, which is member 2.
std::vector<NamedCheat> AllCheats();

}  // namespace sluis::keys::test

#endif  // SLUIS_TESTS_SERVER_KEYS_CHEATS_H_
