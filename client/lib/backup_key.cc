#include "client/lib/backup_key.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "client/lib/own_files.h"
#include "crypto/hash.h"
#include "crypto/text.h"

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "kek-";
constexpr crypto::BytesView kMagic = "sluiskk1";
constexpr size_t kEpochAt = 8;
constexpr size_t kCheckAt = 48;
constexpr size_t kCheckBytes = kKeyFileBytes - kCheckAt;
// "kek-", a number, a space, the check, LF.
constexpr size_t kMaxNameBytes = 64;

using KeyFile = crypto::Secret<kKeyFileBytes>;

Failure Wrong(std::string key, const std::string& path) {
  return {Exit::kUsage, {std::move(key), {{"path", path}}}, nullptr};
}

std::string NameOf(uint64_t epoch) { return std::string(kPrefix) + std::to_string(epoch); }

// Files of keys, also those that an earlier restore renamed.
std::vector<std::string> KeyFilesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    if (name.starts_with(kPrefix)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What a key file says of itself; nothing when it is damaged.
std::optional<BackupKeyName> NameIn(const KeyFile& file) {
  const auto bytes = file.expose();
  const crypto::Hash hash = crypto::Sha256(crypto::View(bytes.first(kCheckAt)));
  const crypto::BytesView check = crypto::View(bytes.subspan(kCheckAt));
  if (crypto::View(bytes.first(kEpochAt)) != kMagic ||
      !crypto::ConstantTimeEqual(crypto::View(hash).substr(0, kCheckBytes), check)) {
    return std::nullopt;
  }
  BackupKeyName name;
  crypto::Reader epoch(crypto::View(bytes.subspan(kEpochAt, sizeof(uint64_t))));
  epoch.U64(&name.epoch);
  std::copy(check.begin(), check.end(), name.check.begin());
  return name;
}

}  // namespace

std::optional<BackupKeyName> ParseBackupKeyName(std::string_view text) {
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  text.remove_suffix(1);
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<uint64_t> epoch = crypto::text::ParseDecimal(text.substr(0, space));
  const absl::StatusOr<crypto::Bytes> bytes = crypto::HexDecode(text.substr(space + 1));
  if (!epoch.has_value() || !bytes.ok()) return std::nullopt;
  const auto check = crypto::ToFixed<kCheckBytes>(*bytes);
  if (!check.ok()) return std::nullopt;
  return BackupKeyName{*epoch, *check};
}

Result<BackupKey> FindBackupKey(const std::string& backup, const std::string& keys) {
  const std::vector<std::string> names = KeyFilesIn(keys);
  if (names.empty()) return Wrong("restore.no_keys", keys);
  std::optional<BackupKeyName> wanted;
  const std::string statement = backup + "/key";
  if (Exists(statement)) {
    const Result<std::string> text = ReadWhole(statement, kMaxNameBytes);
    if (text.ok()) wanted = ParseBackupKeyName(*text);
    if (!wanted.has_value()) return Wrong("restore.key_unreadable", statement);
  }
  std::vector<BackupKey> fitting;
  Step unread;
  for (const std::string& name : names) {
    Result<std::string> bytes = ReadWhole(keys + "/" + name, kKeyFileBytes);
    if (!bytes.ok()) {
      unread = bytes.failure();
      continue;
    }
    absl::StatusOr<KeyFile> file = KeyFile::FromBytes(std::move(*bytes));
    const std::optional<BackupKeyName> found = file.ok() ? NameIn(*file) : std::nullopt;
    if (!found.has_value()) continue;
    const std::string own_name = NameOf(found->epoch);
    if (wanted.has_value()) {
      if (found->epoch == wanted->epoch && found->check == wanted->check) {
        return BackupKey{own_name, *std::move(file)};
      }
    } else if (name == own_name) {
      fitting.push_back({own_name, *std::move(file)});
    }
  }
  // A file that could not be read may have been the one.
  if (fitting.empty() && unread.has_value()) return *std::move(unread);
  if (wanted.has_value()) {
    return Failure{Exit::kUsage,
                   {"restore.key_gone", {{"path", keys}, {"key", NameOf(wanted->epoch)}}},
                   nullptr};
  }
  if (fitting.empty()) return Wrong("restore.no_keys", keys);
  if (fitting.size() > 1) return Wrong("restore.key_unstated", backup);
  return std::move(fitting.front());
}

}  // namespace sluis::client
