#include "client/lib/proof_check.h"

#include <utility>

#include "client/lib/export_reader.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/proof.h"

namespace sluis::client {

absl::StatusOr<ProvenEntry> CheckProof(crypto::BytesView proof, crypto::BytesView leaf,
                                       std::string_view verifier_key) {
  crypto::Reader reader(leaf);
  uint32_t format = 0;
  uint32_t reserved = 0;
  ProvenEntry out;
  if (leaf.size() != kExportLeafBytes || !reader.U32(&format) || !reader.U32(&reserved) ||
      !reader.U64(&out.index) || !reader.U64(&out.logged_at_us) || format != 1 || reserved != 0) {
    return absl::InvalidArgumentError(
        "a leaf is 184 bytes of format 1: take it from the answer that came with the proof");
  }
  const absl::StatusOr<crypto::VerifierKey> key = crypto::VerifierKey::Parse(verifier_key);
  if (!key.ok()) return key.status();
  const absl::StatusOr<crypto::TlogProof> parsed = crypto::ParseProof(proof);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::VerifyProof(*parsed, leaf, *key);
  if (!checkpoint.ok()) return checkpoint.status();
  if (parsed->index != out.index) {
    return absl::DataLossError("the leaf says another index than its place in the log: keep both");
  }
  out.leaf_hash = crypto::LeafHash(leaf);
  out.checkpoint = *std::move(checkpoint);
  return out;
}

}  // namespace sluis::client
