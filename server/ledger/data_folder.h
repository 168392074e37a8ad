#ifndef SLUIS_SERVER_LEDGER_DATA_FOLDER_H_
#define SLUIS_SERVER_LEDGER_DATA_FOLDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/files.h"

namespace sluis::ledger {

// Version of everything in the folder and of the store's rows. In 1 the rows of exchanges lay open:
// a folder of that format is taken over when its store has none.
inline constexpr uint32_t kDataFormat = 2;
inline constexpr uint32_t kOldestDataFormat = 1;

// Names in the folder.
inline constexpr std::string_view kMarkFileName = "mark";
inline constexpr std::string_view kErasureJournalName = "erasures";
inline constexpr std::string_view kRestoredName = "restored";

// The folder of everything that the ledger keeps outside its store, held by one process at a time.
// Belongs to one thread. Other files and folders, such as the store's, may lie in it.
class DataFolder {
 public:
  // Opens, or durably makes (mode 0700), the folder, takes its lock and checks the file FORMAT.
  // FAILED_PRECONDITION when another instance holds the lock or the format is newer than this
  // program; DATA_LOSS when FORMAT is unreadable, or missing beside files of a ledger.
  // `files` must outlive this.
  static absl::StatusOr<DataFolder> Open(storage::Files& files, std::string path);

  // Path of `name` in the folder.
  std::string PathOf(std::string_view name) const;

  // The format that FORMAT names, and the act that makes it that of this program, once nothing in
  // the folder is of the older one.
  uint32_t format() const { return format_; }
  absl::Status RaiseFormat();

  absl::StatusOr<uint64_t> FreeBytes() const { return files_->FreeBytes(path_); }

  // Space held back so that the last entries can be written when the disk is full. MakeBallast does
  // nothing when a ballast of this size is there; GiveUpBallast nothing when there is none.
  absl::Status MakeBallast(uint64_t bytes);
  absl::Status GiveUpBallast();
  absl::StatusOr<bool> HasBallast() const;

  // Whether the folder was put back from a backup and the log does not say so yet: the file
  // `restored` is there. Removed by whoever wrote that entry; erasures since are applied first.
  absl::StatusOr<bool> IsRestored() const;
  absl::Status SetRestored();
  absl::Status ClearRestored();

 private:
  DataFolder(storage::Files& files, std::string path) : files_(&files), path_(std::move(path)) {}

  absl::Status TakeLock();
  absl::Status CheckFormat();

  storage::Files* files_;
  std::string path_;
  uint32_t format_ = kDataFormat;
  std::unique_ptr<storage::File> lock_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_DATA_FOLDER_H_
