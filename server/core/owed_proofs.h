// Proofs that this node owes holders of keys: for each request an opened counterpart part and that
// its entry is in the log.
//
// Guarantee: what is owed is written with the entry itself, to every holder of the key, because
// nobody knows then which of them will answer; a holder that never evaluated it passes it over. So
// it is shown to a holder only when that can take the request no more: when it has answered and the
// end was logged, or after kLongestRound. It is struck off only when the holder said that
// it took it. Not guaranteed: that a holder that is
// gone ever does. Thread-safety: pure. Errors: those of the store; DATA_LOSS for an entry that
// cannot be read. Source: docs/formats.md, row a.
#ifndef SLUIS_SERVER_CORE_OWED_PROOFS_H_
#define SLUIS_SERVER_CORE_OWED_PROOFS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/use_case.h"
#include "server/core/view.h"
#include "server/evaluation/message.h"
#include "server/ledger/ledger.h"
#include "sluis/peer/v1/evaluation.pb.h"

namespace sluis::core {

std::string OwedProofKey(std::string_view holder, const crypto::Hash& key_id,
                         const evaluation::RequestId& request_id);

// Longer than any round takes that asks every holder in turn.
inline constexpr uint64_t kLongestRoundUs = 600'000'000;

struct OwedProof {
  ledger::Precondition row;
  uint64_t index = 0;  // of the entry
};
// By holder and key, at most kMaxProofs for each: those for the first `size` entries of the log
// that may be shown at `now_us`. `origin`: of the own log.
using OwedProofs = std::map<std::pair<std::string, crypto::Hash>, std::vector<OwedProof>>;
absl::StatusOr<OwedProofs> ReadOwedProofs(const View& view, const std::string& origin,
                                          uint64_t size, uint64_t now_us);

// The row of a request to whose entry, of that index, an end was logged.
ledger::RowWrite EndedProof(std::string_view holder, const crypto::Hash& key_id,
                            const evaluation::RequestId& request_id, uint64_t index);

// Under that head, from the one of `known_size`; 0 for none.
absl::StatusOr<peer::v1::EvaluationProofs> ProofsOf(const View& view, const std::string& origin,
                                                    const ledger::ShownCheckpoint& head,
                                                    const std::vector<OwedProof>& owed,
                                                    uint64_t known_size);

// Strikes off what a holder took; run as the node.
class ForgetOwedProofs : public UseCase {
 public:
  ForgetOwedProofs(std::string holder, std::vector<OwedProof> taken)
      : holder_(std::move(holder)), taken_(std::move(taken)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string holder_;
  const std::vector<OwedProof> taken_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OWED_PROOFS_H_
