#include "server/storage/memory_store.h"

#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <vector>

namespace sluis::storage {
namespace {

// Every row keeps the values that someone may still ask for, each with the version (the number of
// batches applied) that wrote it, oldest first.
struct Value {
  uint64_t version = 0;
  std::optional<std::string> value;
};

class MemoryStore;

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(const MemoryStore& store, uint64_t version) : store_(store), version_(version) {}
  ~MemorySnapshot() override;
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  absl::Status Scan(std::string_view from, std::string_view until,
                    const Visitor& visit) const override;
  absl::Status ScanReverse(std::string_view from, std::string_view until,
                           const Visitor& visit) const override;

 private:
  const MemoryStore& store_;
  const uint64_t version_;
};

class MemoryStore final : public Store {
 public:
  using Row = std::pair<std::string, std::string>;

  std::unique_ptr<Snapshot> NewSnapshot() const override {
    const std::unique_lock lock(mutex_);
    readers_.insert(version_);
    return std::make_unique<MemorySnapshot>(*this, version_);
  }

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    const std::shared_lock lock(mutex_);
    return Read(key, version_);
  }

  absl::Status Apply(std::span<const Write> writes) override {
    const std::unique_lock lock(mutex_);
    ++version_;
    for (const Write& write : writes) {
      std::vector<Value>& values = rows_[write.key];
      if (!values.empty() && values.back().version == version_) values.pop_back();
      values.push_back({version_, write.value});
      if (values.size() > 1 || !write.value) stale_.insert(write.key);
    }
    if (readers_.empty()) Prune();
    return absl::OkStatus();
  }

  absl::Status CopyTo(const std::string&) override {
    return absl::UnimplementedError("a store in memory cannot be copied to a folder");
  }

  absl::StatusOr<std::optional<std::string>> GetAt(std::string_view key, uint64_t version) const {
    const std::shared_lock lock(mutex_);
    return Read(key, version);
  }

  // One step of a scan. Steps, and no lock across them, so that a visitor may use the store.
  std::optional<Row> Next(std::string_view from, bool inclusive, std::string_view until,
                          uint64_t version) const {
    const std::shared_lock lock(mutex_);
    auto at = inclusive ? rows_.lower_bound(from) : rows_.upper_bound(from);
    for (; at != rows_.end() && (until.empty() || at->first < until); ++at) {
      const std::string* value = Visible(at->second, version);
      if (value != nullptr) return Row(at->first, *value);
    }
    return std::nullopt;
  }

  std::optional<Row> Previous(std::string_view from, std::string_view until,
                              uint64_t version) const {
    const std::shared_lock lock(mutex_);
    auto at = until.empty() ? rows_.end() : rows_.lower_bound(until);
    while (at != rows_.begin()) {
      --at;
      if (at->first < from) break;
      const std::string* value = Visible(at->second, version);
      if (value != nullptr) return Row(at->first, *value);
    }
    return std::nullopt;
  }

  void Release(uint64_t version) const {
    const std::unique_lock lock(mutex_);
    readers_.erase(readers_.find(version));
    if (readers_.empty()) Prune();
  }

 private:
  static const std::string* Visible(const std::vector<Value>& values, uint64_t version) {
    for (auto value = values.rbegin(); value != values.rend(); ++value) {
      if (value->version <= version) return value->value ? &*value->value : nullptr;
    }
    return nullptr;
  }

  std::optional<std::string> Read(std::string_view key, uint64_t version) const {
    const auto row = rows_.find(key);
    if (row == rows_.end()) return std::nullopt;
    const std::string* value = Visible(row->second, version);
    if (value == nullptr) return std::nullopt;
    return *value;
  }

  // Forgets what only snapshots could see; there are none.
  void Prune() const {
    for (const std::string& key : stale_) {
      const auto row = rows_.find(key);
      std::vector<Value>& values = row->second;
      values.erase(values.begin(), values.end() - 1);
      if (!values.back().value) rows_.erase(row);
    }
    stale_.clear();
  }

  // Mutable: forgetting old values when a snapshot goes changes nothing that anyone can read.
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, std::vector<Value>, std::less<>> rows_;
  mutable std::set<std::string> stale_;  // rows that hold more than one living value
  mutable std::multiset<uint64_t> readers_;
  uint64_t version_ = 0;
};

MemorySnapshot::~MemorySnapshot() { store_.Release(version_); }

absl::StatusOr<std::optional<std::string>> MemorySnapshot::Get(std::string_view key) const {
  return store_.GetAt(key, version_);
}

absl::Status MemorySnapshot::Scan(std::string_view from, std::string_view until,
                                  const Visitor& visit) const {
  auto row = store_.Next(from, /*inclusive=*/true, until, version_);
  while (row && visit(row->first, row->second)) {
    row = store_.Next(row->first, /*inclusive=*/false, until, version_);
  }
  return absl::OkStatus();
}

absl::Status MemorySnapshot::ScanReverse(std::string_view from, std::string_view until,
                                         const Visitor& visit) const {
  auto row = store_.Previous(from, until, version_);
  // An empty key would read as "no upper bound"; nothing comes before it anyway.
  while (row && visit(row->first, row->second) && !row->first.empty()) {
    row = store_.Previous(from, row->first, version_);
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace sluis::storage
