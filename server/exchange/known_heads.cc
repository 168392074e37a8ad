#include "server/exchange/known_heads.h"

#include <utility>

#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "server/envelope/fault.h"

namespace sluis::exchange {
namespace {

constexpr char kHead = 'h';  // origin → u64 size ‖ root[32] ‖ note
// lp(origin) ‖ u64 size → lp(known note) ‖ lp(shown note) [‖ lp(RecordProof)]
constexpr char kEvidence = 'e';
// lp(origin) ‖ u64 size ‖ root[32] of a head that was set aside ‖ u64 size shown, or 0 for the head
// that took its place → as kEvidence
constexpr char kPutAway = 'a';
constexpr size_t kMaxOriginBytes = 512;
constexpr size_t kMaxNoteBytes = 4096;
constexpr size_t kMaxRecordBytes = 64 << 10;

struct Known {
  crypto::TreeHead head;
  std::string note;
};

std::string HeadKey(std::string_view origin) { return std::string(1, kHead).append(origin); }

std::string EvidenceOf(std::string_view origin) {
  std::string prefix(1, kEvidence);
  crypto::AppendLp(prefix, origin);
  return prefix;
}

std::string EvidenceKey(std::string_view origin, uint64_t size) {
  std::string key = EvidenceOf(origin);
  crypto::AppendU64(key, size);
  return key;
}

std::string PutAwayKey(std::string_view origin, const crypto::TreeHead& known, uint64_t shown) {
  std::string key(1, kPutAway);
  crypto::AppendLp(key, origin);
  crypto::AppendU64(key, known.size);
  key.append(crypto::View(known.root));
  crypto::AppendU64(key, shown);
  return key;
}

std::string PairOf(std::string_view known_note, const core::ShownHead& shown) {
  std::string pair;
  crypto::AppendLp(pair, known_note);
  crypto::AppendLp(pair, shown.note);
  if (shown.evidence.size() <= kMaxRecordBytes) crypto::AppendLp(pair, shown.evidence);
  return pair;
}

absl::Status Unreadable() {
  return absl::DataLossError(
      "what this node knew of a partner's log cannot be read; put the folder \"witness\" back from "
      "a copy, or ask whoever looks after Sluis");
}

absl::StatusOr<std::optional<Known>> Read(const storage::Store& store, std::string_view origin) {
  absl::StatusOr<std::optional<std::string>> row = store.Get(HeadKey(origin));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Known>();
  Known known;
  crypto::Reader reader(**row);
  crypto::BytesView root, note;
  if (!reader.U64(&known.head.size) || !reader.Fixed(32, &root) ||
      !reader.Lp(kMaxNoteBytes, &note) || !reader.done() || known.head.size == 0) {
    return Unreadable();
  }
  known.head.root = *crypto::ToFixed<32>(root);
  known.note = std::string(note);
  return std::optional<Known>(std::move(known));
}

}  // namespace

absl::StatusOr<std::optional<crypto::TreeHead>> KnownHeads::Of(std::string_view origin) const {
  absl::StatusOr<std::optional<Known>> known = Read(store_, origin);
  if (!known.ok()) return known.status();
  if (!known->has_value()) return std::optional<crypto::TreeHead>();
  return std::optional<crypto::TreeHead>((*known)->head);
}

absl::StatusOr<bool> KnownHeads::WasReplaced(std::string_view origin,
                                             const crypto::TreeHead& head) const {
  const absl::StatusOr<std::optional<std::string>> row = store_.Get(PutAwayKey(origin, head, 0));
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::Status KnownHeads::KeepEvidence(std::string_view known_note, const core::ShownHead& shown) {
  const std::string& origin = shown.checkpoint.origin;
  const std::string key = EvidenceKey(origin, shown.checkpoint.head.size);
  const std::string of_log = EvidenceOf(origin);
  size_t kept = 0;
  bool here = false;
  const absl::Status scanned = store_.NewSnapshot()->Scan(
      of_log, storage::PrefixEnd(of_log), [&](std::string_view found, std::string_view) {
        ++kept;
        here = here || found == key;
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!here && kept < kEvidencePerLog) {
    const storage::Write write{key, PairOf(known_note, shown)};
    absl::Status written = store_.Apply({&write, 1});
    if (!written.ok()) return written;
  }
  return envelope::Refuse(envelope::Fault::kLog);
}

absl::StatusOr<bool> KnownHeads::IsOneLog(const crypto::TreeHead& known,
                                          std::string_view known_note,
                                          const core::ShownHead& shown) {
  const crypto::TreeHead& head = shown.checkpoint.head;
  if (head == known) return true;
  if (head.size == known.size) return KeepEvidence(known_note, shown);
  if (shown.proven_from == known) return true;
  if (shown.bridge == nullptr || shown.bridge->known_size != known.size) return false;
  const bool grew = head.size > known.size;
  const crypto::TreeHead& older = grew ? known : head;
  const crypto::TreeHead& newer = grew ? head : known;
  const absl::Status one = crypto::VerifyConsistency(older, newer, shown.bridge->consistency);
  // What cannot be a proof of these two sizes shows nothing either way.
  if (absl::IsInvalidArgument(one)) return false;
  if (!one.ok()) return KeepEvidence(known_note, shown);
  return true;
}

absl::StatusOr<bool> KnownHeads::Take(const core::ShownHead& shown) {
  std::lock_guard lock(mutex_);
  const crypto::TreeHead& head = shown.checkpoint.head;
  absl::StatusOr<std::optional<Known>> read = Read(store_, shown.checkpoint.origin);
  if (!read.ok()) return read.status();
  const std::optional<Known>& known = *read;
  bool set_aside = known && known->head == shown.set_aside;
  if (set_aside) {
    const absl::StatusOr<bool> replaced = WasReplaced(shown.checkpoint.origin, known->head);
    if (!replaced.ok()) return replaced.status();
    set_aside = !*replaced;
  }
  // The act that set it aside was used before, and this store was put back since.
  const bool put_back = set_aside && shown.instead.size > 0;
  if (known && !put_back && head == known->head) return true;
  if (known && (put_back || !set_aside)) {
    const crypto::TreeHead& against = put_back ? shown.instead : known->head;
    const std::string_view note = put_back ? std::string_view() : std::string_view(known->note);
    const absl::StatusOr<bool> one_log = IsOneLog(against, note, shown);
    if (!one_log.ok() || !*one_log) return one_log;
    if (head.size < against.size) return true;
  }
  std::vector<storage::Write> writes;
  if (set_aside) {
    auto put_away = PutAway(known->head, known->note, shown);
    if (!put_away.ok()) return put_away.status();
    writes = *std::move(put_away);
  }
  std::string row;
  crypto::AppendU64(row, head.size);
  row.append(crypto::View(head.root));
  crypto::AppendLp(row, shown.note);
  writes.push_back({HeadKey(shown.checkpoint.origin), std::move(row)});
  const absl::Status written = store_.Apply(writes);
  if (!written.ok()) return written;
  return true;
}

absl::StatusOr<std::vector<storage::Write>> KnownHeads::PutAway(
    const crypto::TreeHead& known, std::string_view known_note,
    const core::ShownHead& shown) const {
  const std::string& origin = shown.checkpoint.origin;
  std::vector<storage::Write> writes;
  const std::string of_log = EvidenceOf(origin);
  const absl::Status scanned = store_.NewSnapshot()->Scan(
      of_log, storage::PrefixEnd(of_log), [&](std::string_view key, std::string_view value) {
        crypto::Reader reader(key.substr(of_log.size()));
        uint64_t size = 0;
        if (!reader.U64(&size) || !reader.done()) return true;
        writes.push_back({PutAwayKey(origin, known, size), std::string(value)});
        writes.push_back({std::string(key), std::nullopt});
        return true;
      });
  if (!scanned.ok()) return scanned;
  writes.push_back({PutAwayKey(origin, known, 0), PairOf(known_note, shown)});
  return writes;
}

absl::Status KnownHeads::Contradict(const core::ShownHead& shown) {
  std::lock_guard lock(mutex_);
  const absl::StatusOr<std::optional<Known>> known = Read(store_, shown.checkpoint.origin);
  if (!known.ok()) return known.status();
  return KeepEvidence(*known ? std::string_view((*known)->note) : std::string_view(), shown);
}

absl::StatusOr<std::vector<Contradiction>> KnownHeads::Contradictions() const {
  std::vector<Contradiction> found;
  bool readable = true;
  const std::string prefix(1, kEvidence);
  absl::Status scanned = store_.NewSnapshot()->Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view value) {
        crypto::Reader key_reader(key.substr(1));
        crypto::Reader reader(value);
        crypto::BytesView origin, known, shown, record;
        readable = key_reader.Lp(kMaxOriginBytes, &origin) && reader.Lp(kMaxNoteBytes, &known) &&
                   reader.Lp(kMaxNoteBytes, &shown) &&
                   (reader.done() || reader.Lp(kMaxRecordBytes, &record)) && reader.done();
        if (readable) {
          found.push_back(
              {std::string(origin), std::string(known), std::string(shown), std::string(record)});
        }
        return readable;
      });
  if (!scanned.ok()) return scanned;
  if (!readable) return Unreadable();
  return found;
}

}  // namespace sluis::exchange
