#include "server/exchange/protocol.h"

#include <gtest/gtest.h>

#include <limits>

namespace sluis::exchange {
namespace {

TEST(ProtocolTest, CommonVersionIsTheHighestThatBothSpeak) {
  const Protocol own{.lowest_version = 3, .highest_version = 5, .capabilities = {}};
  const struct {
    uint32_t lowest, highest, common;
  } table[] = {{3, 5, 5},
               {1, 3, 3},
               {5, 9, 5},
               {4, 4, 4},
               {1, 99, 5},
               {1, 2, 0},
               {6, 9, 0},
               {5, 3, 0},
               {0, 0, 0},
               {0, 5, 0},
               {1, std::numeric_limits<uint32_t>::max(), 5}};
  for (const auto& row : table) {
    EXPECT_EQ(CommonVersion(own, row.lowest, row.highest), row.common)
        << row.lowest << ".." << row.highest;
  }
}

}  // namespace
}  // namespace sluis::exchange
