#ifndef SLUIS_SERVER_LEDGER_TREE_ROWS_H_
#define SLUIS_SERVER_LEDGER_TREE_ROWS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// The tree in rows, cut as C2SP tlog-tiles cuts it (crypto/tile.h): 't' ‖ u8 level ‖ u64 number → a
// full tile of 256 hashes; 'h' ‖ u8 level ‖ u64 first index at that level → hashes, concatenated,
// of a tile not full yet. At level 0 a group writes one such row; at the levels above, one row
// holds the root of one full tile below. A tile that becomes full replaces the rows it covers.
// Source: docs/formats.md, "Tree".
std::string TileRowKey(uint32_t level, uint64_t number);
std::string HashRowKey(uint32_t level, uint64_t first);

// Root of a complete subtree over these hashes; their number must be a power of two.
crypto::Hash SubtreeRoot(std::span<const crypto::Hash> hashes);

// Where the tree grows: the hashes of the last, unfilled tile of each level. For the writer.
// Belongs to one thread.
class RightEdge {
 public:
  // The edge of the tree of `size` leaves. DATA_LOSS when its rows do not add up.
  static absl::StatusOr<RightEdge> Load(const storage::Snapshot& snapshot, uint64_t size);

  // Adds the leaf hashes of one group and appends what has to be written for them.
  void Append(std::span<const crypto::Hash> leaf_hashes, std::vector<storage::Write>* writes);

 private:
  struct Level {
    uint64_t tile = 0;                 // number of the unfilled tile
    std::vector<crypto::Hash> hashes;  // in it, fewer than 256
    std::vector<std::string> rows;     // keys of the rows that hold them
  };

  void AppendAt(size_t level, std::span<const crypto::Hash> hashes,
                std::vector<storage::Write>* writes);

  std::vector<Level> levels_;
};

// Reads the tree as a snapshot holds it. Not thread-safe: keeps the tiles it read, and the nodes it
// computed inside them. Borrows the snapshot.
class TreeRows : public crypto::NodeSource {
 public:
  explicit TreeRows(const storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  // DATA_LOSS, naming level and tile, when the rows do not hold the node.
  absl::StatusOr<crypto::Hash> Node(uint32_t level, uint64_t index) override;

  // Head of the first `size` leaves.
  absl::StatusOr<crypto::TreeHead> Head(uint64_t size);

  absl::StatusOr<crypto::Hash> LeafHash(uint64_t index) { return Node(0, index); }

  // Reads back the full tiles that hold leaves [from, to), at all levels, and compares each with
  // its root one level up. DATA_LOSS, naming level and tile, for the first that differs.
  absl::Status CheckTiles(uint64_t from, uint64_t to);

 private:
  using Tile = std::vector<crypto::Hash>;
  absl::StatusOr<std::shared_ptr<const Tile>> ReadTile(uint32_t level, uint64_t number);

  const storage::Snapshot& snapshot_;
  std::map<std::pair<uint32_t, uint64_t>, std::shared_ptr<const Tile>> tiles_;
  // By level and index; proofs of neighbours ask for the same ones.
  std::map<std::pair<uint32_t, uint64_t>, crypto::Hash> nodes_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_TREE_ROWS_H_
