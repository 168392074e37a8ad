#ifndef SLUIS_SERVER_RPC_STATUS_SERVICE_H_
#define SLUIS_SERVER_RPC_STATUS_SERVICE_H_

#include <functional>

#include "server/rpc/calls.h"
#include "server/rpc/own_users.h"
#include "sluis/node/v1/status.grpc.pb.h"

namespace sluis::rpc {

// Fills in how the node is.
using StatusMaker = std::function<void(node::v1::GetStatusResponse&)>;

// Says how the node is to its own users. Thread-safe.
class StatusService final : public node::v1::StatusService::CallbackService {
 public:
  StatusService(OwnUsers& own_users, StatusMaker status)
      : own_users_(own_users), status_(std::move(status)) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const node::v1::GetStatusRequest*,
                                      node::v1::GetStatusResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const absl::Status status = own_users_.Check(context);
    if (status.ok()) status_(*response);
    Calls::LogFault("StatusService.GetStatus", status);
    reactor->Finish(ToGrpc(status));
    return reactor;
  }

 private:
  OwnUsers& own_users_;
  const StatusMaker status_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_STATUS_SERVICE_H_
