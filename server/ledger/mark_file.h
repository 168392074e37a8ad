#ifndef SLUIS_SERVER_LEDGER_MARK_FILE_H_
#define SLUIS_SERVER_LEDGER_MARK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/storage/files.h"

namespace sluis::ledger {

// The newest checkpoint that was shown to anyone.
struct Mark {
  uint64_t sequence = 0;  // 1 for the first one ever written
  uint64_t made_at_us = 0;
  std::string note;  // signed note

  bool operator==(const Mark&) const = default;
};

// One slot, big-endian: "sluismk1" ‖ u64 sequence ‖ u64 made_at_us ‖ u32 length ‖ note ‖ SHA-256
// over all before, then zeros to 4,096 bytes. docs/formats.md, "Mark file".
inline constexpr size_t kMarkSlotBytes = 4096;
inline constexpr size_t kMaxMarkNoteBytes = kMarkSlotBytes - 8 - 8 - 8 - 4 - 32;

// INVALID_ARGUMENT for a note longer than kMaxMarkNoteBytes.
absl::StatusOr<crypto::Bytes> EncodeMarkSlot(const Mark& mark);
// INVALID_ARGUMENT for everything that EncodeMarkSlot cannot have written.
absl::StatusOr<Mark> DecodeMarkSlot(crypto::BytesView slot);

// The file that says how far the log has been shown: two slots, written in turn, the newest valid
// one counts. Belongs to one thread.
//
// Guarantee: after Write returned OK the mark is on stable storage; a crash during Write leaves the
// old mark or the new one. Not guaranteed: that a later slot damaged on disk is noticed, because it
// looks like a write cut short: the older mark then counts. The note is not verified here.
class MarkFile {
 public:
  // Reads the file. A missing one is no error: newest() is then empty, and the first Write makes
  // it, whole. DATA_LOSS when it exists and neither slot is valid. `files` must outlive this.
  static absl::StatusOr<MarkFile> Open(storage::Files& files, std::string path);

  const std::optional<Mark>& newest() const { return newest_; }

  // Writes the next mark. After an error the object and the disk may differ: stop.
  absl::Status Write(uint64_t made_at_us, crypto::BytesView note);

 private:
  MarkFile(storage::Files& files, std::string path) : files_(&files), path_(std::move(path)) {}

  storage::Files* files_;
  std::string path_;
  std::unique_ptr<storage::File> file_;  // null until the file exists
  std::optional<Mark> newest_;
  uint64_t newest_slot_ = 0;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_MARK_FILE_H_
