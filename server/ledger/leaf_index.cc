#include "server/ledger/leaf_index.h"

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "server/ledger/reader.h"

namespace sluis::ledger {
namespace {

constexpr char kUpToKey[] = "u";
constexpr char kLeafPrefix = 'l';
// A prefix of the hash is enough to find an entry: what is found is compared with the log before it
// is used.
constexpr size_t kHashPrefix = 16;
constexpr uint64_t kBlock = 1024;

std::string LeafKey(const crypto::Hash& leaf_hash) {
  return std::string(1, kLeafPrefix).append(crypto::View(leaf_hash).substr(0, kHashPrefix));
}

std::string Number(uint64_t value) {
  std::string bytes;
  crypto::AppendU64(bytes, value);
  return bytes;
}

absl::StatusOr<uint64_t> ReadNumber(const std::optional<std::string>& bytes) {
  if (!bytes) return uint64_t{0};
  uint64_t value = 0;
  crypto::Reader reader(*bytes);
  if (!reader.U64(&value) || !reader.done()) {
    return absl::DataLossError("the index of the log cannot be read; rebuild it");
  }
  return value;
}

}  // namespace

absl::Status LeafIndex::CatchUp() {
  std::lock_guard lock(mutex_);
  absl::StatusOr<std::optional<std::string>> stored = derived_.Get(kUpToKey);
  if (!stored.ok()) return stored.status();
  absl::StatusOr<uint64_t> next = ReadNumber(*stored);
  if (!next.ok()) return next.status();
  const std::unique_ptr<storage::Snapshot> snapshot = ledger_.store().NewSnapshot();
  const LogReader reader(ledger_.origin(), *snapshot, ledger_.keyring());
  absl::StatusOr<uint64_t> size = reader.Size();
  if (!size.ok()) return size.status();
  if (*next > *size) {
    return absl::DataLossError("the index is ahead of the log; rebuild it");
  }
  if (!stored->has_value()) {
    // New, or made again: nothing that a rebuild left over may stay.
    absl::Status deleted = DeleteAll();
    if (!deleted.ok()) return deleted;
  }
  while (*next < *size) {
    const uint64_t last = std::min(*size, *next + kBlock);
    std::vector<storage::Write> writes;
    absl::Status visited = reader.Visit(*next, last, [&writes](const StoredEntry& entry) {
      writes.push_back({LeafKey(crypto::LeafHash(entry.leaf)), Number(entry.index)});
      return true;
    });
    if (!visited.ok()) return visited;
    writes.push_back({kUpToKey, Number(last)});
    absl::Status applied = derived_.Apply(writes);
    if (!applied.ok()) return applied;
    *next = last;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<uint64_t>> LeafIndex::Find(const crypto::Hash& leaf_hash) const {
  absl::StatusOr<std::optional<std::string>> stored = derived_.Get(LeafKey(leaf_hash));
  if (!stored.ok()) return stored.status();
  if (!*stored) return std::optional<uint64_t>();
  absl::StatusOr<uint64_t> index = ReadNumber(*stored);
  if (!index.ok()) return index.status();
  const std::unique_ptr<storage::Snapshot> snapshot = ledger_.store().NewSnapshot();
  const LogReader reader(ledger_.origin(), *snapshot, ledger_.keyring());
  absl::StatusOr<StoredEntry> entry = reader.Entry(*index);
  if (!entry.ok()) return entry.status();
  if (crypto::LeafHash(entry->leaf) != leaf_hash) return std::optional<uint64_t>();
  return std::optional<uint64_t>(*index);
}

absl::Status LeafIndex::Rebuild() {
  {
    std::lock_guard lock(mutex_);
    // First, and by itself: what is cut short from here on is begun anew by the next CatchUp.
    const storage::Write begin{kUpToKey, std::nullopt};
    absl::Status begun = derived_.Apply({&begin, 1});
    if (!begun.ok()) return begun;
  }
  return CatchUp();
}

absl::Status LeafIndex::DeleteAll() {
  // Others keep rows in this store too.
  std::string from(1, kLeafPrefix);
  const std::string until = storage::PrefixEnd(from);
  for (;;) {
    std::vector<storage::Write> deletes;
    absl::Status scanned = derived_.NewSnapshot()->Scan(
        from, until, [&deletes](std::string_view key, std::string_view) {
          deletes.push_back({std::string(key), std::nullopt});
          return deletes.size() < kBlock;
        });
    if (!scanned.ok()) return scanned;
    if (deletes.empty()) return absl::OkStatus();
    // The first key after the last one taken.
    from = deletes.back().key;
    from.push_back('\0');
    absl::Status applied = derived_.Apply(deletes);
    if (!applied.ok()) return applied;
  }
}

}  // namespace sluis::ledger
