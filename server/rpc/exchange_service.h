#ifndef SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_
#define SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_

#include <functional>
#include <utility>

#include "server/core/share_signal.h"
#include "server/rpc/own_users.h"
#include "sluis/node/v1/exchange.grpc.pb.h"

namespace sluis::rpc {

// Fills in how the node stands with its partners.
using ExchangeMaker = std::function<void(node::v1::GetExchangeResponse&)>;

// Says how the node stands with its partners, and translates what its own users exchange with them
// to use cases. Thread-safe.
class ExchangeService final : public node::v1::ExchangeService::CallbackService {
 public:
  // All must outlive this.
  ExchangeService(Calls& calls, OwnUsers& own_users, ExchangeMaker exchange, core::ShareTools tools)
      : calls_(calls), own_users_(own_users), exchange_(std::move(exchange)), tools_(tools) {}

  grpc::ServerUnaryReactor* GetExchange(grpc::CallbackServerContext* context,
                                        const node::v1::GetExchangeRequest* request,
                                        node::v1::GetExchangeResponse* response) override;
  grpc::ServerUnaryReactor* PreviewShare(grpc::CallbackServerContext* context,
                                         const node::v1::PreviewShareRequest* request,
                                         node::v1::PreviewShareResponse* response) override;
  grpc::ServerUnaryReactor* ShareSignal(grpc::CallbackServerContext* context,
                                        const node::v1::ShareSignalRequest* request,
                                        node::v1::ShareSignalResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawShare(grpc::CallbackServerContext* context,
                                          const node::v1::WithdrawShareRequest* request,
                                          node::v1::WithdrawShareResponse* response) override;
  grpc::ServerUnaryReactor* ListSent(grpc::CallbackServerContext* context,
                                     const node::v1::ListSentRequest* request,
                                     node::v1::ListSentResponse* response) override;
  grpc::ServerUnaryReactor* ListReceived(grpc::CallbackServerContext* context,
                                         const node::v1::ListReceivedRequest* request,
                                         node::v1::ListReceivedResponse* response) override;

 private:
  Calls& calls_;
  OwnUsers& own_users_;
  const ExchangeMaker exchange_;
  const core::ShareTools tools_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_
