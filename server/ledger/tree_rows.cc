#include "server/ledger/tree_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/tile.h"
#include "server/ledger/row.h"

namespace sluis::ledger {
namespace {

using crypto::Hash;
using crypto::kTileHeight;
using crypto::kTileWidth;

// Tiles kept by one reader: a proof in the largest tree needs eight.
constexpr size_t kKeptTiles = 32;

std::string TreeKey(Table table, uint32_t level, uint64_t number) {
  std::string key = RowKey(table);
  crypto::AppendU8(key, static_cast<uint8_t>(level));
  crypto::AppendU64(key, number);
  return key;
}

std::string Concatenated(std::span<const Hash> hashes) {
  return {reinterpret_cast<const char*>(hashes.data()), hashes.size_bytes()};
}

bool AppendHashes(std::string_view bytes, std::vector<Hash>* hashes) {
  if (bytes.empty() || bytes.size() % sizeof(Hash) != 0) return false;
  const size_t count = bytes.size() / sizeof(Hash);
  if (hashes->size() + count > kTileWidth) return false;
  const size_t before = hashes->size();
  hashes->resize(before + count);
  std::memcpy(hashes->data() + before, bytes.data(), bytes.size());
  return true;
}

absl::Status BadTile(uint32_t level, uint64_t number) {
  return absl::DataLossError("tile " + std::to_string(number) + " of level " +
                             std::to_string(level) +
                             " of the log is damaged: restore the store from a backup");
}

// The hashes of an unfilled tile, from its rows.
absl::Status ReadRows(const storage::Snapshot& snapshot, uint32_t level, uint64_t tile,
                      std::vector<Hash>* hashes, std::vector<std::string>* keys) {
  const uint64_t first = tile * kTileWidth;
  bool whole = true;
  const absl::Status scanned = snapshot.Scan(
      HashRowKey(level, first), HashRowKey(level, first + kTileWidth),
      [&](std::string_view key, std::string_view value) {
        whole = key == HashRowKey(level, first + hashes->size()) && AppendHashes(value, hashes);
        if (whole && keys != nullptr) keys->emplace_back(key);
        return whole;
      });
  if (!scanned.ok()) return scanned;
  return whole ? absl::OkStatus() : BadTile(level, tile);
}

}  // namespace

std::string TileRowKey(uint32_t level, uint64_t number) {
  return TreeKey(Table::kTile, level, number);
}

std::string HashRowKey(uint32_t level, uint64_t first) {
  return TreeKey(Table::kHashes, level, first);
}

Hash SubtreeRoot(std::span<const Hash> hashes) {
  if (hashes.size() == 1) return hashes[0];
  std::vector<Hash> nodes(hashes.size() / 2);
  for (size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = crypto::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
  }
  for (size_t count = nodes.size() / 2; count > 0; count /= 2) {
    for (size_t i = 0; i < count; ++i) {
      nodes[i] = crypto::NodeHash(nodes[2 * i], nodes[2 * i + 1]);
    }
  }
  return nodes[0];
}

absl::StatusOr<RightEdge> RightEdge::Load(const storage::Snapshot& snapshot, uint64_t size) {
  RightEdge edge;
  uint32_t number = 0;
  for (uint64_t count = size; count > 0; count >>= kTileHeight, ++number) {
    Level& level = edge.levels_.emplace_back();
    level.tile = count / kTileWidth;
    const absl::Status read = ReadRows(snapshot, number, level.tile, &level.hashes, &level.rows);
    if (!read.ok()) return read;
    if (level.hashes.size() != count % kTileWidth) return BadTile(number, level.tile);
  }
  return edge;
}

void RightEdge::Append(std::span<const Hash> leaf_hashes, std::vector<storage::Write>* writes) {
  AppendAt(0, leaf_hashes, writes);
}

void RightEdge::AppendAt(size_t number, std::span<const Hash> hashes,
                         std::vector<storage::Write>* writes) {
  while (!hashes.empty()) {
    if (levels_.size() <= number) levels_.emplace_back();
    Level& level = levels_[number];
    const size_t count = std::min(hashes.size(), kTileWidth - level.hashes.size());
    const std::span<const Hash> chunk = hashes.first(count);
    hashes = hashes.subspan(count);
    const uint64_t first = level.tile * kTileWidth + level.hashes.size();
    level.hashes.insert(level.hashes.end(), chunk.begin(), chunk.end());
    if (level.hashes.size() < kTileWidth) {
      writes->push_back({HashRowKey(static_cast<uint32_t>(number), first), Concatenated(chunk)});
      level.rows.push_back(writes->back().key);
      return;
    }
    writes->push_back(
        {TileRowKey(static_cast<uint32_t>(number), level.tile), Concatenated(level.hashes)});
    for (std::string& row : level.rows) writes->push_back({std::move(row), std::nullopt});
    const Hash root = SubtreeRoot(level.hashes);
    level.rows.clear();
    level.hashes.clear();
    ++level.tile;
    AppendAt(number + 1, {&root, 1}, writes);  // may move levels_: `level` is not used after this
  }
}

absl::StatusOr<std::shared_ptr<const TreeRows::Tile>> TreeRows::ReadTile(uint32_t level,
                                                                         uint64_t number) {
  const std::pair<uint32_t, uint64_t> id{level, number};
  if (const auto kept = tiles_.find(id); kept != tiles_.end()) return kept->second;
  absl::StatusOr<std::optional<std::string>> row = snapshot_.Get(TileRowKey(level, number));
  if (!row.ok()) return row.status();
  auto tile = std::make_shared<Tile>();
  if (row->has_value()) {
    if (!AppendHashes(**row, tile.get()) || tile->size() != kTileWidth) {
      return BadTile(level, number);
    }
  } else if (absl::Status read = ReadRows(snapshot_, level, number, tile.get(), nullptr);
             !read.ok()) {
    return read;
  }
  if (tiles_.size() >= kKeptTiles) {
    tiles_.clear();
    nodes_.clear();
  }
  return tiles_.emplace(id, std::move(tile)).first->second;
}

absl::StatusOr<Hash> TreeRows::Node(uint32_t level, uint64_t index) {
  const uint32_t tile_level = level / kTileHeight;
  const uint32_t height = level % kTileHeight;
  const uint64_t first = index << height;
  absl::StatusOr<std::shared_ptr<const Tile>> tile = ReadTile(tile_level, first / kTileWidth);
  if (!tile.ok()) return tile.status();
  const size_t offset = first % kTileWidth;
  const size_t count = size_t{1} << height;
  if (offset + count > (*tile)->size()) return BadTile(tile_level, first / kTileWidth);
  if (count == 1) return (**tile)[offset];
  const auto [node, is_new] = nodes_.try_emplace({level, index});
  if (is_new) node->second = SubtreeRoot(std::span<const Hash>(**tile).subspan(offset, count));
  return node->second;
}

absl::StatusOr<crypto::TreeHead> TreeRows::Head(uint64_t size) {
  crypto::TreeHead head{size, crypto::EmptyRoot()};
  bool first = true;
  uint64_t end = size;
  for (uint64_t rest = size; rest != 0; rest &= rest - 1) {
    const auto level = static_cast<uint32_t>(std::countr_zero(rest));
    end -= uint64_t{1} << level;
    absl::StatusOr<Hash> node = Node(level, end >> level);
    if (!node.ok()) return node.status();
    head.root = first ? *node : crypto::NodeHash(*node, head.root);
    first = false;
  }
  return head;
}

absl::Status TreeRows::CheckTiles(uint64_t from, uint64_t to) {
  from /= kTileWidth;
  to /= kTileWidth;
  for (uint32_t level = 0; to > 0; ++level, from /= kTileWidth, to /= kTileWidth) {
    for (uint64_t number = from; number < to; ++number) {
      absl::StatusOr<std::shared_ptr<const Tile>> tile = ReadTile(level, number);
      if (!tile.ok()) return tile.status();
      absl::StatusOr<Hash> root = Node((level + 1) * kTileHeight, number);
      if (!root.ok()) return root.status();
      if ((*tile)->size() != kTileWidth || SubtreeRoot(**tile) != *root) {
        return BadTile(level, number);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace sluis::ledger
