#ifndef SLUIS_SERVER_RPC_REGISTER_SERVICE_H_
#define SLUIS_SERVER_RPC_REGISTER_SERVICE_H_

#include <functional>

#include "absl/status/statusor.h"
#include "server/authn/mandate.h"
#include "server/core/partner_heads.h"
#include "server/rpc/calls.h"
#include "server/rpc/work_pool.h"
#include "sluis/node/v1/register.grpc.pb.h"

namespace sluis::rpc {

// Makes a backup and fills in where it is and how much it holds.
using BackupMaker = std::function<absl::Status(node::v1::CreateBackupResponse&)>;

// Translates RegisterService to use cases. Thread-safe.
class RegisterService final : public node::v1::RegisterService::CallbackService {
 public:
  // All must outlive this.
  RegisterService(Calls& calls, authn::MandateVerifier& verifier, const core::PartnerHeads& heads,
                  WorkPool& pool, BackupMaker backup)
      : calls_(calls),
        verifier_(verifier),
        heads_(heads),
        pool_(pool),
        backup_(std::move(backup)) {}

  grpc::ServerUnaryReactor* AddUser(grpc::CallbackServerContext* context,
                                    const node::v1::AddUserRequest* request,
                                    node::v1::AddUserResponse* response) override;
  grpc::ServerUnaryReactor* ListUsers(grpc::CallbackServerContext* context,
                                      const node::v1::ListUsersRequest* request,
                                      node::v1::ListUsersResponse* response) override;
  grpc::ServerUnaryReactor* RevokeUser(grpc::CallbackServerContext* context,
                                       const node::v1::RevokeUserRequest* request,
                                       node::v1::RevokeUserResponse* response) override;
  grpc::ServerUnaryReactor* AddMandate(grpc::CallbackServerContext* context,
                                       const node::v1::AddMandateRequest* request,
                                       node::v1::AddMandateResponse* response) override;
  grpc::ServerUnaryReactor* ListMandates(grpc::CallbackServerContext* context,
                                         const node::v1::ListMandatesRequest* request,
                                         node::v1::ListMandatesResponse* response) override;
  grpc::ServerUnaryReactor* PutMandateStatus(grpc::CallbackServerContext* context,
                                             const node::v1::PutMandateStatusRequest* request,
                                             node::v1::PutMandateStatusResponse* response) override;
  grpc::ServerUnaryReactor* CreateBackup(grpc::CallbackServerContext* context,
                                         const node::v1::CreateBackupRequest* request,
                                         node::v1::CreateBackupResponse* response) override;
  grpc::ServerUnaryReactor* AcceptPartnerLog(grpc::CallbackServerContext* context,
                                             const node::v1::AcceptPartnerLogRequest* request,
                                             node::v1::AcceptPartnerLogResponse* response) override;

 private:
  Calls& calls_;
  authn::MandateVerifier& verifier_;
  const core::PartnerHeads& heads_;
  WorkPool& pool_;
  const BackupMaker backup_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_REGISTER_SERVICE_H_
