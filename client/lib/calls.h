// The calls of the own node, each with its deadline.
//
// Guarantee: every call ends: 10 s for what reads or writes one thing, 60 s for an import, a
// backup, an evaluation and an opening, 10 min for an export and what asks all holders of a key for
// a period, 15 min for a watch. Failures are those of call_failure.h. Nothing is tried again: an
// answer that was lost may stand for an act that was done. Thread-safety: one Calls may be used
// from several threads. Ownership: keeps its channel alive.
#ifndef SLUIS_CLIENT_LIB_CALLS_H_
#define SLUIS_CLIENT_LIB_CALLS_H_

#include <functional>
#include <memory>
#include <string>

#include "client/lib/channel.h"
#include "client/lib/message.h"
#include "sluis/node/v1/evaluation.pb.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/keys.pb.h"
#include "sluis/node/v1/log.pb.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/node/v1/review.pb.h"
#include "sluis/node/v1/signals.pb.h"
#include "sluis/node/v1/status.pb.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::client {

class Calls {
 public:
  explicit Calls(const Endpoint& endpoint);
  // Called in the middle of each call whose answer says that the partnership is in exercise, before
  // the answer is handed over.
  void OnExercise(std::function<void()> notice);
  ~Calls();

  Result<node::v1::GetStatusResponse> Do(const node::v1::GetStatusRequest& request);
  Result<node::v1::GetExchangeResponse> Do(const node::v1::GetExchangeRequest& request);
  Result<node::v1::PreviewShareResponse> Do(const node::v1::PreviewShareRequest& request);
  Result<node::v1::ShareSignalResponse> Do(const node::v1::ShareSignalRequest& request);
  Result<node::v1::WithdrawShareResponse> Do(const node::v1::WithdrawShareRequest& request);
  Result<node::v1::ListSentResponse> Do(const node::v1::ListSentRequest& request);
  Result<node::v1::ListReceivedResponse> Do(const node::v1::ListReceivedRequest& request);

  Result<node::v1::DraftEvaluationResponse> Do(const node::v1::DraftEvaluationRequest& request);
  Result<node::v1::EvaluateResponse> Do(const node::v1::EvaluateRequest& request);

  Result<node::v1::GetReviewsResponse> Do(const node::v1::GetReviewsRequest& request);
  Result<node::v1::CollectListsResponse> Do(const node::v1::CollectListsRequest& request);
  Result<node::v1::DrawSampleResponse> Do(const node::v1::DrawSampleRequest& request);
  Result<node::v1::OpenSampleResponse> Do(const node::v1::OpenSampleRequest& request);
  Result<node::v1::CloseReviewResponse> Do(const node::v1::CloseReviewRequest& request);

  Result<node::v1::RecordSignalResponse> Do(const node::v1::RecordSignalRequest& request);
  Result<node::v1::ImportSignalsResponse> Do(const node::v1::ImportSignalsRequest& request);
  Result<node::v1::AmendSignalResponse> Do(const node::v1::AmendSignalRequest& request);
  Result<node::v1::ListSignalsResponse> Do(const node::v1::ListSignalsRequest& request);
  Result<node::v1::OpenSignalResponse> Do(const node::v1::OpenSignalRequest& request);
  Result<node::v1::OpenIdentityResponse> Do(const node::v1::OpenIdentityRequest& request);
  Result<node::v1::WithdrawSignalResponse> Do(const node::v1::WithdrawSignalRequest& request);
  Result<node::v1::EraseSignalResponse> Do(const node::v1::EraseSignalRequest& request);
  Result<node::v1::HoldSignalResponse> Do(const node::v1::HoldSignalRequest& request);
  Result<node::v1::ExportCompelledResponse> Do(const node::v1::ExportCompelledRequest& request);

  Result<node::v1::AddUserResponse> Do(const node::v1::AddUserRequest& request);
  Result<node::v1::ListUsersResponse> Do(const node::v1::ListUsersRequest& request);
  Result<node::v1::RevokeUserResponse> Do(const node::v1::RevokeUserRequest& request);
  Result<node::v1::AddMandateResponse> Do(const node::v1::AddMandateRequest& request);
  Result<node::v1::ListMandatesResponse> Do(const node::v1::ListMandatesRequest& request);
  Result<node::v1::PutMandateStatusResponse> Do(const node::v1::PutMandateStatusRequest& request);
  Result<node::v1::CreateBackupResponse> Do(const node::v1::CreateBackupRequest& request);
  Result<node::v1::AcceptPartnerLogResponse> Do(const node::v1::AcceptPartnerLogRequest& request);

  Result<node::v1::GetKeysResponse> Do(const node::v1::GetKeysRequest& request);
  Result<node::v1::StartCeremonyResponse> Do(const node::v1::StartCeremonyRequest& request);
  Result<node::v1::AgreeCeremonyResponse> Do(const node::v1::AgreeCeremonyRequest& request);
  Result<node::v1::CancelCeremonyResponse> Do(const node::v1::CancelCeremonyRequest& request);

  Result<node::v1::ListTasksResponse> Do(const node::v1::ListTasksRequest& request);
  Result<node::v1::CountTasksResponse> Do(const node::v1::CountTasksRequest& request);
  Result<node::v1::OpenTaskResponse> Do(const node::v1::OpenTaskRequest& request);
  Result<node::v1::ClaimTaskResponse> Do(const node::v1::ClaimTaskRequest& request);
  Result<node::v1::ReleaseTaskResponse> Do(const node::v1::ReleaseTaskRequest& request);
  Result<node::v1::EndTaskResponse> Do(const node::v1::EndTaskRequest& request);
  Result<node::v1::HandOverTasksResponse> Do(const node::v1::HandOverTasksRequest& request);
  Result<node::v1::SetAbsenceResponse> Do(const node::v1::SetAbsenceRequest& request);
  // Hands over the numbers as they change, until the node or `take` ends it, a quarter of an hour
  // at most; a failure of `take` ends the call and is returned.
  Step Watch(const node::v1::WatchTasksRequest& request,
             const std::function<Step(const node::v1::WatchTasksResponse&)>& take);

  Result<node::v1::QueryLogResponse> Do(const node::v1::QueryLogRequest& request);
  Result<node::v1::GetProofResponse> Do(const node::v1::GetProofRequest& request);
  Result<node::v1::GetCheckpointResponse> Do(const node::v1::GetCheckpointRequest& request);
  // Hands over each piece in order; a failure of `take` ends the call and is returned.
  Step Export(const node::v1::ExportLogRequest& request,
              const std::function<Step(const node::v1::ExportLogResponse&)>& take);

 private:
  struct Stubs;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_CALLS_H_
