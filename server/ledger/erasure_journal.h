#ifndef SLUIS_SERVER_LEDGER_ERASURE_JOURNAL_H_
#define SLUIS_SERVER_LEDGER_ERASURE_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/storage/files.h"

namespace sluis::ledger {

// One key that was erased: it must never come back, also not from a backup.
struct ErasedKey {
  uint64_t epoch = 0;        // epoch that the erasure began
  uint64_t entry_index = 0;  // of the erasure entry
  crypto::FixedBytes<16> key_id{};

  bool operator==(const ErasedKey&) const = default;
};

// One record, big-endian: u64 epoch ‖ u64 entry index ‖ key id[16] ‖ first 8 bytes of the SHA-256
// over all before. docs/formats.md, "Erasure journal".
inline constexpr size_t kErasureRecordBytes = 40;
// Bound of the file: some 6.7 million erasures.
inline constexpr size_t kMaxErasureJournalBytes = size_t{256} << 20;

crypto::Bytes EncodeErasure(const ErasedKey& erased);

// All records in the order written. A last record that is cut or damaged is left out: its append
// never returned. DATA_LOSS when any other record is damaged or the bytes exceed the bound.
absl::StatusOr<std::vector<ErasedKey>> DecodeErasures(crypto::BytesView bytes);

// The append-only file of erased keys. Belongs to one thread.
//
// Guarantee: what Append answered OK for is on stable storage; a crash loses at most records whose
// Append never returned. Not guaranteed: that the last record, damaged later, is noticed; the store
// holds it too and the start completes the journal from there.
class ErasureJournal {
 public:
  // Opens, or durably makes, the file. `files` must outlive this.
  static absl::StatusOr<ErasureJournal> Open(storage::Files& files, const std::string& path);

  const std::vector<ErasedKey>& records() const { return records_; }

  // Appends, one synced write per record, so that a crash can damage the last one only.
  // After an error: stop.
  absl::Status Append(std::span<const ErasedKey> erased);

 private:
  explicit ErasureJournal(std::unique_ptr<storage::File> file) : file_(std::move(file)) {}

  std::unique_ptr<storage::File> file_;
  std::vector<ErasedKey> records_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_ERASURE_JOURNAL_H_
