#include "server/ledger/reader.h"

#include <algorithm>
#include <utility>

#include "server/ledger/log_state.h"
#include "server/ledger/sealed_parts.h"
#include "server/ledger/segment.h"
#include "server/ledger/tree_rows.h"

namespace sluis::ledger {
namespace {

absl::Status Damaged(uint64_t index) {
  return absl::DataLossError("entry " + std::to_string(index) +
                             " of the log is damaged: restore the store from a backup");
}

// Hands out the entries of segments that lie in [first, last), and what is damaged among them.
class SegmentVisit {
 public:
  SegmentVisit(uint64_t first, uint64_t last, TreeRows& tree,
               const std::function<bool(const StoredEntry&)>& visit,
               const LogReader::DamagedVisitor& damaged)
      : first_(first), last_(last), tree_(tree), visit_(visit), damaged_(damaged) {}

  // False when a visitor said stop. A segment that cannot be read leaves `end` at its begin.
  absl::StatusOr<bool> Segment(uint64_t begin, crypto::BytesView segment, bool backwards) {
    end_ = begin;
    absl::StatusOr<std::vector<SegmentEntry>> entries = ParseSegment(segment);
    if (!entries.ok()) return damaged_ ? absl::StatusOr<bool>(true) : Damaged(begin);
    end_ = begin + entries->size();
    for (size_t i = 0; i < entries->size(); ++i) {
      const size_t at = backwards ? entries->size() - 1 - i : i;
      const uint64_t index = begin + at;
      if (index < first_ || index >= last_) continue;
      absl::StatusOr<bool> more = One(index, (*entries)[at]);
      if (!more.ok() || !*more) return more;
    }
    return true;
  }

  // No segment holds [begin, end).
  absl::StatusOr<bool> Gap(uint64_t begin, uint64_t end) {
    for (uint64_t index = std::max(begin, first_); index < std::min(end, last_); ++index) {
      if (!damaged_) return Damaged(index);
      absl::StatusOr<crypto::Hash> hash = tree_.LeafHash(index);
      if (!hash.ok()) return hash.status();
      if (!damaged_(index, *hash)) return false;
    }
    end_ = std::max(end_, end);
    return true;
  }

  uint64_t end() const { return end_; }

 private:
  absl::StatusOr<bool> One(uint64_t index, const SegmentEntry& entry) {
    absl::StatusOr<crypto::Hash> hash = tree_.LeafHash(index);
    if (!hash.ok()) return hash.status();
    // What the tree does not cover is not handed out as an entry of the log.
    if (crypto::LeafHash(entry.leaf) != *hash) {
      return damaged_ ? absl::StatusOr<bool>(damaged_(index, *hash)) : Damaged(index);
    }
    return visit_({index, std::string(entry.leaf), std::string(entry.sealed)});
  }

  const uint64_t first_;
  const uint64_t last_;
  TreeRows& tree_;
  const std::function<bool(const StoredEntry&)>& visit_;
  const LogReader::DamagedVisitor& damaged_;
  uint64_t end_ = 0;
};

}  // namespace

LogReader::LogReader(std::string origin, const storage::Snapshot& snapshot, const Keyring& keyring)
    : origin_(std::move(origin)), snapshot_(snapshot), keyring_(keyring), tree_(snapshot) {}

absl::StatusOr<uint64_t> LogReader::Size() const {
  const std::lock_guard lock(mutex_);
  if (size_) return *size_;
  absl::StatusOr<std::optional<LogState>> state = ReadLogState(snapshot_);
  if (!state.ok()) return state.status();
  return size_.emplace(state->has_value() ? (*state)->size() : 0);
}

absl::Status LogReader::Visit(uint64_t first, uint64_t last,
                              const std::function<bool(const StoredEntry&)>& visit,
                              const DamagedVisitor& damaged) const {
  if (first >= last) return absl::OkStatus();
  // The segment that holds `first` is the last one that begins at or before it.
  uint64_t next = first;
  absl::Status status = snapshot_.ScanReverse(SegmentKey(0), SegmentKey(first + 1),
                                              [&](std::string_view key, std::string_view) {
                                                next = SegmentFirst(key).value_or(first);
                                                return false;
                                              });
  if (!status.ok()) return status;
  TreeRows tree(snapshot_);
  SegmentVisit segments(first, last, tree, visit, damaged);
  absl::StatusOr<bool> more = true;
  status = snapshot_.Scan(SegmentKey(next), SegmentKey(last),
                          [&](std::string_view key, std::string_view value) {
                            const std::optional<uint64_t> begin = SegmentFirst(key);
                            if (!begin.has_value() || *begin < next) {
                              more = Damaged(next);
                              return false;
                            }
                            more = segments.Gap(next, *begin);
                            if (more.ok() && *more) more = segments.Segment(*begin, value, false);
                            next = segments.end();
                            return more.ok() && *more;
                          });
  if (!status.ok()) return status;
  if (more.ok() && *more && next < last) more = segments.Gap(next, last);
  return more.status();
}

absl::Status LogReader::VisitReverse(uint64_t first, uint64_t last,
                                     const std::function<bool(const StoredEntry&)>& visit) const {
  if (first >= last) return absl::OkStatus();
  TreeRows tree(snapshot_);
  const DamagedVisitor none;
  SegmentVisit segments(first, last, tree, visit, none);
  uint64_t reached = last;  // everything from here on was visited
  absl::StatusOr<bool> more = true;
  const absl::Status status = snapshot_.ScanReverse(
      SegmentKey(0), SegmentKey(last), [&](std::string_view key, std::string_view value) {
        const uint64_t begin = SegmentFirst(key).value_or(0);
        more = segments.Segment(begin, value, true);
        if (more.ok() && *more && segments.end() < reached) more = Damaged(segments.end());
        reached = begin;
        return more.ok() && *more && begin > first;
      });
  if (!status.ok()) return status;
  if (!more.ok()) return more.status();
  return *more && reached > first ? Damaged(first) : absl::OkStatus();
}

absl::StatusOr<StoredEntry> LogReader::Entry(uint64_t index) const {
  absl::StatusOr<uint64_t> size = Size();
  if (!size.ok()) return size.status();
  if (index >= *size) return absl::NotFoundError("the log has no entry of this index yet");
  StoredEntry found;
  const absl::Status visited = Visit(index, index + 1, [&](const StoredEntry& entry) {
    found = entry;
    return true;
  });
  if (!visited.ok()) return visited;
  return found;
}

absl::StatusOr<crypto::Hash> LogReader::LeafHash(uint64_t index) const {
  absl::StatusOr<uint64_t> size = Size();
  if (!size.ok()) return size.status();
  if (index >= *size) return absl::NotFoundError("the log has no entry of this index yet");
  const std::lock_guard lock(mutex_);
  return tree_.LeafHash(index);
}

absl::StatusOr<OpenedPart> LogReader::Open(const StoredEntry& entry, Part part) const {
  OpenedPart out;
  const absl::StatusOr<SealedParts> framing = ParseSealedParts(entry.sealed);
  const absl::StatusOr<Leaf> leaf = DecodeLeaf(entry.leaf);
  if (!framing.ok() || !leaf.ok()) return out;

  std::shared_ptr<const PartKeys> part_keys;
  std::optional<RecordKeys> record_keys;
  const crypto::DataKey* key = nullptr;
  const bool own_key = part == Part::kSubject && framing->subject.bucket != 0;
  if (own_key) {
    absl::StatusOr<RecordKeys> keys = keyring_.Unwrap(snapshot_, framing->subject);
    if (absl::IsNotFound(keys.status())) {
      absl::StatusOr<std::optional<uint64_t>> erased = keyring_.ErasedBy(framing->subject);
      if (!erased.ok()) return erased.status();
      if (!erased->has_value()) return out;
      absl::StatusOr<uint64_t> size = Size();
      if (!size.ok()) return size.status();
      // Erased since the snapshot was taken: an entry that it does not hold cannot be named.
      out.state = **erased < *size ? OpenedPart::State::kErased : OpenedPart::State::kClosed;
      out.erased_by_entry = out.state == OpenedPart::State::kErased ? **erased : 0;
      return out;
    }
    if (absl::IsDataLoss(keys.status())) return out;
    if (!keys.ok()) return keys.status();
    record_keys = *std::move(keys);
    key = &record_keys->subject;
  } else {
    absl::StatusOr<std::shared_ptr<const PartKeys>> keys =
        keyring_.PartKeysOf(framing->parts_bucket);
    if (!keys.ok()) return out;
    part_keys = *std::move(keys);
    key = &part_keys->of(part);
  }

  const size_t position = static_cast<size_t>(part) - 1;
  const crypto::Hash& commitment = leaf->commitments[position];
  const absl::StatusOr<crypto::Bytes> opened = crypto::OpenPart(
      *key, crypto::View(PartAssociatedData(part, commitment)), framing->sealed[position]);
  if (!opened.ok()) return out;
  const absl::StatusOr<PlainPart> plain = ParsePlainPart(*opened);
  if (!plain.ok() || Commitment(origin_, part, plain->salt, plain->bytes) != commitment) return out;
  out.state = OpenedPart::State::kOpen;
  out.salt = plain->salt;
  out.bytes = plain->bytes;
  return out;
}

absl::StatusOr<crypto::TreeHead> LogReader::Head(uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return tree_.Head(size);
}

absl::StatusOr<std::vector<crypto::Hash>> LogReader::InclusionProof(uint64_t index,
                                                                    uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return crypto::InclusionProof(index, size, tree_);
}

absl::StatusOr<std::vector<crypto::Hash>> LogReader::ConsistencyProof(uint64_t older,
                                                                      uint64_t newer) const {
  const std::lock_guard lock(mutex_);
  return crypto::ConsistencyProof(older, newer, tree_);
}

}  // namespace sluis::ledger
