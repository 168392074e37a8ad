// What a verifier can find wrong with an export, each kind with its fixed word.
//
// The words are a contract: scripts and the second verifier rely on them (docs/formats.md,
// "Verdict"). Thread-safety: values and pure functions.
#ifndef SLUIS_CLIENT_LIB_FINDING_H_
#define SLUIS_CLIENT_LIB_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/lib/log_part.h"

namespace sluis::client {

enum class FindingKind {
  // The file.
  kMalformed,  // "malformed": breaks the format; reading stopped
  kTruncated,  // "truncated": ends early; reading stopped
  kTrailing,   // "trailing": bytes after the last entry
  // The checkpoint.
  kBadKey,         // "bad-key": the verifier key is no verifier key
  kBadCheckpoint,  // "bad-checkpoint": no signed note, or its text is no checkpoint
  kWrongKey,       // "wrong-key": the key is not the one of this log, or did not sign
  kBadSignature,   // "bad-signature": a signature of this key does not verify
  kWrongOrigin,    // "wrong-origin": the checkpoint is of another log
  kCount,          // "count": another number of entries than the checkpoint's size
  // One entry.
  kHashOnly,      // "hash-only": withheld although the export calls itself complete
  kDamaged,       // "damaged": the node does not have it any more as it was logged
  kLeafFormat,    // "leaf-format": format or reserved field of the leaf
  kIndex,         // "index": neither the entry's place nor one more than the leaf before
  kTime,          // "time": earlier than the leaf before
  kCommitment,    // "commitment": an open part is not what was committed to
  kMissing,       // "missing": the writer could not produce the part
  kErasurePart,   // "erasure-part": said to be erased, and no erasure reaches this part
  kErasureRange,  // "erasure-range": said to be erased by an entry before it or outside the log
  kErasure,       // "erasure": said to be erased by an entry that is no erasure
  // The tree.
  kRoot,             // "root": entries and checkpoint do not belong together
  kBadSeen,          // "bad-seen": a checkpoint kept earlier is not one of this log and key
  kRewritten,        // "rewritten": entries from before an earlier checkpoint were changed
  kShorterThanSeen,  // "shorter-than-seen": the log ends before an earlier checkpoint
};

std::string_view FindingKindName(FindingKind kind);

struct Finding {
  // Place of the entry in the export. For kRoot and kRewritten: everything before it is proven
  // unchanged. Nothing when the finding is about the file or the tree as a whole.
  std::optional<uint64_t> index;
  std::optional<LogPart> part;
  FindingKind kind = FindingKind::kMalformed;
  // One English line: what, and what to do next. Never content of a part.
  std::string text;
};

// The order of reports: by entry, by part (whole file and whole entry first), by word.
void SortFindings(std::vector<Finding>& findings);

// Collects findings up to a bound and counts all, so that a hostile file cannot fill memory.
class FindingList {
 public:
  explicit FindingList(size_t limit) : limit_(limit) {}

  void Add(Finding finding);

  uint64_t total() const { return total_; }
  std::vector<Finding> TakeSorted();

 private:
  size_t limit_;
  uint64_t total_ = 0;
  std::vector<Finding> kept_;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_FINDING_H_
