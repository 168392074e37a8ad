#include "server/rpc/task_service.h"

#include <memory>

#include "server/core/act_on_task.h"
#include "server/core/hand_over_tasks.h"
#include "server/core/list_tasks.h"
#include "server/core/open_task.h"

namespace sluis::rpc {

grpc::ServerUnaryReactor* TaskService::ListTasks(grpc::CallbackServerContext* context,
                                                 const node::v1::ListTasksRequest* request,
                                                 node::v1::ListTasksResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ListTasks>(*request, *response));
}

grpc::ServerUnaryReactor* TaskService::CountTasks(grpc::CallbackServerContext* context,
                                                  const node::v1::CountTasksRequest* request,
                                                  node::v1::CountTasksResponse* response) {
  return calls_.Unary(context, std::make_shared<core::CountTasks>(*request, *response));
}

grpc::ServerWriteReactor<node::v1::WatchTasksResponse>* TaskService::WatchTasks(
    grpc::CallbackServerContext* context, const node::v1::WatchTasksRequest* request) {
  return watch_.Begin(context, *request);
}

grpc::ServerUnaryReactor* TaskService::OpenTask(grpc::CallbackServerContext* context,
                                                const node::v1::OpenTaskRequest* request,
                                                node::v1::OpenTaskResponse* response) {
  return calls_.Unary(context, std::make_shared<core::OpenTask>(*request, *response, random_));
}

grpc::ServerUnaryReactor* TaskService::ClaimTask(grpc::CallbackServerContext* context,
                                                 const node::v1::ClaimTaskRequest* request,
                                                 node::v1::ClaimTaskResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ClaimTask>(*request, *response));
}

grpc::ServerUnaryReactor* TaskService::ReleaseTask(grpc::CallbackServerContext* context,
                                                   const node::v1::ReleaseTaskRequest* request,
                                                   node::v1::ReleaseTaskResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ReleaseTask>(*request, *response));
}

grpc::ServerUnaryReactor* TaskService::EndTask(grpc::CallbackServerContext* context,
                                               const node::v1::EndTaskRequest* request,
                                               node::v1::EndTaskResponse* response) {
  return calls_.Unary(context, std::make_shared<core::EndTask>(*request, *response));
}

grpc::ServerUnaryReactor* TaskService::HandOverTasks(grpc::CallbackServerContext* context,
                                                     const node::v1::HandOverTasksRequest* request,
                                                     node::v1::HandOverTasksResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::HandOverTasks>(*request, *response, verifier_));
}

grpc::ServerUnaryReactor* TaskService::SetAbsence(grpc::CallbackServerContext* context,
                                                  const node::v1::SetAbsenceRequest* request,
                                                  node::v1::SetAbsenceResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::SetAbsence>(*request, *response, verifier_, random_));
}

}  // namespace sluis::rpc
