#include "server/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "server/ledger/row.h"
#include "sluis/record/v1/ledger.pb.h"

namespace sluis::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCopied[] = {"mark", "erasures", "FORMAT"};
constexpr std::string_view kKeyFilePrefix = "kek-";

// Whether it is the name of a finished key file: kek-<epoch>.
bool IsKeyFile(std::string_view name) {
  return name.starts_with(kKeyFilePrefix) && name.size() > kKeyFilePrefix.size() &&
         name.find_first_not_of("0123456789", kKeyFilePrefix.size()) == std::string_view::npos;
}

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

std::string BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Whether both hold the same; key files are small. Wipes what it read.
bool Same(const fs::path& one, const fs::path& other) {
  std::string first = BytesOf(one);
  std::string second = BytesOf(other);
  const bool same = first == second;
  explicit_bzero(first.data(), first.size());
  explicit_bzero(second.data(), second.size());
  return same;
}

absl::Status SetTime(const fs::path& path, uint64_t now_us) {
  const timespec now{static_cast<time_t>(now_us / 1'000'000), 0};
  const timespec times[] = {now, now};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0) return absl::OkStatus();
  return Failed("set the time of", path, {errno, std::generic_category()});
}

absl::Status CopyKey(const fs::path& from, const fs::path& to, uint64_t now_us) {
  std::error_code error;
  if (fs::exists(to)) {
    // A restored node goes through the same epochs again with other keys. The copy of the earlier
    // key stays beside, for the backups of its time, until its days are over.
    fs::rename(to, to.string() + ".before-" + NameOf(now_us), error);
    if (error) return Failed("rename", to, error);
  }
  fs::copy_file(from, to, error);
  if (!error) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  return error ? Failed("copy a key to", to, error) : absl::OkStatus();
}

absl::StatusOr<Backup> Make(storage::Store& store, const std::string& data_folder,
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
  absl::StatusOr<std::optional<std::string>> row = store.Get(ledger::RowKey(ledger::Table::kState));
  record::v1::LedgerState state;
  if (row.ok() && *row && state.ParseFromString(**row)) backup.entries = state.size();
  absl::Status copied = store.CopyTo((part / "ledger").string());
  if (!copied.ok()) return copied;
  absl::Status synced = SyncTree(part);
  if (!synced.ok()) return synced;
  fs::rename(part, final_folder, error);
  if (error) return Failed("rename", part, error);
  synced = SyncTree(backup_folder);
  if (!synced.ok()) return synced;

  return backup;
}

absl::Status Keep(const std::string& data_folder, const std::string& copy_folder, int days,
                  uint64_t now_us) {
  std::error_code error;
  fs::create_directories(copy_folder, error);
  if (error) return Failed("make", copy_folder, error);
  bool changed = false;
  for (const auto& item : fs::directory_iterator(data_folder, error)) {
    const std::string name = item.path().filename().string();
    if (!IsKeyFile(name)) continue;
    const fs::path to = fs::path(copy_folder) / name;
    if (!fs::exists(to) || !Same(item.path(), to)) {
      absl::Status copied = CopyKey(item.path(), to, now_us);
      if (!copied.ok()) return copied;
      changed = true;
    }
    // A copy's time is when its key was last in use; its days count from there.
    absl::Status touched = SetTime(to, now_us);
    if (!touched.ok()) return touched;
  }
  if (error) return Failed("read", data_folder, error);
  for (const auto& item : fs::directory_iterator(copy_folder, error)) {
    const std::string name = item.path().filename().string();
    if (!name.starts_with(kKeyFilePrefix) || fs::exists(fs::path(data_folder) / name)) continue;
    struct stat facts {};
    if (::stat(item.path().c_str(), &facts) != 0) continue;
    const uint64_t used_us = static_cast<uint64_t>(facts.st_mtime) * 1'000'000;
    if (used_us + static_cast<uint64_t>(days) * kDayUs > now_us) continue;
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

absl::StatusOr<Backup> MakeBackup(storage::Store& store, const std::string& data_folder,
                                  const std::string& backup_folder, uint64_t now_us) {
  return Caught([&] { return Make(store, data_folder, backup_folder, now_us); });
}

absl::Status KeepKeyCopies(const std::string& data_folder, const std::string& copy_folder, int days,
                           uint64_t now_us) {
  return Caught([&] { return Keep(data_folder, copy_folder, days, now_us); });
}

}  // namespace sluis::server
