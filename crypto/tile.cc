#include "crypto/tile.h"

#include <algorithm>
#include <optional>

#include "crypto/text.h"

namespace sluis::crypto {
namespace {

constexpr std::string_view kTilePrefix = "tile/";
constexpr std::string_view kBundlePrefix = "tile/entries/";
constexpr size_t kHashSize = std::tuple_size_v<Hash>;

absl::Status BadPath() {
  return absl::InvalidArgumentError(
      "not a tile path: expected tile/<level>/<number> or tile/entries/<number>, with .p/<width> "
      "when partial");
}

std::string ThreeDigits(uint64_t value) {
  std::string digits = std::to_string(value);
  return std::string(3 - digits.size(), '0') + digits;
}

// <N>[.p/<W>], where N is cut into groups of three digits and all but the last carry an x.
std::string NumberAndWidth(uint64_t index, uint32_t width) {
  std::string out = ThreeDigits(index % 1000);
  for (index /= 1000; index != 0; index /= 1000) {
    out.insert(0, "x" + ThreeDigits(index % 1000) + "/");
  }
  if (width != kTileWidth) out += ".p/" + std::to_string(width);
  return out;
}

// Bundles and tiles number and narrow alike.
std::optional<BundleId> ParseNumberAndWidth(std::string_view path) {
  BundleId out;
  if (const size_t partial = path.find(".p/"); partial != path.npos) {
    const std::optional<uint64_t> width = text::ParseDecimal(path.substr(partial + 3));
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    out.width = static_cast<uint32_t>(*width);
    path = path.substr(0, partial);
  }
  for (bool last = false; !last;) {
    last = !path.starts_with('x');
    if (!last) path.remove_prefix(1);
    if (path.size() < 3) return std::nullopt;
    for (char c : path.substr(0, 3)) {
      if (c < '0' || c > '9') return std::nullopt;
      if (__builtin_mul_overflow(out.index, uint64_t{10}, &out.index) ||
          __builtin_add_overflow(out.index, static_cast<uint64_t>(c - '0'), &out.index)) {
        return std::nullopt;
      }
    }
    path.remove_prefix(3);
    if (!last) {
      // A leading group of zeros would be a second spelling of a shorter number.
      if (out.index == 0 || !path.starts_with('/')) return std::nullopt;
      path.remove_prefix(1);
    }
  }
  if (!path.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::string TilePath(const TileId& tile) {
  return std::string(kTilePrefix) + std::to_string(tile.level) + "/" +
         NumberAndWidth(tile.index, tile.width);
}

std::string BundlePath(const BundleId& bundle) {
  return std::string(kBundlePrefix) + NumberAndWidth(bundle.index, bundle.width);
}

absl::StatusOr<TileId> ParseTilePath(std::string_view path) {
  if (!path.starts_with(kTilePrefix)) return BadPath();
  path.remove_prefix(kTilePrefix.size());
  const size_t slash = path.find('/');
  if (slash == path.npos) return BadPath();
  const std::optional<uint64_t> level = text::ParseDecimal(path.substr(0, slash));
  const std::optional<BundleId> rest = ParseNumberAndWidth(path.substr(slash + 1));
  if (!level || *level > kMaxTileLevel || !rest) return BadPath();
  return TileId{static_cast<uint32_t>(*level), rest->index, rest->width};
}

absl::StatusOr<BundleId> ParseBundlePath(std::string_view path) {
  if (!path.starts_with(kBundlePrefix)) return BadPath();
  const std::optional<BundleId> out = ParseNumberAndWidth(path.substr(kBundlePrefix.size()));
  if (!out) return BadPath();
  return *out;
}

BundleId BundleOfEntry(uint64_t index, uint64_t size) {
  const uint64_t bundle = index / kTileWidth;
  const bool full = bundle < size / kTileWidth;
  return {bundle, full ? kTileWidth : static_cast<uint32_t>(size % kTileWidth)};
}

std::vector<TileLevel> TilesOfTree(uint64_t size) {
  std::vector<TileLevel> out;
  // The full tiles of a level are the hashes of the level above.
  for (uint32_t level = 0; size != 0; ++level, size /= kTileWidth) {
    out.push_back({level, size / kTileWidth, static_cast<uint32_t>(size % kTileWidth)});
  }
  return out;
}

absl::StatusOr<std::vector<Hash>> ParseTile(BytesView bytes, uint32_t width) {
  if (width == 0 || width > kTileWidth || bytes.size() != width * kHashSize) {
    return absl::InvalidArgumentError(
        "a tile holds 1 to 256 hashes and its length must say how many");
  }
  std::vector<Hash> out(width);
  for (size_t i = 0; i < width; ++i) {
    const BytesView hash = bytes.substr(i * kHashSize, kHashSize);
    std::copy(hash.begin(), hash.end(), out[i].begin());
  }
  return out;
}

absl::Status AppendBundleEntry(Bytes& bundle, BytesView entry) {
  if (entry.size() > kMaxEntrySize) {
    return absl::InvalidArgumentError("a log entry holds at most 65535 bytes: log a hash instead");
  }
  AppendU16(bundle, static_cast<uint16_t>(entry.size()));
  bundle.append(entry);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<BytesView>> ParseBundle(BytesView bytes) {
  std::vector<BytesView> out;
  Reader reader(bytes);
  while (reader.remaining() != 0) {
    uint16_t length = 0;
    BytesView entry;
    if (out.size() == kTileWidth || !reader.U16(&length) || !reader.Fixed(length, &entry)) {
      return absl::InvalidArgumentError(
          "an entry bundle holds at most 256 length-prefixed entries, none cut short");
    }
    out.push_back(entry);
  }
  return out;
}

}  // namespace sluis::crypto
