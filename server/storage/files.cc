#include "server/storage/files.h"

namespace sluis::storage {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::StatusOr<std::string> ReadFile(Files& files, const std::string& path, size_t max) {
  const auto file = files.Open(path, Files::Mode::kRead);
  if (!file.ok()) return file.status();
  const auto size = (*file)->Size();
  if (!size.ok()) return size.status();
  if (*size > max) {
    return absl::DataLossError(path + " is longer than the " + std::to_string(max) +
                               " bytes it may have; restore it from a backup");
  }
  std::string content(*size, '\0');
  const auto read = (*file)->ReadAt(
      0, std::span<uint8_t>(reinterpret_cast<uint8_t*>(content.data()), content.size()));
  if (!read.ok()) return read.status();
  content.resize(*read);
  return content;
}

absl::Status ReplaceFile(Files& files, const std::string& path, std::string_view content) {
  const std::string draft = path + ".tmp";
  const absl::Status removed = files.Remove(draft);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  {
    const auto file = files.Open(draft, Files::Mode::kCreateNew);
    if (!file.ok()) return file.status();
    absl::Status status = (*file)->WriteAt(0, content);
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
  }
  const absl::Status renamed = files.Rename(draft, path);
  if (!renamed.ok()) return renamed;
  return files.SyncFolder(FolderOf(path));
}

absl::Status RemoveDurably(Files& files, const std::string& path) {
  const absl::Status removed = files.Remove(path);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  // Also when there is none: an earlier removal may not be durable yet.
  return files.SyncFolder(FolderOf(path));
}

}  // namespace sluis::storage
