#include "server/exchange/outbound.h"

#include <algorithm>
#include <utility>

#include "server/exchange/peer_refusal.h"

namespace sluis::exchange {
namespace {

using std::chrono::seconds;

// A partner that was not reached is left alone for 1, 2, 4 … seconds.
seconds PauseAfter(int failures) {
  return std::min<seconds>(Outbound::kLongestPause, seconds(1) * (1 << std::min(failures - 1, 6)));
}

}  // namespace

absl::Status Outbound::Round() {
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  if (!terms->manifest) return absl::OkStatus();
  absl::Status first = absl::OkStatus();
  for (const partnership::Member& member : terms->manifest->manifest.members) {
    if (member.organisation == parts_.organisation) continue;
    {
      std::lock_guard lock(mutex_);
      Partner& partner = partners_[member.organisation];
      if (stopping_ || partner.busy || parts_.clock.Monotonic() < partner.not_before) continue;
      partner.busy = true;
    }
    // Those in force now: serving the ones before may have taken a while.
    first.Update(Serve(member.organisation, parts_.terms.Get()));
  }
  return first;
}

absl::Status Outbound::Serve(const std::string& partner,
                             const std::shared_ptr<const core::Terms>& terms) {
  if (!terms->manifest) return Free(partner, absl::OkStatus());
  const absl::Status closed = CloseCorrected(partner, *terms);
  absl::StatusOr<Parcel> parcel = Pack(partner, terms);
  absl::Status status = parcel.status();
  status.Update(closed);
  // Filling it may have taken a while too: what was decided under other terms does not leave.
  if (parcel.ok() && parts_.terms.Get() != terms) {
    ++progress_;
    parts_.wake();
    return Free(partner, absl::OkStatus());
  }
  if (parcel.ok() && !parcel->leaves.empty()) {
    status = Send(partner, *terms, *std::move(parcel));
    if (status.ok()) return closed;
  }
  return Free(partner, std::move(status));
}

absl::Status Outbound::Free(const std::string& partner, absl::Status status) {
  std::lock_guard lock(mutex_);
  partners_[partner].busy = false;
  idle_.notify_all();
  return status;
}

bool Outbound::IsStopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
}

absl::Status Outbound::Send(const std::string& partner, const core::Terms& terms, Parcel parcel) {
  if (parcel.kind == peer::v1::ENVELOPE_KIND_RECEIPT) {
    // Before it leaves: the Key that answers it names its digest.
    std::vector<Acknowledgements::Given> given;
    for (size_t i = 0; i < parcel.leaves.size(); ++i) {
      peer::v1::Receipt receipt;
      receipt.ParseFromString(parcel.leaves[i]);
      given.push_back({parcel.exchanges[i], envelope::LeafDigest(parcel.leaves[i]),
                       std::move(*receipt.mutable_checkpoint())});
    }
    const absl::Status kept = parts_.acknowledgements.Give(given);
    if (!kept.ok()) return kept;
  }
  absl::StatusOr<peer::v1::Envelope> envelope =
      envelope::MakeEnvelope({.kind = parcel.kind,
                              .partnership = terms.partnership,
                              .manifest_version = terms.manifest_version,
                              .sender = parts_.organisation,
                              .recipient = partner,
                              .leaves = parcel.leaves},
                             parts_.keys);
  if (!envelope.ok()) return envelope.status();
  if (parcel.kind == peer::v1::ENVELOPE_KIND_OFFER) {
    std::lock_guard lock(mutex_);
    tried_.insert(parcel.exchanges.begin(), parcel.exchanges.end());
  }
  peer::v1::DeliverRequest request;
  *request.mutable_envelope() = *std::move(envelope);
  if (parcel.head_proof) *request.mutable_head_proof() = *parcel.head_proof;
  ++progress_;
  auto shared = std::make_shared<const Parcel>(std::move(parcel));
  parts_.peers.Deliver(partner, std::move(request),
                       [this, partner, shared](absl::StatusOr<peer::v1::DeliverResponse> answer) {
                         Sent(partner, *shared, answer.status());
                       });
  return absl::OkStatus();
}

void Outbound::Sent(const std::string& partner, const Parcel& parcel, const absl::Status& status) {
  if (status.ok()) {
    std::vector<Acknowledgements::Delivered> delivered;
    for (size_t i = 0; i < parcel.leaves.size(); ++i) {
      delivered.push_back({parcel.exchanges[i], envelope::LeafDigest(parcel.leaves[i])});
    }
    const absl::Status kept =
        // Never before it came to be owed: it would be sent again and again.
        parts_.acknowledgements.Take(parcel.kind, delivered,
                                     std::max(parts_.clock.NowUs(), parcel.newest_us));
    if (!kept.ok()) parts_.fault(kept);
  }
  const bool refused = absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status);
  bool again = false;
  {
    std::lock_guard lock(mutex_);
    Partner& one = partners_[partner];
    one.busy = false;
    const auto now = parts_.clock.Monotonic();
    const auto refusal = PeerRefusalOf(status);
    const bool later = refusal && refusal->code() == kLater;
    again = later;
    if (status.ok() || refused || later) {
      one.failures = 0;
      one.not_before = now;
      if (status.ok()) one.known_size = std::max(one.known_size, parcel.head_size);
    } else if (refusal && refusal->code() == kProveHead) {
      // Once more at once, with the proof that it asks for; one that asks again waits.
      one.known_size = refusal->known_size();
      one.failed_at = now;
      one.not_before = one.failures++ == 0 ? now : now + PauseAfter(one.failures);
      again = one.not_before == now;
    } else {
      const bool update = refusal && refusal->code() == "update";
      one.failures = update ? 7 : one.failures + 1;
      one.failed_at = now;
      one.not_before = now + PauseAfter(one.failures);
    }
    for (const envelope::ExchangeId& exchange : parcel.exchanges) {
      if (status.ok()) {
        parked_.erase(exchange);
        tried_.erase(exchange);
      } else if (refused) {
        // Which of several was not believed is found by sending them one by one.
        parked_[exchange] = {parcel.exchanges.size() > 1 ? now : now + kParked};
      } else if (later) {
        Parked& parked = parked_[exchange];
        parked.pause = std::clamp(parked.pause * 2, kLaterPause, kParked);
        parked.until = now + parked.pause;
      }
    }
    idle_.notify_all();
    // Under the lock, so that nothing is called any more once Stop has returned.
    if (!stopping_ && (status.ok() || refused || again)) parts_.wake();
  }
}

Outbound::Standing Outbound::StandingOf(const envelope::ExchangeId& exchange) const {
  std::lock_guard lock(mutex_);
  const auto found = parked_.find(exchange);
  if (found == parked_.end()) return Standing::kFree;
  return parts_.clock.Monotonic() < found->second.until ? Standing::kParked : Standing::kAlone;
}

void Outbound::Reached(const std::string& organisation) {
  std::lock_guard lock(mutex_);
  const auto found = partners_.find(organisation);
  if (found == partners_.end() || found->second.failures == 0) return;
  Partner& partner = found->second;
  const auto soonest = partner.failed_at + PauseAfter(1);
  if (partner.not_before <= soonest) return;
  partner.failures = 1;
  partner.not_before = soonest;
  if (soonest <= parts_.clock.Monotonic()) parts_.wake();
}

size_t Outbound::parked() const {
  std::lock_guard lock(mutex_);
  const auto now = parts_.clock.Monotonic();
  return static_cast<size_t>(std::count_if(
      parked_.begin(), parked_.end(), [now](const auto& one) { return now < one.second.until; }));
}

std::vector<envelope::ExchangeId> Outbound::Remembered() const {
  std::lock_guard lock(mutex_);
  std::set<envelope::ExchangeId> all = tried_;
  all.insert(told_.begin(), told_.end());
  for (const auto& [exchange, parked] : parked_) all.insert(exchange);
  return {all.begin(), all.end()};
}

void Outbound::Forget(std::span<const envelope::ExchangeId> exchanges) {
  std::lock_guard lock(mutex_);
  for (const envelope::ExchangeId& exchange : exchanges) {
    parked_.erase(exchange);
    tried_.erase(exchange);
    told_.erase(exchange);
  }
}

void Outbound::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] {
    return std::none_of(partners_.begin(), partners_.end(),
                        [](const auto& one) { return one.second.busy; });
  });
}

void Outbound::NoteLongerLog(const std::string& partner) {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(partners_[partner].knows_longer, true)) return;  // said before
  }
  parts_.fault(absl::DataLossError(
      "a partner knows a longer log of this node than there is here, so no receipt is believed "
      "there: the node was put back from an older copy; ask that partner's administrator to accept "
      "this log"));
}

void Outbound::NoteFollowed(const std::string& partner) {
  std::lock_guard lock(mutex_);
  partners_[partner].knows_longer = false;
}

bool Outbound::KnowsLongerLog(const std::string& partner) const {
  std::lock_guard lock(mutex_);
  const auto found = partners_.find(partner);
  return found != partners_.end() && found->second.knows_longer;
}

bool Outbound::TakenLately(const Owed& owed) const {
  const auto taken = parts_.acknowledgements.Of(owed.exchange, owed.kind);
  if (!taken.ok() || !taken->has_value()) return false;
  if ((*taken)->at_us < owed.not_before_us) return false;  // it came to be owed anew
  const uint64_t again_us = (*taken)->at_us + std::chrono::microseconds(kAgain).count();
  return parts_.clock.NowUs() < again_us;
}

}  // namespace sluis::exchange
