#include "server/rpc/key_service.h"

#include <memory>

#include "server/core/cancel_ceremony.h"
#include "server/core/ceremony_view.h"
#include "server/core/start_ceremony.h"

namespace sluis::rpc {

grpc::ServerUnaryReactor* KeyService::GetKeys(grpc::CallbackServerContext* context,
                                              const node::v1::GetKeysRequest*,
                                              node::v1::GetKeysResponse* response) {
  return calls_.Unary(context, std::make_shared<core::GetKeys>(*response));
}

grpc::ServerUnaryReactor* KeyService::StartCeremony(grpc::CallbackServerContext* context,
                                                    const node::v1::StartCeremonyRequest* request,
                                                    node::v1::StartCeremonyResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::StartCeremony>(*request, *response, ceremonies_));
}

grpc::ServerUnaryReactor* KeyService::AgreeCeremony(grpc::CallbackServerContext* context,
                                                    const node::v1::AgreeCeremonyRequest* request,
                                                    node::v1::AgreeCeremonyResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::AgreeCeremony>(*request, *response, ceremonies_));
}

grpc::ServerUnaryReactor* KeyService::CancelCeremony(grpc::CallbackServerContext* context,
                                                     const node::v1::CancelCeremonyRequest* request,
                                                     node::v1::CancelCeremonyResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::CancelCeremony>(*request, *response, ceremonies_));
}

}  // namespace sluis::rpc
