#ifndef SLUIS_SERVER_EXCHANGE_GRPC_PEERS_H_
#define SLUIS_SERVER_EXCHANGE_GRPC_PEERS_H_

#include <memory>
#include <string>

#include "server/core/terms.h"
#include "server/exchange/peers.h"
#include "server/storage/clock.h"

namespace sluis::exchange {

// What calls to other nodes work with. The references must outlive it.
struct GrpcPeersParts {
  // Folder with tls.crt and tls.key, read again every few seconds.
  std::string certificate_folder;
  core::TermsInForce& terms;
  storage::Clock& clock;
};

// Peers over gRPC and mutual TLS, dialled from here: the addresses of the manifest in their order,
// the next one when a node is not reached at the one before.
//
// Beside the guarantee of Peers: a connection trusts no CA but the one that the manifest pins for
// that member, is checked by authn::VerifyPeerLeaf, and is left when the manifest changes CA or
// addresses or the own certificate is renewed. An ask ends after 8 s for a heartbeat, 30 s for a
// delivery or proofs, 10 s for an evaluation, shared among the addresses. TLS 1.3 only holds by the
// configuration of OpenSSL that the process loads. Thread-safe.
class GrpcPeers final : public Peers {
 public:
  explicit GrpcPeers(GrpcPeersParts parts);
  // Ends what is under way as CANCELLED, and waits for it.
  ~GrpcPeers() override;

  void Heartbeat(const std::string& organisation, peer::v1::HeartbeatRequest request,
                 Done<peer::v1::HeartbeatResponse> done) override;
  void Deliver(const std::string& organisation, peer::v1::DeliverRequest request,
               Done<peer::v1::DeliverResponse> done) override;
  void Evaluate(const std::string& organisation, peer::v1::EvaluateRequest request,
                Done<peer::v1::EvaluateResponse> done) override;
  void ProveEvaluations(const std::string& organisation, peer::v1::ProveEvaluationsRequest request,
                        Done<peer::v1::ProveEvaluationsResponse> done) override;
  void GiveEvaluationList(const std::string& organisation,
                          peer::v1::GiveEvaluationListRequest request,
                          Done<peer::v1::GiveEvaluationListResponse> done) override;
  void RevealEvaluationNonces(const std::string& organisation,
                              peer::v1::RevealEvaluationNoncesRequest request,
                              Done<peer::v1::RevealEvaluationNoncesResponse> done) override;

  // From now on every call ends as CANCELLED, those under way too; returns when they have ended.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_GRPC_PEERS_H_
