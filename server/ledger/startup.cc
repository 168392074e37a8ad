#include "server/ledger/startup.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/checkpoint.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/row.h"
#include "server/ledger/tree_rows.h"

namespace sluis::ledger {
namespace {

// Key id of a row 'x'; nothing for a row of another shape.
std::optional<crypto::FixedBytes<16>> ErasedKeyId(std::string_view key) {
  if (key.size() != 17) return std::nullopt;
  crypto::FixedBytes<16> key_id{};
  std::copy(key.begin() + 1, key.end(), key_id.begin());
  return key_id;
}

std::string Differs(const std::string& what) {
  return what +
         ": the store is not the one that was shown; put back the newest store, never an "
         "older one";
}

// Why the tree in the rows is not the one that memory or the mark knows; empty when it is.
std::string CompareTrees(const LogState& state, const crypto::TreeHead& shown,
                         const storage::Snapshot& snapshot) {
  TreeRows rows(snapshot);
  const absl::StatusOr<crypto::TreeHead> now = rows.Head(state.size());
  if (!now.ok()) return std::string(now.status().message());
  if (*now != state.range.Head()) {
    return "the state row and the tiles of the log disagree: restore the store from a backup";
  }
  const absl::StatusOr<crypto::TreeHead> then = rows.Head(shown.size);
  if (!then.ok()) return std::string(then.status().message());
  if (*then != shown) {
    return Differs("the log differs from the checkpoint of size " + std::to_string(shown.size) +
                   " in its mark file");
  }
  return "";
}

}  // namespace

absl::StatusOr<MarkFinding> CompareWithMark(const std::optional<LogState>& state,
                                            const std::optional<Mark>& mark,
                                            const crypto::VerifierKey& log_key,
                                            const storage::Snapshot& snapshot) {
  MarkFinding finding;
  const LogState log = state.value_or(LogState{});
  if (!mark.has_value()) {
    if (state.has_value()) {
      finding.behind = "the store holds a log but its mark file is missing: put back the mark file";
    }
    return finding;
  }
  const absl::StatusOr<crypto::Checkpoint> shown = crypto::OpenCheckpoint(mark->note, log_key);
  if (!shown.ok()) {
    finding.behind =
        "the mark file is not signed by this log's key: check that key and folder belong together";
    return finding;
  }
  finding.shown = {shown->head.size, shown->head.root, mark->made_at_us, mark->note};
  if (log.size() < shown->head.size) {
    finding.behind =
        Differs("the store holds " + std::to_string(log.size()) + " entries, but a checkpoint of " +
                std::to_string(shown->head.size) + " was shown");
    return finding;
  }
  finding.behind = CompareTrees(log, shown->head, snapshot);
  return finding;
}

absl::StatusOr<EpochKey> SettleEpoch(const std::optional<LogState>& state, KeyFiles& files,
                                     crypto::Random& random) {
  absl::StatusOr<std::vector<uint64_t>> epochs = files.Epochs();
  if (!epochs.ok()) return epochs.status();
  const uint64_t epoch = state.value_or(LogState{}).key_epoch;
  if (!state.has_value() && epochs->empty()) {
    EpochKey key;
    random.Fill(key.mutable_span());
    if (absl::Status created = files.Create(epoch, key); !created.ok()) return created;
  } else if (std::ranges::find(*epochs, epoch) == epochs->end()) {
    return absl::DataLossError("the key-encryption key of epoch " + std::to_string(epoch) +
                               " is missing: put back the copy of kek-" + std::to_string(epoch));
  }
  for (const uint64_t other : *epochs) {
    const bool neighbour = state.has_value() && other + 1 >= epoch && other <= epoch + 1;
    if (other != epoch && !neighbour) {
      return absl::FailedPreconditionError(
          "kek-" + std::to_string(other) + " does not belong to a store of epoch " +
          std::to_string(epoch) + ": check that store and folder belong together");
    }
  }
  absl::StatusOr<EpochKey> key = files.Load(epoch);
  if (!key.ok()) return key.status();
  if (absl::Status kept = files.KeepOnly(epoch); !kept.ok()) return kept;
  return key;
}

absl::Status CompleteJournal(uint64_t epoch, const storage::Snapshot& snapshot,
                             ErasureJournal* journal) {
  std::set<crypto::FixedBytes<16>> known;
  for (const ErasedKey& erased : journal->records()) known.insert(erased.key_id);
  std::vector<ErasedKey> missing;
  const std::string prefix = RowKey(Table::kErasedKey);
  const absl::Status scanned = snapshot.Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view value) {
        ErasedKey erased{epoch, 0, {}};
        crypto::Reader index(value);
        const std::optional<crypto::FixedBytes<16>> key_id = ErasedKeyId(key);
        if (key_id.has_value() && index.U64(&erased.entry_index) && !known.contains(*key_id)) {
          erased.key_id = *key_id;
          missing.push_back(erased);
        }
        return true;
      });
  if (!scanned.ok()) return scanned;
  return missing.empty() ? absl::OkStatus() : journal->Append(missing);
}

absl::StatusOr<std::vector<KeyRef>> StillHeld(const std::vector<ErasedKey>& erased,
                                              const storage::Snapshot& snapshot) {
  std::set<crypto::FixedBytes<16>> ids;
  for (const ErasedKey& key : erased) ids.insert(key.key_id);
  std::vector<KeyRef> held;
  const std::string prefix = RowKey(Table::kKey);
  const absl::Status scanned = snapshot.Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        const std::optional<KeyRef> ref = ParseKeyRowKey(key);
        if (ref.has_value() && ids.contains(ref->key_id)) held.push_back(*ref);
        return true;
      });
  if (!scanned.ok()) return scanned;
  return held;
}

}  // namespace sluis::ledger
