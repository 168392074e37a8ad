#include "crypto/tile.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

using test::FromHex;

class TileLayout : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = test::LoadVectors("tile-layout");
};

// The published cases write 0 for a full tile.
uint32_t Width(const nlohmann::json& partial) {
  const auto width = partial.get<uint32_t>();
  return width == 0 ? kTileWidth : width;
}

TEST_F(TileLayout, EntryPaths) {
  ASSERT_EQ(vectors_["entries_path"].size(), 7u);
  for (const auto& c : vectors_["entries_path"]) {
    const BundleId bundle = BundleOfEntry(c["seq"].get<uint64_t>(), c["log_size"].get<uint64_t>());
    const std::string want = c["want"].get<std::string>();
    EXPECT_EQ(BundlePath(bundle), want);
    EXPECT_EQ(ParseBundlePath(want).value(), bundle);
  }
}

TEST_F(TileLayout, TilePaths) {
  ASSERT_EQ(vectors_["tile_path"].size(), 6u);
  for (const auto& c : vectors_["tile_path"]) {
    const TileId tile{c["level"].get<uint32_t>(), c["index"].get<uint64_t>(), Width(c["partial"])};
    const std::string want = c["want"].get<std::string>();
    EXPECT_EQ(TilePath(tile), want);
    EXPECT_EQ(ParseTilePath(want).value(), tile);
  }
}

TEST_F(TileLayout, ParsePaths) {
  size_t accepted = 0;
  size_t refused = 0;
  for (const auto& c : vectors_["parse_tile_path"]) {
    const std::string path =
        "tile/" + c["level"].get<std::string>() + "/" + c["path"].get<std::string>();
    const absl::StatusOr<TileId> tile = ParseTilePath(path);
    EXPECT_EQ(tile.ok(), c["ok"].get<bool>()) << path;
    ++(tile.ok() ? accepted : refused);
    if (!tile.ok() || !c["ok"].get<bool>()) continue;
    EXPECT_EQ(*tile, (TileId{c["want_level"].get<uint32_t>(), c["want_index"].get<uint64_t>(),
                             Width(c["want_partial"])}));
    EXPECT_EQ(TilePath(*tile), path);
  }
  EXPECT_EQ(accepted, 4u);
  EXPECT_EQ(refused, 15u);
}

TEST_F(TileLayout, TilesOfTree) {
  ASSERT_EQ(vectors_["tiles_for_size"].size(), 9u);
  for (const auto& c : vectors_["tiles_for_size"]) {
    std::vector<TileLevel> want;
    for (const auto& level : c["levels"]) {
      want.push_back({level["level"].get<uint32_t>(), level["full"].get<uint64_t>(),
                      level["partial_width"].get<uint32_t>()});
    }
    EXPECT_EQ(TilesOfTree(c["size"].get<uint64_t>()), want) << c["size"];
  }
  EXPECT_TRUE(TilesOfTree(0).empty());
  EXPECT_EQ(TilesOfTree(UINT64_MAX).size(), 8u);
}

TEST_F(TileLayout, ParseBundle) {
  ASSERT_EQ(vectors_["entry_bundle_parse"].size(), 4u);
  for (const auto& c : vectors_["entry_bundle_parse"]) {
    const Bytes bytes = FromHex(c["hex"].get<std::string>());
    const absl::StatusOr<std::vector<BytesView>> entries = ParseBundle(bytes);
    ASSERT_EQ(entries.ok(), c["ok"].get<bool>()) << c["hex"];
    if (!entries.ok()) continue;
    std::vector<std::string> hex;
    for (BytesView entry : *entries) hex.push_back(HexEncode(entry));
    EXPECT_EQ(hex, c["entries"].get<std::vector<std::string>>());
  }
}

TEST(TilePath, RefusesSecondSpellings) {
  for (const char* bad :
       {"tile/0/x000/001", "tile/00/001", "tile/0/001.p/256", "tile/0/001.p/0", "tile/0/001.p/01",
        "tile/0/1", "tile/0/", "tile/", "", "/tile/0/001", "tile/0/001/", "tile/0/x001/002.p/1/",
        "tile/0/X001/002", "tile/+1/001", "tile/0/x018/x446/x744/x073/x709/x551/616"}) {
    EXPECT_FALSE(ParseTilePath(bad).ok()) << bad;
  }
  EXPECT_EQ(ParseTilePath("tile/0/x018/x446/x744/x073/x709/x551/615").value().index, UINT64_MAX);
  EXPECT_FALSE(ParseTilePath("tile/entries/001").ok());
  EXPECT_FALSE(ParseBundlePath("tile/0/001").ok());
}

TEST(Tile, ParsesExactlyItsWidth) {
  Bytes bytes(2 * 32, 'a');
  bytes[63] = 'b';
  const absl::StatusOr<std::vector<Hash>> tile = ParseTile(bytes, 2);
  ASSERT_TRUE(tile.ok());
  EXPECT_EQ((*tile)[1][31], 'b');
  EXPECT_FALSE(ParseTile(bytes, 1).ok());
  EXPECT_FALSE(ParseTile(bytes, 3).ok());
  EXPECT_FALSE(ParseTile("", 0).ok());
  EXPECT_FALSE(ParseTile(Bytes(257 * 32, 'a'), 257).ok());
  EXPECT_FALSE(ParseTile(bytes.substr(1), 2).ok());
}

TEST(Bundle, HoldsAtMost256EntriesOf65535Bytes) {
  Bytes bundle;
  ASSERT_TRUE(AppendBundleEntry(bundle, Bytes(kMaxEntrySize, 'x')).ok());
  const Bytes before = bundle;
  EXPECT_FALSE(AppendBundleEntry(bundle, Bytes(kMaxEntrySize + 1, 'x')).ok());
  EXPECT_EQ(bundle, before);
  for (int i = 1; i < 256; ++i) ASSERT_TRUE(AppendBundleEntry(bundle, "e").ok());
  EXPECT_EQ(ParseBundle(bundle).value().size(), 256u);
  ASSERT_TRUE(AppendBundleEntry(bundle, "e").ok());
  EXPECT_FALSE(ParseBundle(bundle).ok());
}

}  // namespace
}  // namespace sluis::crypto
