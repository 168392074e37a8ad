#ifndef SLUIS_SERVER_RPC_LOG_SERVICE_H_
#define SLUIS_SERVER_RPC_LOG_SERVICE_H_

#include <string>

#include "server/ledger/leaf_index.h"
#include "server/ledger/ledger.h"
#include "server/rpc/calls.h"
#include "server/rpc/own_users.h"
#include "server/rpc/work_pool.h"
#include "sluis/node/v1/log.grpc.pb.h"

namespace sluis::rpc {

// Translates LogService to use cases, and streams exports once their entry is durable. Thread-safe.
class LogService final : public node::v1::LogService::CallbackService {
 public:
  // All must outlive this.
  LogService(Calls& calls, OwnUsers& own_users, ledger::Ledger& ledger, ledger::LeafIndex& index,
             WorkPool& pool)
      : calls_(calls), own_users_(own_users), ledger_(ledger), index_(index), pool_(pool) {}

  grpc::ServerUnaryReactor* QueryLog(grpc::CallbackServerContext* context,
                                     const node::v1::QueryLogRequest* request,
                                     node::v1::QueryLogResponse* response) override;
  grpc::ServerWriteReactor<node::v1::ExportLogResponse>* ExportLog(
      grpc::CallbackServerContext* context, const node::v1::ExportLogRequest* request) override;
  grpc::ServerUnaryReactor* GetProof(grpc::CallbackServerContext* context,
                                     const node::v1::GetProofRequest* request,
                                     node::v1::GetProofResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const node::v1::GetCheckpointRequest* request,
                                          node::v1::GetCheckpointResponse* response) override;

 private:
  Calls& calls_;
  OwnUsers& own_users_;
  ledger::Ledger& ledger_;
  ledger::LeafIndex& index_;
  WorkPool& pool_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_LOG_SERVICE_H_
