#ifndef SLUIS_SERVER_STORAGE_FILES_H_
#define SLUIS_SERVER_STORAGE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluis::storage {

// Errors of everything here: NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED (the
// disk or the quota is full), FAILED_PRECONDITION (locked by another process), UNAVAILABLE for the
// rest, such as a disk that fails. The text names the path and the operation, never content.

// One open file. Belongs to one thread; closes, and gives its lock back, when it goes.
class File {
 public:
  virtual ~File() = default;

  // Reads into `out` from `offset`; how many bytes were read is less than asked only at the end.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) const = 0;

  // Writes all of `bytes` at `offset` or fails, and may then have written a part. Durable only
  // after Sync.
  virtual absl::Status WriteAt(uint64_t offset, std::string_view bytes) = 0;

  // Makes content and size durable (fdatasync); not the name: see Files::SyncFolder. After an error
  // nothing is known about what is durable, and trying again proves nothing: stop.
  virtual absl::Status Sync() = 0;

  virtual absl::StatusOr<uint64_t> Size() const = 0;

  // Grows the file to `size` bytes with space that is really taken (posix_fallocate).
  virtual absl::Status Allocate(uint64_t size) = 0;

  // Takes the exclusive advisory lock without waiting; FAILED_PRECONDITION when another holder,
  // also one in this process, has it.
  virtual absl::Status Lock() = 0;
};

// The few operations on files that durability rests on, so that tests can lose and fail each.
// Thread-safe.
class Files {
 public:
  enum class Mode {
    kRead,       // NOT_FOUND when missing
    kReadWrite,  // NOT_FOUND when missing
    kCreateNew,  // read and write, mode 0600; ALREADY_EXISTS when there is one
  };

  virtual ~Files() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) = 0;

  // Rename, replacing; Remove; MakeFolder (mode 0700, ALREADY_EXISTS when there is one). Each is
  // atomic, and durable only after SyncFolder of the folder that holds the name.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  virtual absl::Status MakeFolder(const std::string& path) = 0;
  virtual absl::Status SyncFolder(const std::string& path) = 0;

  virtual absl::StatusOr<bool> Exists(const std::string& path) = 0;
  // Names in a folder, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& folder) = 0;
  // Bytes that this process may still write on the file system of `folder` (statvfs).
  virtual absl::StatusOr<uint64_t> FreeBytes(const std::string& folder) = 0;
};

// The files of the machine; lives for ever.
Files& SystemFiles();

// The folder that holds `path`; "." for a bare name.
std::string FolderOf(const std::string& path);

// The content of a file of at most `max` bytes; DATA_LOSS when it is longer. Not for secrets: the
// bytes are not wiped.
absl::StatusOr<std::string> ReadFile(Files& files, const std::string& path, size_t max);

// Gives `path` this content, all or nothing, durably: writes `path`.tmp, syncs, renames, syncs the
// folder. A crash leaves the old content, or the new, and perhaps a `path`.tmp, which the next call
// replaces.
absl::Status ReplaceFile(Files& files, const std::string& path, std::string_view content);

// Removes `path` durably; OK when there is none.
absl::Status RemoveDurably(Files& files, const std::string& path);

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_FILES_H_
