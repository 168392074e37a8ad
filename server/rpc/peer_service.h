#ifndef SLUIS_SERVER_RPC_PEER_SERVICE_H_
#define SLUIS_SERVER_RPC_PEER_SERVICE_H_

#include <string>
#include <utility>

#include "server/authn/peer_certificate.h"
#include "server/exchange/peer_refusal.h"
#include "server/exchange/peers.h"
#include "server/rpc/calls.h"
#include "server/rpc/metrics.h"
#include "server/rpc/peer_gate.h"
#include "server/rpc/status_map.h"
#include "sluis/peer/v1/peer.grpc.pb.h"

namespace sluis::rpc {

// Hands calls of other nodes to whoever answers them, each after the gate named the member behind
// it. Thread-safe.
class PeerService final : public peer::v1::PeerService::CallbackService {
 public:
  // `gate` and `metrics` must outlive this.
  PeerService(PeerGate& gate, exchange::PeerAnswers answers, Metrics& metrics)
      : gate_(gate), answers_(std::move(answers)), metrics_(metrics) {}

  grpc::ServerUnaryReactor* Heartbeat(grpc::CallbackServerContext* context,
                                      const peer::v1::HeartbeatRequest* request,
                                      peer::v1::HeartbeatResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const absl::StatusOr<std::string> sender = SenderOf(*context);
    absl::Status status = sender.status();
    if (sender.ok()) {
      absl::StatusOr<peer::v1::HeartbeatResponse> answer = answers_.heartbeat(*sender, *request);
      status = answer.status();
      if (answer.ok()) *response = *std::move(answer);
    }
    Finish("PeerService.Heartbeat", reactor, status);
    return reactor;
  }

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context,
                                    const peer::v1::DeliverRequest* request,
                                    peer::v1::DeliverResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const absl::StatusOr<std::string> sender = SenderOf(*context);
    if (!sender.ok() || !answers_.deliver) {
      Finish(
          "PeerService.Deliver", reactor,
          sender.ok() ? absl::UnimplementedError("this node takes no envelopes") : sender.status());
      return reactor;
    }
    answers_.deliver(*sender, *request, [this, reactor](const absl::Status& status) {
      Finish("PeerService.Deliver", reactor, status);
    });
    return reactor;
  }

 private:
  absl::StatusOr<std::string> SenderOf(const grpc::CallbackServerContext& context) {
    const absl::StatusOr<std::string> pem = authn::PeerCertificates::PemOf(*context.auth_context());
    // What is no certificate passes the gate no more than one of nobody.
    return gate_.Check(pem.ok() ? *pem : std::string());
  }
  void Finish(const char* method, grpc::ServerUnaryReactor* reactor, const absl::Status& answer) {
    Calls::LogFault(method, answer);
    const grpc::Status status = ToGrpc(answer);
    metrics_.CountCall(method, status.error_code());
    reactor->Finish(status);
  }

  PeerGate& gate_;
  const exchange::PeerAnswers answers_;
  Metrics& metrics_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_PEER_SERVICE_H_
