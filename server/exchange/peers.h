#ifndef SLUIS_SERVER_EXCHANGE_PEERS_H_
#define SLUIS_SERVER_EXCHANGE_PEERS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sluis/peer/v1/holder.pb.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::exchange {

// The seam to the other nodes: calls to a member of the manifest in force, by its organisation.
//
// Guarantee: the request reaches nobody but the node that holds a certificate of the CA which the
// manifest in force pins for that organisation; `done` runs exactly once, on any thread, possibly
// before the call returns; every call ends. Not guaranteed: that a call which failed was not
// carried out (all calls are idempotent, an evaluation in that its request is taken once), nor any
// order between calls. Errors: NOT_FOUND no such member; FAILED_PRECONDITION without detail: no
// address is known for it; UNAUTHENTICATED: who answered is not that node; UNAVAILABLE or
// DEADLINE_EXCEEDED: not reached; CANCELLED: this node is stopping; anything else as the peer
// answered (PeerRefusalOf reads its detail). Thread-safe.
class Peers {
 public:
  template <typename Answer>
  using Done = std::function<void(absl::StatusOr<Answer>)>;

  virtual ~Peers() = default;

  virtual void Heartbeat(const std::string& organisation, peer::v1::HeartbeatRequest request,
                         Done<peer::v1::HeartbeatResponse> done) = 0;
  virtual void Deliver(const std::string& organisation, peer::v1::DeliverRequest request,
                       Done<peer::v1::DeliverResponse> done) = 0;
  // A request is answered once, and what came of a call that failed is not known: it is not sent to
  // the same holder again.
  virtual void Evaluate(const std::string& organisation, peer::v1::EvaluateRequest request,
                        Done<peer::v1::EvaluateResponse> done) = 0;
  virtual void ProveEvaluations(const std::string& organisation,
                                peer::v1::ProveEvaluationsRequest request,
                                Done<peer::v1::ProveEvaluationsResponse> done) = 0;
  virtual void GiveEvaluationList(const std::string& organisation,
                                  peer::v1::GiveEvaluationListRequest request,
                                  Done<peer::v1::GiveEvaluationListResponse> done) = 0;
  virtual void RevealEvaluationNonces(const std::string& organisation,
                                      peer::v1::RevealEvaluationNoncesRequest request,
                                      Done<peer::v1::RevealEvaluationNoncesResponse> done) = 0;
};

// What this node answers to other nodes. `sender` is the member whose certificate was verified for
// this very call; a listener offers nothing that is not set. Each must be thread-safe and may
// answer on any thread; `done` must run exactly once.
struct PeerAnswers {
  std::function<absl::StatusOr<peer::v1::HeartbeatResponse>(
      const std::string& sender, const peer::v1::HeartbeatRequest& request)>
      heartbeat;
  std::function<void(const std::string& sender, const peer::v1::DeliverRequest& request,
                     std::function<void(absl::Status)> done)>
      deliver;
  std::function<void(const std::string& sender, const peer::v1::EvaluateRequest& request,
                     Peers::Done<peer::v1::EvaluateResponse> done)>
      evaluate = {};
  std::function<void(const std::string& sender, const peer::v1::ProveEvaluationsRequest& request,
                     Peers::Done<peer::v1::ProveEvaluationsResponse> done)>
      prove_evaluations = {};
  std::function<void(const std::string& sender, const peer::v1::GiveEvaluationListRequest& request,
                     Peers::Done<peer::v1::GiveEvaluationListResponse> done)>
      give_evaluation_list = {};
  std::function<void(const std::string& sender,
                     const peer::v1::RevealEvaluationNoncesRequest& request,
                     Peers::Done<peer::v1::RevealEvaluationNoncesResponse> done)>
      reveal_evaluation_nonces = {};
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_PEERS_H_
