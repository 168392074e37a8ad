#include "server/core/ceremony_rows.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/core/key_secret.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

absl::Status Unreadable() {
  return absl::DataLossError(
      "a row about a ceremony or its key cannot be read; run the node's doctor");
}

std::string PinnedPrefix(std::string_view partnership, std::string_view purpose) {
  std::string rest(partnership);
  rest.push_back('\0');
  rest += purpose;
  rest.push_back('\0');
  return ledger::RowKey(ledger::Table::kPinnedKey, rest);
}

absl::StatusOr<CeremonyRow> CeremonyOf(std::string_view key, const ledger::Row& row) {
  CeremonyRow ceremony{std::string(key.substr(1)), {}, row.stamp};
  if (!ceremony.row.ParseFromString(row.value)) return Unreadable();
  return ceremony;
}

absl::StatusOr<PinnedKey> PinnedOf(const ledger::Row& row) {
  record::v1::StoredKey stored;
  if (!stored.ParseFromString(row.value)) return Unreadable();
  absl::StatusOr<keys::Package> package = keys::ReadPackage(stored.package());
  if (!package.ok()) return Unreadable();
  return PinnedKey{*std::move(package), std::move(stored), row.stamp};
}

// Visits rows until `visit` returns false or an error.
absl::Status VisitRows(
    const View& view, const std::string& prefix,
    const std::function<absl::StatusOr<bool>(std::string_view, const ledger::Row&)>& visit) {
  absl::Status fault = absl::OkStatus();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        absl::StatusOr<bool> more = row.ok() ? visit(key, *row) : row.status();
        if (!more.ok()) fault = more.status();
        return more.ok() && *more;
      });
  return scanned.ok() ? fault : scanned;
}

std::string Word(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  return absl::AsciiStrToLower(std::string(name));
}

}  // namespace

std::string CeremonyKey(std::string_view id) {
  return ledger::RowKey(ledger::Table::kCeremony, id);
}

std::string CeremonyEventKey(std::string_view id, uint32_t number) {
  std::string rest(id);
  crypto::AppendU32(rest, number);
  return ledger::RowKey(ledger::Table::kCeremonyEvent, rest);
}

std::string PinnedKeyKey(std::string_view partnership, std::string_view purpose,
                         record::v1::KeyUse use, uint32_t epoch) {
  std::string key = PinnedPrefix(partnership, purpose);
  crypto::AppendU8(key, static_cast<uint8_t>(use));
  crypto::AppendU32(key, epoch);
  return key;
}

absl::StatusOr<CeremonyRow> ReadCeremony(const View& view, std::string_view id) {
  const std::string key = CeremonyKey(id);
  const absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), view.keyring(), key);
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such ceremony here");
  return CeremonyOf(key, *row);
}

absl::Status VisitCeremonies(const View& view,
                             const std::function<bool(const CeremonyRow&)>& visit) {
  return VisitRows(view, ledger::RowKey(ledger::Table::kCeremony),
                   [&](std::string_view key, const ledger::Row& row) -> absl::StatusOr<bool> {
                     const absl::StatusOr<CeremonyRow> ceremony = CeremonyOf(key, row);
                     if (!ceremony.ok()) return ceremony.status();
                     return visit(*ceremony);
                   });
}

absl::StatusOr<std::vector<keys::Event>> ReadEvents(const View& view, const CeremonyRow& ceremony) {
  std::vector<keys::Event> events;
  events.reserve(ceremony.row.events());
  for (uint32_t number = 0; number < ceremony.row.events(); ++number) {
    const absl::StatusOr<ledger::Row> row =
        ledger::ReadRow(view.snapshot(), view.keyring(), CeremonyEventKey(ceremony.id, number));
    if (!row.ok()) return row.status();
    record::v1::CeremonyEvent event;
    if (row->stamp == ledger::kAbsent || !event.ParseFromString(row->value)) return Unreadable();
    events.push_back({event.at_s(), std::move(*event.mutable_message())});
  }
  return events;
}

absl::StatusOr<PinnedKey> ReadPinnedKey(const View& view, std::string_view partnership,
                                        std::string_view purpose, record::v1::KeyUse use,
                                        uint32_t epoch) {
  const absl::StatusOr<ledger::Row> row = ledger::ReadRow(
      view.snapshot(), view.keyring(), PinnedKeyKey(partnership, purpose, use, epoch));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such key here");
  return PinnedOf(*row);
}

absl::Status VisitPinnedKeys(const View& view, const std::function<bool(const PinnedKey&)>& visit) {
  return VisitRows(view, ledger::RowKey(ledger::Table::kPinnedKey),
                   [&](std::string_view, const ledger::Row& row) -> absl::StatusOr<bool> {
                     const absl::StatusOr<PinnedKey> pinned = PinnedOf(row);
                     if (!pinned.ok()) return pinned.status();
                     return visit(*pinned);
                   });
}

absl::Status VisitPinnedRows(const View& view, const std::function<bool(const PinnedRow&)>& visit) {
  return VisitRows(view, ledger::RowKey(ledger::Table::kPinnedKey),
                   [&](std::string_view key, const ledger::Row& row) -> absl::StatusOr<bool> {
                     PinnedRow pinned{std::string(key), {}, row.stamp};
                     if (!pinned.row.ParseFromString(row.value)) return Unreadable();
                     return visit(pinned);
                   });
}

absl::Status VisitPinnedForTags(const View& view, std::string_view partnership,
                                std::string_view purpose,
                                const std::function<void(PinnedKey)>& visit) {
  std::string prefix = PinnedPrefix(partnership, purpose);
  crypto::AppendU8(prefix, static_cast<uint8_t>(record::v1::KEY_USE_TAGS));
  return VisitRows(view, prefix,
                   [&](std::string_view, const ledger::Row& row) -> absl::StatusOr<bool> {
                     absl::StatusOr<PinnedKey> pinned = PinnedOf(row);
                     if (!pinned.ok()) return pinned.status();
                     visit(*std::move(pinned));
                     return true;
                   });
}

absl::StatusOr<PinnedKey> NewestPinnedKey(const View& view, std::string_view partnership,
                                          std::string_view purpose) {
  // In the order of epochs: the last one is the newest.
  std::optional<PinnedKey> newest;
  const absl::Status visited = VisitPinnedForTags(
      view, partnership, purpose, [&newest](PinnedKey pinned) { newest = std::move(pinned); });
  if (!visited.ok()) return visited;
  if (!newest) return absl::NotFoundError("there is no such key here");
  return *std::move(newest);
}

absl::StatusOr<crypto::oprf::SecretScalar> OpenKeyShare(const View& view,
                                                        const keys::Package& package) {
  absl::StatusOr<crypto::Secret<32>> bytes =
      OpenKeySecret(view, KeySecretKey(KeySecretKind::kShare, crypto::View(package.digest)));
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<crypto::oprf::SecretScalar> share =
      crypto::oprf::SecretScalar::Deserialize(*std::move(bytes));
  if (!share.ok()) return Unreadable();
  return share;
}

std::string WordOf(peer::v1::CeremonyKind kind) {
  return Word(peer::v1::CeremonyKind_Name(kind), "CEREMONY_KIND_");
}
std::string WordOf(peer::v1::CeremonyRound round) {
  return Word(peer::v1::CeremonyRound_Name(round), "CEREMONY_ROUND_");
}
std::string WordOf(peer::v1::CeremonyGround ground) {
  return Word(peer::v1::CeremonyGround_Name(ground), "CEREMONY_GROUND_");
}
std::string WordOf(record::v1::CeremonyState state) {
  return Word(record::v1::CeremonyState_Name(state), "CEREMONY_STATE_");
}
std::string WordOf(record::v1::KeyUse use) {
  return Word(record::v1::KeyUse_Name(use), "KEY_USE_");
}

}  // namespace sluis::core
