#ifndef SLUIS_SERVER_RPC_HOLDER_SERVICE_H_
#define SLUIS_SERVER_RPC_HOLDER_SERVICE_H_

#include <string>
#include <utility>

#include "server/authn/peer_certificate.h"
#include "server/exchange/peers.h"
#include "server/rpc/calls.h"
#include "server/rpc/metrics.h"
#include "server/rpc/peer_gate.h"
#include "server/rpc/status_map.h"
#include "sluis/peer/v1/holder.grpc.pb.h"

namespace sluis::rpc {

// Hands what other nodes ask of a holder of keys to whoever answers it, each after the gate named
// the member behind it. Thread-safe.
class HolderService final : public peer::v1::HolderService::CallbackService {
 public:
  // `gate` and `metrics` must outlive this.
  HolderService(PeerGate& gate, const exchange::PeerAnswers& answers, Metrics& metrics)
      : gate_(gate),
        evaluate_(answers.evaluate),
        prove_evaluations_(answers.prove_evaluations),
        give_evaluation_list_(answers.give_evaluation_list),
        reveal_evaluation_nonces_(answers.reveal_evaluation_nonces),
        metrics_(metrics) {}

  grpc::ServerUnaryReactor* Evaluate(grpc::CallbackServerContext* context,
                                     const peer::v1::EvaluateRequest* request,
                                     peer::v1::EvaluateResponse* response) override {
    return Answer("HolderService.Evaluate", *context, evaluate_, *request, *response);
  }

  grpc::ServerUnaryReactor* ProveEvaluations(
      grpc::CallbackServerContext* context, const peer::v1::ProveEvaluationsRequest* request,
      peer::v1::ProveEvaluationsResponse* response) override {
    return Answer("HolderService.ProveEvaluations", *context, prove_evaluations_, *request,
                  *response);
  }

  grpc::ServerUnaryReactor* GiveEvaluationList(
      grpc::CallbackServerContext* context, const peer::v1::GiveEvaluationListRequest* request,
      peer::v1::GiveEvaluationListResponse* response) override {
    return Answer("HolderService.GiveEvaluationList", *context, give_evaluation_list_, *request,
                  *response);
  }

  grpc::ServerUnaryReactor* RevealEvaluationNonces(
      grpc::CallbackServerContext* context, const peer::v1::RevealEvaluationNoncesRequest* request,
      peer::v1::RevealEvaluationNoncesResponse* response) override {
    return Answer("HolderService.RevealEvaluationNonces", *context, reveal_evaluation_nonces_,
                  *request, *response);
  }

 private:
  template <typename Ask, typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(const char* method, grpc::CallbackServerContext& context,
                                   const Ask& ask, const Request& request, Response& response) {
    grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
    const absl::StatusOr<std::string> pem = authn::PeerCertificates::PemOf(*context.auth_context());
    // What is no certificate passes the gate no more than one of nobody.
    const absl::StatusOr<std::string> sender = gate_.Check(pem.ok() ? *pem : std::string());
    if (!sender.ok() || !ask) {
      Finish(method, reactor,
             sender.ok() ? absl::UnimplementedError("this node holds no keys") : sender.status());
      return reactor;
    }
    ask(*sender, request, [this, method, reactor, &response](absl::StatusOr<Response> answer) {
      if (answer.ok()) response = *std::move(answer);
      Finish(method, reactor, answer.status());
    });
    return reactor;
  }
  void Finish(const char* method, grpc::ServerUnaryReactor* reactor, const absl::Status& answer) {
    Calls::LogFault(method, answer);
    const grpc::Status status = ToGrpc(answer);
    metrics_.CountCall(method, status.error_code());
    reactor->Finish(status);
  }

  PeerGate& gate_;
  const decltype(exchange::PeerAnswers::evaluate) evaluate_;
  const decltype(exchange::PeerAnswers::prove_evaluations) prove_evaluations_;
  const decltype(exchange::PeerAnswers::give_evaluation_list) give_evaluation_list_;
  const decltype(exchange::PeerAnswers::reveal_evaluation_nonces) reveal_evaluation_nonces_;
  Metrics& metrics_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_HOLDER_SERVICE_H_
