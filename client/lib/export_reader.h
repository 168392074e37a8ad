// Reads an export of a log (suffix .sluislog) entry by entry.
//
// Guarantee: memory stays below two chunks of 1 MiB whatever the file says; a length, kind or state
// outside the format is refused before anything is stored for it, and the refusal names the byte
// offset. Reading a closed entry allocates nothing. Not guaranteed: that anything read is true;
// that is client/lib/verifier.h. Thread-safety: a reader belongs to one thread. Ownership: borrows
// the stream; what Next hands out lives until the next call. Errors: kOutOfRange when the file ends
// early, kInvalidArgument when it breaks the format, kUnavailable when the stream cannot be read.
// After an error every later call repeats it. Source: docs/formats.md, "Export file".
#ifndef SLUIS_CLIENT_LIB_EXPORT_READER_H_
#define SLUIS_CLIENT_LIB_EXPORT_READER_H_

#include <array>
#include <cstdint>
#include <istream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/log_part.h"
#include "crypto/bytes.h"

namespace sluis::client {

inline constexpr size_t kExportLeafBytes = 184;
inline constexpr size_t kMaxExportOriginBytes = 255;
inline constexpr size_t kMaxExportKeyBytes = 1024;
inline constexpr size_t kMaxExportCheckpointBytes = size_t{64} << 10;
inline constexpr size_t kMaxExportPartBytes = 8192;

// What stands before the entries, as the file claims it.
struct ExportHeader {
  std::string origin = {};
  std::string verifier_key = {};
  std::string checkpoint = {};
  uint64_t count = 0;
  bool complete = false;
};

struct ExportPart {
  enum class State : uint8_t { kClosed = 0, kOpen = 1, kErased = 2, kMissing = 3 };
  State state = State::kClosed;
  crypto::BytesView salt = {};   // 32 bytes when open
  crypto::BytesView bytes = {};  // when open
  uint64_t erased_by = 0;        // index of an entry, when erased
};

struct ExportEntry {
  // True: the export withholds this entry, or the node does not have it any more as it was logged;
  // `leaf_hash` is all there is.
  bool hash_only = false;
  bool damaged = false;
  crypto::BytesView leaf_hash;  // 32 bytes when hash_only or damaged
  crypto::BytesView leaf;       // 184 bytes otherwise
  // True when all five parts are closed; `parts` is then not filled.
  bool closed = false;
  std::array<ExportPart, kLogPartCount> parts;
};

class ExportReader {
 public:
  // `input` must outlive this.
  explicit ExportReader(std::istream& input);

  // First call. kInvalidArgument also for a count of 2^63 or more, which no tree can hold.
  absl::StatusOr<ExportHeader> ReadHeader();
  // Exactly ExportHeader::count calls.
  absl::Status Next(ExportEntry& entry);
  // Last call: OK when the file ends here, kInvalidArgument when bytes follow.
  absl::Status Finish();

  // Bytes taken so far.
  uint64_t offset() const { return base_ + begin_; }

 private:
  // Makes at least `wanted` bytes available when the stream still has them.
  absl::Status Fill(size_t wanted);
  size_t available() const { return end_ - begin_; }
  absl::Status Take(size_t count, crypto::BytesView& out);
  absl::Status TakeU8(uint8_t& out);
  absl::Status TakeU32(uint32_t& out);
  absl::Status TakeU64(uint64_t& out);
  absl::Status TakeText(size_t min, size_t max, const char* what, std::string& out);
  absl::Status TakeParts(ExportEntry& entry);
  absl::Status TakePart(ExportPart& part);
  absl::Status Malformed(const std::string& what);
  absl::Status Fail(absl::Status status);

  std::istream& input_;
  std::unique_ptr<char[]> buffer_;
  uint64_t base_ = 0;  // offset in the file of buffer_[0]
  size_t begin_ = 0;
  size_t end_ = 0;
  bool ended_ = false;
  absl::Status failed_;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_EXPORT_READER_H_
