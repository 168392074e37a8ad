#ifndef SLUIS_SERVER_CORE_VIEW_H_
#define SLUIS_SERVER_CORE_VIEW_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/authn/caller.h"
#include "server/core/record.h"
#include "server/ledger/effect.h"
#include "server/ledger/keyring.h"
#include "server/storage/store.h"

namespace sluis::core {

// What a use case may read: one snapshot of the ledger's rows. Rows of the register that it reads
// become standing preconditions of the effects planned from it. One view per planning of one call.
// Several threads may read through its const methods at once, as long as none calls another: these
// change nothing, remember nothing and read a snapshot that is thread-safe.
class View {
 public:
  // Both must outlive the view.
  View(const storage::Snapshot& snapshot, const ledger::Keyring& keyring);

  // The register's rows about one user; noted as preconditions.
  absl::StatusOr<authn::Registered> ReadRegistered(std::string_view user_id);

  // Visits all users, all mandates (of one user, or of all when `user_id` is empty), in the order
  // of their keys, from just after `after` (the key of an earlier visit; empty for the first).
  absl::Status VisitUsers(const std::function<bool(const record::v1::User&)>& visit,
                          std::string_view after = {}) const;
  absl::Status VisitMandates(
      std::string_view user_id,
      const std::function<bool(std::string_view key, const record::v1::SignedMandate&)>& visit,
      std::string_view after = {}) const;

  // The newest list of revoked mandates; nothing when there is none.
  absl::StatusOr<std::optional<record::v1::SignedMandateStatus>> ReadMandateStatus() const;

  // Opens a record. NOT_FOUND when there is none or its erasure is on record, DATA_LOSS when it is
  // there and cannot be read, its keys lost without an erasure included.
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> OpenRecord(std::string_view record_id) const;

  // The row of a record without opening it; also for erased ones. NOT_FOUND when there is none.
  absl::StatusOr<record::v1::StoredRecord> ReadRecordRow(std::string_view record_id) const;

  // Visits record ids newest first, from just before `before` (a key of an earlier visit; empty for
  // the newest).
  absl::Status VisitRecordsNewestFirst(
      std::string_view before,
      const std::function<bool(std::string_view position, std::string_view record_id)>& visit)
      const;

  // Visits imports of day number `first_day` (days since the epoch) and later; a row that cannot be
  // read is passed over.
  absl::Status VisitImports(
      uint32_t first_day,
      const std::function<bool(std::string_view record_id, std::string_view sealed)>& visit) const;

  // Keys of import rows of days before `day`, at most `most`.
  absl::StatusOr<std::vector<std::string>> ImportsBefore(uint32_t day, size_t most) const;

  // Ids of the records, exchanges, Notices and evaluations that were made in exercise and are not
  // erased yet, by id.
  absl::StatusOr<std::vector<std::string>> RecordsOfExercise() const;

  // From now on records that were made in exercise are not found.
  void HideRecordsOfExercise() { exercise_hidden_ = true; }

  // Stamp of any stamped row.
  absl::StatusOr<uint64_t> StampOf(std::string_view key) const;

  // Preconditions noted so far.
  const std::vector<ledger::Precondition>& preconditions() const { return preconditions_; }
  void Require(ledger::Precondition precondition) {
    preconditions_.push_back(std::move(precondition));
  }

  const storage::Snapshot& snapshot() const { return snapshot_; }
  const ledger::Keyring& keyring() const { return keyring_; }

 private:
  const storage::Snapshot& snapshot_;
  const ledger::Keyring& keyring_;
  bool exercise_hidden_ = false;
  std::vector<ledger::Precondition> preconditions_;
};

// Keys of the rows that core writes.
std::string UserKey(std::string_view user_id);
std::string MandateKey(std::string_view user_id, std::string_view mandate_id);
std::string MandateStatusKey();
std::string RecordKey(std::string_view record_id);
std::string RecordOrderKey(uint64_t recorded_at_us, std::string_view record_id);
std::string ImportKey(uint32_t day, std::string_view record_id);
// A row that every import writes, so that of two at the same time the later one sees the earlier.
std::string LastImportKey();
std::string TermsKey();
std::string ManifestKey(std::string_view partnership);
// Of a record, an exchange, a Notice or an evaluation: of a Notice the row holds the partner that
// it is owed to.
std::string ExerciseKey(std::string_view id);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_VIEW_H_
