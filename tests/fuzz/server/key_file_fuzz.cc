#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "server/ledger/key_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::ledger;  // NOLINT(google-build-using-namespace)
  // The first bytes are the epoch that the name of the file states, the others the file.
  uint64_t epoch = 0;
  if (size < sizeof epoch) return 0;
  std::memcpy(&epoch, data, sizeof epoch);
  sluis::crypto::Secret<kKeyFileBytes> file;
  std::memcpy(file.mutable_span().data(), data + sizeof epoch,
              std::min(size - sizeof epoch, kKeyFileBytes));
  const auto key = DecodeKeyFile(epoch, file);
  if (key.ok()) {
    const auto again = EncodeKeyFile(epoch, *key);
    if (!std::ranges::equal(again.expose(), file.expose())) std::abort();
  }
  // A file that was written is read, and no changed one.
  EpochKey made;
  std::memcpy(made.mutable_span().data(), file.expose().data(), made.expose().size());
  auto written = EncodeKeyFile(epoch, made);
  const auto read = DecodeKeyFile(epoch, written);
  if (!read.ok() || !std::ranges::equal(read->expose(), made.expose())) std::abort();
  const size_t at = file.expose()[40] % kKeyFileBytes;
  const uint8_t change = file.expose()[41];
  written.mutable_span()[at] ^= change;
  if (change != 0 && DecodeKeyFile(epoch, written).ok()) std::abort();
  return 0;
}
