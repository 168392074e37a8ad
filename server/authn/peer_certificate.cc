#include "server/authn/peer_certificate.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <string_view>

#include "crypto/hash.h"

namespace sluis::authn {

absl::StatusOr<std::string> PeerCertificates::PemOf(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) {
    return absl::UnauthenticatedError("connect with the certificate that your node issued");
  }
  const auto pems = context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pems.size() != 1) {
    return absl::UnauthenticatedError("connect with exactly one certificate");
  }
  return std::string(pems[0].data(), pems[0].size());
}

absl::StatusOr<CertificateFacts> PeerCertificates::FactsOf(const grpc::AuthContext& context) {
  const absl::StatusOr<std::string> certificate = PemOf(context);
  if (!certificate.ok()) return certificate.status();
  const std::string_view pem = *certificate;
  const crypto::Hash digest = crypto::Sha256(pem);
  {
    std::lock_guard lock(mutex_);
    if (auto found = facts_.find(digest); found != facts_.end()) return found->second;
  }
  absl::StatusOr<CertificateFacts> facts = FactsOfPem(pem);
  if (!facts.ok()) return absl::UnauthenticatedError(facts.status().message());
  std::lock_guard lock(mutex_);
  if (facts_.emplace(digest, *facts).second) order_.push_back(digest);
  if (order_.size() > kRemembered) {
    facts_.erase(order_.front());
    order_.pop_front();
  }
  return facts;
}

}  // namespace sluis::authn
