#include "client/lib/calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <utility>

#include "client/lib/call_failure.h"
#include "sluis/node/v1/evaluation.grpc.pb.h"
#include "sluis/node/v1/exchange.grpc.pb.h"
#include "sluis/node/v1/keys.grpc.pb.h"
#include "sluis/node/v1/log.grpc.pb.h"
#include "sluis/node/v1/register.grpc.pb.h"
#include "sluis/node/v1/review.grpc.pb.h"
#include "sluis/node/v1/signals.grpc.pb.h"
#include "sluis/node/v1/status.grpc.pb.h"
#include "sluis/node/v1/tasks.grpc.pb.h"

namespace sluis::client {
namespace {

using node::v1::EvaluationService;
using node::v1::ExchangeService;
using node::v1::KeyService;
using node::v1::LogService;
using node::v1::RegisterService;
using node::v1::ReviewService;
using node::v1::SignalService;
using node::v1::StatusService;
using node::v1::TaskService;

// server/rpc/calls.h says it while the partnership is in exercise.
constexpr char kExerciseMetadata[] = "sluis-exercise";
constexpr std::chrono::seconds kShort{10};
constexpr std::chrono::seconds kLong{60};
constexpr std::chrono::minutes kExport{10};
constexpr std::chrono::minutes kWatch{15};

template <typename Duration>
void SetDeadline(grpc::ClientContext* context, Duration length) {
  context->set_deadline(std::chrono::system_clock::now() + length);
}

Failure FailureOf(const grpc::Status& status, const std::string& address) {
  return FailureOfCall(static_cast<absl::StatusCode>(status.error_code()), status.error_message(),
                       status.error_details(), address);
}

}  // namespace

struct Calls::Stubs {
  explicit Stubs(const Endpoint& endpoint)
      : address(endpoint.address),
        channel(OpenChannel(endpoint)),
        status(StatusService::NewStub(channel)),
        exchange(ExchangeService::NewStub(channel)),
        evaluation(EvaluationService::NewStub(channel)),
        signals(SignalService::NewStub(channel)),
        people(RegisterService::NewStub(channel)),
        keys(KeyService::NewStub(channel)),
        log(LogService::NewStub(channel)),
        review(ReviewService::NewStub(channel)),
        tasks(TaskService::NewStub(channel)) {}

  template <typename Answer, typename Stub, typename Request>
  Result<Answer> Unary(Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Answer*),
                       const Request& request, std::chrono::seconds deadline = kShort) {
    grpc::ClientContext context;
    SetDeadline(&context, deadline);
    Answer answer;
    const grpc::Status result = (stub.*method)(&context, request, &answer);
    Look(context);
    if (!result.ok()) return FailureOf(result, address);
    return answer;
  }

  void Look(const grpc::ClientContext& context) const {
    if (on_exercise && context.GetServerInitialMetadata().count(kExerciseMetadata) > 0) {
      on_exercise();
    }
  }

  const std::string address;
  std::function<void()> on_exercise;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<StatusService::Stub> status;
  std::unique_ptr<ExchangeService::Stub> exchange;
  std::unique_ptr<EvaluationService::Stub> evaluation;
  std::unique_ptr<SignalService::Stub> signals;
  std::unique_ptr<RegisterService::Stub> people;
  std::unique_ptr<KeyService::Stub> keys;
  std::unique_ptr<LogService::Stub> log;
  std::unique_ptr<ReviewService::Stub> review;
  std::unique_ptr<TaskService::Stub> tasks;
};

Calls::Calls(const Endpoint& endpoint) : stubs_(std::make_unique<Stubs>(endpoint)) {}
Calls::~Calls() = default;

void Calls::OnExercise(std::function<void()> notice) { stubs_->on_exercise = std::move(notice); }

Result<node::v1::GetStatusResponse> Calls::Do(const node::v1::GetStatusRequest& request) {
  return stubs_->Unary(*stubs_->status, &StatusService::Stub::GetStatus, request);
}
Result<node::v1::GetExchangeResponse> Calls::Do(const node::v1::GetExchangeRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::GetExchange, request);
}
Result<node::v1::PreviewShareResponse> Calls::Do(const node::v1::PreviewShareRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::PreviewShare, request);
}
Result<node::v1::ShareSignalResponse> Calls::Do(const node::v1::ShareSignalRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::ShareSignal, request);
}
Result<node::v1::WithdrawShareResponse> Calls::Do(const node::v1::WithdrawShareRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::WithdrawShare, request);
}
Result<node::v1::ListSentResponse> Calls::Do(const node::v1::ListSentRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::ListSent, request);
}
Result<node::v1::ListReceivedResponse> Calls::Do(const node::v1::ListReceivedRequest& request) {
  return stubs_->Unary(*stubs_->exchange, &ExchangeService::Stub::ListReceived, request);
}
Result<node::v1::DraftEvaluationResponse> Calls::Do(
    const node::v1::DraftEvaluationRequest& request) {
  return stubs_->Unary(*stubs_->evaluation, &EvaluationService::Stub::DraftEvaluation, request);
}
Result<node::v1::EvaluateResponse> Calls::Do(const node::v1::EvaluateRequest& request) {
  return stubs_->Unary(*stubs_->evaluation, &EvaluationService::Stub::Evaluate, request, kLong);
}
Result<node::v1::GetReviewsResponse> Calls::Do(const node::v1::GetReviewsRequest& request) {
  return stubs_->Unary(*stubs_->review, &ReviewService::Stub::GetReviews, request, kLong);
}
Result<node::v1::CollectListsResponse> Calls::Do(const node::v1::CollectListsRequest& request) {
  return stubs_->Unary(*stubs_->review, &ReviewService::Stub::CollectLists, request, kExport);
}
Result<node::v1::DrawSampleResponse> Calls::Do(const node::v1::DrawSampleRequest& request) {
  return stubs_->Unary(*stubs_->review, &ReviewService::Stub::DrawSample, request, kExport);
}
Result<node::v1::OpenSampleResponse> Calls::Do(const node::v1::OpenSampleRequest& request) {
  return stubs_->Unary(*stubs_->review, &ReviewService::Stub::OpenSample, request, kLong);
}
Result<node::v1::CloseReviewResponse> Calls::Do(const node::v1::CloseReviewRequest& request) {
  return stubs_->Unary(*stubs_->review, &ReviewService::Stub::CloseReview, request, kExport);
}
Result<node::v1::RecordSignalResponse> Calls::Do(const node::v1::RecordSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::RecordSignal, request);
}
Result<node::v1::ImportSignalsResponse> Calls::Do(const node::v1::ImportSignalsRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::ImportSignals, request, kLong);
}
Result<node::v1::AmendSignalResponse> Calls::Do(const node::v1::AmendSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::AmendSignal, request);
}
Result<node::v1::ListSignalsResponse> Calls::Do(const node::v1::ListSignalsRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::ListSignals, request);
}
Result<node::v1::OpenSignalResponse> Calls::Do(const node::v1::OpenSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::OpenSignal, request);
}
Result<node::v1::OpenIdentityResponse> Calls::Do(const node::v1::OpenIdentityRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::OpenIdentity, request);
}
Result<node::v1::WithdrawSignalResponse> Calls::Do(const node::v1::WithdrawSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::WithdrawSignal, request);
}
Result<node::v1::EraseSignalResponse> Calls::Do(const node::v1::EraseSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::EraseSignal, request);
}
Result<node::v1::HoldSignalResponse> Calls::Do(const node::v1::HoldSignalRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::HoldSignal, request);
}
Result<node::v1::ExportCompelledResponse> Calls::Do(
    const node::v1::ExportCompelledRequest& request) {
  return stubs_->Unary(*stubs_->signals, &SignalService::Stub::ExportCompelled, request);
}
Result<node::v1::AddUserResponse> Calls::Do(const node::v1::AddUserRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::AddUser, request);
}
Result<node::v1::ListUsersResponse> Calls::Do(const node::v1::ListUsersRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::ListUsers, request);
}
Result<node::v1::RevokeUserResponse> Calls::Do(const node::v1::RevokeUserRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::RevokeUser, request);
}
Result<node::v1::AddMandateResponse> Calls::Do(const node::v1::AddMandateRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::AddMandate, request);
}
Result<node::v1::ListMandatesResponse> Calls::Do(const node::v1::ListMandatesRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::ListMandates, request);
}
Result<node::v1::PutMandateStatusResponse> Calls::Do(
    const node::v1::PutMandateStatusRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::PutMandateStatus, request);
}
Result<node::v1::CreateBackupResponse> Calls::Do(const node::v1::CreateBackupRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::CreateBackup, request, kLong);
}
Result<node::v1::AcceptPartnerLogResponse> Calls::Do(
    const node::v1::AcceptPartnerLogRequest& request) {
  return stubs_->Unary(*stubs_->people, &RegisterService::Stub::AcceptPartnerLog, request);
}
Result<node::v1::GetKeysResponse> Calls::Do(const node::v1::GetKeysRequest& request) {
  return stubs_->Unary(*stubs_->keys, &KeyService::Stub::GetKeys, request);
}
Result<node::v1::StartCeremonyResponse> Calls::Do(const node::v1::StartCeremonyRequest& request) {
  return stubs_->Unary(*stubs_->keys, &KeyService::Stub::StartCeremony, request);
}
Result<node::v1::AgreeCeremonyResponse> Calls::Do(const node::v1::AgreeCeremonyRequest& request) {
  return stubs_->Unary(*stubs_->keys, &KeyService::Stub::AgreeCeremony, request);
}
Result<node::v1::CancelCeremonyResponse> Calls::Do(const node::v1::CancelCeremonyRequest& request) {
  return stubs_->Unary(*stubs_->keys, &KeyService::Stub::CancelCeremony, request);
}
Result<node::v1::QueryLogResponse> Calls::Do(const node::v1::QueryLogRequest& request) {
  return stubs_->Unary(*stubs_->log, &LogService::Stub::QueryLog, request, kLong);
}
Result<node::v1::GetProofResponse> Calls::Do(const node::v1::GetProofRequest& request) {
  return stubs_->Unary(*stubs_->log, &LogService::Stub::GetProof, request);
}
Result<node::v1::GetCheckpointResponse> Calls::Do(const node::v1::GetCheckpointRequest& request) {
  return stubs_->Unary(*stubs_->log, &LogService::Stub::GetCheckpoint, request);
}

Result<node::v1::ListTasksResponse> Calls::Do(const node::v1::ListTasksRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::ListTasks, request);
}
Result<node::v1::CountTasksResponse> Calls::Do(const node::v1::CountTasksRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::CountTasks, request);
}
Result<node::v1::OpenTaskResponse> Calls::Do(const node::v1::OpenTaskRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::OpenTask, request);
}
Result<node::v1::ClaimTaskResponse> Calls::Do(const node::v1::ClaimTaskRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::ClaimTask, request);
}
Result<node::v1::ReleaseTaskResponse> Calls::Do(const node::v1::ReleaseTaskRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::ReleaseTask, request);
}
Result<node::v1::EndTaskResponse> Calls::Do(const node::v1::EndTaskRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::EndTask, request);
}
Result<node::v1::HandOverTasksResponse> Calls::Do(const node::v1::HandOverTasksRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::HandOverTasks, request);
}
Result<node::v1::SetAbsenceResponse> Calls::Do(const node::v1::SetAbsenceRequest& request) {
  return stubs_->Unary(*stubs_->tasks, &TaskService::Stub::SetAbsence, request);
}

Step Calls::Watch(const node::v1::WatchTasksRequest& request,
                  const std::function<Step(const node::v1::WatchTasksResponse&)>& take) {
  grpc::ClientContext context;
  SetDeadline(&context, kWatch);
  const auto reader = stubs_->tasks->WatchTasks(&context, request);
  reader->WaitForInitialMetadata();
  stubs_->Look(context);
  node::v1::WatchTasksResponse numbers;
  Step failure;
  while (!failure && reader->Read(&numbers)) {
    failure = take(numbers);
    if (failure) context.TryCancel();
  }
  const grpc::Status status = reader->Finish();
  if (failure) return failure;
  // Its time was over.
  if (status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return std::nullopt;
  }
  return FailureOf(status, stubs_->address);
}

Step Calls::Export(const node::v1::ExportLogRequest& request,
                   const std::function<Step(const node::v1::ExportLogResponse&)>& take) {
  grpc::ClientContext context;
  SetDeadline(&context, kExport);
  const auto reader = stubs_->log->ExportLog(&context, request);
  reader->WaitForInitialMetadata();
  stubs_->Look(context);
  node::v1::ExportLogResponse piece;
  Step failure;
  while (!failure && reader->Read(&piece)) {
    failure = take(piece);
    if (failure) context.TryCancel();
  }
  const grpc::Status status = reader->Finish();
  if (failure) return failure;
  if (!status.ok()) return FailureOf(status, stubs_->address);
  return std::nullopt;
}

}  // namespace sluis::client
