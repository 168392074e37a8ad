#include "server/rpc/loopback_http.h"

#include <arpa/inet.h>
#include <httplib.h>

#include <charconv>
#include <thread>

namespace sluis::rpc {
namespace {

struct HostPort {
  std::string host;
  int port = 0;
};

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "::1";
}

absl::StatusOr<HostPort> ParseLoopback(const std::string& address) {
  const size_t colon = address.rfind(':');
  HostPort parsed;
  if (colon != std::string::npos) {
    parsed.host = address.substr(0, colon);
    if (parsed.host.size() > 2 && parsed.host.front() == '[' && parsed.host.back() == ']') {
      parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    }
    const char* const end = address.data() + address.size();
    const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, parsed.port);
    if (error == std::errc() && stop == end && parsed.port >= 0 && parsed.port <= 65535 &&
        IsLoopback(parsed.host)) {
      return parsed;
    }
  }
  return absl::InvalidArgumentError(
      "\"" + address + "\" is not a loopback address with a port, such as 127.0.0.1:9464");
}

}  // namespace

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
  absl::StatusOr<HostPort> where = ParseLoopback(address);
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
