// Five nodes that exchange at random while they are killed and the network does its worst: every
// exchange ends the same in both logs, once, with its receipt before its key, and whoever shared
// what was handed over on order is told of each time, once.
//
// SLUIS_EXCHANGES: how many; SLUIS_SEED: the first seed. A world makes the same choices for the
// same seed; at which change of the disk a node dies can shift, because the store under it also
// writes on threads of its own.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/fault/random_exchanges.h"

namespace sluis::fault {
namespace {

constexpr size_t kPerWorld = 250;

uint64_t NumberIn(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}

TEST(ExchangeRandomTest, EveryExchangeEndsTheSameInBothLogs) {
  const uint64_t wanted = NumberIn("SLUIS_EXCHANGES", 500);
  uint64_t seed = NumberIn("SLUIS_SEED", 1);
  std::map<std::string, size_t> verdicts;
  size_t shared = 0, kills = 0, told = 0, barred_still = 0;
  uint64_t envelopes = 0;
  std::array<size_t, 6> done = {};
  for (; shared < wanted && !HasFailure(); ++seed) {
    SCOPED_TRACE("repeat with SLUIS_SEED=" + std::to_string(seed) + " SLUIS_EXCHANGES=1");
    RandomExchanges world(seed, kPerWorld);
    world.Run();
    const RandomExchanges::Findings findings = world.Check();
    for (const std::string& violation : findings.violations) ADD_FAILURE() << violation;
    for (const auto& [id, exchange] : findings.logs.exchanges) {
      EXPECT_EQ(exchange.verdict.substr(0, 8), "matched ")
          << exchange.sender << " to " << exchange.recipient << " ends " << exchange.verdict;
    }
    for (const auto& [verdict, count] : findings.logs.verdicts) verdicts[verdict] += count;
    EXPECT_GE(findings.logs.exchanges.size(), findings.shared);
    shared += findings.shared;
    kills += findings.kills;
    envelopes += findings.envelopes;
    told += findings.told;
    barred_still += findings.barred_still;
    for (size_t i = 0; i < done.size(); ++i) done[i] += findings.done[i];
  }
  std::printf(
      "%zu exchanges, %zu kills, %llu envelopes; %zu taken back, %zu corrected, %zu records "
      "erased, %zu read at their recipient, %zu new lists; %zu handed over on order, of which %zu "
      "told and %zu barred still\n",
      shared, kills, static_cast<unsigned long long>(envelopes), done[0], done[1], done[2], done[3],
      done[4], done[5], told, barred_still);
  for (const auto& [verdict, count] : verdicts) std::printf("  %6zu %s\n", count, verdict.c_str());
  // Enough of everything was at stake.
  EXPECT_GT(kills, shared / 10);
  for (const char* verdict : {"matched opened", "matched cancelled", "matched erased"}) {
    EXPECT_GT(verdicts[verdict], shared / 50) << verdict;
  }
  EXPECT_GT(done[1], shared / 100);
  EXPECT_GT(done[3], shared / 4);
  EXPECT_GT(told, shared / 50);
  EXPECT_GE(barred_still, shared / 500);
}

}  // namespace
}  // namespace sluis::fault
