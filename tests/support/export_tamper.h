// The ways in which an export is falsified in tests.
#ifndef SLUIS_TESTS_SUPPORT_EXPORT_TAMPER_H_
#define SLUIS_TESTS_SUPPORT_EXPORT_TAMPER_H_

#include <string>
#include <string_view>
#include <vector>

#include "crypto/signature.h"
#include "tests/support/export_builder.h"

namespace sluis::tests {

enum class Way {
  kNone,
  kLeafByte,         // one byte of a leaf
  kPartByte,         // one byte of an open part
  kSaltByte,         // one byte of a salt
  kRemoved,          // an entry left out, count kept in step
  kRepeated,         // an entry given twice
  kSwapped,          // two neighbours exchanged
  kIndexGap,         // an index skipped, tree and signature made anew
  kTimeBack,         // a time before the one in front, tree and signature made anew
  kCount,            // count is not the checkpoint's size; no entries missing
  kRoot,             // the checkpoint has another root, signed
  kSignature,        // one byte of the signature
  kWrongKey,         // signed by another key, which the export does not name
  kOtherOrigin,      // checkpoint of another log
  kErasedByOther,    // erased, it says, by an entry that is no erasure
  kErasedByEarlier,  // erased by an entry before it
  kErasedOutside,    // erased by an entry after the end
  kErasedPart,       // a part that no erasure reaches, erased, it says, by an erasure
  kErasedParts,      // act, actor and decision of every entry before an erasure, likewise
  kMissingPart,      // a part the writer could not produce
  kTrailing,         // bytes after the end
  kTruncated,        // cut at some byte
  kFlippedByte,      // any byte of the file
  kHashOnly,         // a withheld entry in an export that calls itself complete
  kDamaged,          // an entry of which the node has the hash only
  kLeafFormat,       // another format number, tree and signature made anew
  kRewritten,   // a part rewritten, tree and signature made anew: only an earlier checkpoint tells
  kHeaderByte,  // any byte of what stands before the entries
  kBadKey,      // the key that the export claims is no key
  kBadCheckpoint,  // a checkpoint with an extension line, signed
  kBadState,       // a part in a state that the format does not know
  kWayCount,
};

std::string_view WayName(Way way);

struct Tampered {
  std::string bytes;
  // Entry that was touched, when there is one.
  size_t entry = 0;
};

// Falsifies `good`, which must hold at least 8 entries. Where the way says "made anew", `key`
// signs.
Tampered Tamper(Way way, BuiltExport good, const crypto::SigningKey& key, Generator& random);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_EXPORT_TAMPER_H_
