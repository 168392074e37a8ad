// The connection of a person's machine to their own node: mutual TLS 1.3 against the own CA.
//
// Guarantee: nothing is sent to a server whose certificate was not signed by `ca_pem`, or that does
// not hold exactly one URI, spiffe://<organisation>/node. Host names are not compared, since the
// URI says more: another machine with a certificate of the same CA is a user and never passes.
// TLS 1.2 is switched off for the whole process by RequireTls13. Thread-safety: a channel may be
// shared. Source: RFC 8446; SPIFFE ID.
#ifndef SLUIS_CLIENT_LIB_CHANNEL_H_
#define SLUIS_CLIENT_LIB_CHANNEL_H_

#include <memory>
#include <string>

#include "client/lib/message.h"

namespace grpc {
class Channel;
}

namespace sluis::client {

struct Endpoint {
  std::string address;  // host:port
  std::string organisation;
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
};

// The first thing that a program calls: before anything else uses OpenSSL, which then stays whole
// to the end of the process (crypto/openssl_lifetime). False when OpenSSL did not take the setting.
bool RequireTls13();

std::shared_ptr<grpc::Channel> OpenChannel(const Endpoint& endpoint);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_CHANNEL_H_
