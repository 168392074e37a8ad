// Tiles and entry bundles (C2SP tlog-tiles v0.1.0): how a tree is cut into immutable files.
//
//   tile/<L>/<N>[.p/<W>]        W (256 when full) hashes of 32 bytes
//   tile/entries/<N>[.p/<W>]    W entries, each u16 big-endian length || bytes
//
// Hash i of tile n at level l is the root of the complete subtree over leaves
// [(n*256+i) * 256^l, (n*256+i+1) * 256^l): level 0 holds leaf hashes, every hash above is one full
// tile below. A partial tile is never hashed into the level above.
//
// Guarantee: paths have one spelling; parsed tiles and bundles have exactly the stated shape.
// Not guaranteed: that a tile belongs to a tree. That takes recomputing the root of a verified
// checkpoint. Thread-safety: pure functions. Ownership: parsed bundles borrow from the bytes passed
// in. Errors: kInvalidArgument throughout.
#ifndef SLUIS_CRYPTO_TILE_H_
#define SLUIS_CRYPTO_TILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace sluis::crypto {

inline constexpr uint32_t kTileHeight = 8;
inline constexpr uint32_t kTileWidth = 256;  // hashes in a full tile, entries in a full bundle
inline constexpr uint32_t kMaxTileLevel = 63;
inline constexpr size_t kMaxEntrySize = 65535;  // what the u16 length of a bundle can say

struct TileId {
  uint32_t level = 0;
  uint64_t index = 0;
  uint32_t width = kTileWidth;  // 1..256

  friend bool operator==(const TileId&, const TileId&) = default;
};

struct BundleId {
  uint64_t index = 0;
  uint32_t width = kTileWidth;  // 1..256

  friend bool operator==(const BundleId&, const BundleId&) = default;
};

// Paths without leading slash. The ids given must be in range.
std::string TilePath(const TileId& tile);
std::string BundlePath(const BundleId& bundle);
absl::StatusOr<TileId> ParseTilePath(std::string_view path);
absl::StatusOr<BundleId> ParseBundlePath(std::string_view path);

// The bundle that holds entry `index` in a tree of `size` > index entries.
BundleId BundleOfEntry(uint64_t index, uint64_t size);

// What exists of one level for a tree: `full` tiles numbered from 0, then a partial one unless its
// width is 0.
struct TileLevel {
  uint32_t level = 0;
  uint64_t full = 0;
  uint32_t partial_width = 0;

  friend bool operator==(const TileLevel&, const TileLevel&) = default;
};

// The tile set of a tree, lowest level first; empty for the empty tree. Level 0 also describes the
// bundles.
std::vector<TileLevel> TilesOfTree(uint64_t size);

// A tile of exactly `width` (1..256) hashes.
absl::StatusOr<std::vector<Hash>> ParseTile(BytesView bytes, uint32_t width);

// Appends one entry; refuses entries above kMaxEntrySize and leaves `bundle` as it was.
absl::Status AppendBundleEntry(Bytes& bundle, BytesView entry);
// At most kTileWidth entries, none cut short; the caller compares the count with the bundle's
// width.
absl::StatusOr<std::vector<BytesView>> ParseBundle(BytesView bytes);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_TILE_H_
