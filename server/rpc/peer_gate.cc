#include "server/rpc/peer_gate.h"

#include <spdlog/spdlog.h>

#include <chrono>

#include "crypto/hash.h"
#include "server/exchange/peer_refusal.h"

namespace sluis::rpc {
namespace {

constexpr size_t kRemembered = 1024;
constexpr uint64_t kSecond = 1'000'000;
constexpr auto kTellAgain = std::chrono::minutes(1);

}  // namespace

PeerGate::PeerGate(std::string organisation, const core::TermsInForce& terms,
                   const storage::Clock& clock, Metrics& metrics)
    : organisation_(std::move(organisation)), terms_(&terms), clock_(&clock), metrics_(&metrics) {}

absl::StatusOr<std::string> PeerGate::Check(std::string_view pem) {
  std::lock_guard lock(mutex_);
  if (terms_ == nullptr) return exchange::RefusedToPeer();
  absl::StatusOr<std::string> organisation = CheckLocked(pem);
  if (organisation.ok()) return organisation;
  metrics_->CountRefusedPeer();
  const auto now = clock_->Monotonic();
  if (!told_ || now - told_at_ >= kTellAgain) {
    told_ = true;
    told_at_ = now;
    spdlog::warn("a connection at the peer listener was refused: {}",
                 std::string(organisation.status().message()));
  }
  return exchange::RefusedToPeer();
}

absl::StatusOr<std::string> PeerGate::CheckLocked(std::string_view pem) {
  std::shared_ptr<const partnership::SignedManifest> manifest = terms_->Get()->manifest;
  if (manifest != manifest_) {
    held_.clear();
    manifest_ = std::move(manifest);
  }
  if (!manifest_) return absl::UnauthenticatedError("this node is in no partnership");
  const uint64_t now_us = clock_->NowUs();
  const auto now_s = static_cast<int64_t>(now_us / kSecond);
  const crypto::Hash digest = crypto::Sha256(pem);
  auto found = held_.find(digest);
  if (found == held_.end() || now_s < found->second.not_before_s ||
      now_s >= found->second.not_after_s) {
    absl::StatusOr<authn::PeerLeaf> leaf = authn::VerifyPeerLeaf(pem, manifest_->manifest, now_us);
    if (!leaf.ok()) return leaf.status();
    if (held_.size() >= kRemembered) held_.clear();
    found = held_.insert_or_assign(digest, *std::move(leaf)).first;
  }
  if (found->second.organisation == organisation_) {
    return absl::UnauthenticatedError("it presented the certificate of this node itself");
  }
  return found->second.organisation;
}

void PeerGate::Close() {
  std::lock_guard lock(mutex_);
  terms_ = nullptr;
}

}  // namespace sluis::rpc
