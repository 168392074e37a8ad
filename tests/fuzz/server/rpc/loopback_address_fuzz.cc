// An address that is taken is written again as it was given, but for brackets and leading zeros of
// the port.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/rpc/loopback_address.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto parsed = sluis::rpc::ParseLoopbackAddress(text);
  if (!parsed.ok()) {
    if (parsed.status().message().empty()) std::abort();
    return 0;
  }
  if (parsed->port < 0 || parsed->port > 65535) std::abort();
  if (parsed->host != "::1" && !parsed->host.starts_with("127.")) std::abort();
  size_t port = text.rfind(':') + 1;
  const std::string host = text.substr(0, port - 1);
  if (host != parsed->host && host != "[" + parsed->host + "]") std::abort();
  while (port + 1 < text.size() && text[port] == '0') ++port;
  if (text.substr(port) != std::to_string(parsed->port)) std::abort();
  return 0;
}
