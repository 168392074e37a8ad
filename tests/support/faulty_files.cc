#include "tests/support/faulty_files.h"

#include <algorithm>
#include <utility>

namespace sluis::tests {
namespace {

using Node = SimulatedDisk::Node;

absl::Status ToStatus(int error, const std::string& doing) {
  const std::string text = "cannot " + doing + " on the simulated disk";
  switch (error) {
    case 0:
      return absl::OkStatus();
    case ENOENT:
      return absl::NotFoundError(text);
    case EEXIST:
      return absl::AlreadyExistsError(text);
    case ENOSPC:
      return absl::ResourceExhaustedError(text);
    case EWOULDBLOCK:
      return absl::FailedPreconditionError(text);
    default:
      return absl::UnavailableError(text);
  }
}

class FaultyFile final : public storage::File {
 public:
  FaultyFile(std::shared_ptr<SimulatedDisk> disk, Node node, std::string path)
      : disk_(std::move(disk)), node_(std::move(node)), path_(std::move(path)) {}
  ~FaultyFile() override {
    if (locked_) disk_->Unlock(node_);
  }
  FaultyFile(const FaultyFile&) = delete;
  FaultyFile& operator=(const FaultyFile&) = delete;

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) const override {
    return disk_->Read(node_, offset, out.size(), reinterpret_cast<char*>(out.data()));
  }
  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    return ToStatus(disk_->Write(node_, offset, bytes), "write " + path_);
  }
  absl::Status Sync() override { return ToStatus(disk_->Sync(node_), "sync " + path_); }
  absl::StatusOr<uint64_t> Size() const override { return disk_->Size(node_); }
  absl::Status Allocate(uint64_t size) override {
    const uint64_t now = disk_->Size(node_);
    if (size <= now) return absl::OkStatus();
    return ToStatus(disk_->Write(node_, now, std::string(size - now, '\0')),
                    "take space for " + path_);
  }
  absl::Status Lock() override {
    const absl::Status status = ToStatus(disk_->Lock(node_), "lock " + path_);
    locked_ = locked_ || status.ok();
    return status;
  }

 private:
  const std::shared_ptr<SimulatedDisk> disk_;
  const Node node_;
  const std::string path_;
  bool locked_ = false;
};

class FaultyFiles final : public storage::Files {
 public:
  explicit FaultyFiles(std::shared_ptr<SimulatedDisk> disk) : disk_(std::move(disk)) {}

  absl::StatusOr<std::unique_ptr<storage::File>> Open(const std::string& path, Mode mode) override {
    Node node;
    const int error = mode == Mode::kCreateNew ? disk_->Create(path, /*exclusive=*/true, &node)
                                               : disk_->Open(path, &node);
    if (error != 0) return ToStatus(error, "open " + path);
    return std::make_unique<FaultyFile>(disk_, std::move(node), path);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return ToStatus(disk_->Rename(from, to), "rename " + from);
  }
  absl::Status Remove(const std::string& path) override {
    return ToStatus(disk_->Remove(path), "remove " + path);
  }
  absl::Status MakeFolder(const std::string& path) override {
    return ToStatus(disk_->MakeFolder(path), "make folder " + path);
  }
  absl::Status SyncFolder(const std::string& path) override {
    return ToStatus(disk_->SyncFolder(path), "sync folder " + path);
  }
  absl::StatusOr<bool> Exists(const std::string& path) override {
    Node node;
    return disk_->Open(path, &node) == 0;
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    std::vector<std::string> names;
    const int error = disk_->List(folder, &names);
    if (error != 0) return ToStatus(error, "list " + folder);
    return names;
  }
  absl::StatusOr<uint64_t> FreeBytes(const std::string&) override { return disk_->FreeBytes(); }

 private:
  const std::shared_ptr<SimulatedDisk> disk_;
};

}  // namespace

std::unique_ptr<storage::Files> NewFaultyFiles(std::shared_ptr<SimulatedDisk> disk) {
  return std::make_unique<FaultyFiles>(std::move(disk));
}

}  // namespace sluis::tests
