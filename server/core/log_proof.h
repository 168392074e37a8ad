#ifndef SLUIS_SERVER_CORE_LOG_PROOF_H_
#define SLUIS_SERVER_CORE_LOG_PROOF_H_

#include "absl/status/status.h"
#include "server/ledger/leaf_index.h"
#include "server/ledger/ledger.h"
#include "sluis/node/v1/log.pb.h"

namespace sluis::core {

// The proof that the entry with this leaf hash is in the log, under the newest checkpoint shown.
// Whoever holds a leaf hash has it from the answer to an act of their own; the proof says nothing
// about other entries. INVALID_ARGUMENT for another length; NOT_FOUND when no entry has it;
// UNAVAILABLE until a checkpoint covers it.
absl::Status FillProof(const node::v1::GetProofRequest& request, ledger::Ledger& ledger,
                       ledger::LeafIndex& index, node::v1::GetProofResponse& response);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LOG_PROOF_H_
