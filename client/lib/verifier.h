// Verifies an export of a log offline. Shares only crypto/ with the writer.
//
// Guarantee: a report without findings means that the entries of the export, in this order, are
// exactly those under its checkpoint, that the key given signed that checkpoint, that every open
// part is what was committed to when it was logged, and that the log extends every checkpoint in
// `seen`. Not guaranteed: that entries are true or that nothing was left unlogged; and, without an
// earlier checkpoint obtained elsewhere, that the log was not rewritten as a whole and signed again
// (`self_consistency_only`). With the key that the export itself claims, not even that it is the
// node's. Thread-safety: pure; one stream belongs to one call. Memory: two chunks of the reader,
// 32 bytes per erased part, and the findings kept. Errors: kUnavailable when the stream cannot be
// read; everything wrong with the file is a finding. Source: docs/formats.md, "Verifying".
#ifndef SLUIS_CLIENT_LIB_VERIFIER_H_
#define SLUIS_CLIENT_LIB_VERIFIER_H_

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/finding.h"
#include "client/lib/log_part.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"

namespace sluis::client {

struct ExportEntry;

// By PlaceOf: the part is open and is what was committed to.
using ProvenParts = std::bitset<kLogPartCount>;

struct VerifyOptions {
  // Verifier key (vkey text) from a source other than the export. Empty: the key that the export
  // claims.
  std::string verifier_key = {};
  // Checkpoints (signed notes) kept from earlier or obtained from a partner, in any order.
  std::vector<std::string> seen = {};
  // Called once, first, with the name of the log as the export gives it.
  std::function<void(const std::string& origin)> begins = {};
  // Called now and then with entries read and entries claimed, and once at the end.
  std::function<void(uint64_t done, uint64_t count)> progress = {};
  // Called for each act part that is open and is what was committed to; likewise.
  std::function<void(crypto::BytesView act)> act = {};
  // Called for each counterpart part that is open and is what was committed to, with the index and
  // the leaf of its entry, in the order of the export; the bytes live until it returns.
  std::function<void(uint64_t index, crypto::BytesView leaf, crypto::BytesView counterpart)>
      counterpart = {};
  // Called for each entry after its parts were judged, also for those given as a hash or closed
  // (whose `parts` are not filled); what it shows lives until it returns.
  std::function<void(uint64_t index, const ExportEntry& entry, ProvenParts proven)> entry = {};
  // Findings kept, and erased subject parts; all are counted.
  size_t max_findings = 1000;
  size_t max_erased = 100'000;
};

// How many entries show a part in which state; entries given as a hash only are not counted.
struct PartCounts {
  uint64_t closed = 0;
  uint64_t open = 0;
  uint64_t erased = 0;
  uint64_t missing = 0;
};

// The subject part of entry `index` is given as erased by entry `by`. What the export says: a claim
// that does not hold has a finding besides.
struct ErasedSubject {
  uint64_t index = 0;
  uint64_t by = 0;
  bool operator==(const ErasedSubject&) const = default;
};

// What the export says in its checkpoint.
struct CheckpointFacts {
  // As written there; proven only when `signature_good`.
  crypto::TreeHead head;
  bool signature_good = false;
};

struct VerifyReport {
  std::string origin;
  // The key that was used and whether it came from the export itself.
  std::string verifier_key;
  bool key_is_claimed = false;
  // What the export says of itself: false when it holds hashes for some entries.
  bool complete = false;
  // Entries read, of which given as a hash only.
  uint64_t entries = 0;
  uint64_t hash_only = 0;
  std::array<PartCounts, kLogPartCount> parts;  // by PlaceOf
  // In the order of the export; erased_total counts those beyond the limit as well.
  std::vector<ErasedSubject> erased;
  uint64_t erased_total = 0;
  // Sorted (SortFindings); findings_total counts those beyond the limit as well.
  std::vector<Finding> findings;
  uint64_t findings_total = 0;
  // Computed from the entries; nothing when reading stopped early.
  std::optional<crypto::TreeHead> head;
  // Nothing when it is malformed.
  std::optional<CheckpointFacts> checkpoint;
  // Earlier checkpoints whose root was found again at their size.
  uint64_t seen_confirmed = 0;
  // No earlier checkpoint was confirmed: a log rewritten as a whole would look the same.
  bool self_consistency_only = true;

  bool ok() const { return findings_total == 0; }
};

absl::StatusOr<VerifyReport> VerifyExport(std::istream& input, const VerifyOptions& options = {});

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_VERIFIER_H_
