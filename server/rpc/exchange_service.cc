#include "server/rpc/exchange_service.h"

#include <memory>

#include "server/core/list_received.h"
#include "server/core/list_sent.h"
#include "server/core/preview_share.h"
#include "server/core/withdraw_share.h"

namespace sluis::rpc {

grpc::ServerUnaryReactor* ExchangeService::GetExchange(grpc::CallbackServerContext* context,
                                                       const node::v1::GetExchangeRequest*,
                                                       node::v1::GetExchangeResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = own_users_.Check(context);
  if (status.ok()) exchange_(*response);
  reactor->Finish(ToGrpc(status));
  return reactor;
}

grpc::ServerUnaryReactor* ExchangeService::PreviewShare(
    grpc::CallbackServerContext* context, const node::v1::PreviewShareRequest* request,
    node::v1::PreviewShareResponse* response) {
  return calls_.Unary(context,
                      std::make_shared<core::PreviewShare>(*request, *response, tools_.case_key));
}

grpc::ServerUnaryReactor* ExchangeService::ShareSignal(grpc::CallbackServerContext* context,
                                                       const node::v1::ShareSignalRequest* request,
                                                       node::v1::ShareSignalResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ShareSignal>(*request, *response, tools_));
}

grpc::ServerUnaryReactor* ExchangeService::WithdrawShare(
    grpc::CallbackServerContext* context, const node::v1::WithdrawShareRequest* request,
    node::v1::WithdrawShareResponse* response) {
  return calls_.Unary(context, std::make_shared<core::WithdrawShare>(*request, *response));
}

grpc::ServerUnaryReactor* ExchangeService::ListSent(grpc::CallbackServerContext* context,
                                                    const node::v1::ListSentRequest* request,
                                                    node::v1::ListSentResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ListSent>(*request, *response));
}

grpc::ServerUnaryReactor* ExchangeService::ListReceived(
    grpc::CallbackServerContext* context, const node::v1::ListReceivedRequest* request,
    node::v1::ListReceivedResponse* response) {
  return calls_.Unary(context, std::make_shared<core::ListReceived>(*request, *response));
}

}  // namespace sluis::rpc
