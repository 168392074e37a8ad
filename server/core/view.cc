#include "server/core/view.h"

#include "server/ledger/row.h"

namespace sluis::core {
namespace {

using ledger::RowKey;
using ledger::Table;

constexpr size_t kMaxMandatesPerUser = 64;

absl::Status Unreadable() {
  return absl::DataLossError("a stored row cannot be read; run the node's doctor");
}

// Prefix of all rows of a table.
std::string TablePrefix(Table table) { return RowKey(table); }

// The first key after `key`; the first of all when that is empty.
std::string JustAfter(std::string_view key, const std::string& first) {
  if (key.empty()) return first;
  std::string after(key);
  after.push_back('\0');
  return after;
}

template <typename Message>
absl::StatusOr<Message> ParseRow(std::string_view stored) {
  absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
  if (!row.ok()) return row.status();
  Message message;
  if (!message.ParseFromString(row->value)) return Unreadable();
  return message;
}

}  // namespace

std::string UserKey(std::string_view user_id) { return RowKey(Table::kUser, user_id); }

std::string MandateKey(std::string_view user_id, std::string_view mandate_id) {
  std::string rest(user_id);
  rest.push_back('\0');
  rest += mandate_id;
  return RowKey(Table::kMandate, rest);
}

std::string MandateStatusKey() { return RowKey(Table::kMandateStatus); }
std::string TermsKey() { return RowKey(Table::kTerms); }
std::string ManifestKey(std::string_view partnership) {
  return RowKey(Table::kManifest, partnership);
}
std::string ExerciseKey(std::string_view record_id) { return RowKey(Table::kExercise, record_id); }
std::string RecordKey(std::string_view record_id) { return RowKey(Table::kRecord, record_id); }

std::string RecordOrderKey(uint64_t recorded_at_us, std::string_view record_id) {
  std::string rest;
  crypto::AppendU64(rest, recorded_at_us);
  rest += record_id;
  return RowKey(Table::kRecordOrder, rest);
}

std::string ImportKey(uint32_t day, std::string_view record_id) {
  std::string rest;
  crypto::AppendU32(rest, day);
  rest += record_id;
  return RowKey(Table::kImport, rest);
}

std::string LastImportKey() {
  std::string rest;
  crypto::AppendU32(rest, ~uint32_t{0});
  return RowKey(Table::kImport, rest);
}

View::View(const storage::Snapshot& snapshot, const ledger::Keyring& keyring)
    : snapshot_(snapshot), keyring_(keyring) {}

absl::StatusOr<authn::Registered> View::ReadRegistered(std::string_view user_id) {
  authn::Registered registered;
  const std::string user_key = UserKey(user_id);
  absl::StatusOr<ledger::Row> user = ledger::ReadRow(snapshot_, user_key);
  if (!user.ok()) return user.status();
  Require({user_key, user->stamp});
  if (user->stamp == ledger::kAbsent) return registered;
  // A row copied under another name must not let one name speak as another.
  if (!registered.user.emplace().ParseFromString(user->value) ||
      registered.user->user_id() != user_id) {
    return Unreadable();
  }

  const std::string from = MandateKey(user_id, {});
  absl::Status read = absl::OkStatus();
  absl::Status scanned = snapshot_.Scan(
      from, storage::PrefixEnd(from), [&](std::string_view key, std::string_view stored) {
        absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
        if (!row.ok()) {
          read = row.status();
          return false;
        }
        if (!registered.mandates.emplace_back().ParseFromString(row->value)) {
          read = Unreadable();
          return false;
        }
        Require({std::string(key), row->stamp});
        return registered.mandates.size() < kMaxMandatesPerUser;
      });
  if (!scanned.ok()) return scanned;
  if (!read.ok()) return read;

  absl::StatusOr<ledger::Row> status = ledger::ReadRow(snapshot_, MandateStatusKey());
  if (!status.ok()) return status.status();
  Require({MandateStatusKey(), status->stamp});
  if (status->stamp != ledger::kAbsent &&
      !registered.status.emplace().ParseFromString(status->value)) {
    return Unreadable();
  }
  return registered;
}

absl::Status View::VisitUsers(const std::function<bool(const record::v1::User&)>& visit,
                              std::string_view after) const {
  const std::string prefix = TablePrefix(Table::kUser);
  absl::Status read = absl::OkStatus();
  absl::Status scanned = snapshot_.Scan(JustAfter(after, prefix), storage::PrefixEnd(prefix),
                                        [&](std::string_view, std::string_view stored) {
                                          auto user = ParseRow<record::v1::User>(stored);
                                          if (user.ok()) return visit(*user);
                                          read = user.status();
                                          return false;
                                        });
  return scanned.ok() ? read : scanned;
}

absl::Status View::VisitMandates(
    std::string_view user_id,
    const std::function<bool(std::string_view, const record::v1::SignedMandate&)>& visit,
    std::string_view after) const {
  const std::string prefix =
      user_id.empty() ? TablePrefix(Table::kMandate) : MandateKey(user_id, {});
  absl::Status read = absl::OkStatus();
  absl::Status scanned = snapshot_.Scan(JustAfter(after, prefix), storage::PrefixEnd(prefix),
                                        [&](std::string_view key, std::string_view stored) {
                                          auto mandate =
                                              ParseRow<record::v1::SignedMandate>(stored);
                                          if (mandate.ok()) return visit(key, *mandate);
                                          read = mandate.status();
                                          return false;
                                        });
  return scanned.ok() ? read : scanned;
}

absl::StatusOr<std::optional<record::v1::SignedMandateStatus>> View::ReadMandateStatus() const {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(snapshot_, MandateStatusKey());
  if (!row.ok()) return row.status();
  std::optional<record::v1::SignedMandateStatus> status;
  if (row->stamp != ledger::kAbsent && !status.emplace().ParseFromString(row->value)) {
    return Unreadable();
  }
  return status;
}

absl::StatusOr<record::v1::StoredRecord> View::ReadRecordRow(std::string_view record_id) const {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(snapshot_, RecordKey(record_id));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such record");
  record::v1::StoredRecord stored;
  if (!stored.ParseFromString(row->value)) return Unreadable();
  return stored;
}

absl::StatusOr<std::shared_ptr<const OpenedRecord>> View::OpenRecord(
    std::string_view record_id) const {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(snapshot_, RecordKey(record_id));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such record");
  record::v1::StoredRecord stored;
  if (!stored.ParseFromString(row->value) || stored.record_id() != record_id) return Unreadable();
  if (stored.state() == record::v1::RECORD_STATE_ERASED) {
    return absl::NotFoundError("the record was erased");
  }
  if (exercise_hidden_ && stored.exercise()) {
    return absl::NotFoundError("the record was made in an exercise that has ended");
  }
  absl::StatusOr<crypto::FixedBytes<16>> key_id = crypto::ToFixed<16>(stored.key_id());
  if (!key_id.ok()) return Unreadable();
  absl::StatusOr<ledger::RecordKeys> keys =
      keyring_.Unwrap(snapshot_, ledger::KeyRef{stored.bucket(), *key_id});
  if (!keys.ok()) return keys.status();
  absl::StatusOr<record::v1::RecordBody> body = OpenBody(keys->data, stored);
  if (!body.ok()) return Unreadable();
  return std::make_shared<const OpenedRecord>(
      OpenedRecord{std::move(stored), *std::move(body), *std::move(keys), row->stamp});
}

absl::Status View::VisitRecordsNewestFirst(
    std::string_view before,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const std::string from = TablePrefix(Table::kRecordOrder);
  const std::string until =
      before.empty() ? storage::PrefixEnd(from) : RowKey(Table::kRecordOrder, before);
  return snapshot_.ScanReverse(from, until, [&](std::string_view key, std::string_view) {
    const std::string_view position = key.substr(1);
    if (position.size() != 8 + kRecordIdBytes) return true;
    return visit(position, position.substr(8));
  });
}

absl::Status View::VisitImports(
    uint32_t first_day,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  return snapshot_.Scan(ImportKey(first_day, {}), storage::PrefixEnd(TablePrefix(Table::kImport)),
                        [&](std::string_view key, std::string_view stored) {
                          if (key.size() != 1 + 4 + kRecordIdBytes) return true;
                          absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
                          return !row.ok() || visit(key.substr(5), row->value);
                        });
}

absl::StatusOr<std::vector<std::string>> View::ImportsBefore(uint32_t day, size_t most) const {
  std::vector<std::string> keys;
  absl::Status scanned = snapshot_.Scan(TablePrefix(Table::kImport), ImportKey(day, {}),
                                        [&](std::string_view key, std::string_view) {
                                          keys.emplace_back(key);
                                          return keys.size() < most;
                                        });
  if (!scanned.ok()) return scanned;
  return keys;
}

absl::StatusOr<std::vector<std::string>> View::RecordsOfExercise() const {
  std::vector<std::string> ids;
  const std::string from = TablePrefix(Table::kExercise);
  absl::Status scanned = snapshot_.Scan(from, storage::PrefixEnd(from),
                                        [&ids](std::string_view key, std::string_view) {
                                          ids.emplace_back(key.substr(1));
                                          return true;
                                        });
  if (!scanned.ok()) return scanned;
  return ids;
}

absl::StatusOr<uint64_t> View::StampOf(std::string_view key) const {
  absl::StatusOr<ledger::Row> row = ledger::ReadRow(snapshot_, key);
  if (!row.ok()) return row.status();
  return row->stamp;
}

}  // namespace sluis::core
