#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "server/storage/files.h"

namespace sluis::storage {
namespace {

absl::Status ErrnoStatus(int error, const std::string& doing) {
  const std::string text =
      "cannot " + doing + ": " + std::error_code(error, std::generic_category()).message();
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(text);
    case EEXIST:
      return absl::AlreadyExistsError(text);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(text);
    case EWOULDBLOCK:
      return absl::FailedPreconditionError(text);
    default:
      return absl::UnavailableError(text);
  }
}

// Repeats a call that a signal cut short.
template <typename Call>
auto Retry(const Call& call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

absl::Status Check(int result, const std::string& doing) {
  return result == 0 ? absl::OkStatus() : ErrnoStatus(errno, doing);
}

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) const override {
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t count = Retry([&] {
        return pread(descriptor_, out.data() + done, out.size() - done,
                     static_cast<off_t>(offset + done));
      });
      if (count < 0) return ErrnoStatus(errno, "read " + path_);
      if (count == 0) break;
      done += static_cast<size_t>(count);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = Retry([&] {
        return pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      });
      if (count < 0) return ErrnoStatus(errno, "write " + path_);
      offset += static_cast<uint64_t>(count);
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return absl::OkStatus();
  }

  // Not repeated after EINTR: a second sync may answer OK for pages the first one lost.
  absl::Status Sync() override { return Check(fdatasync(descriptor_), "sync " + path_); }

  absl::StatusOr<uint64_t> Size() const override {
    struct stat about {};
    if (fstat(descriptor_, &about) != 0) return ErrnoStatus(errno, "look at " + path_);
    return static_cast<uint64_t>(about.st_size);
  }

  absl::Status Allocate(uint64_t size) override {
    int error = EINTR;
    while (error == EINTR) error = posix_fallocate(descriptor_, 0, static_cast<off_t>(size));
    return error == 0 ? absl::OkStatus() : ErrnoStatus(error, "take space for " + path_);
  }

  absl::Status Lock() override {
    return Check(Retry([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); }), "lock " + path_);
  }

 private:
  const int descriptor_;
  const std::string path_;
};

class PosixFiles final : public Files {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override {
    int flags = O_CLOEXEC | O_NOFOLLOW;
    if (mode == Mode::kRead) flags |= O_RDONLY;
    if (mode == Mode::kReadWrite) flags |= O_RDWR;
    if (mode == Mode::kCreateNew) flags |= O_RDWR | O_CREAT | O_EXCL;
    const int descriptor = Retry([&] { return open(path.c_str(), flags, 0600); });
    if (descriptor < 0) return ErrnoStatus(errno, "open " + path);
    return std::make_unique<PosixFile>(descriptor, path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return Check(rename(from.c_str(), to.c_str()), "rename " + from);
  }
  absl::Status Remove(const std::string& path) override {
    return Check(unlink(path.c_str()), "remove " + path);
  }
  absl::Status MakeFolder(const std::string& path) override {
    return Check(mkdir(path.c_str(), 0700), "make folder " + path);
  }

  absl::Status SyncFolder(const std::string& path) override {
    const int descriptor =
        Retry([&] { return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return ErrnoStatus(errno, "open folder " + path);
    const absl::Status status = Check(fsync(descriptor), "sync folder " + path);
    close(descriptor);
    return status;
  }

  absl::StatusOr<bool> Exists(const std::string& path) override {
    struct stat about {};
    if (lstat(path.c_str(), &about) == 0) return true;
    if (errno == ENOENT) return false;
    return ErrnoStatus(errno, "look at " + path);
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    DIR* open_folder = opendir(folder.c_str());
    if (open_folder == nullptr) return ErrnoStatus(errno, "list " + folder);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(open_folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    const int error = errno;
    closedir(open_folder);
    if (error != 0) return ErrnoStatus(error, "list " + folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::StatusOr<uint64_t> FreeBytes(const std::string& folder) override {
    struct statvfs about {};
    if (Retry([&] { return statvfs(folder.c_str(), &about); }) != 0) {
      return ErrnoStatus(errno, "measure " + folder);
    }
    return static_cast<uint64_t>(about.f_bavail) * about.f_frsize;
  }
};

}  // namespace

Files& SystemFiles() {
  static PosixFiles files;
  return files;
}

}  // namespace sluis::storage
