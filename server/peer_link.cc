#include "server/peer_link.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "crypto/bytes.h"
#include "server/core/view.h"

namespace sluis::server {

PeerLink::PeerLink(const Config& config, core::TermsInForce& terms, const Core& core,
                   storage::Clock& clock, rpc::Metrics& metrics)
    : organisation_(config.organisation),
      terms_(terms),
      clock_(clock),
      metrics_(metrics),
      peers_({.certificate_folder = config.certificate_folder, .terms = terms, .clock = clock}),
      ledger_(core.ledger),
      heartbeat_({.organisation = config.organisation,
                  .protocol = {},
                  .terms = terms,
                  .peers = peers_,
                  .reachability = reachability_,
                  .clock = clock,
                  .own_status = [this] { return OwnStatus(); },
                  .held_statuses = [this] { return HeldStatuses(); },
                  .heard_status =
                      [this](const std::string& sender, const std::string& organisation,
                             record::v1::SignedMandateStatus status) {
                        if (exchange_)
                          exchange_->HeardStatus(sender, organisation, std::move(status));
                      }}) {
  if (core.keys == nullptr) return;
  // Several looks within a tick: an exchange has more steps than it may take ticks.
  const auto period = std::chrono::milliseconds(std::max<uint64_t>(config.tick_ms / 4, 20));
  exchange_.emplace(ExchangeLink::Parts{.organisation = config.organisation,
                                        .terms = terms,
                                        .ledger = core.ledger,
                                        .executor = core.executor,
                                        .derived = core.derived,
                                        .witness = core.witness,
                                        .heads = core.heads,
                                        .peers = peers_,
                                        .keys = *core.keys,
                                        .clock = clock,
                                        .random = core.random,
                                        .metrics = metrics,
                                        .period = period,
                                        .settled = core.settled});
  evaluation_.emplace(EvaluationLink::Parts{.organisation = config.organisation,
                                            .ledger = core.ledger,
                                            .executor = core.executor,
                                            .terms = terms,
                                            .heads = core.heads,
                                            .peers = peers_,
                                            .keys = *core.keys,
                                            .caps = config.evaluation_caps,
                                            .clock = clock,
                                            .random = core.random,
                                            .metrics = metrics});
}

PeerLink::~PeerLink() { Stop(); }

absl::Status PeerLink::Follow(const Config& config) {
  std::lock_guard lock(listener_mutex_);
  address_ = config.peer_listen_address;
  certificate_folder_ = config.certificate_folder;
  return FollowLocked();
}

absl::Status PeerLink::FollowLocked() {
  if (stopped_) return absl::OkStatus();
  const std::string wanted = terms_.Get()->manifest ? address_ : std::string();
  if (listener_ && wanted == bound_) return absl::OkStatus();
  listener_.reset();
  if (wanted.empty()) return absl::OkStatus();
  exchange::PeerAnswers answers;
  answers.heartbeat = [this](const std::string& sender, const peer::v1::HeartbeatRequest& request) {
    auto answer = heartbeat_.Answer(sender, request);
    // Who asks is there.
    if (answer.ok() && exchange_) exchange_->Reached(sender);
    return answer;
  };
  if (exchange_) {
    answers.deliver = [this](const std::string& sender, const peer::v1::DeliverRequest& request,
                             std::function<void(absl::Status)> done) {
      exchange_->Deliver(sender, request, std::move(done));
    };
  }
  if (evaluation_) {
    answers.evaluate = [this](const auto& sender, const auto& request, auto done) {
      evaluation_->desk().Evaluate(sender, request, std::move(done));
    };
    answers.prove_evaluations = [this](const auto& sender, const auto& request, auto done) {
      evaluation_->desk().Prove(sender, request, std::move(done));
    };
    answers.give_evaluation_list = [this](const auto& sender, const auto& request, auto done) {
      evaluation_->desk().GiveList(sender, request, std::move(done));
    };
    answers.reveal_evaluation_nonces = [this](const auto& sender, const auto& request, auto done) {
      evaluation_->desk().Reveal(sender, request, std::move(done));
    };
  }
  absl::StatusOr<std::unique_ptr<rpc::PeerListener>> listener =
      rpc::PeerListener::Start({.address = wanted,
                                .certificate_folder = certificate_folder_,
                                .organisation = organisation_,
                                .terms = terms_,
                                .clock = clock_,
                                .metrics = metrics_,
                                .answers = std::move(answers)});
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  bound_ = wanted;
  return absl::OkStatus();
}

void PeerLink::Round() {
  {
    std::lock_guard lock(listener_mutex_);
    const absl::Status status = FollowLocked();
    if (!status.ok()) spdlog::error("{}", std::string(status.message()));
  }
  heartbeat_.Round();
  if (!exchange_) return;
  const std::shared_ptr<const partnership::SignedManifest> in_force = terms_.Get()->manifest;
  if (!in_force) return;
  for (const partnership::Member& member : in_force->manifest.members) {
    if (reachability_.Of(member.organisation, clock_.NowUs()).trouble.empty()) {
      exchange_->Reached(member.organisation);
    }
  }
}

std::optional<record::v1::SignedMandateStatus> PeerLink::OwnStatus() const {
  const auto snapshot = ledger_.store().NewSnapshot();
  auto status = core::View(*snapshot, ledger_.keyring()).ReadMandateStatus();
  if (!status.ok()) {
    spdlog::error("{}", std::string(status.status().message()));
    return std::nullopt;
  }
  return *std::move(status);
}

std::vector<core::HeldStatus> PeerLink::HeldStatuses() const {
  const auto snapshot = ledger_.store().NewSnapshot();
  auto held = core::HeldStatuses(core::View(*snapshot, ledger_.keyring()));
  if (held.ok()) return *std::move(held);
  spdlog::error("{}", std::string(held.status().message()));
  return {};
}

absl::Status PeerLink::KeepHouse() {
  absl::Status first = exchange_ ? exchange_->KeepHouse() : absl::OkStatus();
  if (evaluation_) first.Update(evaluation_->KeepHouse());
  return first;
}

void PeerLink::Begin() {
  if (exchange_) exchange_->Begin();
  if (evaluation_) evaluation_->Begin();
  loop_ = std::thread([this] {
    std::unique_lock lock(loop_mutex_);
    while (!stopping_) {
      lock.unlock();
      Round();
      lock.lock();
      wake_.wait_for(lock, exchange::kHeartbeatInterval, [this] { return stopping_; });
    }
  });
}

void PeerLink::Stop() {
  {
    std::lock_guard lock(loop_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  peers_.Stop();
  if (loop_.joinable()) loop_.join();
  if (exchange_) exchange_->Stop();
  if (evaluation_) evaluation_->Stop();
  std::lock_guard lock(listener_mutex_);
  stopped_ = true;
  listener_.reset();
}

int PeerLink::port() const {
  std::lock_guard lock(listener_mutex_);
  return listener_ ? listener_->port() : 0;
}

void PeerLink::Fill(node::v1::GetExchangeResponse& response) const {
  const std::shared_ptr<const partnership::SignedManifest> in_force = terms_.Get()->manifest;
  if (!in_force) return;
  const partnership::Manifest& manifest = in_force->manifest;
  response.set_partnership(manifest.partnership);
  response.set_name(manifest.name);
  response.set_manifest_version(manifest.version);
  response.set_manifest_digest(std::string(crypto::View(manifest.digest)));
  response.set_state(manifest.state);
  response.set_signed_manifest(in_force->Serialise());
  for (const partnership::Member& member : manifest.members) {
    if (member.organisation == organisation_) continue;
    exchange::Standing standing = reachability_.Of(member.organisation, clock_.NowUs());
    node::v1::PeerState& peer = *response.add_peers();
    peer.set_organisation(member.organisation);
    peer.set_name(member.name);
    peer.set_kind(member.kind);
    peer.set_reached_at_us(standing.reached_at_us);
    peer.set_heard_at_us(standing.heard_at_us);
    peer.set_trouble(std::move(standing.trouble));
    peer.set_manifest_version(standing.manifest_version);
    peer.set_protocol_version(standing.protocol_version);
    for (const std::string& name : standing.capabilities) peer.add_capabilities(name);
    peer.set_clock_ahead_s(standing.clock_ahead_s);
    if (exchange_) exchange_->Fill(peer);
  }
  if (!exchange_) return;
  for (node::v1::PeerState& peer : exchange_->Former(manifest)) {
    *response.add_peers() = std::move(peer);
  }
}

void PeerLink::Fill(rpc::Metrics::Gauges& gauges) const {
  const std::shared_ptr<const partnership::SignedManifest> in_force = terms_.Get()->manifest;
  const exchange::Reachability::Numbers numbers =
      reachability_.Count(in_force ? &in_force->manifest : nullptr, organisation_, clock_.NowUs());
  gauges.partners = static_cast<double>(numbers.partners);
  gauges.partners_reachable = static_cast<double>(numbers.reachable);
  gauges.partners_heard = static_cast<double>(numbers.heard);
  gauges.partners_in_trouble = static_cast<double>(numbers.in_trouble);
  if (exchange_) exchange_->Fill(gauges);
}

}  // namespace sluis::server
