#include "server/rpc/loopback_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace sluis::rpc {
namespace {

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  // What inet_pton takes ends at the first NUL; what is bound must be all of it.
  if (host.find('\0') != std::string::npos) return false;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "::1";
}

}  // namespace

absl::StatusOr<LoopbackAddress> ParseLoopbackAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
      host = host.substr(1, host.size() - 2);
    }
    LoopbackAddress parsed{std::string(host), 0};
    const std::string_view port = text.substr(colon + 1);
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    // A sign is a number to from_chars.
    if (error == std::errc() && stop == port.data() + port.size() && port[0] != '-' &&
        parsed.port <= 65535 && IsLoopback(parsed.host)) {
      return parsed;
    }
  }
  return absl::InvalidArgumentError(
      "\"" + std::string(text) +
      "\" is not a loopback address with a port, such as 127.0.0.1:9464");
}

}  // namespace sluis::rpc
