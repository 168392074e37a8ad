#ifndef SLUIS_TESTS_SUPPORT_SIMULATED_DISK_H_
#define SLUIS_TESTS_SUPPORT_SIMULATED_DISK_H_

#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluis::tests {

// What a crash leaves of the changes that were not synced.
enum class Survival {
  kSyncedOnly,  // nothing of them
  kPrefix,      // of each file and each folder the first few, the last one torn
  kSubset,  // of each file and each folder any of them, torn or whole, later ones without earlier
};
inline constexpr Survival kSurvivals[] = {Survival::kSyncedOnly, Survival::kPrefix,
                                          Survival::kSubset};

// A POSIX file system in memory that knows what was synced. Store (crash_filesystem.h) and files
// beside it (faulty_files.h) can lie on one disk, so that one crash takes both.
//
// The rules are the strictest that POSIX allows: content and size of a file are durable after its
// sync; a name (made, renamed, removed) after the sync of its folder, whatever was synced of the
// file. A rename within one folder is atomic. Thread-safe. Functions answer 0 or an errno.
class SimulatedDisk {
 public:
  struct Inode;
  using Node = std::shared_ptr<Inode>;

  enum class Operation { kWrite, kSync, kName, kSyncFolder };
  static constexpr size_t kOperations = 4;
  static constexpr uint64_t kUnbounded = UINT64_MAX;

  SimulatedDisk();

  // --- Crashes. The disk itself goes on; the survivors are a new, independent one. Same disk, same
  // seed: same survivors. Locks are gone, open files of the old disk do not reach the new one.
  std::shared_ptr<SimulatedDisk> AfterCrash(Survival how, uint64_t seed) const;

  // --- Faults. An operation is one call that changes or syncs something.
  uint64_t operations() const;
  // The next `count` operations still happen; every later one fails with EIO and changes nothing.
  void PowerOffAfter(uint64_t count);
  // The n-th operation of this kind from now (1: the next) fails with `error`, once.
  void FailNth(Operation kind, uint64_t n, int error = EIO);
  // Syncs answer OK and do nothing: what a build with sync off looks like from below.
  void IgnoreSyncs(bool ignore);
  // Total bytes of content that fit; beyond, writes fail with ENOSPC. Unbounded until set.
  void SetCapacity(uint64_t bytes);
  uint64_t FreeBytes() const;

  // --- Looking.
  // Every file's path, sorted.
  std::vector<std::string> Paths() const;
  // Whether any file that has a name holds these bytes.
  bool Holds(std::string_view bytes) const;

  // --- What the adapters call.
  int Open(const std::string& path, Node* out) const;
  int Create(const std::string& path, bool exclusive, Node* out);
  int Write(const Node& file, uint64_t offset, std::string_view bytes);
  int Append(const Node& file, std::string_view bytes);
  int Truncate(const Node& file, uint64_t size);
  int Sync(const Node& file);
  size_t Read(const Node& file, uint64_t offset, size_t count, char* out) const;
  uint64_t Size(const Node& file) const;
  int Lock(const Node& file);
  void Unlock(const Node& file);
  int Rename(const std::string& from, const std::string& to);
  int Link(const std::string& from, const std::string& to);
  int Remove(const std::string& path);
  int MakeFolder(const std::string& path);
  int RemoveFolder(const std::string& path);
  int SyncFolder(const std::string& path);
  int List(const std::string& path, std::vector<std::string>* names) const;
  bool IsFolder(const std::string& path) const;

 private:
  // All private functions expect mutex_ to be held.
  int Begin(Operation kind);
  Node Find(std::string_view path) const;
  // The folder that holds `path`, and the last name; null when there is none.
  std::pair<Node, std::string> Parent(const std::string& path) const;
  int WriteLocked(const Node& file, uint64_t offset, std::string_view bytes);
  uint64_t UsedBytes() const;
  void CollectPaths(const Inode& folder, const std::string& path,
                    std::vector<std::pair<std::string, Node>>* out) const;

  mutable std::mutex mutex_;
  Node root_;
  uint64_t operations_ = 0;
  uint64_t power_off_at_ = UINT64_MAX;
  uint64_t fail_in_[kOperations] = {};  // 0: not armed
  int fail_with_[kOperations] = {};
  bool ignore_syncs_ = false;
  uint64_t capacity_ = kUnbounded;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_SIMULATED_DISK_H_
