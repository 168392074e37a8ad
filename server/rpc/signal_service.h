#ifndef SLUIS_SERVER_RPC_SIGNAL_SERVICE_H_
#define SLUIS_SERVER_RPC_SIGNAL_SERVICE_H_

#include "crypto/random.h"
#include "server/rpc/calls.h"
#include "sluis/node/v1/signals.grpc.pb.h"

namespace sluis::rpc {

// Translates SignalService to use cases. Thread-safe.
class SignalService final : public node::v1::SignalService::CallbackService {
 public:
  // Both must outlive this.
  SignalService(Calls& calls, crypto::Random& random) : calls_(calls), random_(random) {}

  grpc::ServerUnaryReactor* RecordSignal(grpc::CallbackServerContext* context,
                                         const node::v1::RecordSignalRequest* request,
                                         node::v1::RecordSignalResponse* response) override;
  grpc::ServerUnaryReactor* ImportSignals(grpc::CallbackServerContext* context,
                                          const node::v1::ImportSignalsRequest* request,
                                          node::v1::ImportSignalsResponse* response) override;
  grpc::ServerUnaryReactor* AmendSignal(grpc::CallbackServerContext* context,
                                        const node::v1::AmendSignalRequest* request,
                                        node::v1::AmendSignalResponse* response) override;
  grpc::ServerUnaryReactor* ListSignals(grpc::CallbackServerContext* context,
                                        const node::v1::ListSignalsRequest* request,
                                        node::v1::ListSignalsResponse* response) override;
  grpc::ServerUnaryReactor* OpenSignal(grpc::CallbackServerContext* context,
                                       const node::v1::OpenSignalRequest* request,
                                       node::v1::OpenSignalResponse* response) override;
  grpc::ServerUnaryReactor* OpenIdentity(grpc::CallbackServerContext* context,
                                         const node::v1::OpenIdentityRequest* request,
                                         node::v1::OpenIdentityResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawSignal(grpc::CallbackServerContext* context,
                                           const node::v1::WithdrawSignalRequest* request,
                                           node::v1::WithdrawSignalResponse* response) override;
  grpc::ServerUnaryReactor* EraseSignal(grpc::CallbackServerContext* context,
                                        const node::v1::EraseSignalRequest* request,
                                        node::v1::EraseSignalResponse* response) override;
  grpc::ServerUnaryReactor* HoldSignal(grpc::CallbackServerContext* context,
                                       const node::v1::HoldSignalRequest* request,
                                       node::v1::HoldSignalResponse* response) override;
  grpc::ServerUnaryReactor* ExportCompelled(grpc::CallbackServerContext* context,
                                            const node::v1::ExportCompelledRequest* request,
                                            node::v1::ExportCompelledResponse* response) override;

 private:
  Calls& calls_;
  crypto::Random& random_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_SIGNAL_SERVICE_H_
