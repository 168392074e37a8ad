#ifndef SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_
#define SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_

#include <functional>
#include <utility>

#include "server/rpc/own_users.h"
#include "sluis/node/v1/exchange.grpc.pb.h"

namespace sluis::rpc {

// Fills in how the node stands with its partners.
using ExchangeMaker = std::function<void(node::v1::GetExchangeResponse&)>;

// Says how the node stands with its partners to its own users. Thread-safe.
class ExchangeService final : public node::v1::ExchangeService::CallbackService {
 public:
  ExchangeService(OwnUsers& own_users, ExchangeMaker exchange)
      : own_users_(own_users), exchange_(std::move(exchange)) {}

  grpc::ServerUnaryReactor* GetExchange(grpc::CallbackServerContext* context,
                                        const node::v1::GetExchangeRequest*,
                                        node::v1::GetExchangeResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const absl::Status status = own_users_.Check(context);
    if (status.ok()) exchange_(*response);
    reactor->Finish(ToGrpc(status));
    return reactor;
  }

 private:
  OwnUsers& own_users_;
  const ExchangeMaker exchange_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_EXCHANGE_SERVICE_H_
