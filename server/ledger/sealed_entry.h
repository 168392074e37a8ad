#ifndef SLUIS_SERVER_LEDGER_SEALED_ENTRY_H_
#define SLUIS_SERVER_LEDGER_SEALED_ENTRY_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "server/ledger/keyring.h"
#include "server/ledger/part.h"

namespace sluis::ledger {

// The plain parts of one entry, as serialised messages of sluis.record.v1. An empty string is an
// absent part.
struct EntryParts {
  std::string act;
  std::string actor;
  std::string subject;
  std::string decision;
  std::string counterpart;
  // Retention class of the entry: names the bucket of the derived part keys.
  std::string retention_class = "log";
};

// An entry ready for the sequencer: commitments and sealed parts. It has no default constructor and
// is made only by a Sealer, so that whatever holds one holds an entry that can be logged.
class SealedEntry {
 public:
  SealedEntry(SealedEntry&&) = default;
  SealedEntry& operator=(SealedEntry&&) = default;

  const std::array<crypto::Hash, kPartCount>& commitments() const { return commitments_; }
  // Framing of docs/formats.md, "Sealed parts".
  const std::string& sealed() const { return sealed_; }

 private:
  friend class Sealer;
  SealedEntry(std::array<crypto::Hash, kPartCount> commitments, std::string sealed)
      : commitments_(commitments), sealed_(std::move(sealed)) {}

  std::array<crypto::Hash, kPartCount> commitments_;
  std::string sealed_;
};

// What sealing produced besides the entry itself.
struct Sealing {
  SealedEntry entry;
  // Rows to be written with it: the wrapped key of a subject part that belongs to no record.
  std::vector<storage::Write> rows;
  std::vector<KeyUse> keys;
};

// Seals entries for one log. Thread-safe; runs on the caller's thread, off the sequencer.
class Sealer {
 public:
  // `keyring` and `random` must outlive this.
  Sealer(std::string origin, Keyring& keyring, crypto::Random& random);

  // Seals the parts. With `record_keys` the subject part lies under the record's subject key and
  // dies with it; without, under a fresh key of its own. `now_us` chooses the month of the bucket.
  // INVALID_ARGUMENT for a part that is too long.
  absl::StatusOr<Sealing> Seal(const EntryParts& parts, const RecordKeys* record_keys,
                               uint64_t now_us) const;

 private:
  std::string origin_;
  Keyring& keyring_;
  crypto::Random& random_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_SEALED_ENTRY_H_
