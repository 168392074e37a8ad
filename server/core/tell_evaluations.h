// What a holder of a key tells who asked of what it evaluated: for its privacy officer, afterwards.
//
//   GiveEvaluationList       what was evaluated on one day that is over; signed once
//   RevealEvaluationNonces   the part of the seed by which a period is sampled; for one period once
//
// Each is one effect: the entry, and the row that holds what was signed, or for what. Told again it
// is the same and comes to no effect. Both cross a suspension, because they bring nothing.
//
// Guarantee: nothing is told before its entry and its row are durable; no two lists of one day and
// no two reveals of one day for different lists leave, whatever is planned beside each other.
// `call.peer` is told of itself and of nobody else. Refused, with an entry and one constant text:
// `no_key` for a key of which this node never held a share, `list` and `period` for what is not of
// form or not signed by the asker, `not_listed` and `not_revealed` for what the holder does not
// sign (server/evaluation/holder.h says when). Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_CORE_TELL_EVALUATIONS_H_
#define SLUIS_SERVER_CORE_TELL_EVALUATIONS_H_

#include <memory>
#include <utility>

#include "crypto/secret.h"
#include "crypto/signature.h"
#include "server/core/evaluations.h"
#include "server/core/partner_heads.h"
#include "server/core/use_case.h"
#include "sluis/peer/v1/review.pb.h"

namespace sluis::core {

// All must outlive the calls.
struct TellTools {
  Evaluations& evaluations;
  PartnerHeads& heads;
  const crypto::SigningKey& identity;
  // Of this node, for the nonces of lists and nothing else.
  const crypto::Secret<32>& nonces;
};

class GiveEvaluationList : public UseCase {
 public:
  GiveEvaluationList(peer::v1::GiveEvaluationListRequest request, const TellTools& tools,
                     std::shared_ptr<peer::v1::GiveEvaluationListResponse> response)
      : request_(std::move(request)), tools_(tools), response_(std::move(response)) {}

  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const peer::v1::GiveEvaluationListRequest request_;
  const TellTools tools_;
  const std::shared_ptr<peer::v1::GiveEvaluationListResponse> response_;
};

class RevealEvaluationNonces : public UseCase {
 public:
  RevealEvaluationNonces(peer::v1::RevealEvaluationNoncesRequest request, const TellTools& tools,
                         std::shared_ptr<peer::v1::RevealEvaluationNoncesResponse> response)
      : request_(std::move(request)), tools_(tools), response_(std::move(response)) {}

  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const peer::v1::RevealEvaluationNoncesRequest request_;
  const TellTools tools_;
  const std::shared_ptr<peer::v1::RevealEvaluationNoncesResponse> response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TELL_EVALUATIONS_H_
