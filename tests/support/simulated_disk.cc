#include "tests/support/simulated_disk.h"

#include <algorithm>

#include "tests/support/simulated_inode.h"

namespace sluis::tests {

SimulatedDisk::SimulatedDisk() : root_(std::make_shared<Inode>(/*is_folder=*/true)) {}

// --- Faults and looking.

int SimulatedDisk::Begin(Operation kind) {
  if (operations_ >= power_off_at_) return EIO;
  ++operations_;
  const auto index = static_cast<size_t>(kind);
  if (fail_in_[index] > 0 && --fail_in_[index] == 0) return fail_with_[index];
  return 0;
}

uint64_t SimulatedDisk::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void SimulatedDisk::PowerOffAfter(uint64_t count) {
  const std::lock_guard lock(mutex_);
  power_off_at_ = operations_ + count;
}

void SimulatedDisk::FailNth(Operation kind, uint64_t n, int error) {
  const std::lock_guard lock(mutex_);
  fail_in_[static_cast<size_t>(kind)] = n;
  fail_with_[static_cast<size_t>(kind)] = error;
}

void SimulatedDisk::IgnoreSyncs(bool ignore) {
  const std::lock_guard lock(mutex_);
  ignore_syncs_ = ignore;
}

void SimulatedDisk::SetCapacity(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

uint64_t SimulatedDisk::UsedBytes() const {
  std::vector<std::pair<std::string, Node>> files;
  CollectPaths(*root_, "", &files);
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  uint64_t used = 0;
  const Inode* last = nullptr;
  for (const auto& [path, file] : files) {
    if (file.get() != last) used += file->content.size();  // a file of two names counts once
    last = file.get();
  }
  return used;
}

uint64_t SimulatedDisk::FreeBytes() const {
  const std::lock_guard lock(mutex_);
  const uint64_t used = UsedBytes();
  return used < capacity_ ? capacity_ - used : 0;
}

void SimulatedDisk::CollectPaths(const Inode& folder, const std::string& path,
                                 std::vector<std::pair<std::string, Node>>* out) const {
  for (const auto& [name, node] : folder.names) {
    if (node->folder) {
      CollectPaths(*node, path + "/" + name, out);
    } else {
      out->emplace_back(path + "/" + name, node);
    }
  }
}

std::vector<std::string> SimulatedDisk::Paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, Node>> files;
  CollectPaths(*root_, "", &files);
  std::vector<std::string> paths;
  for (auto& [path, file] : files) paths.push_back(std::move(path));
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool SimulatedDisk::Holds(std::string_view bytes) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, Node>> files;
  CollectPaths(*root_, "", &files);
  return std::any_of(files.begin(), files.end(), [&](const auto& file) {
    return file.second->content.find(bytes) != std::string::npos;
  });
}

// --- Finding.

SimulatedDisk::Node SimulatedDisk::Find(std::string_view path) const {
  Node at = root_;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string name(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty() || name == ".") continue;
    const auto found = at->names.find(name);
    if (found == at->names.end()) return nullptr;
    at = found->second;
  }
  return at;
}

std::pair<SimulatedDisk::Node, std::string> SimulatedDisk::Parent(const std::string& path) const {
  const size_t end = path.find_last_not_of('/') + 1;
  const size_t slash = end == 0 ? std::string::npos : path.find_last_of('/', end - 1);
  const size_t start = slash == std::string::npos ? 0 : slash + 1;
  Node folder = Find(std::string_view(path).substr(0, start));
  if (folder != nullptr && !folder->folder) folder = nullptr;
  return {std::move(folder), path.substr(start, end - start)};
}

int SimulatedDisk::Open(const std::string& path, Node* out) const {
  const std::lock_guard lock(mutex_);
  *out = Find(path);
  return *out == nullptr ? ENOENT : 0;
}

int SimulatedDisk::List(const std::string& path, std::vector<std::string>* names) const {
  const std::lock_guard lock(mutex_);
  const Node folder = Find(path);
  if (folder == nullptr) return ENOENT;
  if (!folder->folder) return ENOTDIR;
  names->clear();
  for (const auto& [name, node] : folder->names) names->push_back(name);
  return 0;
}

bool SimulatedDisk::IsFolder(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const Node node = Find(path);
  return node != nullptr && node->folder;
}

// --- Content.

int SimulatedDisk::Create(const std::string& path, bool exclusive, Node* out) {
  const std::lock_guard lock(mutex_);
  const auto [folder, name] = Parent(path);
  if (folder == nullptr) return ENOENT;
  const auto found = folder->names.find(name);
  if (found != folder->names.end()) {
    if (exclusive) return EEXIST;
    if (found->second->folder) return EISDIR;
    *out = found->second;
    return 0;
  }
  if (const int error = Begin(Operation::kName); error != 0) return error;
  *out = std::make_shared<Inode>(/*is_folder=*/false);
  folder->Change(NameChange{{{name, *out}}});
  return 0;
}

int SimulatedDisk::WriteLocked(const Node& file, uint64_t offset, std::string_view bytes) {
  if (const int error = Begin(Operation::kWrite); error != 0) return error;
  const uint64_t end = offset + bytes.size();
  if (end > file->content.size() && capacity_ != kUnbounded &&
      UsedBytes() + (end - file->content.size()) > capacity_) {
    return ENOSPC;
  }
  file->Change(DataChange{offset, std::string(bytes)});
  return 0;
}

int SimulatedDisk::Write(const Node& file, uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  return WriteLocked(file, offset, bytes);
}

int SimulatedDisk::Append(const Node& file, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  return WriteLocked(file, file->content.size(), bytes);
}

int SimulatedDisk::Truncate(const Node& file, uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (file->content.size() == size) return 0;
  if (const int error = Begin(Operation::kWrite); error != 0) return error;
  file->Change(DataChange{size, "", /*truncate=*/true});
  return 0;
}

int SimulatedDisk::Sync(const Node& file) {
  const std::lock_guard lock(mutex_);
  if (const int error = Begin(Operation::kSync); error != 0) return error;
  if (!ignore_syncs_) file->MakeDurable();
  return 0;
}

size_t SimulatedDisk::Read(const Node& file, uint64_t offset, size_t count, char* out) const {
  const std::lock_guard lock(mutex_);
  if (offset >= file->content.size()) return 0;
  count = std::min<size_t>(count, file->content.size() - offset);
  std::copy_n(file->content.data() + offset, count, out);
  return count;
}

uint64_t SimulatedDisk::Size(const Node& file) const {
  const std::lock_guard lock(mutex_);
  return file->content.size();
}

int SimulatedDisk::Lock(const Node& file) {
  const std::lock_guard lock(mutex_);
  return std::exchange(file->locked, true) ? EWOULDBLOCK : 0;
}

void SimulatedDisk::Unlock(const Node& file) {
  const std::lock_guard lock(mutex_);
  file->locked = false;
}

// --- Names.

int SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto [source, old_name] = Parent(from);
  const auto [target, new_name] = Parent(to);
  if (source == nullptr || target == nullptr) return ENOENT;
  const auto found = source->names.find(old_name);
  if (found == source->names.end()) return ENOENT;
  const Node node = found->second;
  if (source == target && old_name == new_name) return 0;
  if (const int error = Begin(Operation::kName); error != 0) return error;
  if (source == target) {
    source->Change(NameChange{{{new_name, node}, {old_name, nullptr}}});
  } else {
    target->Change(NameChange{{{new_name, node}}});
    source->Change(NameChange{{{old_name, nullptr}}});
  }
  return 0;
}

int SimulatedDisk::Link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const Node node = Find(from);
  const auto [target, name] = Parent(to);
  if (node == nullptr || target == nullptr) return ENOENT;
  if (target->names.contains(name)) return EEXIST;
  if (const int error = Begin(Operation::kName); error != 0) return error;
  target->Change(NameChange{{{name, node}}});
  return 0;
}

int SimulatedDisk::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto [folder, name] = Parent(path);
  if (folder == nullptr) return ENOENT;
  const auto found = folder->names.find(name);
  if (found == folder->names.end()) return ENOENT;
  if (found->second->folder) return EISDIR;
  if (const int error = Begin(Operation::kName); error != 0) return error;
  folder->Change(NameChange{{{name, nullptr}}});
  return 0;
}

int SimulatedDisk::MakeFolder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto [folder, name] = Parent(path);
  if (folder == nullptr) return ENOENT;
  if (name.empty() || folder->names.contains(name)) return EEXIST;
  if (const int error = Begin(Operation::kName); error != 0) return error;
  folder->Change(NameChange{{{name, std::make_shared<Inode>(/*is_folder=*/true)}}});
  return 0;
}

int SimulatedDisk::RemoveFolder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto [folder, name] = Parent(path);
  const Node node = Find(path);
  if (folder == nullptr || node == nullptr || name.empty()) return ENOENT;
  if (!node->folder) return ENOTDIR;
  if (!node->names.empty()) return ENOTEMPTY;
  if (const int error = Begin(Operation::kName); error != 0) return error;
  folder->Change(NameChange{{{name, nullptr}}});
  return 0;
}

int SimulatedDisk::SyncFolder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const Node folder = Find(path);
  if (folder == nullptr) return ENOENT;
  if (!folder->folder) return ENOTDIR;
  if (const int error = Begin(Operation::kSyncFolder); error != 0) return error;
  if (!ignore_syncs_) folder->MakeDurable();
  return 0;
}

}  // namespace sluis::tests
