// One record of an envelope, provable without the others: leaf, path, head and signature.
//
// Guarantee: a proof that verifies shows that the sender named in the leaf signed exactly this
// leaf for exactly this recipient, under that manifest. Not guaranteed: that it was delivered, or
// that the recipient agreed (its receipt, likewise a proof, shows that). Thread-safety: values;
// functions are pure. Errors: Refuse of the fault named. Source: docs/formats.md, "Record proof".
#ifndef SLUIS_SERVER_ENVELOPE_RECORD_PROOF_H_
#define SLUIS_SERVER_ENVELOPE_RECORD_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/envelope/envelope.h"

namespace sluis::envelope {

inline constexpr size_t kMaxRecordProofBytes = kMaxLeafBytes + (4 << 10);

struct RecordProof {
  SignedHead head;
  uint32_t index = 0;
  std::vector<crypto::Hash> path;
  std::string leaf_bytes;
  Leaf leaf;
  peer::v1::Terms terms;  // of a leaf that is an Offer, read; empty otherwise

  std::string Serialise() const;
};

// Proofs of all leaves, in order.
std::vector<RecordProof> ProveRecords(Envelope envelope);

// kTooLarge, kMalformed, those of ReadHead and ReadLeaf, kBinding.
absl::StatusOr<RecordProof> ReadRecordProof(crypto::BytesView bytes);

// Those of VerifyHead, kRoot, and those of CheckOffered.
absl::Status VerifyRecordProof(const RecordProof& proof, const JudgedBy& judged_by);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_RECORD_PROOF_H_
