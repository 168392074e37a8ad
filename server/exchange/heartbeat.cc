#include "server/exchange/heartbeat.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "crypto/hash.h"
#include "server/exchange/peer_refusal.h"

namespace sluis::exchange {
namespace {

constexpr uint64_t kSecond = 1'000'000;
// Of an answer: the longest own list and the longest of another member fit, so that each is handed
// on sooner or later.
constexpr size_t kMostOfLists = kMaxHeartbeatBytes - (4 << 10);
constexpr int kMostHeld = 256;

// What the node says of itself, in either message.
template <typename Message>
Message Say(const HeartbeatParts& parts, const partnership::Manifest& manifest) {
  Message message;
  message.set_organisation(parts.organisation);
  message.set_lowest_version(parts.protocol.lowest_version);
  message.set_highest_version(parts.protocol.highest_version);
  message.set_partnership(manifest.partnership);
  message.set_manifest_version(manifest.version);
  message.set_manifest_digest(std::string(crypto::View(manifest.digest)));
  for (const std::string& name : parts.protocol.capabilities) message.add_capabilities(name);
  if (auto status = parts.own_status()) *message.mutable_mandate_status() = *std::move(status);
  return message;
}

// Those held of members: of one that is no longer there nobody is told.
std::vector<core::HeldStatus> HeldOfMembers(const HeartbeatParts& parts,
                                            const partnership::Manifest& manifest) {
  std::vector<core::HeldStatus> held = parts.held_statuses();
  std::erase_if(held, [&manifest](const core::HeldStatus& one) {
    return manifest.Find(one.organisation) == nullptr;
  });
  return held;
}

void SayHeld(const HeartbeatParts& parts, const partnership::Manifest& manifest,
             peer::v1::HeartbeatRequest& request) {
  for (const core::HeldStatus& held : HeldOfMembers(parts, manifest)) {
    if (request.held_statuses_size() == kMostHeld) break;
    peer::v1::HeldMandateStatus& said = *request.add_held_statuses();
    said.set_organisation(held.organisation);
    said.set_number(held.number);
    said.set_digest(std::string(crypto::View(crypto::Sha256(held.list.status()))));
  }
}

// Hands on what `request` does not know: newer lists, and another one of the same number. Begins
// with another member each time, so that one whose list is never taken there holds up no other.
void SayNewer(const HeartbeatParts& parts, const partnership::Manifest& manifest,
              const peer::v1::HeartbeatRequest& request, size_t turn,
              peer::v1::HeartbeatResponse& response) {
  std::map<std::string_view, const peer::v1::HeldMandateStatus*> known;
  if (request.held_statuses_size() > kMostHeld) return;
  for (const peer::v1::HeldMandateStatus& one : request.held_statuses()) {
    known.emplace(one.organisation(), &one);
  }
  std::vector<core::HeldStatus> all = HeldOfMembers(parts, manifest);
  if (all.empty()) return;
  std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(turn % all.size()), all.end());
  for (const core::HeldStatus& held : all) {
    if (held.organisation == request.organisation()) continue;
    if (const auto found = known.find(held.organisation); found != known.end()) {
      const peer::v1::HeldMandateStatus& there = *found->second;
      const bool same = there.digest() == crypto::View(crypto::Sha256(held.list.status()));
      if (there.number() > held.number || (there.number() == held.number && same)) continue;
    }
    if (response.ByteSizeLong() + held.list.ByteSizeLong() > kMostOfLists) continue;
    *response.add_other_statuses() = held.list;
  }
}

std::string ManifestTrouble(const partnership::Manifest& own, const std::string& partnership,
                            uint64_t version, const std::string& digest) {
  if (partnership != own.partnership) return "manifest_differs";
  if (version > own.version) return "manifest_older_here";
  if (version < own.version) return "manifest_older_there";
  return digest == crypto::View(own.digest) ? "" : "manifest_differs";
}

// Which side is behind, of two ranges that do not meet. A range that is none is the fault of
// whoever names it.
std::string VersionTrouble(const Protocol& own, uint32_t lowest, uint32_t highest) {
  return lowest <= highest && lowest > own.highest_version ? "update_here" : "update_there";
}

// What the other side said of itself. Of its capabilities those are kept that this node has too, so
// that nothing a peer makes up is stored or shown.
template <typename Message>
Met Hear(const Protocol& own, const partnership::Manifest& manifest, const Message& said) {
  Met met;
  met.manifest_version = said.manifest_version();
  met.protocol_version = CommonVersion(own, said.lowest_version(), said.highest_version());
  met.trouble = met.protocol_version == 0
                    ? VersionTrouble(own, said.lowest_version(), said.highest_version())
                    : ManifestTrouble(manifest, said.partnership(), said.manifest_version(),
                                      said.manifest_digest());
  for (const std::string& name : own.capabilities) {
    if (std::find(said.capabilities().begin(), said.capabilities().end(), name) !=
        said.capabilities().end()) {
      met.capabilities.push_back(name);
    }
  }
  return met;
}

std::string TroubleOf(const absl::Status& status, const Protocol& own) {
  if (const auto refusal = PeerRefusalOf(status); refusal && refusal->code() == "update") {
    return VersionTrouble(own, refusal->lowest_version(), refusal->highest_version());
  }
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
      return "no_address";
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return "refused";
    default:
      return "unreachable";
  }
}

// Lets one thread wait for answers on others.
class Countdown {
 public:
  explicit Countdown(size_t count) : left_(count) {}
  void Done() {
    std::lock_guard lock(mutex_);
    if (--left_ == 0) zero_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    zero_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  size_t left_;
};

}  // namespace

void Heartbeat::Round() {
  std::lock_guard lock(round_);
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  const partnership::Manifest* manifest = terms->manifest ? &terms->manifest->manifest : nullptr;
  parts_.reachability.KeepMembersOf(manifest);
  if (manifest == nullptr || manifest->members.size() < 2) return;
  const auto count = static_cast<size_t>(std::count_if(
      manifest->members.begin(), manifest->members.end(),
      [this](const auto& member) { return member.organisation != parts_.organisation; }));
  Countdown countdown(count);
  auto request = Say<peer::v1::HeartbeatRequest>(parts_, *manifest);
  SayHeld(parts_, *manifest, request);
  for (const partnership::Member& member : manifest->members) {
    if (member.organisation == parts_.organisation) continue;
    parts_.peers.Heartbeat(
        member.organisation, request,
        [this, &countdown, manifest, organisation = member.organisation,
         asked_at_us = parts_.clock.NowUs()](absl::StatusOr<peer::v1::HeartbeatResponse> answer) {
          Take(organisation, answer, *manifest, asked_at_us);
          countdown.Done();
        });
  }
  countdown.Wait();
}

void Heartbeat::Take(const std::string& organisation,
                     const absl::StatusOr<peer::v1::HeartbeatResponse>& answer,
                     const partnership::Manifest& manifest, uint64_t asked_at_us) {
  if (!answer.ok()) {
    if (absl::IsCancelled(answer.status())) return;
    parts_.reachability.NotReached(organisation, TroubleOf(answer.status(), parts_.protocol));
    return;
  }
  if (answer->organisation() != organisation) {
    parts_.reachability.NotReached(organisation, "refused");
    return;
  }
  if (answer->has_mandate_status()) {
    parts_.heard_status(organisation, organisation, answer->mandate_status());
  }
  for (const record::v1::SignedMandateStatus& list : answer->other_statuses()) {
    const std::optional<std::string> whose = core::OrganisationOf(list);
    if (!whose || *whose == parts_.organisation || manifest.Find(*whose) == nullptr) continue;
    parts_.heard_status(organisation, *whose, list);
  }
  // The answer was made somewhere between asking and now; half-way is off by half of that at most.
  const uint64_t now_us = std::max(parts_.clock.NowUs(), asked_at_us);
  const uint64_t middle_s = (asked_at_us + (now_us - asked_at_us) / 2) / kSecond;
  parts_.reachability.Reached(organisation, now_us, Hear(parts_.protocol, manifest, *answer),
                              static_cast<int64_t>(answer->now_s() - middle_s));
}

absl::StatusOr<peer::v1::HeartbeatResponse> Heartbeat::Answer(
    const std::string& sender, const peer::v1::HeartbeatRequest& request) {
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  if (!terms->manifest || terms->manifest->manifest.Find(sender) == nullptr ||
      sender == parts_.organisation || request.organisation() != sender) {
    return RefusedToPeer();
  }
  const partnership::Manifest& manifest = terms->manifest->manifest;
  Met met = Hear(parts_.protocol, manifest, request);
  const bool meets = met.protocol_version != 0;
  parts_.reachability.Heard(sender, parts_.clock.NowUs(), std::move(met));
  if (!meets) return UpdateNeeded(parts_.protocol);
  if (request.has_mandate_status()) parts_.heard_status(sender, sender, request.mandate_status());
  auto response = Say<peer::v1::HeartbeatResponse>(parts_, manifest);
  response.set_now_s(parts_.clock.NowUs() / kSecond);
  SayNewer(parts_, manifest, request, turn_++, response);
  return response;
}

}  // namespace sluis::exchange
