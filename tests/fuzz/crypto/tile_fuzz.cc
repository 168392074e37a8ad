// Tile and bundle paths have one spelling; bundles and tiles have exactly the stated shape.
#include "crypto/tile.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input = Input(data, size);
  if (const auto tile = ParseTilePath(input); tile.ok()) Require(TilePath(*tile) == input);
  if (const auto bundle = ParseBundlePath(input); bundle.ok()) {
    Require(BundlePath(*bundle) == input);
  }
  if (const auto entries = ParseBundle(input); entries.ok()) {
    Require(entries->size() <= kTileWidth);
    Bytes again;
    for (BytesView entry : *entries) Require(AppendBundleEntry(again, entry).ok());
    Require(again == input);
  }
  const auto width = static_cast<uint32_t>(size / 32);
  Require(ParseTile(input, width).ok() == (size % 32 == 0 && width >= 1 && width <= kTileWidth));
  return 0;
}
