#ifndef SLUIS_TESTS_FAULT_ACCOUNT_H_
#define SLUIS_TESTS_FAULT_ACCOUNT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crypto/merkle.h"
#include "server/ledger/ledger.h"

namespace sluis::fault {

// What callers were told, kept outside the node, and held against what the node has after a crash.
//
// Every call carries a case reference of its own, so that its entries can be counted. Thread-safe
// until Check, which belongs to one thread.
class Account {
 public:
  enum class Kind { kRecord, kOpen, kAmend, kErase };

  // One call: what was asked and, once there was an answer, what was told.
  struct Asked {
    Kind kind = Kind::kRecord;
    std::string case_ref;
    std::string record_id;  // of a record call: once it was told, or found in the store
    uint32_t version = 0;   // that the record has when this call was done
    std::string text;       // that a record or an amendment gives the first statement
    bool told_ok = false;
    std::optional<crypto::Hash> leaf_hash;  // told, also with a refusal
    std::optional<uint64_t> index;          // where the log first had it
  };

  // A new call; the number names it below.
  size_t Begin(Kind kind, const std::string& record_id = "", uint32_t version = 0);
  Asked asked(size_t number) const;
  void ToldOk(size_t number, const std::string& record_id, const std::string& leaf_hash);
  // An error: a refusal of a rule has an entry, and its receipt in the payload; a fault has not.
  void ToldError(size_t number, const absl::Status& status);
  void Shown(const ledger::ShownCheckpoint& checkpoint);

  // A record that was acknowledged and is not known to be erased, with its version; chosen by
  // `any`. Nothing when there is none.
  struct Known {
    std::string record_id;
    uint32_t version = 0;
  };
  std::optional<Known> AnyRecord(uint64_t any) const;

  // Compares with an opened ledger. One line per violation; none when all promises were kept.
  // Afterwards what was found of calls without an answer counts as known.
  std::vector<std::string> Check(ledger::Ledger& ledger);

  uint64_t told() const;
  uint64_t found_unanswered() const { return found_unanswered_; }

 private:
  struct Record {
    uint32_t version = 0;
    std::string text;
    bool erased = false;
  };
  struct Entries;

  void CheckLog(ledger::Ledger& ledger, const storage::Snapshot& snapshot, Entries& entries);
  void CheckAnswers(const Entries& entries);
  void CheckRecords(ledger::Ledger& ledger, const storage::Snapshot& snapshot,
                    const Entries& entries);
  void CheckRecord(ledger::Ledger& ledger, const storage::Snapshot& snapshot,
                   const Entries& entries, const std::string& record_id, std::string_view stored);
  void Violated(std::string what) { violations_.push_back(std::move(what)); }

  mutable std::mutex mutex_;
  std::deque<Asked> asked_;
  std::map<std::string, Record> records_;  // as the callers know them
  std::map<uint64_t, crypto::Hash> shown_;
  uint64_t told_ = 0;
  uint64_t found_unanswered_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_ACCOUNT_H_
