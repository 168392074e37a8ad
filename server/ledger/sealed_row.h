// Rows whose value lies sealed in the store: what is kept of exchanges, which says who shared which
// record with whom, on what terms, and what is still to be said to whom about it.
//
// Guarantee: without the key-encryption key of the epoch, which no backup holds, the value of such
// a row tells its length and nothing else; a value that was put under another key does not open.
// Not guaranteed: that the keys of the rows and the stamps say nothing, nor that a value is the
// newest one of its row. Thread-safety: pure, over a keyring that is thread-safe. Errors: DATA_LOSS
// for what does not open. Source: docs/formats.md, "Sealed rows".
#ifndef SLUIS_SERVER_LEDGER_SEALED_ROW_H_
#define SLUIS_SERVER_LEDGER_SEALED_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/ledger/keyring.h"
#include "server/ledger/row.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Retention class of the parts bucket from which the key of sealed rows comes.
inline constexpr char kSealedRowClass[] = "exchange";

// Whether the value of the row of this key lies sealed.
bool IsSealedRow(std::string_view key);

// Whether the store has a row of such a table.
absl::StatusOr<bool> HasSealedRows(const storage::Snapshot& snapshot);

// The value as it is stored, behind the stamp. Whoever writes it names `keys.use`.
std::string SealRow(const PartKeys& keys, std::string_view key, std::string_view value,
                    crypto::Random& random);
// The bucket whose key opens a sealed value; nothing when it is none.
std::optional<uint32_t> BucketOfRow(std::string_view sealed);

// A stored row with its value opened; of other tables, as it is.
absl::StatusOr<Row> OpenRow(const Keyring& keyring, std::string_view key, std::string_view stored);
// Reads one; a stamp of kAbsent when there is none.
absl::StatusOr<Row> ReadRow(const storage::Snapshot& snapshot, const Keyring& keyring,
                            std::string_view key);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_SEALED_ROW_H_
