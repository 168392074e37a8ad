#ifndef SLUIS_TESTS_INTEGRATION_RAW_TLS_H_
#define SLUIS_TESTS_INTEGRATION_RAW_TLS_H_

#include <string>
#include <vector>

#include "client/lib/certificate.h"
#include "crypto/bytes.h"
#include "tests/support/organisation.h"

namespace sluis::test {

enum class TlsVersion { k12, k13 };

struct HandshakeResult {
  // The server spoke inside TLS: in TLS 1.3 it judges the client's certificate after the client has
  // finished, so that a finished handshake alone says nothing.
  bool accepted = false;
  std::string version;
  crypto::Hash server_certificate{};
  // OpenSSL's last words when not accepted.
  std::string why;
};

// Speaks TLS of exactly this version to 127.0.0.1, without gRPC, and with any certificate or none
// (empty). Does not check the server.
HandshakeResult Handshake(int port, const std::string& certificate_pem, const std::string& key_pem,
                          TlsVersion version);

// A user certificate with these URIs, however many, signed by this CA for this key: what
// client::Issue does not make.
std::string WithUris(const client::CertifiedKey& ca, const std::string& key_pem,
                     const std::vector<std::string>& uris);

// A private key, PEM, that says it belongs to the public half of `key_pem` and is that of
// `other_pem`: what somebody has who has the certificate and not its key.
std::string WithPublicHalfOf(const std::string& key_pem, const std::string& other_pem);

// Puts a folder with a new key and certificate of the node in the place of `tls_folder`, by
// renaming.
void RenewNodeCertificate(const Organisation& organisation, const std::string& tls_folder);

}  // namespace sluis::test

#endif  // SLUIS_TESTS_INTEGRATION_RAW_TLS_H_
