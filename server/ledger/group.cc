#include "server/ledger/group.h"

#include <algorithm>
#include <utility>

#include "crypto/merkle.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/leaf.h"
#include "server/ledger/row.h"
#include "server/ledger/sealed_row.h"
#include "server/ledger/segment.h"

namespace sluis::ledger {
namespace {

absl::Status PlanAgain() {
  return absl::AbortedError("a row changed since this was planned: plan again");
}

// Tables that only the ledger itself writes.
bool IsLedgersOwn(std::string_view key) {
  if (key.empty()) return true;
  switch (static_cast<Table>(key[0])) {
    case Table::kState:
    case Table::kSegment:
    case Table::kHashes:
    case Table::kTile:
    case Table::kBucket:
    case Table::kKey:
    case Table::kErasedKey:
      return true;
    default:
      return false;
  }
}

}  // namespace

GroupWriter::GroupWriter(storage::Store& store, const storage::Clock& clock, BucketKeys& keys,
                         Eraser& eraser, std::chrono::microseconds tick)
    : store_(store),
      clock_(clock),
      keys_(keys),
      eraser_(eraser),
      tick_us_(static_cast<uint64_t>(tick.count())),
      stamps_(store) {}

absl::Status GroupWriter::Load(const storage::Snapshot& snapshot, const LogState& state) {
  absl::StatusOr<RightEdge> edge = RightEdge::Load(snapshot, state.size());
  if (!edge.ok()) return edge.status();
  edge_ = *std::move(edge);
  state_ = state;
  return absl::OkStatus();
}

absl::Status GroupWriter::Apply(std::span<Submission> group, std::vector<Outcome>* outcomes) {
  logged_at_us_ = std::max(clock_.NowUs(), state_.last_logged_at_us) / tick_us_ * tick_us_;
  if (batch_.empty()) batch_.push_back({"", ""});
  batch_.resize(1);  // keeps the memory of the segment
  batch_[0].value->clear();
  leaf_hashes_.clear();
  buckets_.clear();

  std::vector<KeyRef> erase;
  outcomes->clear();
  for (Submission& submission : group) {
    Outcome& outcome = outcomes->emplace_back();
    outcome.status = AddSubmission(submission, &outcome.logged);
    if (!outcome.status.ok()) {
      outcome.logged.clear();
      continue;
    }
    for (size_t i = 0; i < submission.effects.size(); ++i) {
      const std::vector<KeyRef>& keys = submission.effects[i].erase;
      for (const KeyRef& key : keys) eraser_.Name(key, outcome.logged[i].index);
    }
  }
  if (leaf_hashes_.empty()) return absl::OkStatus();

  if (eraser_.has_work()) {
    // What this group itself relies on must be durable too, but under the new epoch: the rotation
    // writes every bucket row.
    std::vector<storage::Write> superseded;
    keys_.AppendRows(buckets_, &superseded);
    const absl::Status prepared = eraser_.Prepare(&batch_);
    if (!prepared.ok()) return prepared;
    state_.key_epoch = eraser_.next_epoch();
  }
  CompleteBatch();
  const absl::Status applied = store_.Apply(batch_);
  if (!applied.ok()) return applied;
  stamps_.Commit();
  return eraser_.has_work() ? eraser_.Finish() : absl::OkStatus();
}

absl::Status GroupWriter::AddSubmission(Submission& submission, std::vector<Logged>* logged) {
  const size_t writes = batch_.size();
  const size_t bytes = batch_[0].value->size();
  const size_t entries = leaf_hashes_.size();
  const size_t buckets = buckets_.size();
  stamps_.Mark();
  logged->reserve(submission.effects.size());
  for (Effect& effect : submission.effects) {
    const absl::Status added = AddEffect(effect, logged);
    if (added.ok()) continue;
    stamps_.BackToMark();
    batch_.resize(writes);
    batch_[0].value->resize(bytes);
    leaf_hashes_.resize(entries);
    buckets_.resize(buckets);
    return added;
  }
  return absl::OkStatus();
}

absl::Status GroupWriter::CheckEffect(const Effect& effect) {
  for (const KeyUse& use : effect.keys) {
    if (!keys_.IsCurrent(use)) return PlanAgain();
  }
  const auto named = [&](uint32_t bucket) {
    return std::ranges::any_of(effect.keys,
                               [&](const KeyUse& use) { return use.bucket == bucket; });
  };
  crypto::Reader framing(effect.entry.sealed());
  uint8_t version = 0;
  uint32_t parts_bucket = 0;
  uint32_t subject_bucket = 0;
  bool complete = framing.U8(&version) && framing.U32(&parts_bucket) &&
                  framing.U32(&subject_bucket) && named(parts_bucket) &&
                  (subject_bucket == 0 || named(subject_bucket));
  for (const storage::Write& row : effect.key_rows) {
    const std::optional<KeyRef> ref = ParseKeyRowKey(row.key);
    complete = complete && ref.has_value() && row.value.has_value() && named(ref->bucket);
  }
  for (const RowWrite& write : effect.writes) {
    if (!write.value.has_value() || !IsSealedRow(write.key)) continue;
    const std::optional<uint32_t> bucket = BucketOfRow(*write.value);
    complete = complete && bucket.has_value() && named(*bucket);
  }
  if (!complete) {
    return absl::InvalidArgumentError("an effect must name the bucket of every key it relies on");
  }
  for (const RowWrite& write : effect.writes) {
    if (IsLedgersOwn(write.key)) {
      return absl::InvalidArgumentError("an effect may not write a row of the ledger itself");
    }
  }
  for (const Precondition& precondition : effect.preconditions) {
    absl::StatusOr<uint64_t> stamp = stamps_.Of(precondition.key);
    if (!stamp.ok()) return stamp.status();
    if (*stamp != precondition.stamp) return PlanAgain();
  }
  for (const KeyRef& key : effect.erase) {
    absl::StatusOr<std::optional<std::string>> row = store_.Get(KeyRowKey(key));
    if (!row.ok()) return row.status();
    if (!row->has_value()) {
      // Lost keys are erased like others: a backup may still have them, and the journal goes by
      // what was erased here.
      absl::StatusOr<std::optional<uint64_t>> erased = keys_.ErasedBy(key);
      if (!erased.ok()) return erased.status();
      if (erased->has_value()) return PlanAgain();
    }
    if (!keys_.CanErase(key.bucket)) {
      return absl::DataLossError(
          "keys to erase lie in no bucket of keys: put the node back from a backup");
    }
  }
  return absl::OkStatus();
}

absl::Status GroupWriter::AddEffect(Effect& effect, std::vector<Logged>* logged) {
  if (const absl::Status checked = CheckEffect(effect); !checked.ok()) return checked;
  Leaf leaf;
  leaf.index = state_.size() + leaf_hashes_.size();
  leaf.logged_at_us = logged_at_us_;
  leaf.commitments = effect.entry.commitments();
  const crypto::FixedBytes<kLeafBytes> encoded = EncodeLeaf(leaf);
  AppendSegmentEntry(*batch_[0].value, encoded, effect.entry.sealed());
  leaf_hashes_.push_back(crypto::LeafHash(crypto::View(encoded)));
  logged->push_back(Logged(leaf.index, leaf.logged_at_us, leaf_hashes_.back()));

  const uint64_t stamp = leaf.index + 1;
  for (RowWrite& write : effect.writes) {
    stamps_.Set(write.key, write.value.has_value() ? stamp : kAbsent);
    if (write.value.has_value()) write.value = JoinRow(stamp, *write.value);
    batch_.push_back(std::move(write));
  }
  for (storage::Write& row : effect.key_rows) batch_.push_back(std::move(row));
  for (const KeyUse& use : effect.keys) {
    if (std::ranges::find(buckets_, use.bucket) == buckets_.end()) buckets_.push_back(use.bucket);
  }
  return absl::OkStatus();
}

void GroupWriter::CompleteBatch() {
  batch_[0].key = SegmentKey(state_.size());
  if (!eraser_.has_work()) keys_.AppendRows(buckets_, &batch_);
  edge_.Append(leaf_hashes_, &batch_);
  for (const crypto::Hash& hash : leaf_hashes_) state_.range.Append(hash);
  state_.last_logged_at_us = logged_at_us_;
  state_.last_bucket = keys_.last_durable();
  batch_.push_back({RowKey(Table::kState), EncodeLogState(state_)});
}

}  // namespace sluis::ledger
