#include "server/core/sealing_key.h"

#include <utility>

#include "crypto/bytes.h"
#include "crypto/sealing.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr std::string_view kLabel = "sluis/sealing-key/v1";

absl::Status Unreadable() {
  return absl::DataLossError("a one-time key cannot be read; run the node's doctor");
}

std::string SealingData(std::string_view public_key) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  data += public_key;
  return data;
}

}  // namespace

std::string SealingKeyKey(std::string_view public_key) {
  return ledger::RowKey(ledger::Table::kSealingKey, public_key);
}

void SealPrivateHalf(const ledger::RecordKeys& keys, std::string_view public_key,
                     const crypto::hpke::PrivateKey& private_key, crypto::Random& random,
                     record::v1::SealingKey& row) {
  row.set_bucket(keys.ref.bucket);
  row.set_key_id(std::string(crypto::View(keys.ref.key_id)));
  row.set_sealed_private(
      crypto::WrapKey(keys.data, SealingData(public_key), private_key.expose(), random));
}

absl::StatusOr<HeldSealingKey> ReadSealingKey(const View& view, std::string_view public_key) {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), SealingKeyKey(public_key));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such one-time key");
  HeldSealingKey held;
  if (!held.row.ParseFromString(row->value)) return Unreadable();
  absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(held.row.key_id());
  if (!key_id.ok()) return Unreadable();
  held.ref = {held.row.bucket(), *key_id};
  held.stamp = row->stamp;
  return held;
}

absl::StatusOr<OpenedSealingKey> OpenSealingKey(const View& view, std::string_view public_key) {
  absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, public_key);
  if (!held.ok()) return held.status();
  absl::StatusOr<ledger::RecordKeys> keys = view.keyring().Unwrap(view.snapshot(), held->ref);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<crypto::DataKey> private_key =
      crypto::UnwrapKey(keys->data, SealingData(public_key), held->row.sealed_private());
  if (!private_key.ok() || crypto::View(crypto::hpke::PublicKeyOf(*private_key)) != public_key) {
    return Unreadable();
  }
  return OpenedSealingKey{*std::move(held), *std::move(private_key)};
}

}  // namespace sluis::core
