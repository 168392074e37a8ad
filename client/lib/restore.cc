#include "client/lib/restore.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <utility>

#include "client/lib/backup_key.h"
#include "client/lib/own_files.h"
#include "crypto/secret.h"

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

constexpr size_t kJournalRecordBytes = 40;
constexpr size_t kMaxJournalBytes = size_t{256} << 20;

Failure Wrong(std::string key, const std::string& path) {
  return {Exit::kUsage, {std::move(key), {{"path", path}}}, nullptr};
}

// Holds the lock of the data folder, as the daemon does; not even made when there is no folder.
class Lock {
 public:
  explicit Lock(const std::string& data)
      : fd_(open((data + "/lock").c_str(), O_RDWR | O_CLOEXEC)) {}
  ~Lock() {
    if (fd_ >= 0) close(fd_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  bool Taken() const { return fd_ < 0 || flock(fd_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int fd_;
};

uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

// The journal only grows: of two, the longer one is the newer.
std::string NewestJournal(const RestorePlan& plan) {
  if (!plan.journal.empty()) return plan.journal;
  const std::string here = plan.data + "/erasures";
  const std::string there = plan.backup + "/erasures";
  if (!Exists(here) && !Exists(there)) return "";
  return SizeOf(here) >= SizeOf(there) && Exists(here) ? here : there;
}

bool CopyTree(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive, error);
  return !error;
}

bool SyncOne(const fs::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return synced;
}

// Makes durable what lies below the folder, then the folder and its name: a machine that loses its
// power must not find a restore half done that was told to be done.
bool SyncTree(const std::string& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!SyncOne(at->path())) return false;
  }
  if (error || !SyncOne(folder)) return false;
  const fs::path parent = fs::path(folder).parent_path();
  return SyncOne(parent.empty() ? fs::path(".") : parent);
}

Step CopyFile(const std::string& from, const std::string& to, size_t max_bytes) {
  Result<std::string> bytes = ReadWhole(from, max_bytes);
  if (!bytes.ok()) return bytes.failure();
  Step failure = WriteNew(to, *bytes, FileMode::kPrivate);
  crypto::Wipe(*bytes);
  return failure;
}

std::string Stamp(int64_t now_s) {
  const time_t now = now_s;
  tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return text.data();
}

}  // namespace

Result<Restored> Restore(const RestorePlan& plan, int64_t now_s) {
  const std::string store = plan.backup + "/ledger";
  if (!Exists(store + "/CURRENT")) return Wrong("restore.no_backup", plan.backup);
  if (!plan.journal.empty() && !Exists(plan.journal)) return Wrong("file.absent", plan.journal);
  const Lock lock(plan.data);
  if (!lock.Taken()) return Wrong("restore.running", plan.data);
  // Read before anything is moved: the folder of keys may lie in the data folder.
  const Result<BackupKey> key = FindBackupKey(plan.backup, plan.keys);
  if (!key.ok()) return key.failure();

  Restored done;
  std::string journal = NewestJournal(plan);
  std::error_code error;
  if (Exists(plan.data) && !fs::is_empty(plan.data, error)) {
    done.moved_to = plan.data + ".before-" + Stamp(now_s);
    fs::rename(plan.data, done.moved_to, error);
    if (error) return Wrong("file.failed", plan.data);
    if (journal.starts_with(plan.data + "/")) {
      journal = done.moved_to + journal.substr(plan.data.size());
    }
  }
  if (Step failure = MakePrivateFolder(plan.data)) return *std::move(failure);
  const auto in = [&](const std::string& name) { return plan.data + "/" + name; };
  if (Step failure = WriteNew(in("restored"), "", FileMode::kPrivate)) return *std::move(failure);
  if (Exists(plan.backup + "/FORMAT")) {
    if (Step failure = CopyFile(plan.backup + "/FORMAT", in("FORMAT"), 64))
      return *std::move(failure);
  }
  if (Exists(plan.backup + "/mark")) {
    if (Step failure = CopyFile(plan.backup + "/mark", in("mark"), 64 << 10))
      return *std::move(failure);
  }
  // Only the key of this store: any other opens what this store does not hold, and the node would
  // have to ask whether the folder is another one's.
  if (Step failure =
          WriteNew(in(key->name), crypto::View(key->file.expose()), FileMode::kPrivate)) {
    return *std::move(failure);
  }
  done.key = key->name;
  if (!journal.empty()) {
    if (Step failure = CopyFile(journal, in("erasures"), kMaxJournalBytes))
      return *std::move(failure);
    done.erasures = SizeOf(in("erasures")) / kJournalRecordBytes;
  }
  const std::string witness = plan.backup + "/witness";
  if ((Exists(witness) && !CopyTree(witness, in("witness"))) || !CopyTree(store, in("ledger")) ||
      !SyncTree(plan.data))
    return Wrong("restore.copy_failed", plan.data);
  return done;
}

}  // namespace sluis::client
