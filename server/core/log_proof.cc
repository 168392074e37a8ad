#include "server/core/log_proof.h"

#include <utility>

#include "crypto/proof.h"
#include "server/ledger/reader.h"

namespace sluis::core {

absl::Status FillProof(const node::v1::GetProofRequest& request, ledger::Ledger& ledger,
                       ledger::LeafIndex& index, node::v1::GetProofResponse& response) {
  absl::StatusOr<crypto::Hash> leaf_hash = crypto::ToFixed<32>(request.leaf_hash());
  if (!leaf_hash.ok()) return absl::InvalidArgumentError("give a leaf hash of 32 bytes");
  // Read before the index, so that an entry it covers is in the snapshot below.
  const ledger::ShownCheckpoint checkpoint = ledger.checkpoint();
  absl::StatusOr<std::optional<uint64_t>> found = index.Find(*leaf_hash);
  if (!found.ok()) return found.status();
  if (!*found) {
    absl::Status caught_up = index.CatchUp();
    if (!caught_up.ok()) return caught_up;
    found = index.Find(*leaf_hash);
    if (!found.ok()) return found.status();
  }
  if (!*found) return absl::NotFoundError("no entry of this log has that leaf hash");
  if (**found >= checkpoint.size) {
    return absl::UnavailableError("the next checkpoint will cover this entry; ask again shortly");
  }
  const std::unique_ptr<storage::Snapshot> snapshot = ledger.store().NewSnapshot();
  const ledger::LogReader reader(ledger.origin(), *snapshot, ledger.keyring());
  absl::StatusOr<std::vector<crypto::Hash>> hashes =
      reader.InclusionProof(**found, checkpoint.size);
  if (!hashes.ok()) return hashes.status();
  absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(**found);
  if (!entry.ok()) return entry.status();
  absl::StatusOr<crypto::Bytes> proof = crypto::MarshalProof(
      {.extra = {}, .index = **found, .hashes = *std::move(hashes), .checkpoint = checkpoint.note});
  if (!proof.ok()) return proof.status();
  response.set_proof(*std::move(proof));
  response.set_leaf(std::move(entry->leaf));
  return absl::OkStatus();
}

}  // namespace sluis::core
