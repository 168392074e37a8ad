#include "server/exchange_link.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "server/core/ceremony_upkeep.h"
#include "server/core/drop_taken.h"
#include "server/core/exchange_upkeep.h"
#include "server/core/outbox.h"
#include "server/core/overdue_correction.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "server/core/set_aside_head.h"
#include "server/core/status_lists.h"
#include "server/core/view.h"
#include "server/envelope/fault.h"
#include "server/envelope/leaf.h"
#include "server/exchange/acts.h"

namespace sluis::server {
namespace {

// Part of what core::kNodeNeedsSeconds allows.
constexpr auto kLook = std::chrono::seconds(1);
constexpr auto kUpkeep = std::chrono::hours(1);
// After a look at what is owed that found nothing to do, what arrives brings about no other before
// this many times as long as that one took: with much coming in and a long outbox it would follow
// at once, for ever. What nothing arrives for, such as an act of a person, waits no longer by that.
constexpr int kRestAfterLook = 3;
constexpr size_t kExpiredPerRound = 256;
constexpr size_t kSealingKeysPerRound = 1024;
constexpr size_t kTakenPerEntry = 256;

}  // namespace

ExchangeLink::ExchangeLink(Parts parts)
    : parts_(std::move(parts)),
      acknowledgements_(parts_.derived, parts_.witness),
      ceremonies_(parts_.organisation, parts_.keys.identity, parts_.random),
      tag_key_(core::TagKeyOf(parts_.keys.case_key)),
      inbound_({.organisation = parts_.organisation,
                .protocol = {},
                .terms = parts_.terms,
                .executor = parts_.executor,
                .clock = parts_.clock,
                .parked =
                    [this](const std::string& sender, envelope::Fault fault) {
                      {
                        std::lock_guard lock(parked_mutex_);
                        ++parked_[sender];
                      }
                      const std::string word(envelope::FaultName(fault));
                      parts_.metrics.CountParked(word);
                      const uint64_t more = unbelieved_.More(sender, parts_.clock.Monotonic());
                      if (more == 0) return;
                      spdlog::warn("{} envelope(s) of {} not believed, the last one: {}", more,
                                   sender, word);
                    },
                .fault =
                    [](const absl::Status& status) {
                      spdlog::error("exchange, received: {}", std::string(status.message()));
                    },
                .acts = exchange::ActsOf(parts_.heads, acknowledgements_, ceremonies_,
                                         parts_.random, tag_key_)}),
      outbound_({.organisation = parts_.organisation,
                 .ledger = parts_.ledger,
                 .terms = parts_.terms,
                 .executor = parts_.executor,
                 .peers = parts_.peers,
                 .acknowledgements = acknowledgements_,
                 .keys = {parts_.keys.identity, parts_.keys.receipt},
                 .clock = parts_.clock,
                 .random = parts_.random,
                 .wake = [this] { Wake(); },
                 .fault =
                     [](const absl::Status& status) {
                       spdlog::error("exchange: {}", std::string(status.message()));
                     }}) {}

void ExchangeLink::Deliver(const std::string& sender, const peer::v1::DeliverRequest& request,
                           std::function<void(absl::Status)> done) {
  inbound_.Deliver(sender, request, [this, done = std::move(done)](absl::Status status) {
    // What arrived may have made something owed.
    Wake();
    done(std::move(status));
  });
}

void ExchangeLink::HeardStatus(const std::string& sender, const std::string& organisation,
                               record::v1::SignedMandateStatus status) {
  // Once a day under the same terms: what they did not let in, others may, and so may a key of the
  // manifest that is valid from tomorrow.
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  const crypto::Hash digest =
      core::JudgedBy(status, *terms, storage::LegalDay(parts_.clock.NowUs()));
  {
    std::lock_guard lock(status_mutex_);
    crypto::Hash& known = heard_[{sender, organisation}];
    if (known == digest) return;
    known = digest;
  }
  parts_.executor.RunAsPeer(
      sender, std::make_shared<core::PutPartnerStatus>(sender, organisation, std::move(status)),
      [this, sender, organisation](const absl::Status& answer) {
        // What this node could not take now is judged again at the next heartbeat.
        if (!absl::IsUnavailable(answer) && !absl::IsResourceExhausted(answer) &&
            !absl::IsAborted(answer)) {
          return;
        }
        std::lock_guard lock(status_mutex_);
        heard_.erase({sender, organisation});
      });
}

void ExchangeLink::Wake() {
  {
    std::lock_guard lock(loop_mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

void ExchangeLink::Begin() {
  loop_ = std::thread([this, period = parts_.period] {
    std::unique_lock lock(loop_mutex_);
    while (!stopping_) {
      woken_ = false;
      lock.unlock();
      const uint64_t progress = outbound_.progress();
      const auto begun = parts_.clock.Monotonic();
      const absl::Status status = outbound_.Round();
      if (!status.ok()) spdlog::error("exchange: {}", std::string(status.message()));
      std::chrono::nanoseconds rest(0);
      if (outbound_.progress() == progress) {
        rest = std::min<std::chrono::nanoseconds>(
            kRestAfterLook * (parts_.clock.Monotonic() - begun), period);
      }
      lock.lock();
      wake_.wait_for(lock, rest, [this] { return stopping_; });
      wake_.wait_for(lock, period - rest, [this] { return stopping_ || woken_; });
    }
  });
  // Ceremonies take turns with everything that comes about them: no message waits for that.
  ceremony_loop_ = std::thread([this] {
    std::unique_lock lock(loop_mutex_);
    while (!stopping_) {
      lock.unlock();
      KeepCeremonies();
      lock.lock();
      wake_.wait_for(lock, kLook, [this] { return stopping_; });
    }
  });
}

void ExchangeLink::Stop() {
  {
    std::lock_guard lock(loop_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (loop_.joinable()) loop_.join();
  if (ceremony_loop_.joinable()) ceremony_loop_.join();
  outbound_.Stop();
}

void ExchangeLink::KeepCeremonies() {
  // Looked at each time, so that a step of the clock is seen before it makes anything due.
  if (!parts_.settled() || !ceremonies_.IsDue(parts_.clock.NowUs())) return;
  const absl::Status kept = KeepKeys();
  if (!kept.ok()) spdlog::error("ceremonies: {}", std::string(kept.message()));
}

absl::Status ExchangeLink::KeepKeys() {
  std::lock_guard lock(keys_mutex_);
  return core::KeepKeys(parts_.ledger, parts_.executor, *parts_.terms.Get(), parts_.clock.NowUs(),
                        ceremonies_, [this] { Wake(); });
}

absl::Status ExchangeLink::KeepHouse() {
  std::vector<std::string> expired;
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    const core::View view(*snapshot, parts_.ledger.keyring());
    auto found = core::ReceivedPastWindow(view, parts_.clock.NowUs(), kExpiredPerRound);
    if (!found.ok()) return found.status();
    expired = *std::move(found);
  }
  absl::Status first;
  for (std::string& exchange : expired) {
    first.Update(parts_.executor.RunAsNodeAndWait(
        std::make_shared<core::ExpireReceived>(std::move(exchange))));
  }
  if (const auto now = parts_.clock.Monotonic(); !upkept_ || now - *upkept_ >= kUpkeep) {
    upkept_ = now;
    first.Update(Hourly());
  }
  // Last, because it waits for turns: what is due to be erased waits for no ceremony.
  first.Update(KeepKeys());
  return first;
}

absl::Status ExchangeLink::Hourly() {
  absl::Status first = absl::OkStatus();
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  if (!terms->manifest) return first;
  const partnership::Manifest& manifest = terms->manifest->manifest;
  for (const partnership::Member& member : manifest.members) {
    if (member.organisation != parts_.organisation) first.Update(DropSettled(member.organisation));
  }
  // What a member took shortly before it left.
  for (const std::string& organisation : FormerPartners(manifest)) {
    first.Update(DropSettled(organisation));
  }
  first.Update(core::DropLetters(parts_.ledger, parts_.executor, manifest, parts_.clock.NowUs()));
  first.Update(EndQuarantined());
  first.Update(EndSent(*terms));
  first.Update(ForgetEnded(*terms));
  std::vector<std::string> keys;
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    const core::View view(*snapshot, parts_.ledger.keyring());
    auto done = core::SealingKeysDone(view, parts_.clock.NowUs(), kSealingKeysPerRound);
    if (!done.ok()) return done.status();
    keys = *std::move(done);
  }
  if (keys.empty()) return first;
  first.Update(
      parts_.executor.RunAsNodeAndWait(std::make_shared<core::EraseSealingKeys>(std::move(keys))));
  return first;
}

absl::Status ExchangeLink::DropSettled(const std::string& partner) {
  const auto settled = outbound_.Settled(partner);
  if (!settled.ok()) return settled.status();
  absl::Status first = absl::OkStatus();
  for (size_t at = 0; at < settled->size(); at += kTakenPerEntry) {
    const size_t end = std::min(at + kTakenPerEntry, settled->size());
    std::vector<core::TakenMessage> taken;
    std::vector<envelope::ExchangeId> exchanges;
    for (size_t i = at; i < end; ++i) {
      const exchange::Owed& owed = (*settled)[i];
      taken.push_back({partner, std::string(owed.id()), owed.kind, owed.not_before_us});
      exchanges.push_back(owed.exchange);
    }
    absl::Status dropped =
        parts_.executor.RunAsNodeAndWait(std::make_shared<core::DropTaken>(std::move(taken)));
    if (dropped.ok()) dropped = acknowledgements_.Forget(exchanges);
    first.Update(dropped);
  }
  return first;
}

std::vector<std::string> ExchangeLink::FormerPartners(const partnership::Manifest& manifest) const {
  const auto snapshot = parts_.ledger.store().NewSnapshot();
  auto former = core::FormerPartners(core::View(*snapshot, parts_.ledger.keyring()), manifest);
  if (former.ok()) return *std::move(former);
  spdlog::error("exchange: {}", std::string(former.status().message()));
  return {};
}

std::vector<node::v1::PeerState> ExchangeLink::Former(const partnership::Manifest& manifest) const {
  std::vector<node::v1::PeerState> owing;
  for (const std::string& organisation : FormerPartners(manifest)) {
    node::v1::PeerState peer;
    peer.set_organisation(organisation);
    peer.set_former(true);
    Fill(peer);
    if (peer.outstanding() > 0 || peer.erasures_overdue() > 0) owing.push_back(std::move(peer));
  }
  return owing;
}

void ExchangeLink::FillLog(const core::View& view, node::v1::PeerState& peer) const {
  {
    std::lock_guard lock(parked_mutex_);
    const auto found = parked_.find(peer.organisation());
    if (found != parked_.end()) peer.set_parked(found->second);
  }
  const auto known = core::KnownHeadOf(view, parts_.heads, peer.organisation());
  const auto contradictions = parts_.heads.Contradictions();
  if (!known.ok() || !contradictions.ok()) {
    const absl::Status& fault = known.ok() ? contradictions.status() : known.status();
    spdlog::error("exchange: {}", std::string(fault.message()));
    return;
  }
  if (*known) peer.set_known_log_size((*known)->size);
  // An administrator has answered what was held against a head that is set aside.
  const auto latest = core::LastSetAsideUs(view, peer.organisation());
  if (!*known && latest.ok() && *latest > 0) return;
  const std::string origin = core::LogOriginOf(peer.organisation());
  peer.set_contradictions(static_cast<uint32_t>(
      std::count_if(contradictions->begin(), contradictions->end(),
                    [&](const exchange::Contradiction& one) { return one.origin == origin; })));
}

void ExchangeLink::Fill(node::v1::PeerState& peer) const {
  const auto snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  if (peer.trouble().empty()) {
    const auto differ = core::ListsDiffer(view, peer.organisation());
    if (differ.ok() && *differ) peer.set_trouble("lists_differ");
  }
  if (peer.trouble().empty() && outbound_.KnowsLongerLog(peer.organisation())) {
    peer.set_trouble("log_behind");
  }
  FillLog(view, peer);
  auto outstanding = outbound_.Outstanding(peer.organisation());
  if (!outstanding.ok()) return;
  if (peer.former()) {
    std::erase_if(*outstanding, [](const exchange::Owed& owed) {
      return !envelope::CrossesSuspension(owed.kind);
    });
  }
  peer.set_outstanding(static_cast<uint32_t>(outstanding->size()));
  uint64_t oldest = 0;
  for (const exchange::Owed& owed : *outstanding) {
    if (oldest == 0 || owed.not_before_us < oldest) oldest = owed.not_before_us;
  }
  peer.set_outstanding_since_us(oldest);
  const uint64_t now_us = parts_.clock.NowUs();
  const auto erasures = core::OverdueErasures(view, peer.organisation(), now_us);
  const auto corrections = core::OverdueCorrections(view, peer.organisation(), now_us);
  for (const auto* overdue : {&erasures, &corrections}) {
    if (!overdue->ok()) spdlog::error("exchange: {}", std::string(overdue->status().message()));
  }
  if (erasures.ok()) peer.set_erasures_overdue(static_cast<uint32_t>(*erasures));
  if (corrections.ok()) peer.set_corrections_overdue(static_cast<uint32_t>(*corrections));
}

void ExchangeLink::Fill(rpc::Metrics::Gauges& gauges) const {
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  const uint64_t now_us = parts_.clock.NowUs();
  if (terms->manifest) {
    for (const partnership::Member& member : terms->manifest->manifest.members) {
      if (member.organisation == parts_.organisation) continue;
      node::v1::PeerState peer;
      peer.set_organisation(member.organisation);
      Fill(peer);
      gauges.outstanding += peer.outstanding();
      gauges.erasures_overdue += peer.erasures_overdue();
      gauges.corrections_overdue += peer.corrections_overdue();
      gauges.contradictions += peer.contradictions();
      if (peer.outstanding() == 0 || peer.outstanding_since_us() >= now_us) continue;
      gauges.outstanding_seconds =
          std::max(gauges.outstanding_seconds,
                   static_cast<double>(now_us - peer.outstanding_since_us()) / 1e6);
    }
    // Apart from the others: no time of the node's brings the answer.
    for (const node::v1::PeerState& peer : Former(terms->manifest->manifest)) {
      gauges.outstanding_former += peer.outstanding();
      gauges.erasures_overdue += peer.erasures_overdue();
    }
  }
  gauges.parked = static_cast<double>(outbound_.parked());
}

}  // namespace sluis::server
