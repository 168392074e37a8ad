// Verifies a log proof (.tlog-proof) for one leaf, offline.
//
// Guarantee: OK only when `leaf` is the entry at the proof's index under a checkpoint that the key
// signed, and the index inside the leaf is the proof's. Not guaranteed: that the log is not shown
// differently to others, nor what the parts of the entry say; open them from an export. The extra
// line of a proof is signed by nobody and ignored. Thread-safety: pure. Errors: kInvalidArgument
// for text, key or leaf that break their format, kUnauthenticated for another key, kDataLoss for a
// signature or path that does not verify, kPermissionDenied for a checkpoint of another log.
// Source: docs/formats.md, "Proof of one entry".
#ifndef SLUIS_CLIENT_LIB_PROOF_CHECK_H_
#define SLUIS_CLIENT_LIB_PROOF_CHECK_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"

namespace sluis::client {

struct ProvenEntry {
  uint64_t index = 0;
  // Microseconds since the epoch, UTC, rounded down to the node's tick.
  uint64_t logged_at_us = 0;
  crypto::Hash leaf_hash{};
  crypto::Checkpoint checkpoint;
};

// `proof` is the text of the file, `leaf` its 184 bytes, `verifier_key` a vkey text.
absl::StatusOr<ProvenEntry> CheckProof(crypto::BytesView proof, crypto::BytesView leaf,
                                       std::string_view verifier_key);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_PROOF_CHECK_H_
