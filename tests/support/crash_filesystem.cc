#include "tests/support/crash_filesystem.h"

#include <utility>

#include "rocksdb/file_system.h"
#include "rocksdb/system_clock.h"

namespace sluis::tests {
namespace {

using Node = SimulatedDisk::Node;
using Disk = std::shared_ptr<SimulatedDisk>;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus ToStatus(int error, const std::string& path) {
  switch (error) {
    case 0:
      return IOStatus::OK();
    case ENOENT:
      return IOStatus::PathNotFound(path);
    case ENOSPC:
      return IOStatus::NoSpace(path);
    default:
      return IOStatus::IOError(path);
  }
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  SequentialFile(Disk disk, Node node) : disk_(std::move(disk)), node_(std::move(node)) {}

  IOStatus Read(size_t count, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) override {
    const size_t read = disk_->Read(node_, at_, count, scratch);
    at_ += read;
    *result = rocksdb::Slice(scratch, read);
    return IOStatus::OK();
  }
  IOStatus Skip(uint64_t count) override {
    at_ += count;
    return IOStatus::OK();
  }

 private:
  const Disk disk_;
  const Node node_;
  uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccessFile(Disk disk, Node node) : disk_(std::move(disk)), node_(std::move(node)) {}

  IOStatus Read(uint64_t offset, size_t count, const IOOptions&, rocksdb::Slice* result,
                char* scratch, IODebugContext*) const override {
    *result = rocksdb::Slice(scratch, disk_->Read(node_, offset, count, scratch));
    return IOStatus::OK();
  }

 private:
  const Disk disk_;
  const Node node_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(Disk disk, Node node, std::string path)
      : disk_(std::move(disk)), node_(std::move(node)), path_(std::move(path)) {}

  using FSWritableFile::Append;
  IOStatus Append(const rocksdb::Slice& data, const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->Append(node_, {data.data(), data.size()}), path_);
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->Truncate(node_, size), path_);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->Sync(node_), path_);
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return disk_->Size(node_); }

 private:
  const Disk disk_;
  const Node node_;
  const std::string path_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(Disk disk, std::string path) : disk_(std::move(disk)), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->SyncFolder(path_), path_);
  }

 private:
  const Disk disk_;
  const std::string path_;
};

struct Lock final : rocksdb::FileLock {
  explicit Lock(Node locked) : node(std::move(locked)) {}
  const Node node;
};

class NullLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class CrashFileSystem final : public rocksdb::FileSystem {
 public:
  explicit CrashFileSystem(Disk disk) : disk_(std::move(disk)) {}
  const char* Name() const override { return "SimulatedDisk"; }

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return OpenAs<SequentialFile>(path, result);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return OpenAs<RandomAccessFile>(path, result);
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    return OpenForWriting(path, /*keep=*/false, result);
  }
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override {
    return OpenForWriting(path, /*keep=*/true, result);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    if (!disk_->IsFolder(path)) return ToStatus(ENOENT, path);
    *result = std::make_unique<Directory>(disk_, path);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    Node node;
    return disk_->Open(path, &node) == 0 ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names,
                       IODebugContext*) override {
    return ToStatus(disk_->List(path, names), path);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->Remove(path), path);
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->MakeFolder(path), path);
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    if (disk_->IsFolder(path)) return IOStatus::OK();
    return ToStatus(disk_->MakeFolder(path), path);
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToStatus(disk_->RemoveFolder(path), path);
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* size,
                       IODebugContext*) override {
    Node node;
    const int error = disk_->Open(path, &node);
    if (error == 0) *size = disk_->Size(node);
    return ToStatus(error, path);
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return ToStatus(disk_->Rename(from, to), from);
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    return ToStatus(disk_->Link(from, to), from);
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is,
                       IODebugContext*) override {
    *is = disk_->IsFolder(path);
    return IOStatus::OK();
  }

  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    Node node;
    int error = disk_->Create(path, /*exclusive=*/false, &node);
    if (error == 0) error = disk_->Lock(node);
    if (error == 0) *lock = std::make_unique<Lock>(node).release();  // UnlockFile takes it back
    return ToStatus(error, path);
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    const std::unique_ptr<Lock> held(static_cast<Lock*>(lock));
    disk_->Unlock(held->node);
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/";
    return IOStatus::OK();
  }
  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext*) override {
    *result = std::make_shared<NullLogger>();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute,
                           IODebugContext*) override {
    *absolute = path;
    return IOStatus::OK();
  }

 private:
  template <typename Opened, typename Result>
  IOStatus OpenAs(const std::string& path, std::unique_ptr<Result>* result) {
    Node node;
    const int error = disk_->Open(path, &node);
    if (error == 0) *result = std::make_unique<Opened>(disk_, std::move(node));
    return ToStatus(error, path);
  }

  IOStatus OpenForWriting(const std::string& path, bool keep,
                          std::unique_ptr<rocksdb::FSWritableFile>* result) {
    Node node;
    int error = disk_->Create(path, /*exclusive=*/false, &node);
    if (error == 0 && !keep) error = disk_->Truncate(node, 0);
    if (error == 0) *result = std::make_unique<WritableFile>(disk_, std::move(node), path);
    return ToStatus(error, path);
  }

  const Disk disk_;
};

// After an error RocksDB's threads rest for a second, which closing waits for; here nobody rests.
class WakefulClock final : public rocksdb::SystemClockWrapper {
 public:
  WakefulClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "WakefulClock"; }
  void SleepForMicroseconds(int) override {}
};

class CrashEnv final : public rocksdb::EnvWrapper {
 public:
  explicit CrashEnv(const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<WakefulClock>();
  }
  const char* Name() const override { return "CrashEnv"; }
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewCrashEnv(std::shared_ptr<SimulatedDisk> disk) {
  return std::make_unique<CrashEnv>(std::make_shared<CrashFileSystem>(std::move(disk)));
}

}  // namespace sluis::tests
