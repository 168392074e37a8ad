#include "server/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "crypto/bytes.h"
#include "server/ledger/key_files.h"
#include "server/ledger/log_state.h"
#include "server/storage/files.h"

namespace sluis::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCopied[] = {"mark", "erasures", "FORMAT"};
constexpr std::string_view kKeyFilePrefix = "kek-";
constexpr int kCopyRounds = 3;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

absl::Status Failed(const char* what, const fs::path& path, const std::error_code& error) {
  return absl::UnavailableError(std::string("cannot ") + what + " " + path.string() + ": " +
                                error.message());
}

// Makes what was written below `folder` durable: every file, and the folder itself.
absl::Status SyncTree(const fs::path& folder) {
  std::error_code error;
  for (const auto& item : fs::recursive_directory_iterator(folder, error)) {
    const int fd = ::open(item.path().c_str(), O_RDONLY);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!synced) return Failed("sync", item.path(), {errno, std::generic_category()});
  }
  if (error) return Failed("read", folder, error);
  const int fd = ::open(folder.c_str(), O_RDONLY);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced ? absl::OkStatus() : Failed("sync", folder, {errno, std::generic_category()});
}

std::string NameOf(uint64_t now_us) {
  const auto seconds = static_cast<std::time_t>(now_us / 1'000'000);
  std::tm moment{};
  gmtime_r(&seconds, &moment);
  char name[32];
  std::strftime(name, sizeof(name), "%Y%m%dT%H%M%SZ", &moment);
  return name;
}

absl::Status SetTime(const fs::path& path, uint64_t now_us) {
  const timespec now{static_cast<time_t>(now_us / 1'000'000), 0};
  const timespec times[] = {now, now};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0) return absl::OkStatus();
  return Failed("set the time of", path, {errno, std::generic_category()});
}

// Brings the copy of one key in step with the key; tells whether that changed anything.
absl::StatusOr<bool> CopyKey(const ledger::KeyFiles& keys, uint64_t epoch,
                             const std::string& copy_folder, uint64_t now_us,
                             storage::Files& files) {
  const absl::StatusOr<ledger::EpochKey> key = keys.Load(epoch);
  // An erasure destroys keys at any moment: one that went, or is read while it is overwritten, is
  // no key any more, and what was copied of it before must stay.
  if (absl::IsNotFound(key.status()) || absl::IsDataLoss(key.status())) return false;
  if (!key.ok()) return key.status();
  ledger::KeyFiles copies(files, copy_folder);
  const fs::path to = fs::path(copy_folder) / (std::string(kKeyFilePrefix) + std::to_string(epoch));
  const absl::StatusOr<ledger::EpochKey> copy = copies.Load(epoch);
  const bool same = copy.ok() && crypto::ConstantTimeEqual(crypto::View(copy->expose()),
                                                           crypto::View(key->expose()));
  if (!same && !absl::IsNotFound(copy.status())) {
    if (!copy.ok() && !absl::IsDataLoss(copy.status())) return copy.status();
    // A restored node goes through the same epochs again with other keys. The copy of the earlier
    // key stays beside, for the backups of its time, until its days are over.
    std::error_code error;
    fs::rename(to, to.string() + ".before-" + NameOf(now_us), error);
    if (error) return Failed("rename", to, error);
  }
  if (!same) {
    absl::Status created = copies.Create(epoch, *key);
    if (!created.ok()) return created;
  }
  // A copy's time is when its key was last in use; its days count from there.
  absl::Status touched = SetTime(to, now_us);
  if (!touched.ok()) return touched;
  return !same;
}

// The text that names the key of this epoch: formats.md, "Backup". Errors of the key file.
absl::StatusOr<std::string> NameOfKey(const std::string& data_folder, uint64_t epoch) {
  const absl::StatusOr<ledger::EpochKey> key =
      ledger::KeyFiles(storage::SystemFiles(), data_folder).Load(epoch);
  if (!key.ok()) return key.status();
  const auto file = ledger::EncodeKeyFile(epoch, *key);
  const auto check = file.expose().last(ledger::kKeyCheckBytes);
  return std::string(kKeyFilePrefix) + std::to_string(epoch) + " " +
         crypto::HexEncode(crypto::View(check)) + "\n";
}

// Copies the store together with the name of the key that opens the copy. An erasure meanwhile
// leaves open whether the copy is of before or after it: then it is made again.
absl::StatusOr<uint64_t> CopyStore(storage::Store& store, const std::string& data_folder,
                                   const fs::path& part) {
  const std::string to = (part / "ledger").string();
  for (int round = 0; round < kCopyRounds; ++round) {
    const absl::StatusOr<std::optional<ledger::LogState>> before =
        ledger::ReadLogState(*store.NewSnapshot());
    if (!before.ok()) return before.status();
    std::string name;
    if (before->has_value()) {
      absl::StatusOr<std::string> named = NameOfKey(data_folder, (*before)->key_epoch);
      // Read while it was being destroyed, or never whole: the epoch after the copy tells.
      if (named.ok()) name = *std::move(named);
    }
    const absl::Status copied = store.CopyTo(to);
    if (!copied.ok()) return copied;
    const absl::StatusOr<std::optional<ledger::LogState>> after =
        ledger::ReadLogState(*store.NewSnapshot());
    if (!after.ok()) return after.status();
    const uint64_t epoch = after->value_or(ledger::LogState{}).key_epoch;
    if (epoch == before->value_or(ledger::LogState{}).key_epoch) {
      if (!before->has_value()) return uint64_t{0};
      if (name.empty()) return NameOfKey(data_folder, epoch).status();
      std::ofstream file(part / "key", std::ios::binary);
      file << name;
      file.close();
      if (!file) return Failed("write", part / "key", {errno, std::generic_category()});
      return (*before)->size();
    }
    std::error_code error;
    fs::remove_all(to, error);
    if (error) return Failed("remove", to, error);
  }
  return absl::AbortedError("erasures went on while the backup was made: try again");
}

absl::StatusOr<Backup> Make(const BackedUp& stores, const std::string& data_folder,
                            const std::string& backup_folder, uint64_t now_us) {
  std::error_code error;
  const fs::path final_folder = fs::path(backup_folder) / NameOf(now_us);
  const fs::path part = final_folder.string() + ".part";
  if (fs::exists(final_folder)) {
    return absl::AlreadyExistsError("there is a backup of this second already; try again");
  }
  fs::remove_all(part, error);
  fs::create_directories(part, error);
  if (error) return Failed("make", part, error);
  fs::permissions(part, fs::perms::owner_all, error);
  for (const char* name : kCopied) {
    const fs::path from = fs::path(data_folder) / name;
    if (!fs::exists(from)) continue;
    fs::copy_file(from, part / name, error);
    if (error) return Failed("copy", from, error);
  }
  Backup backup{.folder = final_folder.string()};
  absl::StatusOr<uint64_t> entries = CopyStore(stores.ledger, data_folder, part);
  if (!entries.ok()) return entries.status();
  backup.entries = *entries;
  // After the ledger: no key given there may rest on a head that this copy does not know.
  const absl::Status copied = stores.witness.CopyTo((part / "witness").string());
  if (!copied.ok()) return copied;
  absl::Status synced = SyncTree(part);
  if (!synced.ok()) return synced;
  fs::rename(part, final_folder, error);
  if (error) return Failed("rename", part, error);
  synced = SyncTree(backup_folder);
  if (!synced.ok()) return synced;

  return backup;
}

absl::Status Keep(const std::string& data_folder, const std::string& copy_folder,
                  std::optional<int> days, uint64_t now_us, storage::Files& files) {
  std::error_code error;
  fs::create_directories(copy_folder, error);
  if (error) return Failed("make", copy_folder, error);
  bool changed = false;
  const ledger::KeyFiles keys(files, data_folder);
  const absl::StatusOr<std::vector<uint64_t>> epochs = keys.Epochs();
  if (!epochs.ok()) return epochs.status();
  for (const uint64_t epoch : *epochs) {
    const absl::StatusOr<bool> copied = CopyKey(keys, epoch, copy_folder, now_us, files);
    if (!copied.ok()) return copied.status();
    changed |= *copied;
  }
  for (const auto& item : fs::directory_iterator(copy_folder, error)) {
    const std::string name = item.path().filename().string();
    if (!days.has_value() || !name.starts_with(kKeyFilePrefix) ||
        fs::exists(fs::path(data_folder) / name))
      continue;
    struct stat facts {};
    if (::stat(item.path().c_str(), &facts) != 0) continue;
    const uint64_t used_us = static_cast<uint64_t>(facts.st_mtime) * 1'000'000;
    if (used_us + static_cast<uint64_t>(*days) * kDayUs > now_us) continue;
    fs::remove(item.path(), error);
    if (error) return Failed("remove", item.path(), error);
    changed = true;
  }
  if (error) return Failed("read", copy_folder, error);
  return changed ? SyncTree(copy_folder) : absl::OkStatus();
}

// The file system library throws where it has no error code to fill in; nothing of that leaves this
// file.
template <typename Work>
auto Caught(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const fs::filesystem_error& error) {
    return absl::UnavailableError(std::string("cannot read or write a backup folder: ") +
                                  error.code().message());
  }
}

}  // namespace

absl::StatusOr<Backup> MakeBackup(const BackedUp& stores, const std::string& data_folder,
                                  const std::string& backup_folder, uint64_t now_us) {
  return Caught([&] { return Make(stores, data_folder, backup_folder, now_us); });
}

absl::Status KeepKeyCopies(const std::string& data_folder, const std::string& copy_folder,
                           std::optional<int> days, uint64_t now_us, storage::Files& files) {
  return Caught([&] { return Keep(data_folder, copy_folder, days, now_us, files); });
}

}  // namespace sluis::server
