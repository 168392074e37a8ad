#include "server/authn/user_request.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/signature.h"
#include "server/authn/identity.h"

namespace sluis::authn {
namespace {

constexpr std::string_view kLabel = "sluis/user-request/v1";

struct RequestFreer {
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};

absl::Status IllFormed(const char* what) {
  return absl::InvalidArgumentError(std::string("user request: ") + what +
                                    "; make it again with sluis user request");
}

// SHA-256 of the subject public key info of a PKCS#10 request; checks its own signature and its
// curve.
absl::StatusOr<crypto::Hash> KeyDigestOf(const std::string& der) {
  if (der.empty() || der.size() > kMaxCertificateRequestBytes) {
    return IllFormed("the certificate request must have 1 to 4,096 bytes");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = bytes + der.size();
  std::unique_ptr<X509_REQ, RequestFreer> request(
      d2i_X509_REQ(nullptr, &bytes, static_cast<long>(der.size())));
  if (!request || bytes != end) return IllFormed("the certificate request cannot be read");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  char curve[32] = {};
  size_t length = 0;
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, curve, sizeof(curve), &length) != 1 ||
      std::string_view(curve, length) != "prime256v1") {
    return IllFormed("the certificate request must hold an ECDSA P-256 key");
  }
  if (X509_REQ_verify(request.get(), key) != 1) {
    return IllFormed("the certificate request is not signed by its own key");
  }
  unsigned char* info = nullptr;
  const int info_length = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request.get()), &info);
  if (info_length <= 0) return IllFormed("the key of the certificate request cannot be read");
  const crypto::Hash digest = crypto::Sha256(
      std::string_view(reinterpret_cast<char*>(info), static_cast<size_t>(info_length)));
  OPENSSL_free(info);
  return digest;
}

}  // namespace

absl::StatusOr<record::v1::User> VerifyUserRequest(const record::v1::UserRequest& request) {
  if (!IsUserId(request.user_id())) {
    return IllFormed("the user id must have 2 to 32 characters [a-z0-9.-], a letter first");
  }
  absl::StatusOr<crypto::PublicKey> signing_key = crypto::ToFixed<32>(request.signing_key());
  if (!signing_key.ok()) return IllFormed("the signing key must have 32 bytes");
  absl::StatusOr<crypto::Hash> key_digest = KeyDigestOf(request.certificate_request());
  if (!key_digest.ok()) return key_digest.status();
  std::string message;
  crypto::AppendLp(message, kLabel);
  crypto::AppendLp(message, request.user_id());
  crypto::AppendLp(message, request.signing_key());
  crypto::AppendLp(message, request.certificate_request());
  if (!crypto::Verify(*signing_key, message, request.signature())) {
    return IllFormed("its signature does not hold");
  }
  record::v1::User user;
  user.set_user_id(request.user_id());
  user.set_signing_key(request.signing_key());
  user.set_tls_key_digest(std::string(crypto::View(*key_digest)));
  return user;
}

}  // namespace sluis::authn
