#include "server/storage/rocksdb_store.h"

#include <utility>

#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"
#include "server/storage/files.h"
#include "server/storage/rocksdb_env.h"

namespace sluis::storage {
namespace {

// An empty view may point nowhere, which the library asserts against.
rocksdb::Slice ToSlice(std::string_view bytes) {
  return bytes.empty() ? rocksdb::Slice() : rocksdb::Slice(bytes.data(), bytes.size());
}
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Code and our own words only: RocksDB's text may hold keys.
absl::Status ToStatus(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) {
    return absl::DataLossError(doing + ": the store fails its own checks; restore from a backup");
  }
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(doing + ": the disk is full");
  if (status.IsPathNotFound()) return absl::NotFoundError(doing + ": a file is missing");
  if (status.IsIOError()) {
    return absl::UnavailableError(doing + ": the disk reports an error; see the system's log");
  }
  return absl::InternalError(doing + ": the store reports code " +
                             std::to_string(static_cast<int>(status.code())));
}

absl::StatusOr<std::optional<std::string>> Read(rocksdb::DB& db,
                                                const rocksdb::ReadOptions& options,
                                                std::string_view key) {
  std::string value;
  const rocksdb::Status status = db.Get(options, ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return ToStatus(status, "cannot read a row");
  return value;
}

class RocksDbSnapshot final : public Snapshot {
 public:
  explicit RocksDbSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    return Read(db_, options, key);
  }

  absl::Status Scan(std::string_view from, std::string_view until,
                    const Visitor& visit) const override {
    return Walk(from, until, visit, /*reverse=*/false);
  }

  absl::Status ScanReverse(std::string_view from, std::string_view until,
                           const Visitor& visit) const override {
    return Walk(from, until, visit, /*reverse=*/true);
  }

 private:
  absl::Status Walk(std::string_view from, std::string_view until, const Visitor& visit,
                    bool reverse) const {
    if (!until.empty() && from >= until) return absl::OkStatus();
    const rocksdb::Slice lower = ToSlice(from);
    const rocksdb::Slice upper = ToSlice(until);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.iterate_lower_bound = &lower;
    if (!until.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> row(db_.NewIterator(options));
    for (reverse ? row->SeekToLast() : row->SeekToFirst(); row->Valid();
         reverse ? row->Prev() : row->Next()) {
      if (!visit(ToView(row->key()), ToView(row->value()))) break;
    }
    return ToStatus(row->status(), "cannot read rows");
  }

  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

class RocksDbStore final : public Store {
 public:
  RocksDbStore(std::unique_ptr<rocksdb::DB> db, bool sync) : db_(std::move(db)), sync_(sync) {}

  std::unique_ptr<Snapshot> NewSnapshot() const override {
    return std::make_unique<RocksDbSnapshot>(*db_);
  }

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return Read(*db_, {}, key);
  }

  absl::Status Apply(std::span<const Write> writes) override {
    size_t bytes = 0;
    for (const Write& write : writes) {
      bytes += write.key.size() + (write.value ? write.value->size() : 0) + 16;
    }
    rocksdb::WriteBatch batch(bytes);
    for (const Write& write : writes) {
      const rocksdb::Status status =
          write.value ? batch.Put(write.key, *write.value) : batch.Delete(write.key);
      if (!status.ok()) return ToStatus(status, "cannot build a batch");
    }
    rocksdb::WriteOptions options;
    options.sync = sync_;
    return ToStatus(db_->Write(options, &batch), "cannot write a batch");
  }

  absl::Status CopyTo(const std::string& folder) override {
    rocksdb::Env& env = *db_->GetEnv();
    if (env.FileExists(folder).ok()) {
      return absl::AlreadyExistsError("cannot copy the store: " + folder +
                                      " exists; name a folder that does not");
    }
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
    if (status.ok()) status = SyncParent(env, folder);
    return ToStatus(status, "cannot copy the store to " + folder);
  }

  static rocksdb::Status SyncParent(rocksdb::Env& env, const std::string& folder) {
    std::unique_ptr<rocksdb::Directory> parent;
    const rocksdb::Status status = env.NewDirectory(FolderOf(folder), &parent);
    return status.ok() ? parent->Fsync() : status;
  }

 private:
  const std::unique_ptr<rocksdb::DB> db_;
  const bool sync_;
};

rocksdb::Options TableOptions(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  rocksdb::Options out;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.compression = rocksdb::kNoCompression;  // sealed bytes and hashes do not compress
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStoreOn(const RocksDbEnvironment& environment,
                                                          const std::string& folder,
                                                          const RocksDbOptions& options) {
  const std::string doing = "cannot open the store in " + folder;
  rocksdb::Options settings = TableOptions(options);
  settings.env = environment.env != nullptr ? environment.env : rocksdb::Env::Default();
  settings.create_if_missing = !options.must_exist;
  settings.paranoid_checks = true;
  settings.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  settings.write_buffer_size = options.write_buffer_bytes;
  // Most reads before a write are for a row that must not be there yet.
  settings.memtable_whole_key_filtering = true;
  settings.memtable_prefix_bloom_size_ratio = 0.02;
  settings.max_total_wal_size = 2 * options.write_buffer_bytes;
  // After an error the process ends and the next start decides; nothing resumes by itself.
  settings.max_bgerror_resume_count = 0;
  // Opening a large store must not read statistics of every table first.
  settings.skip_stats_update_on_db_open = true;
  settings.info_log_level = rocksdb::WARN_LEVEL;
  settings.keep_log_file_num = 4;
  settings.stats_dump_period_sec = 0;
  settings.stats_persist_period_sec = 0;

  if (options.must_exist && !settings.env->FileExists(folder + "/CURRENT").ok()) {
    return absl::NotFoundError(doing + ": there is none");
  }
  // The name of the folder must be as durable as what is written in it.
  rocksdb::Status status = settings.env->CreateDirIfMissing(folder);
  if (status.ok()) status = RocksDbStore::SyncParent(*settings.env, folder);
  if (!status.ok()) return ToStatus(status, doing);

  rocksdb::DB* db = nullptr;
  status = rocksdb::DB::Open(settings, folder, &db);
  if (status.IsIOError() && status.ToString().find("/LOCK: ") != std::string::npos) {
    return absl::FailedPreconditionError(doing + ": another process has it open; stop that first");
  }
  if (!status.ok()) return ToStatus(status, doing);
  return std::make_unique<RocksDbStore>(std::unique_ptr<rocksdb::DB>(db), environment.sync);
}

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const std::string& folder,
                                                        const RocksDbOptions& options) {
  return OpenRocksDbStoreOn({}, folder, options);
}

}  // namespace sluis::storage
