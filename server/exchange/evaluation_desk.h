// What other nodes ask of this one as a holder of keys: requests to evaluate, the proofs of the
// entries on which they rested, and what it says of them afterwards.
//
// Each goes to its use case by Executor::RunAsPeer, in the name of the member whose certificate was
// verified for the call. What is left to do when the entry is durable, multiplying and signing,
// runs on threads of the desk, so that neither the sequencer nor the listener waits for it.
//
// Guarantee: `done` runs exactly once, on any thread; nothing is evaluated and no refusal is told
// before its entry is durable. Bounded: while kMaxUnderWay are under way the next one is told to
// come later, before it is looked at. Not guaranteed: that an answer reaches whoever asked: its
// request id is used up then. Thread-safe. Errors to the peer: RefusedToPeer, one for every refusal
// that is not signed; UNAVAILABLE when this node cannot take it now. Stop ends all that is under
// way, as UNAVAILABLE where it has no answer yet, and waits for it; the executor must still run.
#ifndef SLUIS_SERVER_EXCHANGE_EVALUATION_DESK_H_
#define SLUIS_SERVER_EXCHANGE_EVALUATION_DESK_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "server/core/evaluate_for_partner.h"
#include "server/core/evaluations.h"
#include "server/core/executor.h"
#include "server/core/partner_heads.h"
#include "server/core/tell_evaluations.h"
#include "sluis/peer/v1/holder.pb.h"

namespace sluis::exchange {

// All references must outlive what is under way.
struct EvaluationDeskParts {
  core::Executor& executor;
  core::Evaluations& evaluations;
  core::PartnerHeads& heads;
  const crypto::SigningKey& identity;
  // Of this node, for the nonces of lists and nothing else.
  const crypto::Secret<32>& nonces;
  crypto::Random& random;
  // Told of a member that sent what is no request.
  std::function<void(const std::string& sender)> parked = [](const std::string&) {};
  // Told of what this node could not read or do, so that no answer left.
  std::function<void(const absl::Status&)> fault = [](const absl::Status&) {};
  size_t threads = 2;
};

class EvaluationDesk {
 public:
  template <typename Answer>
  using Done = std::function<void(absl::StatusOr<Answer>)>;
  static constexpr size_t kMaxUnderWay = 256;

  explicit EvaluationDesk(EvaluationDeskParts parts);
  ~EvaluationDesk();

  // `sender` is the member whose certificate was verified for this call.
  void Evaluate(const std::string& sender, const peer::v1::EvaluateRequest& request,
                Done<peer::v1::EvaluateResponse> done);
  // The same when this node asks itself: its part in a key is one like any other. Errors are those
  // of the executor.
  void EvaluateOwn(const peer::v1::EvaluateRequest& request, Done<peer::v1::EvaluateResponse> done);
  void Prove(const std::string& sender, const peer::v1::ProveEvaluationsRequest& request,
             Done<peer::v1::ProveEvaluationsResponse> done);
  void ProveOwn(const peer::v1::ProveEvaluationsRequest& request,
                Done<peer::v1::ProveEvaluationsResponse> done);
  void GiveList(const std::string& sender, const peer::v1::GiveEvaluationListRequest& request,
                Done<peer::v1::GiveEvaluationListResponse> done);
  void GiveListOwn(const peer::v1::GiveEvaluationListRequest& request,
                   Done<peer::v1::GiveEvaluationListResponse> done);
  void Reveal(const std::string& sender, const peer::v1::RevealEvaluationNoncesRequest& request,
              Done<peer::v1::RevealEvaluationNoncesResponse> done);
  void RevealOwn(const peer::v1::RevealEvaluationNoncesRequest& request,
                 Done<peer::v1::RevealEvaluationNoncesResponse> done);

  // Runs this on a thread of the desk; at once, and with `stopped`, when it is stopped. For what
  // follows upon an entry and is too long for the thread that hears of it.
  void Do(std::function<void(bool stopped)> work);

  void Stop();

 private:
  // What ends with its last owner.
  class UnderWay;
  // Nothing when there are too many, or it is stopped.
  std::shared_ptr<UnderWay> Begin();
  void Answer(const std::shared_ptr<core::AnswerToMake>& answer, absl::Status status,
              std::shared_ptr<UnderWay> under_way, Done<peer::v1::EvaluateResponse> done);
  // The member whose certificate was verified; nothing when this node asks itself.
  using Asker = std::optional<std::string>;
  // What is answered as soon as it is durable; `make` gives the use case that fills in a response.
  template <typename Response, typename Make>
  void Settle(const Asker& asker, Done<Response> done, const Make& make);
  void ProveFor(const Asker& asker, const peer::v1::ProveEvaluationsRequest& request,
                Done<peer::v1::ProveEvaluationsResponse> done);
  void GiveListFor(const Asker& asker, const peer::v1::GiveEvaluationListRequest& request,
                   Done<peer::v1::GiveEvaluationListResponse> done);
  void RevealFor(const Asker& asker, const peer::v1::RevealEvaluationNoncesRequest& request,
                 Done<peer::v1::RevealEvaluationNoncesResponse> done);
  core::TellTools ForTelling() const {
    return {parts_.evaluations, parts_.heads, parts_.identity, parts_.nonces};
  }
  void Work();

  const EvaluationDeskParts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  size_t under_way_ = 0;
  std::deque<std::function<void(bool stopped)>> work_;
  std::vector<std::thread> threads_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_EVALUATION_DESK_H_
