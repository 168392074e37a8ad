// The packs that are shipped load: every word is known, every invariant holds, every test passes.
#include <gtest/gtest.h>

#include "tests/policies/shipped_packs.h"

namespace sluis::policies {
namespace {

TEST(ShippedPacks, LawAloneLoads) {
  const auto packs = LoadFiles({kStatutoryPack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_FALSE(packs->digests().partnership.has_value());
}

TEST(ShippedPacks, PartnershipLoads) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack});
  ASSERT_TRUE(packs.ok()) << packs.status();
}

TEST(ShippedPacks, NodeLoads) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
}

}  // namespace
}  // namespace sluis::policies
