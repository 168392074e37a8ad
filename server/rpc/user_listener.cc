#include "server/rpc/user_listener.h"

#include <grpc/grpc.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "server/rpc/credentials.h"
#include "server/rpc/evaluation_service.h"
#include "server/rpc/exchange_service.h"
#include "server/rpc/key_service.h"
#include "server/rpc/log_service.h"
#include "server/rpc/own_users.h"
#include "server/rpc/register_service.h"
#include "server/rpc/review_service.h"
#include "server/rpc/signal_service.h"
#include "server/rpc/status_service.h"
#include "server/rpc/task_service.h"
#include "server/rpc/task_watch.h"
#include "server/rpc/work_pool.h"

namespace sluis::rpc {
namespace {

// 50 rows of an import at their longest stay below this.
constexpr int kMaxMessageBytes = 2 << 20;
constexpr int kMaxMetadataBytes = 8 << 10;
constexpr int kMaxStreams = 256;
constexpr int kMemoryBytes = 256 << 20;
constexpr int kConnectionAgeMs = 15 * 60 * 1000;
constexpr int kConnectionGraceMs = 60 * 1000;
constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;
constexpr int kLeastPingIntervalMs = 30 * 1000;
constexpr auto kDrainTime = std::chrono::seconds(5);

}  // namespace

struct UserListener::Impl {
  explicit Impl(UserListenerParts parts)
      : calls(parts.executor, parts.metrics, std::move(parts.exercise)),
        own_users(calls, parts.ledger, parts.verifier, parts.clock, parts.organisation),
        signals(calls, parts.random),
        registers(calls, parts.verifier, parts.share_tools.heads, pool, std::move(parts.backup)),
        log(calls, own_users, parts.ledger, parts.index, pool),
        status(own_users, std::move(parts.status)),
        exchange(calls, own_users, std::move(parts.exchange), parts.share_tools),
        keys(calls, parts.ceremonies),
        evaluation(calls, std::move(parts.evaluation)),
        review(calls, std::move(parts.review)),
        watch(calls, parts.ledger, parts.terms, parts.verifier, parts.clock),
        tasks(calls, watch, parts.verifier, parts.random) {}

  // The pool is destroyed after the server: what it still runs finishes calls.
  WorkPool pool;
  Calls calls;
  OwnUsers own_users;
  SignalService signals;
  RegisterService registers;
  LogService log;
  StatusService status;
  ExchangeService exchange;
  KeyService keys;
  EvaluationService evaluation;
  ReviewService review;
  TaskWatch watch;
  TaskService tasks;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

UserListener::UserListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UserListener::~UserListener() { Shutdown(); }
int UserListener::port() const { return impl_->port; }

void UserListener::SetServing(bool serving) {
  if (impl_->server) impl_->server->GetHealthCheckService()->SetServingStatus(serving);
}

void UserListener::Shutdown() {
  if (!impl_->server) return;
  // Streams that nothing else ends would be waited for.
  impl_->watch.Stop();
  impl_->server->Shutdown(std::chrono::system_clock::now() + kDrainTime);
  impl_->server->Wait();
  impl_->server.reset();
}

absl::StatusOr<std::unique_ptr<UserListener>> UserListener::Start(UserListenerParts parts) {
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      ListenerCredentials(parts.certificate_folder);
  if (!credentials.ok()) return credentials.status();
  grpc::EnableDefaultHealthCheckService(true);
  const std::string address = parts.address;
  auto impl = std::make_unique<Impl>(std::move(parts));

  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, *credentials, &impl->port);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionGraceMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kLeastPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("user-listener");
  quota.Resize(kMemoryBytes);
  builder.SetResourceQuota(quota);
  builder.RegisterService(&impl->signals);
  builder.RegisterService(&impl->registers);
  builder.RegisterService(&impl->log);
  builder.RegisterService(&impl->status);
  builder.RegisterService(&impl->exchange);
  builder.RegisterService(&impl->keys);
  builder.RegisterService(&impl->evaluation);
  builder.RegisterService(&impl->review);
  builder.RegisterService(&impl->tasks);
  impl->server = builder.BuildAndStart();
  if (!impl->server || impl->port == 0) {
    return absl::UnavailableError("cannot listen on \"" + address + "\"; is the port taken?");
  }
  return std::unique_ptr<UserListener>(new UserListener(std::move(impl)));
}

}  // namespace sluis::rpc
