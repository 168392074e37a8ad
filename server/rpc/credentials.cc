#include "server/rpc/credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

namespace sluis::rpc {
namespace {

constexpr unsigned kReadAgainSeconds = 5;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using FilePtr = std::unique_ptr<std::FILE, Freer<std::fclose>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

// A daemon has nobody to ask; without it the library would ask on the terminal and wait.
int NoPassPhrase(char*, int, int, void*) { return -1; }

absl::StatusOr<X509Ptr> ReadCertificate(const std::string& path) {
  FilePtr file(std::fopen(path.c_str(), "r"));
  X509Ptr certificate(file ? PEM_read_X509(file.get(), nullptr, NoPassPhrase, nullptr) : nullptr);
  if (!certificate) {
    return absl::FailedPreconditionError("cannot read a certificate from " + path +
                                         "; make it with sluis node init");
  }
  return certificate;
}

absl::Status CheckFolder(const std::string& folder) {
  absl::StatusOr<X509Ptr> certificate = ReadCertificate(folder + "/tls.crt");
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<X509Ptr> ca = ReadCertificate(folder + "/ca.crt");
  if (!ca.ok()) return ca.status();
  const std::string key_path = folder + "/tls.key";
  struct stat facts {};
  if (::stat(key_path.c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError("others can read \"" + key_path +
                                         "\"; run chmod 600 on it");
  }
  FilePtr file(std::fopen(key_path.c_str(), "r"));
  KeyPtr key(file ? PEM_read_PrivateKey(file.get(), nullptr, NoPassPhrase, nullptr) : nullptr);
  if (!key) {
    return absl::FailedPreconditionError("cannot read a private key from " + key_path +
                                         "; it must be PEM without a pass phrase");
  }
  if (X509_check_private_key(certificate->get(), key.get()) != 1) {
    return absl::FailedPreconditionError("tls.crt and tls.key in " + folder +
                                         " do not belong together");
  }
  return absl::OkStatus();
}

// Asks about the certificate of whoever connects, in the place of a chain.
class PeerVerifier : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit PeerVerifier(std::function<bool(std::string_view)> accepts)
      : accepts_(std::move(accepts)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)>, grpc::Status* status) override {
    const grpc::string_ref pem = request->peer_cert();
    if (!accepts_({pem.data(), pem.size()})) {
      *status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "refused");
    }
    return true;  // answered at once
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::function<bool(std::string_view)> accepts_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> PeerListenerCredentials(
    const std::string& folder, std::function<bool(std::string_view pem)> accepts) {
  absl::Status checked = CheckFolder(folder);
  if (!checked.ok()) return checked;
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      folder + "/tls.key", folder + "/tls.crt", kReadAgainSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  // The chain is left to the verifier, which knows the manifest; OpenSSL still checks that the
  // client signed the handshake with the key of the certificate it sent.
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<PeerVerifier>(std::move(accepts)));
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenerCredentials(
    const std::string& folder) {
  absl::Status checked = CheckFolder(folder);
  if (!checked.ok()) return checked;
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      folder + "/tls.key", folder + "/tls.crt", folder + "/ca.crt", kReadAgainSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<uint64_t> CertificateNotAfter(const std::string& folder) {
  absl::StatusOr<X509Ptr> certificate = ReadCertificate(folder + "/tls.crt");
  if (!certificate.ok()) return certificate.status();
  std::tm moment{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate->get()), &moment) != 1) {
    return absl::FailedPreconditionError("the certificate in " + folder + " has no end date");
  }
  return static_cast<uint64_t>(timegm(&moment));
}

}  // namespace sluis::rpc
