#include "server/evaluation/entry_proofs.h"

#include <algorithm>

#include "crypto/merkle.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"

namespace sluis::evaluation {
namespace {

constexpr size_t kMaxCheckpointBytes = 4096;

absl::Status DoesNotHold() {
  return absl::DataLossError(
      "the proof of an entry does not hold; ask the asker for the entries of its own log");
}

bool IsProven(const peer::v1::ProvenEvaluation& one) {
  return one.log_leaf().size() == ledger::kLeafBytes &&
         envelope::AreHashes(one.inclusion(), kMaxInclusion) &&
         envelope::IsHash(one.counterpart_salt()) && !one.counterpart().empty() &&
         one.counterpart().size() <= ledger::kMaxPartBytes;
}

absl::Status IsOfOneLog(const crypto::TreeHead& head, const std::optional<crypto::TreeHead>& known,
                        const peer::v1::EvaluationProofs& proofs) {
  const uint64_t known_size = known ? known->size : 0;
  if (proofs.known_size() != known_size) {
    return absl::FailedPreconditionError(
        "the head is not proven from the newest one known here; prove it from that size");
  }
  const std::vector<crypto::Hash> path = envelope::ToHashes(proofs.consistency());
  if (known_size == 0) {
    return path.empty() ? absl::OkStatus() : DoesNotHold();
  }
  const bool holds = head.size >= known_size ? crypto::VerifyConsistency(*known, head, path).ok()
                                             : crypto::VerifyConsistency(head, *known, path).ok();
  return holds ? absl::OkStatus() : DoesNotHold();
}

}  // namespace

absl::StatusOr<peer::v1::EvaluationProofs> ReadProofs(crypto::BytesView bytes) {
  peer::v1::EvaluationProofs out;
  if (!envelope::ReadCanonical(bytes, kMaxProofsBytes, out) || out.version() != kVersion ||
      out.checkpoint().empty() || out.checkpoint().size() > kMaxCheckpointBytes ||
      !envelope::AreHashes(out.consistency(), kMaxConsistency) || out.entries().empty() ||
      out.entries_size() > kMaxProofs ||
      !std::all_of(out.entries().begin(), out.entries().end(), IsProven)) {
    return absl::InvalidArgumentError(
        "the proofs of entries are not of the form agreed; bring both nodes to the same version");
  }
  return out;
}

absl::StatusOr<ProvenEntries> VerifyProofs(crypto::BytesView bytes,
                                           const crypto::VerifierKey& log_key,
                                           const std::optional<crypto::TreeHead>& known) {
  const absl::StatusOr<peer::v1::EvaluationProofs> proofs = ReadProofs(bytes);
  if (!proofs.ok()) return proofs.status();
  const absl::StatusOr<crypto::Checkpoint> checkpoint =
      crypto::OpenCheckpoint(proofs->checkpoint(), log_key);
  if (!checkpoint.ok()) return DoesNotHold();
  if (absl::Status one_log = IsOfOneLog(checkpoint->head, known, *proofs); !one_log.ok()) {
    return one_log;
  }
  ProvenEntries out;
  // Messages overtake each other: an older head proves its entries, and replaces nothing.
  if (!known || checkpoint->head.size >= known->size) {
    out.checkpoint = *checkpoint;
    out.checkpoint_note = proofs->checkpoint();
  }
  for (const peer::v1::ProvenEvaluation& one : proofs->entries()) {
    const absl::StatusOr<ledger::Leaf> leaf = ledger::DecodeLeaf(one.log_leaf());
    const auto salt = crypto::ToFixed<32>(one.counterpart_salt());
    if (!leaf.ok() || !salt.ok() ||
        !crypto::VerifyInclusion(one.log_leaf(), leaf->index, checkpoint->head,
                                 envelope::ToHashes(one.inclusion()))
             .ok() ||
        ledger::Commitment(checkpoint->origin, ledger::Part::kCounterpart, *salt,
                           one.counterpart()) != leaf->commitments[ledger::kPartCount - 1]) {
      return DoesNotHold();
    }
    out.entries.push_back(
        {crypto::LeafHash(one.log_leaf()), ReadAskerPart(one.counterpart()), one.counterpart()});
  }
  return out;
}

}  // namespace sluis::evaluation
