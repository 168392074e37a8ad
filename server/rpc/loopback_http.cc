#include "server/rpc/loopback_http.h"

#include <httplib.h>

#include <atomic>
#include <thread>

#include "server/rpc/loopback_address.h"

namespace sluis::rpc {

struct LoopbackHttp::Server {
  httplib::Server http;
  int port = 0;
  std::atomic<bool> ended = false;
  std::thread thread;
};

LoopbackHttp::LoopbackHttp(std::unique_ptr<Server> server) : server_(std::move(server)) {}

LoopbackHttp::~LoopbackHttp() {
  if (server_->thread.joinable()) {
    // The library forgets a stop that comes before its thread listens.
    while (!server_->http.is_running() && !server_->ended) std::this_thread::yield();
    server_->http.stop();
    server_->thread.join();
  }
}

int LoopbackHttp::port() const { return server_->port; }

absl::StatusOr<std::unique_ptr<LoopbackHttp>> LoopbackHttp::Start(
    const std::string& address, std::function<Health()> health,
    std::function<std::string()> metrics) {
  absl::StatusOr<LoopbackAddress> where = ParseLoopbackAddress(address);
  if (!where.ok()) return where.status();
  auto server = std::make_unique<Server>();
  // Anybody on this machine may ask: nothing but GET, whose body the library never reads, and one
  // request for each connection, so that what was not read is no next request.
  server->http.set_pre_routing_handler(
      [](const httplib::Request& request, httplib::Response& response) {
        if (request.method == "GET" || request.method == "HEAD") {
          return httplib::Server::HandlerResponse::Unhandled;
        }
        response.status = 405;
        response.set_header("Allow", "GET, HEAD");
        return httplib::Server::HandlerResponse::Handled;
      });
  server->http.set_keep_alive_max_count(1);
  server->http.Get("/healthz", [health](const httplib::Request&, httplib::Response& response) {
    const Health now = health();
    response.status = now.serving ? 200 : 503;
    response.set_content(now.serving ? "serving\n" : now.reason + "\n", "text/plain");
  });
  server->http.Get("/metrics", [metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics(), "text/plain; version=0.0.4");
  });
  // The library would share a port with whoever else allows it; a port that is taken is an error.
  server->http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
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
  server->thread = std::thread([running] {
    running->http.listen_after_bind();
    running->ended = true;
  });
  return std::unique_ptr<LoopbackHttp>(new LoopbackHttp(std::move(server)));
}

}  // namespace sluis::rpc
