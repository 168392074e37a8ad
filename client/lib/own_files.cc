#include "client/lib/own_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "crypto/secret.h"

namespace sluis::client {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Failure Failed(std::string key, const std::string& path) {
  return {Exit::kUsage, {std::move(key), {{"path", path}}}, nullptr};
}

Failure CannotOpen(const std::string& path, int error) {
  if (error == ENOENT) return Failed("file.absent", path);
  if (error == EACCES || error == EPERM) return Failed("file.no_access", path);
  if (error == EEXIST) return Failed("file.exists", path);
  return Failed("file.failed", path);
}

Result<std::string> ReadFrom(const Descriptor& file, const std::string& path, size_t max_bytes) {
  std::string bytes;
  bytes.resize(max_bytes + 1);
  size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotOpen(path, errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  if (used > max_bytes) return Failed("file.too_large", path);
  bytes.resize(used);
  return bytes;
}

mode_t ModeOf(FileMode mode) { return mode == FileMode::kPrivate ? 0600 : 0644; }

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return fsync(fd) == 0;
}

bool SyncFolderOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor folder(
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && fsync(folder.get()) == 0;
}

}  // namespace

Result<std::string> ReadWhole(const std::string& path, size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return CannotOpen(path, errno);
  return ReadFrom(file, path, max_bytes);
}

Result<std::string> ReadSecret(const std::string& path, size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return CannotOpen(path, errno);
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0) return CannotOpen(path, errno);
  if ((facts.st_mode & 077) != 0 || facts.st_uid != geteuid()) {
    return Failed("file.not_private", path);
  }
  return ReadFrom(file, path, max_bytes);
}

Step WriteNew(const std::string& path, std::string_view bytes, FileMode mode) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, ModeOf(mode)));
  if (file.get() < 0) return CannotOpen(path, errno);
  if (!WriteAll(file.get(), bytes) || !SyncFolderOf(path)) {
    unlink(path.c_str());
    return Failed("file.failed", path);
  }
  return std::nullopt;
}

Step WriteOver(const std::string& path, std::string_view bytes, FileMode mode) {
  const std::string beside = path + ".new";
  unlink(beside.c_str());
  if (Step failure = WriteNew(beside, bytes, mode)) return failure;
  if (rename(beside.c_str(), path.c_str()) != 0 || !SyncFolderOf(path)) {
    const int error = errno;
    unlink(beside.c_str());
    return CannotOpen(path, error);
  }
  return std::nullopt;
}

Step MakePrivateFolder(const std::string& path) {
  std::string prefix;
  for (const auto& piece : std::filesystem::path(path)) {
    prefix = (std::filesystem::path(prefix) / piece).string();
    if (mkdir(prefix.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int error = errno;
    if (!std::filesystem::is_directory(prefix)) return CannotOpen(prefix, error);
  }
  if (!std::filesystem::is_directory(path)) return Failed("file.exists", path);
  return std::nullopt;
}

Step CheckPrivateFolder(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return CannotOpen(path, errno);
  if (!S_ISDIR(facts.st_mode) || (facts.st_mode & 077) != 0) {
    return Failed("file.folder_not_private", path);
  }
  return std::nullopt;
}

bool Exists(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0;
}

}  // namespace sluis::client
