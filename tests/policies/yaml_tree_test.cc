#include "policies/yaml_tree.h"

#include <gtest/gtest.h>

#include "crypto/bytes.h"
#include "policies/pack_yaml.h"
#include "tests/policies/small_packs.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

std::string Canonical(std::string_view text) {
  const auto tree = ParseYamlTree("t.yaml", text);
  return tree.ok() ? crypto::HexEncode(CanonicalBytes(*tree)) : tree.status().ToString();
}

TEST(CanonicalBytes, HaveTheDocumentedForm) {
  EXPECT_EQ(Canonical("a"),
            "01"
            "00000001"
            "61");
  EXPECT_EQ(Canonical("[a, ~]"),
            "02"
            "00000002"
            "01"
            "00000001"
            "61"
            "00");
  EXPECT_EQ(Canonical("{b: c, a: []}"),
            "03"
            "00000002"
            "00000001"
            "61"
            "02"
            "00000000"
            "00000001"
            "62"
            "01"
            "00000001"
            "63");
}

TEST(CanonicalBytes, IgnoreHowAFileIsWritten) {
  const std::string one = Canonical("b: [1, 'x']\na: {c: \"d\"}\n");
  EXPECT_EQ(one, Canonical("# remark\na:\n  c: d\nb:\n  - 1\n  - x   # remark\n"));
  EXPECT_NE(one, Canonical("b: [x, 1]\na: {c: d}\n"));
  EXPECT_NE(one, Canonical("b: [1, x]\na: {c: e}\n"));
  EXPECT_NE(one, Canonical("b: [1, x]\na: {c: d}\ne: f\n"));
}

TEST(PackDigests, CoverEveryLayer) {
  const std::string upper = SmallPack(""), lower = LowerPack("node", "small", "");
  const auto one = LoadTexts({{"s", upper}});
  const auto again = LoadTexts({{"other-name", "# remark\n" + upper}});
  const auto two = LoadTexts({{"s", upper}, {"n", lower}});
  ASSERT_TRUE(one.ok() && again.ok() && two.ok());
  EXPECT_EQ(one->digests(), again->digests());
  EXPECT_EQ(one->digests().statutory, two->digests().statutory);
  EXPECT_NE(one->digests().effective, two->digests().effective);
  EXPECT_NE(one->digests().effective, one->digests().statutory);
  EXPECT_TRUE(two->digests().node.has_value());
  EXPECT_FALSE(two->digests().partnership.has_value());
}

// A change of these bytes would make every signed digest of these words unverifiable.
TEST(PackDigests, DoNotChangeBetweenVersions) {
  const auto packs = LoadTexts({{"s", SmallPack("")}, {"n", LowerPack("node", "small", "")}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_EQ(crypto::HexEncode(crypto::View(packs->digests().statutory)),
            "7730a89ee6ecea834957fa13737e0cc995eaceffae3c246438af957a3de841fd");
  EXPECT_EQ(crypto::HexEncode(crypto::View(packs->digests().effective)),
            "bd3b8dea8f1d2b2fb0ce29b64d267c9d58ed7f4f470b1c1a087fb5850c4ff09e");
}

TEST(PackSet, IsValidWhileEveryLayerIs) {
  auto lower = LowerPack("node", "small", "");
  lower.replace(lower.find("from: 2026-01-01"), 16, "from: 2026-03-01");
  const auto packs = LoadTexts({{"s", SmallPack("")}, {"n", lower}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_FALSE(packs->ValidOn("2026-02-28"));
  EXPECT_TRUE(packs->ValidOn("2026-03-01"));
  EXPECT_TRUE(packs->ValidOn("2026-12-31"));
  EXPECT_FALSE(packs->ValidOn("2027-01-01"));
}

TEST(NearestWord, IsNearOrNothing) {
  constexpr auto kWords = std::to_array<std::string_view>({"forbid", "permit"});
  EXPECT_EQ(NearestWord("forbit", kWords), "forbid");
  EXPECT_EQ(NearestWord("frobid", kWords), "forbid");
  EXPECT_EQ(NearestWord("xyzzyx", kWords), "");
  EXPECT_EQ(NearestWord(std::string(5000, 'f'), kWords), "");
}

}  // namespace
}  // namespace sluis::policies
