#include "tests/integration/peer_world.h"

#include <fstream>
#include <future>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "tests/support/terms_under.h"

namespace sluis::test {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

PeerSide::PeerSide(const std::string& id) {
  OrganisationOptions options;
  options.id = id;
  organisation_.emplace(folder_.path(), options);
  terms_.emplace(tests::TermsUnder(id, nullptr));
  peers_.emplace(exchange::GrpcPeersParts{
      .certificate_folder = folder_.path() + "/tls", .terms = *terms_, .clock = clock_});
}

PeerSide::~PeerSide() = default;

void PeerSide::Hold(std::shared_ptr<const partnership::SignedManifest> manifest) {
  terms_->Set(tests::TermsUnder(organisation_->id(), std::move(manifest)));
}

int PeerSide::port() {
  if (listener_) return listener_->port();
  auto listener = rpc::PeerListener::Start(
      {.address = "127.0.0.1:0",
       .certificate_folder = folder_.path() + "/tls",
       .organisation = organisation_->id(),
       .terms = *terms_,
       .clock = clock_,
       .metrics = metrics_,
       .answers = {.heartbeat =
                       [](const std::string& sender, const peer::v1::HeartbeatRequest&) {
                         peer::v1::HeartbeatResponse response;
                         response.set_organisation(sender);
                         return response;
                       },
                   .deliver = nullptr,
                   .evaluate =
                       [this](const auto&, const auto&, auto done) {
                         ++asked_to_evaluate_;
                         done(absl::UnavailableError("not there"));
                       }}});
  if (!listener.ok()) throw std::runtime_error(std::string(listener.status().message()));
  listener_ = *std::move(listener);
  return listener_->port();
}

void PeerSide::StopListening() { listener_.reset(); }

absl::StatusOr<std::string> PeerSide::Ask(const std::string& organisation) {
  std::promise<absl::StatusOr<std::string>> answer;
  peers_->Heartbeat(organisation, peer::v1::HeartbeatRequest(),
                    [&answer](absl::StatusOr<peer::v1::HeartbeatResponse> response) {
                      if (response.ok()) {
                        answer.set_value(response->organisation());
                      } else {
                        answer.set_value(response.status());
                      }
                    });
  return answer.get_future().get();
}

absl::Status PeerSide::AskToEvaluate(const std::string& organisation) {
  std::promise<absl::Status> answer;
  peers_->Evaluate(organisation, peer::v1::EvaluateRequest(),
                   [&answer](const absl::StatusOr<peer::v1::EvaluateResponse>& response) {
                     answer.set_value(response.status());
                   });
  return answer.get_future().get();
}

std::string PeerSide::KeyPem() const { return ReadText(folder_.path() + "/tls/tls.key"); }
std::string PeerSide::CertificatePem() const { return ReadText(folder_.path() + "/tls/tls.crt"); }

}  // namespace sluis::test
