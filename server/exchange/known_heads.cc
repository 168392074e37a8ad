#include "server/exchange/known_heads.h"

#include <utility>

#include "crypto/bytes.h"
#include "server/envelope/fault.h"

namespace sluis::exchange {
namespace {

constexpr char kHead = 'h';      // origin → u64 size ‖ root[32] ‖ note
constexpr char kEvidence = 'e';  // lp(origin) ‖ u64 size → lp(known note) ‖ lp(shown note)
constexpr size_t kMaxOriginBytes = 512;
constexpr size_t kMaxNoteBytes = 4096;

struct Known {
  crypto::TreeHead head;
  std::string note;
};

std::string HeadKey(std::string_view origin) { return std::string(1, kHead).append(origin); }

std::string EvidenceKey(std::string_view origin, uint64_t size) {
  std::string key(1, kEvidence);
  crypto::AppendLp(key, origin);
  crypto::AppendU64(key, size);
  return key;
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

absl::Status KnownHeads::Take(const crypto::Checkpoint& verified, std::string_view note,
                              const crypto::TreeHead& proven_from) {
  std::lock_guard lock(mutex_);
  absl::StatusOr<std::optional<Known>> read = Read(store_, verified.origin);
  if (!read.ok()) return read.status();
  const std::optional<Known>& known = *read;
  if (known && verified.head.size == known->head.size && verified.head.root != known->head.root) {
    const std::string key = EvidenceKey(verified.origin, verified.head.size);
    absl::StatusOr<std::optional<std::string>> kept = store_.Get(key);
    if (!kept.ok()) return kept.status();
    if (!kept->has_value()) {
      std::string pair;
      crypto::AppendLp(pair, known->note);
      crypto::AppendLp(pair, note);
      const storage::Write write{key, std::move(pair)};
      absl::Status written = store_.Apply({&write, 1});
      if (!written.ok()) return written;
    }
    return envelope::Refuse(envelope::Fault::kLog);
  }
  if (known && (verified.head.size <= known->head.size || proven_from != known->head)) {
    return absl::OkStatus();
  }
  std::string row;
  crypto::AppendU64(row, verified.head.size);
  row.append(crypto::View(verified.head.root));
  crypto::AppendLp(row, note);
  const storage::Write write{HeadKey(verified.origin), std::move(row)};
  return store_.Apply({&write, 1});
}

absl::StatusOr<std::vector<Contradiction>> KnownHeads::Contradictions() const {
  std::vector<Contradiction> found;
  bool readable = true;
  const std::string prefix(1, kEvidence);
  absl::Status scanned = store_.NewSnapshot()->Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view value) {
        crypto::Reader key_reader(key.substr(1));
        crypto::Reader reader(value);
        crypto::BytesView origin, known, shown;
        readable = key_reader.Lp(kMaxOriginBytes, &origin) && reader.Lp(kMaxNoteBytes, &known) &&
                   reader.Lp(kMaxNoteBytes, &shown) && reader.done();
        if (readable)
          found.push_back({std::string(origin), std::string(known), std::string(shown)});
        return readable;
      });
  if (!scanned.ok()) return scanned;
  if (!readable) return Unreadable();
  return found;
}

}  // namespace sluis::exchange
