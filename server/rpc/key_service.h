#ifndef SLUIS_SERVER_RPC_KEY_SERVICE_H_
#define SLUIS_SERVER_RPC_KEY_SERVICE_H_

#include "server/core/ceremonies.h"
#include "server/rpc/calls.h"
#include "sluis/node/v1/keys.grpc.pb.h"

namespace sluis::rpc {

// Translates KeyService to use cases. Thread-safe.
class KeyService final : public node::v1::KeyService::CallbackService {
 public:
  // Both must outlive this; `ceremonies` is null while the node has no keys for partners.
  KeyService(Calls& calls, core::Ceremonies* ceremonies) : calls_(calls), ceremonies_(ceremonies) {}

  grpc::ServerUnaryReactor* GetKeys(grpc::CallbackServerContext* context,
                                    const node::v1::GetKeysRequest* request,
                                    node::v1::GetKeysResponse* response) override;
  grpc::ServerUnaryReactor* StartCeremony(grpc::CallbackServerContext* context,
                                          const node::v1::StartCeremonyRequest* request,
                                          node::v1::StartCeremonyResponse* response) override;
  grpc::ServerUnaryReactor* AgreeCeremony(grpc::CallbackServerContext* context,
                                          const node::v1::AgreeCeremonyRequest* request,
                                          node::v1::AgreeCeremonyResponse* response) override;
  grpc::ServerUnaryReactor* CancelCeremony(grpc::CallbackServerContext* context,
                                           const node::v1::CancelCeremonyRequest* request,
                                           node::v1::CancelCeremonyResponse* response) override;

 private:
  Calls& calls_;
  core::Ceremonies* const ceremonies_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_KEY_SERVICE_H_
