#include "server/core/key_secret.h"

#include <utility>

#include "crypto/sealing.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr std::string_view kLabel = "sluis/key-secret/v1";

absl::Status Unreadable() {
  return absl::DataLossError(
      "a secret of a key that is held with others cannot be read; run the node's doctor, and share "
      "the key anew");
}

std::string SealingData(const std::string& row_key) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  data += row_key;
  return data;
}

}  // namespace

std::string KeySecretKey(KeySecretKind kind, crypto::BytesView id) {
  std::string rest(1, static_cast<char>(kind));
  rest += id;
  return ledger::RowKey(ledger::Table::kKeySecret, rest);
}

record::v1::KeySecret SealKeySecret(const ledger::RecordKeys& keys, const std::string& row_key,
                                    const crypto::Secret<32>& secret, crypto::Random& random) {
  record::v1::KeySecret row;
  row.set_bucket(keys.ref.bucket);
  row.set_key_id(std::string(crypto::View(keys.ref.key_id)));
  row.set_sealed(crypto::WrapKey(keys.data, SealingData(row_key), secret.expose(), random));
  return row;
}

absl::StatusOr<HeldKeySecret> ReadKeySecret(const View& view, const std::string& row_key) {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), row_key);
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such secret here");
  HeldKeySecret held;
  if (!held.row.ParseFromString(row->value)) return Unreadable();
  absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(held.row.key_id());
  if (!key_id.ok()) return Unreadable();
  held.ref = {held.row.bucket(), *key_id};
  held.stamp = row->stamp;
  return held;
}

absl::StatusOr<crypto::Secret<32>> OpenKeySecret(const View& view, const std::string& row_key) {
  const absl::StatusOr<HeldKeySecret> held = ReadKeySecret(view, row_key);
  if (!held.ok()) return held.status();
  const absl::StatusOr<ledger::RecordKeys> keys = view.keyring().Unwrap(view.snapshot(), held->ref);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<crypto::Secret<32>> secret =
      crypto::UnwrapKey(keys->data, SealingData(row_key), held->row.sealed());
  if (!secret.ok()) return Unreadable();
  return secret;
}

}  // namespace sluis::core
