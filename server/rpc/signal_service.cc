#include "server/rpc/signal_service.h"

#include <memory>

#include "server/core/amend_signal.h"
#include "server/core/erase_signal.h"
#include "server/core/export_compelled.h"
#include "server/core/hold_signal.h"
#include "server/core/import_signals.h"
#include "server/core/list_signals.h"
#include "server/core/open_identity.h"
#include "server/core/open_signal.h"
#include "server/core/record_signal.h"
#include "server/core/withdraw_signal.h"

namespace sluis::rpc {

grpc::ServerUnaryReactor* SignalService::RecordSignal(grpc::CallbackServerContext* context,
                                                      const node::v1::RecordSignalRequest* request,
                                                      node::v1::RecordSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::RecordSignal>(*request, *response, random_));
}

grpc::ServerUnaryReactor* SignalService::ImportSignals(
    grpc::CallbackServerContext* context, const node::v1::ImportSignalsRequest* request,
    node::v1::ImportSignalsResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ImportSignals>(*request, *response, random_));
}

grpc::ServerUnaryReactor* SignalService::AmendSignal(grpc::CallbackServerContext* context,
                                                     const node::v1::AmendSignalRequest* request,
                                                     node::v1::AmendSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::AmendSignal>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::ListSignals(grpc::CallbackServerContext* context,
                                                     const node::v1::ListSignalsRequest* request,
                                                     node::v1::ListSignalsResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ListSignals>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::OpenSignal(grpc::CallbackServerContext* context,
                                                    const node::v1::OpenSignalRequest* request,
                                                    node::v1::OpenSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::OpenSignal>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::OpenIdentity(grpc::CallbackServerContext* context,
                                                      const node::v1::OpenIdentityRequest* request,
                                                      node::v1::OpenIdentityResponse* response) {
  return calls_.Unary(context, std::make_shared<core::OpenIdentity>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::WithdrawSignal(
    grpc::CallbackServerContext* context, const node::v1::WithdrawSignalRequest* request,
    node::v1::WithdrawSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::WithdrawSignal>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::EraseSignal(grpc::CallbackServerContext* context,
                                                     const node::v1::EraseSignalRequest* request,
                                                     node::v1::EraseSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::EraseSignal>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::HoldSignal(grpc::CallbackServerContext* context,
                                                    const node::v1::HoldSignalRequest* request,
                                                    node::v1::HoldSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::HoldSignal>(*request, *response));
}

grpc::ServerUnaryReactor* SignalService::ExportCompelled(
    grpc::CallbackServerContext* context, const node::v1::ExportCompelledRequest* request,
    node::v1::ExportCompelledResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::ExportCompelled>(*request, *response, random_));
}

}  // namespace sluis::rpc
