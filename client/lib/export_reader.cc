#include "client/lib/export_reader.h"

#include <algorithm>
#include <cstring>

namespace sluis::client {
namespace {

constexpr crypto::BytesView kMagic = "sluis-export/v1\n";
constexpr size_t kSaltBytes = 32;
constexpr size_t kHashBytes = 32;
constexpr uint64_t kCountLimit = uint64_t{1} << 63;
constexpr size_t kChunk = size_t{1} << 20;
// The longest entry: five open parts of full length. One Fill makes a whole entry available, so
// that the views of one entry never move while it is read.
constexpr size_t kMaxEntryBytes =
    1 + kExportLeafBytes + kLogPartCount * (1 + kSaltBytes + 4 + kMaxExportPartBytes);
constexpr crypto::BytesView kFiveClosed("\0\0\0\0\0", kLogPartCount);

enum EntryKind : uint8_t { kLeaf = 1, kHashOnly = 2, kDamaged = 3 };

}  // namespace

ExportReader::ExportReader(std::istream& input)
    : input_(input), buffer_(std::make_unique_for_overwrite<char[]>(kChunk + kMaxEntryBytes)) {}

absl::Status ExportReader::Fail(absl::Status status) {
  failed_ = status;
  return status;
}

absl::Status ExportReader::Malformed(const std::string& what) {
  return Fail(absl::InvalidArgumentError("at byte " + std::to_string(offset()) + ": " + what));
}

absl::Status ExportReader::Fill(size_t wanted) {
  if (available() >= wanted || ended_) return absl::OkStatus();
  std::memmove(buffer_.get(), buffer_.get() + begin_, available());
  base_ += begin_;
  end_ = available();
  begin_ = 0;
  const size_t room = kChunk + kMaxEntryBytes - end_;
  input_.read(buffer_.get() + end_, static_cast<std::streamsize>(room));
  const auto got = static_cast<size_t>(input_.gcount());
  end_ += got;
  if (input_.bad()) {
    return Fail(absl::UnavailableError("the export cannot be read at byte " +
                                       std::to_string(base_ + end_) + ": check the disk"));
  }
  ended_ = got < room;
  return absl::OkStatus();
}

absl::Status ExportReader::Take(size_t count, crypto::BytesView& out) {
  if (available() < count) {
    // Only here does a short buffer mean a short file: callers filled before.
    return Fail(absl::OutOfRangeError("the file ends at byte " + std::to_string(base_ + end_) +
                                      ", inside what begins at byte " + std::to_string(offset()) +
                                      ": ask for the whole export"));
  }
  out = {buffer_.get() + begin_, count};
  begin_ += count;
  return absl::OkStatus();
}

absl::Status ExportReader::TakeU8(uint8_t& out) {
  crypto::BytesView raw;
  if (absl::Status status = Take(1, raw); !status.ok()) return status;
  crypto::Reader(raw).U8(&out);
  return absl::OkStatus();
}

absl::Status ExportReader::TakeU32(uint32_t& out) {
  crypto::BytesView raw;
  if (absl::Status status = Take(4, raw); !status.ok()) return status;
  crypto::Reader(raw).U32(&out);
  return absl::OkStatus();
}

absl::Status ExportReader::TakeU64(uint64_t& out) {
  crypto::BytesView raw;
  if (absl::Status status = Take(8, raw); !status.ok()) return status;
  crypto::Reader(raw).U64(&out);
  return absl::OkStatus();
}

absl::Status ExportReader::TakeText(size_t min, size_t max, const char* what, std::string& out) {
  uint32_t length = 0;
  if (absl::Status status = Fill(4 + max); !status.ok()) return status;
  if (absl::Status status = TakeU32(length); !status.ok()) return status;
  if (length < min || length > max) {
    return Malformed(std::string(what) + " of " + std::to_string(length) + " bytes, expected " +
                     std::to_string(min) + " to " + std::to_string(max));
  }
  crypto::BytesView raw;
  if (absl::Status status = Take(length, raw); !status.ok()) return status;
  out = std::string(raw);
  return absl::OkStatus();
}

absl::StatusOr<ExportHeader> ExportReader::ReadHeader() {
  if (!failed_.ok()) return failed_;
  if (absl::Status status = Fill(kMagic.size()); !status.ok()) return status;
  // A short file that begins well is cut off; one that begins otherwise is something else.
  const crypto::BytesView start(buffer_.get(), std::min(available(), kMagic.size()));
  if (start != kMagic.substr(0, start.size())) return Malformed("this is not an export of a log");
  crypto::BytesView magic;
  ExportHeader header;
  absl::Status status = Take(kMagic.size(), magic);
  if (status.ok()) status = TakeText(1, kMaxExportOriginBytes, "origin", header.origin);
  if (status.ok()) status = TakeText(0, kMaxExportKeyBytes, "verifier key", header.verifier_key);
  if (status.ok()) {
    status = TakeText(0, kMaxExportCheckpointBytes, "checkpoint", header.checkpoint);
  }
  if (status.ok()) status = Fill(9);
  if (status.ok()) status = TakeU64(header.count);
  if (status.ok() && header.count >= kCountLimit) return Malformed("no tree has so many entries");
  uint8_t complete = 0;
  if (status.ok()) status = TakeU8(complete);
  if (status.ok() && complete > 1) return Malformed("the flag `complete` must be 0 or 1");
  if (!status.ok()) return status;
  header.complete = complete == 1;
  return header;
}

absl::Status ExportReader::Next(ExportEntry& entry) {
  if (!failed_.ok()) return failed_;
  if (absl::Status status = Fill(kMaxEntryBytes); !status.ok()) return status;
  uint8_t kind = 0;
  if (absl::Status status = TakeU8(kind); !status.ok()) return status;
  entry.hash_only = kind == kHashOnly;
  entry.closed = false;
  entry.damaged = kind == kDamaged;
  if (entry.hash_only || entry.damaged) return Take(kHashBytes, entry.leaf_hash);
  if (kind != kLeaf) return Malformed("an entry of kind " + std::to_string(kind));
  if (absl::Status status = Take(kExportLeafBytes, entry.leaf); !status.ok()) return status;
  if (available() >= kLogPartCount &&
      crypto::BytesView(buffer_.get() + begin_, kLogPartCount) == kFiveClosed) {
    begin_ += kLogPartCount;
    entry.closed = true;
    return absl::OkStatus();
  }
  return TakeParts(entry);
}

absl::Status ExportReader::TakeParts(ExportEntry& entry) {
  for (ExportPart& part : entry.parts) {
    if (absl::Status status = TakePart(part); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ExportReader::TakePart(ExportPart& part) {
  uint8_t state = 0;
  if (absl::Status status = TakeU8(state); !status.ok()) return status;
  part = ExportPart{};
  part.state = static_cast<ExportPart::State>(state);
  switch (part.state) {
    case ExportPart::State::kClosed:
    case ExportPart::State::kMissing:
      return absl::OkStatus();
    case ExportPart::State::kErased:
      return TakeU64(part.erased_by);
    case ExportPart::State::kOpen: {
      if (absl::Status status = Take(kSaltBytes, part.salt); !status.ok()) return status;
      uint32_t length = 0;
      if (absl::Status status = TakeU32(length); !status.ok()) return status;
      if (length > kMaxExportPartBytes) {
        return Malformed("a part of " + std::to_string(length) +
                         " bytes, at most 8192 are allowed");
      }
      return Take(length, part.bytes);
    }
  }
  return Malformed("a part in state " + std::to_string(state));
}

absl::Status ExportReader::Finish() {
  if (!failed_.ok()) return failed_;
  if (absl::Status status = Fill(1); !status.ok()) return status;
  if (available() > 0) return Malformed("bytes follow the last entry");
  return absl::OkStatus();
}

}  // namespace sluis::client
