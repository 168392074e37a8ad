#include "server/rpc/peer_listener.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "server/rpc/credentials.h"
#include "server/rpc/holder_service.h"
#include "server/rpc/peer_gate.h"
#include "server/rpc/peer_service.h"

namespace sluis::rpc {
namespace {

// An envelope of 1 MiB and what is around it.
constexpr int kMaxMessageBytes = (1 << 20) + (16 << 10);
constexpr int kMaxMetadataBytes = 8 << 10;
constexpr int kMaxStreams = 64;
constexpr int kMemoryBytes = 128 << 20;
constexpr int kConnectionAgeMs = 15 * 60 * 1000;
constexpr int kConnectionGraceMs = 60 * 1000;
constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;
constexpr int kLeastPingIntervalMs = 30 * 1000;
constexpr auto kDrainTime = std::chrono::seconds(5);

}  // namespace

struct PeerListener::Impl {
  explicit Impl(PeerListenerParts& parts)
      : gate(std::make_shared<PeerGate>(parts.organisation, parts.terms, parts.clock,
                                        parts.metrics)),
        holder(*gate, parts.answers, parts.metrics),
        service(*gate, std::move(parts.answers), parts.metrics) {}

  // Handshakes hold it too.
  std::shared_ptr<PeerGate> gate;
  HolderService holder;
  PeerService service;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

PeerListener::PeerListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PeerListener::~PeerListener() {
  impl_->server->Shutdown(std::chrono::system_clock::now() + kDrainTime);
  impl_->server->Wait();
  impl_->gate->Close();
}

int PeerListener::port() const { return impl_->port; }

absl::StatusOr<std::unique_ptr<PeerListener>> PeerListener::Start(PeerListenerParts parts) {
  const std::string address = parts.address;
  const std::string folder = parts.certificate_folder;
  auto impl = std::make_unique<Impl>(parts);
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials = PeerListenerCredentials(
      folder, [gate = impl->gate](std::string_view pem) { return gate->Check(pem).ok(); });
  if (!credentials.ok()) return credentials.status();

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
  grpc::ResourceQuota quota("peer-listener");
  quota.Resize(kMemoryBytes);
  builder.SetResourceQuota(quota);
  // The health service that the user listener switches on for the process asks no gate.
  builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  builder.RegisterService(&impl->service);
  builder.RegisterService(&impl->holder);
  impl->server = builder.BuildAndStart();
  if (!impl->server || impl->port == 0) {
    return absl::UnavailableError("cannot listen for partners on \"" + address +
                                  "\"; is the port taken?");
  }
  return std::unique_ptr<PeerListener>(new PeerListener(std::move(impl)));
}

}  // namespace sluis::rpc
