#include "server/ledger/erasure_journal.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"

namespace sluis::ledger {
namespace {

constexpr size_t kCheckBytes = 8;
constexpr size_t kCheckedBytes = kErasureRecordBytes - kCheckBytes;

crypto::Bytes Check(crypto::BytesView checked) {
  const crypto::Hash hash = crypto::Sha256(checked);
  return crypto::Bytes(crypto::View(hash).substr(0, kCheckBytes));
}

bool DecodeErasure(crypto::BytesView record, ErasedKey* out) {
  crypto::Reader reader(record);
  crypto::BytesView key_id;
  crypto::BytesView check;
  if (!reader.U64(&out->epoch) || !reader.U64(&out->entry_index) ||
      !reader.Fixed(out->key_id.size(), &key_id) || !reader.Fixed(kCheckBytes, &check) ||
      !reader.done() || check != Check(record.substr(0, kCheckedBytes))) {
    return false;
  }
  std::copy(key_id.begin(), key_id.end(), out->key_id.begin());
  return true;
}

}  // namespace

crypto::Bytes EncodeErasure(const ErasedKey& erased) {
  crypto::Bytes record;
  crypto::AppendU64(record, erased.epoch);
  crypto::AppendU64(record, erased.entry_index);
  record += crypto::View(erased.key_id);
  record += Check(record);
  return record;
}

absl::StatusOr<std::vector<ErasedKey>> DecodeErasures(crypto::BytesView bytes) {
  if (bytes.size() > kMaxErasureJournalBytes) {
    return absl::DataLossError("the erasure journal is longer than it may be");
  }
  std::vector<ErasedKey> records;
  while (!bytes.empty()) {
    ErasedKey record;
    if (!DecodeErasure(bytes.substr(0, kErasureRecordBytes), &record)) {
      if (bytes.size() <= kErasureRecordBytes) break;
      return absl::DataLossError("the erasure journal is damaged at record " +
                                 std::to_string(records.size()) +
                                 ": put its copy back before this node serves again");
    }
    records.push_back(record);
    bytes.remove_prefix(kErasureRecordBytes);
  }
  return records;
}

absl::StatusOr<ErasureJournal> ErasureJournal::Open(storage::Files& files,
                                                    const std::string& path) {
  const auto exists = files.Exists(path);
  if (!exists.ok()) return exists.status();
  if (!*exists) {
    const absl::Status made = storage::ReplaceFile(files, path, "");
    if (!made.ok()) return made;
  }
  const auto content = storage::ReadFile(files, path, kMaxErasureJournalBytes);
  if (!content.ok()) return content.status();
  auto records = DecodeErasures(*content);
  if (!records.ok()) return records.status();
  auto file = files.Open(path, storage::Files::Mode::kReadWrite);
  if (!file.ok()) return file.status();
  ErasureJournal journal(*std::move(file));
  journal.records_ = *std::move(records);
  return journal;
}

absl::Status ErasureJournal::Append(std::span<const ErasedKey> erased) {
  for (const ErasedKey& record : erased) {
    // A damaged last record, left out when reading, lies exactly where this one goes.
    absl::Status status =
        file_->WriteAt(records_.size() * kErasureRecordBytes, EncodeErasure(record));
    if (status.ok()) status = file_->Sync();
    if (!status.ok()) return status;
    records_.push_back(record);
  }
  return absl::OkStatus();
}

}  // namespace sluis::ledger
