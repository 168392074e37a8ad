#ifndef SLUIS_TESTS_SUPPORT_SCRIPTED_STORE_H_
#define SLUIS_TESTS_SUPPORT_SCRIPTED_STORE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/storage/memory_store.h"
#include "server/storage/store.h"

namespace sluis::tests {

// A store in memory that remembers every value it ever held, as files of a real store would, and
// that can be held up, made to fail, and tampered with.
class ScriptedStore final : public storage::Store {
 public:
  enum class Failure { kNotWritten, kWritten };  // whether the failing batch is there afterwards

  std::unique_ptr<storage::Snapshot> NewSnapshot() const override { return inner_->NewSnapshot(); }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    ++gets_;
    return inner_->Get(key);
  }
  absl::Status CopyTo(const std::string& folder) override { return inner_->CopyTo(folder); }

  absl::Status Apply(std::span<const storage::Write> writes) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    --waiting_;
    ++applied_;
    const bool fails = fail_in_ > 0 && --fail_in_ == 0;
    if (fails && failure_ == Failure::kNotWritten) return absl::UnavailableError("scripted");
    history_.insert(history_.end(), writes.begin(), writes.end());
    batches_.emplace_back(writes.begin(), writes.end());
    const absl::Status status = inner_->Apply(writes);
    return fails ? absl::UnavailableError("scripted") : status;
  }

  // The n-th Apply from now (1: the next) fails.
  void FailNth(uint64_t n, Failure failure) {
    const std::lock_guard lock(mutex_);
    fail_in_ = n;
    failure_ = failure;
  }

  // Apply waits between these, so that submissions gather into one group.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

  // Changes a row behind the ledger's back.
  void Tamper(const std::string& key, std::optional<std::string> value) {
    const storage::Write write{key, std::move(value)};
    inner_->Apply({&write, 1}).IgnoreError();
  }
  std::string Value(const std::string& key) const { return inner_->Get(key)->value_or(""); }
  std::vector<storage::Write> Rows() const {
    std::vector<storage::Write> rows;
    inner_->NewSnapshot()
        ->Scan("", "",
               [&](std::string_view key, std::string_view value) {
                 rows.push_back({std::string(key), std::string(value)});
                 return true;
               })
        .IgnoreError();
    return rows;
  }
  // Puts the store back to these rows.
  void Restore(const std::vector<storage::Write>& rows) {
    inner_ = storage::NewMemoryStore();
    inner_->Apply(rows).IgnoreError();
  }

  uint64_t applied() const {
    const std::lock_guard lock(mutex_);
    return applied_;
  }
  uint64_t gets() const {
    const std::lock_guard lock(mutex_);
    return gets_;
  }
  std::vector<storage::Write> history() const {
    const std::lock_guard lock(mutex_);
    return history_;
  }
  std::vector<storage::Write> last_batch() const {
    const std::lock_guard lock(mutex_);
    return batches_.empty() ? std::vector<storage::Write>() : batches_.back();
  }

 private:
  std::unique_ptr<storage::Store> inner_ = storage::NewMemoryStore();
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int waiting_ = 0;
  uint64_t applied_ = 0;
  mutable uint64_t gets_ = 0;
  uint64_t fail_in_ = 0;
  Failure failure_ = Failure::kNotWritten;
  std::vector<storage::Write> history_;
  std::vector<std::vector<storage::Write>> batches_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_SCRIPTED_STORE_H_
