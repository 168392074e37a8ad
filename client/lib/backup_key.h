// Which key-encryption key opens a backup.
//
// A backup holds no key. Its file `key` names the one of its moment by epoch and by the check that
// ends the key file, because after a restore a second key can bear the number of an earlier one
// (docs/formats.md, "Backup").
//
// Guarantee: what FindBackupKey returns is a whole key file, and the one that the backup names. Not
// guaranteed: that a backup which names none is opened by it; then a folder with one key is taken
// at its word and the node's start judges. Thread-safety: the file system's. Errors: a Failure with
// Exit::kUsage.
#ifndef SLUIS_CLIENT_LIB_BACKUP_KEY_H_
#define SLUIS_CLIENT_LIB_BACKUP_KEY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/lib/message.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace sluis::client {

inline constexpr size_t kKeyFileBytes = 64;

struct BackupKeyName {
  uint64_t epoch = 0;
  crypto::FixedBytes<16> check{};
};

// The text of the file `key`; nothing for any other text.
std::optional<BackupKeyName> ParseBackupKeyName(std::string_view text);

struct BackupKey {
  std::string name;  // in a data folder: kek-<epoch>
  crypto::Secret<kKeyFileBytes> file;
};

// The key of `backup` among the files kek-* of `keys`, whatever moment the name of a copy carries.
Result<BackupKey> FindBackupKey(const std::string& backup, const std::string& keys);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_BACKUP_KEY_H_
