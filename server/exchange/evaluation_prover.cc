#include "server/exchange/evaluation_prover.h"

#include <future>
#include <memory>
#include <utility>

namespace sluis::exchange {

absl::Status EvaluationProver::Round() {
  const ledger::ShownCheckpoint head = parts_.ledger.checkpoint();
  if (head.size == 0) return absl::OkStatus();
  core::OwedProofs all;
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    auto read = core::ReadOwedProofs(core::View(*snapshot, parts_.ledger.keyring()), head.size);
    if (!read.ok()) return read.status();
    all = *std::move(read);
  }
  absl::Status first = absl::OkStatus();
  for (const auto& [whom, owed] : all) first.Update(Show(whom.first, whom.second, owed, head));
  return first;
}

absl::Status EvaluationProver::Show(const std::string& holder, const crypto::Hash& key_id,
                                    const std::vector<core::OwedProof>& owed,
                                    const ledger::ShownCheckpoint& head) {
  // Twice: a holder that knows another head says which one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    peer::v1::ProveEvaluationsRequest request;
    request.set_key_id(std::string(crypto::View(key_id)));
    {
      const auto snapshot = parts_.ledger.store().NewSnapshot();
      const auto proofs = core::ProofsOf(core::View(*snapshot, parts_.ledger.keyring()),
                                         parts_.ledger.origin(), head, owed, known_[holder]);
      if (!proofs.ok()) return proofs.status();
      request.set_proofs(proofs->SerializeAsString());
    }
    auto answered =
        std::make_shared<std::promise<absl::StatusOr<peer::v1::ProveEvaluationsResponse>>>();
    const auto take = [answered](absl::StatusOr<peer::v1::ProveEvaluationsResponse> answer) {
      answered->set_value(std::move(answer));
    };
    if (holder == parts_.organisation) {
      parts_.desk.ProveOwn(request, take);
    } else {
      parts_.peers.ProveEvaluations(holder, std::move(request), take);
    }
    const auto answer = answered->get_future().get();
    if (!answer.ok()) return answer.status();
    known_[holder] = answer->known_size();
    if (answer->taken()) {
      return parts_.executor.RunAsNodeAndWait(
          std::make_shared<core::ForgetOwedProofs>(holder, owed));
    }
  }
  return absl::FailedPreconditionError(
      "a holder knows a head of this log to which nothing here leads; look at its partner's log");
}

}  // namespace sluis::exchange
