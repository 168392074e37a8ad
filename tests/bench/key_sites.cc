#include "tests/bench/key_sites.h"

#include <chrono>
#include <thread>
#include <utility>

namespace sluis::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLongest{120};
constexpr milliseconds kLook{50};

// Until `done` says so, or an error.
absl::Status WaitFor(const char* what, const std::function<absl::StatusOr<bool>()>& done) {
  const auto until = std::chrono::steady_clock::now() + kLongest;
  while (std::chrono::steady_clock::now() < until) {
    const absl::StatusOr<bool> there = done();
    if (!there.ok()) return there.status();
    if (*there) return absl::OkStatus();
    std::this_thread::sleep_for(kLook);
  }
  return absl::DeadlineExceededError(std::string(what) + " took more than two minutes");
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeySites>> KeySites::Make(size_t nodes, uint32_t threshold) {
  if (!client::RequireTls13()) return absl::InternalError("OpenSSL does not take TLS 1.3 only");
  std::unique_ptr<KeySites> out(new KeySites);
  if (absl::Status begun = out->Begin(nodes); !begun.ok()) return begun;
  if (absl::Status made = out->MakeKey(threshold); !made.ok()) return made;
  return out;
}

std::unique_ptr<client::Calls> KeySites::AdministratorOf(const Site& site) const {
  return site.CallsOf(site.organisation.administrator());
}

absl::Status KeySites::Begin(size_t nodes) {
  const std::string wide = std::to_string(kWideCap);
  std::vector<const test::Organisation*> members;
  for (size_t i = 0; i < nodes; ++i) {
    const bool first = i == 0;
    Site& site = *sites_.emplace_back(
        std::make_unique<Site>(first ? kCare : "gemeente-" + std::to_string(i) + ".example",
                               first ? "welfare" : "municipality", /*cooling_off_s=*/0));
    site.organisation.WriteConfig("evaluation:\n  per_case: " + wide +
                                  "\n  per_person_day: " + wide + "\n  per_asker_day: " + wide +
                                  "\n  unproven: " + wide + "\n");
    members.push_back(&site.organisation);
  }
  test::ManifestForm form;
  form.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  // Where each listens is known once it runs, and said by the next manifest.
  partners_.Next(members, form);
  for (const auto& site : sites_) {
    partners_.Install(site->organisation);
    partners_.InstallProtocol(members, site->organisation);
    if (absl::Status started = site->Start(); !started.ok()) return started;
    form.addresses[site->organisation.id()] = {"127.0.0.1:" +
                                               std::to_string(site->node->peer_port())};
  }
  partners_.Next(members, form);
  for (const auto& site : sites_) {
    partners_.Install(site->organisation);
    if (absl::Status reloaded = site->Reload(); !reloaded.ok()) return reloaded;
  }
  const Site& care = *sites_[0];
  worker_ = std::make_unique<Sharer>(care, "vrager");
  node::v1::PutMandateStatusRequest list;
  *list.mutable_status() = care.organisation.MakeStatus(1, {});
  const auto put = AdministratorOf(care)->Do(list);
  if (!put.ok()) return StatusOf(put.failure(), "list of revoked mandates");
  // The list travels with the heartbeats.
  for (const auto& site : sites_) site->node->MeetPeers();
  return absl::OkStatus();
}

absl::Status KeySites::MakeKey(uint32_t threshold) {
  node::v1::StartCeremonyRequest start;
  start.set_kind("generation");
  start.set_purpose(kKeyPurpose);
  start.set_threshold(threshold);
  const auto started = AdministratorOf(*sites_[0])->Do(start);
  if (!started.ok()) return StatusOf(started.failure(), "start a ceremony");
  node::v1::AgreeCeremonyRequest agree;
  agree.set_ceremony(started->ceremony().id());
  for (size_t i = 1; i < sites_.size(); ++i) {
    const auto calls = AdministratorOf(*sites_[i]);
    const absl::Status agreed = WaitFor("a proposal", [&]() -> absl::StatusOr<bool> {
      const auto keys = calls->Do(node::v1::GetKeysRequest());
      if (!keys.ok()) return StatusOf(keys.failure(), "look at keys");
      if (keys->ceremonies().empty()) return false;
      const auto done = calls->Do(agree);
      if (!done.ok()) return StatusOf(done.failure(), "agree");
      return true;
    });
    if (!agreed.ok()) return agreed;
  }
  for (const auto& site : sites_) {
    const auto calls = AdministratorOf(*site);
    const absl::Status pinned = WaitFor("a ceremony", [&]() -> absl::StatusOr<bool> {
      const auto keys = calls->Do(node::v1::GetKeysRequest());
      if (!keys.ok()) return StatusOf(keys.failure(), "look at keys");
      return !keys->keys().empty();
    });
    if (!pinned.ok()) return pinned;
  }
  return absl::OkStatus();
}

const test::Organisation& KeySites::StopFirst() {
  sites_[0]->node.reset();
  return sites_[0]->organisation;
}

}  // namespace sluis::bench
