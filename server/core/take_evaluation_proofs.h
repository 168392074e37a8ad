#ifndef SLUIS_SERVER_CORE_TAKE_EVALUATION_PROOFS_H_
#define SLUIS_SERVER_CORE_TAKE_EVALUATION_PROOFS_H_

#include <memory>
#include <string>
#include <utility>

#include "server/core/evaluations.h"
#include "server/core/partner_heads.h"
#include "server/core/use_case.h"
#include "sluis/peer/v1/holder.pb.h"

namespace sluis::core {

// Takes what the log of `call.peer` proves of the entries on which its requests rested, or that of
// this node when it asks itself: one effect for all rows that it settles, with the entry that names
// the proofs. The head is kept as the newest one known of that log before anything is settled, as
// with a Receipt; what contradicts the one known is kept as evidence and refused. An entry that
// says something else than was evaluated is kept with the request (row d), and holds the asker up
// until people set it aside.
//
// `response` says what became of it, also when they are from another head than the one known here,
// which changes nothing: they come again from that one. Proofs that do not hold are refused with an
// entry.
class TakeEvaluationProofs : public UseCase {
 public:
  // All references must outlive the call.
  TakeEvaluationProofs(peer::v1::ProveEvaluationsRequest request, Evaluations& evaluations,
                       PartnerHeads& heads,
                       std::shared_ptr<peer::v1::ProveEvaluationsResponse> response)
      : request_(std::move(request)),
        evaluations_(evaluations),
        heads_(heads),
        response_(std::move(response)) {}

  const Method& method() const override;
  // It brings nothing: it settles what was answered before.
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // Whether the head counts now. An error is a fault of the node, or one of envelope.
  absl::StatusOr<bool> TakeHead(const Call& call, const View& view,
                                const std::optional<crypto::TreeHead>& known,
                                const evaluation::TakenProofs& taken) const;

  const peer::v1::ProveEvaluationsRequest request_;
  Evaluations& evaluations_;
  PartnerHeads& heads_;
  const std::shared_ptr<peer::v1::ProveEvaluationsResponse> response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TAKE_EVALUATION_PROOFS_H_
