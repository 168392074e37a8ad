#include "server/exchange/line_per_minute.h"

#include <gtest/gtest.h>

namespace sluis::exchange {
namespace {

using std::chrono::seconds;

// Each forged envelope wrote a line: a partner filled the log of the node.
TEST(LinePerMinuteTest, EachOneWroteALine) {
  LinePerMinute lines;
  const std::chrono::steady_clock::time_point start;
  EXPECT_EQ(lines.More("a.example", start), 1u) << "the first is told at once";
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(lines.More("a.example", start + seconds(59)), 0u);
  EXPECT_EQ(lines.More("b.example", start + seconds(59)), 1u) << "of another partner";
  EXPECT_EQ(lines.More("a.example", start + seconds(60)), 1001u) << "all since the last line";
  EXPECT_EQ(lines.More("a.example", start + seconds(61)), 0u);
  EXPECT_EQ(lines.More("a.example", start + seconds(121)), 2u);
}

}  // namespace
}  // namespace sluis::exchange
