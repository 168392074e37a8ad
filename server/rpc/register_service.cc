#include "server/rpc/register_service.h"

#include <memory>

#include "server/core/accept_partner_log.h"
#include "server/core/node_acts.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"

namespace sluis::rpc {

grpc::ServerUnaryReactor* RegisterService::AddUser(grpc::CallbackServerContext* context,
                                                   const node::v1::AddUserRequest* request,
                                                   node::v1::AddUserResponse* response) {
  return calls_.Unary(context, std::make_shared<core::AddUser>(*request, *response));
}

grpc::ServerUnaryReactor* RegisterService::ListUsers(grpc::CallbackServerContext* context,
                                                     const node::v1::ListUsersRequest* request,
                                                     node::v1::ListUsersResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ListUsers>(*request, *response));
}

grpc::ServerUnaryReactor* RegisterService::RevokeUser(grpc::CallbackServerContext* context,
                                                      const node::v1::RevokeUserRequest* request,
                                                      node::v1::RevokeUserResponse* response) {
  return calls_.Unary(context, std::make_shared<core::RevokeUser>(*request, *response));
}

grpc::ServerUnaryReactor* RegisterService::AddMandate(grpc::CallbackServerContext* context,
                                                      const node::v1::AddMandateRequest* request,
                                                      node::v1::AddMandateResponse* response) {
  return calls_.Unary(context, std::make_shared<core::AddMandate>(*request, *response, verifier_));
}

grpc::ServerUnaryReactor* RegisterService::ListMandates(
    grpc::CallbackServerContext* context, const node::v1::ListMandatesRequest* request,
    node::v1::ListMandatesResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::ListMandates>(*request, *response, verifier_));
}

grpc::ServerUnaryReactor* RegisterService::PutMandateStatus(
    grpc::CallbackServerContext* context, const node::v1::PutMandateStatusRequest* request,
    node::v1::PutMandateStatusResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::PutMandateStatus>(*request, *response, verifier_));
}

grpc::ServerUnaryReactor* RegisterService::CreateBackup(grpc::CallbackServerContext* context,
                                                        const node::v1::CreateBackupRequest*,
                                                        node::v1::CreateBackupResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  calls_.Run(context, std::make_shared<core::RecordBackup>(*response),
             [this, reactor, response](const grpc::Status& status) {
               if (!status.ok()) {
                 reactor->Finish(status);
                 return;
               }
               pool_.Post([this, reactor, response] {
                 const absl::Status made = backup_(*response);
                 Calls::LogFault("RegisterService.CreateBackup", made);
                 reactor->Finish(ToGrpc(made));
               });
             });
  return reactor;
}

grpc::ServerUnaryReactor* RegisterService::AcceptPartnerLog(
    grpc::CallbackServerContext* context, const node::v1::AcceptPartnerLogRequest* request,
    node::v1::AcceptPartnerLogResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::AcceptPartnerLog>(*request, *response, heads_));
}

}  // namespace sluis::rpc
