#include "server/ledger/data_folder.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sluis::ledger {
namespace {

using storage::Files;

constexpr std::string_view kLockName = "lock";
constexpr std::string_view kFormatName = "FORMAT";
constexpr std::string_view kBallastName = "ballast";

bool BelongsToALedger(std::string_view name) {
  return name == kMarkFileName || name == kErasureJournalName || name.starts_with("kek-");
}

}  // namespace

absl::StatusOr<DataFolder> DataFolder::Open(Files& files, std::string path) {
  DataFolder folder(files, std::move(path));
  absl::Status status = files.MakeFolder(folder.path_);
  if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  // Also when it was there: whoever made it may have been cut short before this.
  status = files.SyncFolder(storage::FolderOf(folder.path_));
  if (status.ok()) status = folder.TakeLock();
  if (status.ok()) status = folder.CheckFormat();
  if (!status.ok()) return status;
  return folder;
}

std::string DataFolder::PathOf(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

absl::Status DataFolder::TakeLock() {
  const std::string path = PathOf(kLockName);
  auto lock = files_->Open(path, Files::Mode::kCreateNew);
  if (absl::IsAlreadyExists(lock.status())) lock = files_->Open(path, Files::Mode::kReadWrite);
  if (!lock.ok()) return lock.status();
  const absl::Status taken = (*lock)->Lock();
  if (absl::IsFailedPrecondition(taken)) {
    return absl::FailedPreconditionError(path_ +
                                         " is in use by another instance: stop that one first");
  }
  if (!taken.ok()) return taken;
  lock_ = *std::move(lock);
  return absl::OkStatus();
}

absl::Status DataFolder::CheckFormat() {
  const std::string path = PathOf(kFormatName);
  const auto content = storage::ReadFile(*files_, path, 16);
  if (absl::IsNotFound(content.status())) {
    const auto names = files_->List(path_);
    if (!names.ok()) return names.status();
    if (std::any_of(names->begin(), names->end(), BelongsToALedger)) {
      return absl::DataLossError(path + " is missing beside the files of a ledger: restore " +
                                 path_ + " from a backup");
    }
    return RaiseFormat();
  }
  if (!content.ok()) return content.status();
  uint32_t format = 0;
  const char* end = content->data() + content->size();
  const auto [stop, error] = std::from_chars(content->data(), end, format);
  if (error != std::errc() || *content != std::to_string(format) + "\n" || format == 0) {
    return absl::DataLossError(path + " is not a format number: restore it from a backup");
  }
  if (format > kDataFormat) {
    return absl::FailedPreconditionError(path_ + " has format " + std::to_string(format) +
                                         ", this program knows up to " +
                                         std::to_string(kDataFormat) + ": install a newer one");
  }
  static_assert(kOldestDataFormat == 1, "a number below the oldest is refused here");
  format_ = format;
  return absl::OkStatus();
}

absl::Status DataFolder::RaiseFormat() {
  absl::Status raised =
      storage::ReplaceFile(*files_, PathOf(kFormatName), std::to_string(kDataFormat) + "\n");
  if (raised.ok()) format_ = kDataFormat;
  return raised;
}

absl::Status DataFolder::MakeBallast(uint64_t bytes) {
  const std::string path = PathOf(kBallastName);
  const auto there = files_->Open(path, Files::Mode::kRead);
  if (there.ok()) {
    const auto size = (*there)->Size();
    if (!size.ok()) return size.status();
    if (*size == bytes) return absl::OkStatus();
    const absl::Status removed = files_->Remove(path);
    if (!removed.ok()) return removed;
  } else if (!absl::IsNotFound(there.status())) {
    return there.status();
  }
  const auto ballast = files_->Open(path, Files::Mode::kCreateNew);
  if (!ballast.ok()) return ballast.status();
  absl::Status status = (*ballast)->Allocate(bytes);
  if (status.ok()) status = (*ballast)->Sync();
  if (status.ok()) status = files_->SyncFolder(path_);
  // Half a ballast would eat the space that it is to keep free.
  if (!status.ok()) files_->Remove(path).IgnoreError();
  return status;
}

absl::Status DataFolder::GiveUpBallast() {
  return storage::RemoveDurably(*files_, PathOf(kBallastName));
}

absl::StatusOr<bool> DataFolder::HasBallast() const { return files_->Exists(PathOf(kBallastName)); }

absl::StatusOr<bool> DataFolder::IsRestored() const {
  return files_->Exists(PathOf(kRestoredName));
}

absl::Status DataFolder::SetRestored() {
  return storage::ReplaceFile(*files_, PathOf(kRestoredName), "");
}

absl::Status DataFolder::ClearRestored() {
  return storage::RemoveDurably(*files_, PathOf(kRestoredName));
}

}  // namespace sluis::ledger
