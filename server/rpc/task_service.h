#ifndef SLUIS_SERVER_RPC_TASK_SERVICE_H_
#define SLUIS_SERVER_RPC_TASK_SERVICE_H_

#include "crypto/random.h"
#include "server/authn/mandate.h"
#include "server/rpc/calls.h"
#include "server/rpc/task_watch.h"
#include "sluis/node/v1/tasks.grpc.pb.h"

namespace sluis::rpc {

// Translates TaskService to use cases. Thread-safe.
class TaskService final : public node::v1::TaskService::CallbackService {
 public:
  // All must outlive this.
  TaskService(Calls& calls, TaskWatch& watch, authn::MandateVerifier& verifier,
              crypto::Random& random)
      : calls_(calls), watch_(watch), verifier_(verifier), random_(random) {}

  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context,
                                      const node::v1::ListTasksRequest* request,
                                      node::v1::ListTasksResponse* response) override;
  grpc::ServerUnaryReactor* CountTasks(grpc::CallbackServerContext* context,
                                       const node::v1::CountTasksRequest* request,
                                       node::v1::CountTasksResponse* response) override;
  grpc::ServerWriteReactor<node::v1::WatchTasksResponse>* WatchTasks(
      grpc::CallbackServerContext* context, const node::v1::WatchTasksRequest* request) override;
  grpc::ServerUnaryReactor* OpenTask(grpc::CallbackServerContext* context,
                                     const node::v1::OpenTaskRequest* request,
                                     node::v1::OpenTaskResponse* response) override;
  grpc::ServerUnaryReactor* ClaimTask(grpc::CallbackServerContext* context,
                                      const node::v1::ClaimTaskRequest* request,
                                      node::v1::ClaimTaskResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseTask(grpc::CallbackServerContext* context,
                                        const node::v1::ReleaseTaskRequest* request,
                                        node::v1::ReleaseTaskResponse* response) override;
  grpc::ServerUnaryReactor* EndTask(grpc::CallbackServerContext* context,
                                    const node::v1::EndTaskRequest* request,
                                    node::v1::EndTaskResponse* response) override;
  grpc::ServerUnaryReactor* HandOverTasks(grpc::CallbackServerContext* context,
                                          const node::v1::HandOverTasksRequest* request,
                                          node::v1::HandOverTasksResponse* response) override;
  grpc::ServerUnaryReactor* SetAbsence(grpc::CallbackServerContext* context,
                                       const node::v1::SetAbsenceRequest* request,
                                       node::v1::SetAbsenceResponse* response) override;

 private:
  Calls& calls_;
  TaskWatch& watch_;
  authn::MandateVerifier& verifier_;
  crypto::Random& random_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_TASK_SERVICE_H_
