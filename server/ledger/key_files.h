#ifndef SLUIS_SERVER_LEDGER_KEY_FILES_H_
#define SLUIS_SERVER_LEDGER_KEY_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/storage/files.h"

namespace sluis::ledger {

// Key-encryption key of one epoch: wraps every bucket key.
using EpochKey = crypto::Secret<32>;

// File kek-<epoch>, big-endian: "sluiskk1" ‖ u64 epoch ‖ key[32] ‖ first 16 bytes of the SHA-256
// over all before. docs/formats.md, "Key-encryption key".
inline constexpr size_t kKeyFileBytes = 64;
// The check at its end: names a key without giving it away.
inline constexpr size_t kKeyCheckBytes = 16;

crypto::Secret<kKeyFileBytes> EncodeKeyFile(uint64_t epoch, const EpochKey& key);
// DATA_LOSS for everything that EncodeKeyFile cannot have written for this epoch.
absl::StatusOr<EpochKey> DecodeKeyFile(uint64_t epoch, const crypto::Secret<kKeyFileBytes>& bytes);

// The files of the key-encryption keys in one folder. Belongs to one thread.
//
// Guarantee: a key is whole on disk, or not there under its name. Not guaranteed: that overwriting
// reaches the cells of a flash disk, a snapshot of a virtual machine or a copy made elsewhere.
class KeyFiles {
 public:
  // `files` must outlive this.
  KeyFiles(storage::Files& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  // Epochs that have a file, ascending.
  absl::StatusOr<std::vector<uint64_t>> Epochs() const;

  // Writes the file of a new epoch; on OK it is durable, name included. ALREADY_EXISTS when the
  // epoch has a file.
  absl::Status Create(uint64_t epoch, const EpochKey& key);

  // NOT_FOUND when the epoch has no file, DATA_LOSS when the file is not what Create wrote.
  absl::StatusOr<EpochKey> Load(uint64_t epoch) const;

  // Overwrites the file, syncs, removes it, syncs the folder. OK when there is none.
  absl::Status Destroy(uint64_t epoch);

  // Destroys every epoch but this one, and what a Create cut short left: an older epoch is a
  // rotation to be finished, a later one a rotation to be dropped. NOT_FOUND, and nothing is
  // destroyed, when `epoch` itself has no readable file.
  absl::Status KeepOnly(uint64_t epoch);

 private:
  std::string PathOf(uint64_t epoch) const;
  absl::Status DestroyPath(const std::string& path);

  storage::Files& files_;
  std::string folder_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_KEY_FILES_H_
