#ifndef SLUIS_SERVER_CORE_EVALUATE_FOR_PARTNER_H_
#define SLUIS_SERVER_CORE_EVALUATE_FOR_PARTNER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/core/evaluations.h"
#include "server/core/use_case.h"

namespace sluis::core {

// What is left to do once the entry about a request is durable: multiplications and a signature,
// which do not belong on the thread that hears of it.
struct AnswerToMake {
  // Gives the signed answer, or the signed refusal; once, on any thread. Null when there is
  // nothing to answer.
  std::function<absl::StatusOr<std::string>()> make;
  // The bytes are no request: nothing was logged.
  bool no_request = false;
};

// Evaluates what another node, or this one, asks of a holder of a key.
//
// The seat of this node in the key judges the request (server/evaluation/holder.h); one that it
// takes is one effect: the entry with the holder's counterpart part, and the row by which it is
// counted. `answer` is filled in when that is durable. A refusal is an entry likewise and is
// answered signed, except above the number per minute that one entry gathers: then the call is
// answered RESOURCE_EXHAUSTED. Bytes that are no request come to nothing. A key of which this node
// has no share is refused without a signature, because there is no index to sign under.
class EvaluateForPartner : public UseCase {
 public:
  struct Tools {
    Evaluations& evaluations;
    const crypto::SigningKey& identity;
    crypto::Random& random;
  };

  // `signed_request` and `answer` are this call's own; the tools must outlive the answer.
  EvaluateForPartner(std::string signed_request, const Tools& tools,
                     std::shared_ptr<AnswerToMake> answer)
      : signed_request_(std::move(signed_request)), tools_(tools), answer_(std::move(answer)) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  Plan PlanRefusal(const Call& call, const Evaluations::Seat& seat,
                   evaluation::Refusal refusal) const;

  const std::string signed_request_;
  const Tools tools_;
  const std::shared_ptr<AnswerToMake> answer_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EVALUATE_FOR_PARTNER_H_
