// What an asker's log proves of the entries that its requests rest on.
//
// Guarantee: what VerifyProofs returns lies in a log that `log_key` signed, under one head that is
// proven to be of one log with the head known before, and says what it says by the counterpart part
// that the leaf commits to. Not guaranteed: that it is what was asked for: the holder compares; nor
// that the log is shown the same to others (witnesses). Whoever calls keeps the new head, if any.
// Thread-safety: pure. Errors: kInvalidArgument for form, kFailedPrecondition when it is proven
// from another head than the known one, kDataLoss for a proof that does not hold.
#ifndef SLUIS_SERVER_EVALUATION_ENTRY_PROOFS_H_
#define SLUIS_SERVER_EVALUATION_ENTRY_PROOFS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "server/evaluation/parts.h"
#include "sluis/peer/v1/evaluation.pb.h"

namespace sluis::evaluation {

struct ProvenEntry {
  crypto::Hash leaf_hash{};
  // Nothing when the entry is not one about an evaluation that is to be asked.
  std::optional<AskedEntry> says;
  std::string counterpart;  // as opened
};

struct ProvenEntries {
  // The head, unless a larger one is known.
  std::optional<crypto::Checkpoint> checkpoint;
  std::string checkpoint_note;
  std::vector<ProvenEntry> entries;
};

// The form only.
absl::StatusOr<peer::v1::EvaluationProofs> ReadProofs(crypto::BytesView bytes);

// `known`: the newest head of that log that is known here.
absl::StatusOr<ProvenEntries> VerifyProofs(crypto::BytesView bytes,
                                           const crypto::VerifierKey& log_key,
                                           const std::optional<crypto::TreeHead>& known);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_ENTRY_PROOFS_H_
