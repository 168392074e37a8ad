#ifndef SLUIS_SERVER_BACKUP_H_
#define SLUIS_SERVER_BACKUP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/storage/files.h"
#include "server/storage/store.h"

namespace sluis::server {

struct Backup {
  std::string folder;
  uint64_t entries = 0;
};

// The stores of a node that cannot be made again.
struct BackedUp {
  storage::Store& ledger;
  storage::Store& witness;
};

// Copies mark file, erasure journal, ledger and witness store, in that order, to a new folder below
// `backup_folder` that is named after the moment. No key-encryption key is copied: without one the
// copy cannot be read. Which one it needs is written beside it.
//
// Guarantee: the copied ledger holds at least every entry of the copied mark, the copied witness
// store at least what that ledger rests on, and the key named is the one that opens it. A folder
// that is not finished keeps the ending ".part" and is no backup. Errors: ALREADY_EXISTS, ABORTED
// when erasures went on all the while, or the disk's.
absl::StatusOr<Backup> MakeBackup(const BackedUp& stores, const std::string& data_folder,
                                  const std::string& backup_folder, uint64_t now_us);

// Copies the key-encryption keys of the data folder that are not in `copy_folder` yet, and removes
// the copies of others `days` after they were last in use, so that a backup made before an erasure
// can be read for that long; without `days` it removes nothing. Copies are files of the same name,
// mode 0600; the copy of another key of that name, left from before a restore, gets the ending
// ".before-<moment>" and goes like the others. A key that is destroyed meanwhile is left out, and
// its copy stays what it was. Not guaranteed: the full `days` when this did not run while the key
// was in use.
absl::Status KeepKeyCopies(const std::string& data_folder, const std::string& copy_folder,
                           std::optional<int> days, uint64_t now_us,
                           storage::Files& files = storage::SystemFiles());

}  // namespace sluis::server

#endif  // SLUIS_SERVER_BACKUP_H_
