#include "server/rpc/loopback_http.h"

#include <httplib.h>

#include <thread>

#include "server/rpc/loopback_address.h"

namespace sluis::rpc {

struct LoopbackHttp::Server {
  httplib::Server http;
  int port = 0;
  std::thread thread;
};

LoopbackHttp::LoopbackHttp(std::unique_ptr<Server> server) : server_(std::move(server)) {}

LoopbackHttp::~LoopbackHttp() {
  server_->http.stop();
  if (server_->thread.joinable()) server_->thread.join();
}

int LoopbackHttp::port() const { return server_->port; }

absl::StatusOr<std::unique_ptr<LoopbackHttp>> LoopbackHttp::Start(
    const std::string& address, std::function<Health()> health,
    std::function<std::string()> metrics) {
  absl::StatusOr<LoopbackAddress> where = ParseLoopbackAddress(address);
  if (!where.ok()) return where.status();
  auto server = std::make_unique<Server>();
  server->http.Get("/healthz", [health](const httplib::Request&, httplib::Response& response) {
    const Health now = health();
    response.status = now.serving ? 200 : 503;
    response.set_content(now.serving ? "serving\n" : now.reason + "\n", "text/plain");
  });
  server->http.Get("/metrics", [metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics(), "text/plain; version=0.0.4");
  });
  if (where->port == 0) {
    server->port = server->http.bind_to_any_port(where->host.c_str());
  } else if (server->http.bind_to_port(where->host.c_str(), where->port)) {
    server->port = where->port;
  }
  if (server->port <= 0) {
    return absl::UnavailableError("cannot listen on \"" + address + "\"; is the port taken?");
  }
  Server* const running = server.get();
  server->thread = std::thread([running] { running->http.listen_after_bind(); });
  return std::unique_ptr<LoopbackHttp>(new LoopbackHttp(std::move(server)));
}

}  // namespace sluis::rpc
