#include "client/lib/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>

#include <utility>
#include <vector>

#include "client/lib/certificate.h"
#include "crypto/openssl_lifetime.h"

namespace sluis::client {
namespace {

namespace tls = grpc::experimental;

constexpr int kMaxAnswerBytes = 4 << 20;

// Accepts the one node of this organisation. Chain and dates were checked before by the library.
class NodeVerifier : public tls::ExternalCertificateVerifier {
 public:
  explicit NodeVerifier(std::string uri) : uri_(std::move(uri)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    const std::vector<grpc::string_ref> uris = request->uri_names();
    if (uris.size() != 1 || std::string_view(uris[0].data(), uris[0].size()) != uri_) {
      *status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                             "the server is not the node of this organisation");
    }
    return true;  // answered at once
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::string uri_;
};

}  // namespace

bool RequireTls13() {
  if (!crypto::KeepOpensslToTheEnd()) return false;
  // gRPC sets its own lowest version on each context, but leaves options that the configuration of
  // OpenSSL has set: taking TLS 1.2 away as a protocol holds where a lowest version does not.
  static constexpr char kSettings[] =
      "openssl_conf = sluis\n[sluis]\nssl_conf = sluis_ssl\n[sluis_ssl]\n"
      "system_default = sluis_tls\n[sluis_tls]\nProtocol = -TLSv1.2\n";
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  BIO* bio = BIO_new_mem_buf(kSettings, sizeof(kSettings) - 1);
  CONF* conf = NCONF_new(nullptr);
  long line = 0;
  const bool taken = NCONF_load_bio(conf, bio, &line) > 0 &&
                     CONF_modules_load(conf, nullptr, CONF_MFLAGS_DEFAULT_SECTION) > 0;
  NCONF_free(conf);
  BIO_free(bio);
  return taken;
}

std::shared_ptr<grpc::Channel> OpenChannel(const Endpoint& endpoint) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::StaticDataCertificateProvider>(
      endpoint.ca_pem,
      std::vector<tls::IdentityKeyCertPair>{{endpoint.key_pem, endpoint.certificate_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<NodeVerifier>(NodeUri(endpoint.organisation)));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(endpoint.address, tls::TlsCredentials(options), arguments);
}

}  // namespace sluis::client
