#ifndef SLUIS_SERVER_EXCHANGE_PROTOCOL_H_
#define SLUIS_SERVER_EXCHANGE_PROTOCOL_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace sluis::exchange {

// What a node says of itself at each heartbeat: the versions of the peer protocol that it speaks,
// and what it can do, by name.
struct Protocol {
  uint32_t lowest_version = 1;
  uint32_t highest_version = 1;
  // Sorted. Two nodes do together what both name.
  std::vector<std::string> capabilities;
};

// Highest version that both speak; 0 when the ranges do not meet or one of them is none.
inline uint32_t CommonVersion(const Protocol& own, uint32_t lowest, uint32_t highest) {
  if (lowest == 0 || lowest > highest) return 0;
  const uint32_t version = std::min(own.highest_version, highest);
  return version >= std::max(own.lowest_version, lowest) ? version : 0;
}

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_PROTOCOL_H_
