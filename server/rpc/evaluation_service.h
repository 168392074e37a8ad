#ifndef SLUIS_SERVER_RPC_EVALUATION_SERVICE_H_
#define SLUIS_SERVER_RPC_EVALUATION_SERVICE_H_

#include <functional>
#include <memory>
#include <optional>

#include "server/core/ask_evaluation.h"
#include "server/rpc/calls.h"
#include "sluis/node/v1/evaluation.grpc.pb.h"

namespace sluis::rpc {

// What asks the holders of keys. Empty while the node has no keys for partners.
struct EvaluationParts {
  std::optional<core::AskTools> tools = {};
  // Carries out what a person signed; fills in the response before it answers OK, once.
  using Evaluate = std::function<void(const absl::StatusOr<authn::CertificateFacts>&,
                                      core::BeginEvaluation::Request, node::v1::EvaluateResponse&,
                                      std::function<void(const absl::Status&)>)>;
  Evaluate evaluate = {};
};

// Translates EvaluationService to use cases. Thread-safe.
class EvaluationService final : public node::v1::EvaluationService::CallbackService {
 public:
  // `calls` and what the parts refer to must outlive this.
  EvaluationService(Calls& calls, EvaluationParts parts)
      : calls_(calls), parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* DraftEvaluation(grpc::CallbackServerContext* context,
                                            const node::v1::DraftEvaluationRequest* request,
                                            node::v1::DraftEvaluationResponse* response) override;
  grpc::ServerUnaryReactor* Evaluate(grpc::CallbackServerContext* context,
                                     const node::v1::EvaluateRequest* request,
                                     node::v1::EvaluateResponse* response) override;

 private:
  Calls& calls_;
  const EvaluationParts parts_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_EVALUATION_SERVICE_H_
