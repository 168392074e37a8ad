#ifndef SLUIS_SERVER_CORE_RECORD_H_
#define SLUIS_SERVER_CORE_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/ledger/keyring.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

inline constexpr size_t kRecordIdBytes = 16;

// A record read from a snapshot, opened in memory. Lives only as long as the call that reads it.
struct OpenedRecord {
  record::v1::StoredRecord row;
  record::v1::RecordBody body;
  ledger::RecordKeys keys;
  // Stamp of its row: the precondition of whatever acts on it.
  uint64_t stamp = 0;
};

// Seals and opens the body of a record under its data key; associated data = lp("sluis/record/v1")
// ‖ record id ‖ version u32. Opening refuses a body that belongs to another record or version.
std::string SealBody(const crypto::DataKey& key, const record::v1::StoredRecord& row,
                     const record::v1::RecordBody& body, crypto::Random& random);
absl::StatusOr<record::v1::RecordBody> OpenBody(const crypto::DataKey& key,
                                                const record::v1::StoredRecord& row);

// What stands beside an imported record: an HMAC of the imported row under the record's data key,
// sealed under that same key, so that it dies with the record and says nothing to whoever guesses
// rows.
std::string SealImportRow(const crypto::DataKey& key, std::string_view record_id,
                          std::string_view import_row, crypto::Random& random);
bool MatchesImportRow(const crypto::DataKey& key, std::string_view record_id,
                      std::string_view sealed, std::string_view import_row);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECORD_H_
