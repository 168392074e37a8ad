#include "tests/server/exchange/key_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/scalar.h"

namespace sluis::tests {

record::v1::ActPart LastAct(KeyWorld& world, size_t at, const std::string& word) {
  record::v1::ActPart found;
  for (const tests::Opened& entry : world.node(at).h.Entries()) {
    if (entry.act.ceremony().event() == word) found = entry.act;
  }
  return found;
}

std::vector<std::string> EventsOf(KeyWorld& world, size_t at) {
  std::vector<std::string> events;
  for (const tests::Opened& entry : world.node(at).h.Entries()) {
    if (entry.act.has_ceremony()) events.push_back(entry.act.ceremony().event());
  }
  return events;
}

size_t CountOf(KeyWorld& world, size_t at, const std::string& word) {
  const std::vector<std::string> events = EventsOf(world, at);
  return static_cast<size_t>(std::count(events.begin(), events.end(), word));
}

void ExpectOneKey(KeyWorld& world, const std::vector<size_t>& holders, uint32_t epoch) {
  std::set<std::string> digests, shares;
  for (const size_t at : holders) {
    const auto pinned = world.Pinned(at, epoch);
    ASSERT_TRUE(pinned.ok()) << at << pinned.status();
    digests.insert(std::string(crypto::View(pinned->package.digest)));
    const auto share = world.ShareOf(at, pinned->package);
    ASSERT_TRUE(share.ok()) << at << share.status();
    shares.insert(*share);
    crypto::Secret<32> bytes;
    std::copy(share->begin(), share->end(), bytes.mutable_span().begin());
    const auto scalar = crypto::oprf::SecretScalar::Deserialize(std::move(bytes));
    const auto& seats = pinned->package.holders;
    const auto seat = std::find_if(seats.begin(), seats.end(), [&](const auto& one) {
      return one.organisation == KeyWorld::NameOf(at);
    });
    ASSERT_NE(seat, seats.end());
    EXPECT_TRUE(crypto::oprf::MultiplyGenerator(*scalar) == seat->verification_key) << at;
  }
  EXPECT_EQ(digests.size(), 1u);
  EXPECT_EQ(shares.size(), holders.size());
}

void ExpectNothingWrong(KeyWorld& world) {
  for (size_t at = 0; at < world.size(); ++at) {
    EXPECT_THAT(world.link(at).parked(), ::testing::IsEmpty()) << at;
    EXPECT_THAT(world.link(at).faults(), ::testing::IsEmpty()) << at;
  }
}

}  // namespace sluis::tests
