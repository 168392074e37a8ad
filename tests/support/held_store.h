#ifndef SLUIS_TESTS_SUPPORT_HELD_STORE_H_
#define SLUIS_TESTS_SUPPORT_HELD_STORE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/storage/memory_store.h"

namespace sluis::tests {

// A store in memory whose Apply can be held up, and whose rows an "administrator" can change behind
// the ledger's back. Thread-safe.
class HeldStore final : public storage::Store {
 public:
  std::unique_ptr<storage::Snapshot> NewSnapshot() const override { return inner_->NewSnapshot(); }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return inner_->Get(key);
  }
  absl::Status CopyTo(const std::string& folder) override { return inner_->CopyTo(folder); }
  absl::Status Apply(std::span<const storage::Write> writes) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    --waiting_;
    return inner_->Apply(writes);
  }

  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  // Until some batch waits to be applied.
  void WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void Tamper(std::string key, std::optional<std::string> value) {
    const storage::Write write{std::move(key), std::move(value)};
    inner_->Apply({&write, 1}).IgnoreError();
  }

 private:
  const std::unique_ptr<storage::Store> inner_ = storage::NewMemoryStore();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int waiting_ = 0;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_HELD_STORE_H_
