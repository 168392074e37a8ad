#include "server/exchange/peer_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "crypto/bytes.h"
#include "server/authn/peer_leaf.h"
#include "server/core/refusal.h"
#include "server/evaluation/limits.h"
#include "server/exchange/heartbeat.h"
#include "server/exchange/peer_refusal.h"

namespace sluis::exchange {
namespace {

namespace tls = grpc::experimental;

constexpr size_t kMaxDetailBytes = 4 << 10;
// The largest answer: the list of a day of evaluations, with what stands around it.
constexpr int kMaxListAnswerBytes = static_cast<int>(evaluation::kMaxListBytes) + (16 << 10);
static_assert(kMaxListAnswerBytes > kMaxHeartbeatBytes);
constexpr int kFirstBackoffMs = 1000;
// A partner that comes back is found again within one heartbeat.
constexpr int kLongestBackoffMs = 10 * 1000;
constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;

std::string PemOfDer(std::string_view der) {
  const std::string text = crypto::Base64Encode(der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

// Accepts the one node of that member. Holds what it needs by itself: a handshake may outlive the
// channel it was begun for.
class MemberVerifier : public tls::ExternalCertificateVerifier {
 public:
  MemberVerifier(std::string organisation,
                 std::shared_ptr<const partnership::SignedManifest> manifest,
                 const storage::Clock* clock)
      : organisation_(std::move(organisation)), manifest_(std::move(manifest)), clock_(clock) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    const grpc::string_ref pem = request->peer_cert();
    const auto leaf =
        authn::VerifyPeerLeaf({pem.data(), pem.size()}, manifest_->manifest, clock_->NowUs());
    if (!leaf.ok() || leaf->organisation != organisation_) {
      *status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "not the node of this member");
    }
    return true;  // answered at once
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::string organisation_;
  const std::shared_ptr<const partnership::SignedManifest> manifest_;
  const storage::Clock* const clock_;
};

// gRPC tells of a handshake that failed at the certificate in its text only.
bool SaysWrongCertificate(const std::string& text) {
  return text.find("certificate verify failed") != std::string::npos ||
         text.find("CERTIFICATE_VERIFY_FAILED") != std::string::npos ||
         text.find("Custom verification check failed") != std::string::npos;
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenPeerChannel(
    const std::string& address, const std::string& organisation,
    std::shared_ptr<const partnership::SignedManifest> manifest, const OwnCertificate& own,
    const storage::Clock& clock) {
  const partnership::Member* member = manifest->manifest.Find(organisation);
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::StaticDataCertificateProvider>(
      PemOfDer(member == nullptr ? std::string() : member->ca_certificate),
      std::vector<tls::IdentityKeyCertPair>{{own.key_pem, own.certificate_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<MemberVerifier>(
      organisation, std::move(manifest), &clock));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxListAnswerBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A connection made under an earlier manifest or certificate must not serve this one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstBackoffMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestBackoffMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  return grpc::CreateCustomChannel(address, tls::TlsCredentials(options), arguments);
}

absl::Status StatusOfPeerCall(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  auto code = static_cast<absl::StatusCode>(status.error_code());
  if (code == absl::StatusCode::kUnavailable && SaysWrongCertificate(status.error_message())) {
    return absl::UnauthenticatedError(
        "who answers there has no certificate of the CA that the manifest pins");
  }
  absl::Status out(code, "the partner's node did not do it");
  if (!status.error_details().empty() && status.error_details().size() <= kMaxDetailBytes) {
    out.SetPayload(core::kRefusalPayload, absl::Cord(status.error_details()));
  }
  const bool ours_alone = code == absl::StatusCode::kNotFound ||
                          code == absl::StatusCode::kFailedPrecondition ||
                          code == absl::StatusCode::kCancelled;
  if (ours_alone && !PeerRefusalOf(out)) return absl::UnknownError("the partner answered oddly");
  return out;
}

}  // namespace sluis::exchange
