#include "tests/bench/exchange_sites.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <thread>
#include <utility>

#include "client/lib/share_signing.h"
#include "client/lib/signing.h"
#include "crypto/random.h"
#include "server/config.h"

namespace sluis::bench {
namespace {

constexpr char kWorker[] = "maatschappelijk-werker";
constexpr char kPartnership[] = "livc-r.vaartland.example";

test::OrganisationOptions OptionsOf(const std::string& id, const std::string& kind,
                                    int cooling_off_s) {
  test::OrganisationOptions options;
  options.id = id;
  options.kind = kind;
  options.secrecy_regime = kind == "welfare";
  options.tick_ms = kTickMs;
  options.in_partnership = true;
  options.protocol = true;
  options.exercise_cooling_off_s = cooling_off_s;
  return options;
}

client::PartnershipMandate MandateOf(const Site& care, const test::Person& person) {
  record::v1::Mandate mandate;
  const auto now_s = static_cast<uint64_t>(std::time(nullptr));
  mandate.set_mandate_id(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  mandate.set_organisation(care.organisation.id());
  mandate.set_signing_key(std::string(crypto::View(person.signing_key.public_key())));
  mandate.add_roles(kWorker);
  mandate.set_not_before_s(now_s - 3600);
  mandate.set_not_after_s(now_s + 30ull * 24 * 3600);
  mandate.set_partnership(kPartnership);
  mandate.set_pseudonym(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  return {client::SignMandate(mandate, care.organisation.mandate_key()), mandate};
}

}  // namespace

absl::Status StatusOf(const client::Failure& failure, const char* step) {
  return absl::InternalError(std::string(step) + ": " + failure.message.key);
}

Site::Site(const std::string& id, const std::string& kind, int cooling_off_s)
    : organisation(folder.path(), OptionsOf(id, kind, cooling_off_s)) {}

absl::Status Site::Start() {
  absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::unique_ptr<server::Node>> started =
      server::Node::Start(*std::move(config), storage::SystemClock(), crypto::SystemRandom());
  if (!started.ok()) return started.status();
  node = *std::move(started);
  return absl::OkStatus();
}

absl::Status Site::Reload() {
  absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
  return config.ok() ? node->Reload(*std::move(config)) : config.status();
}

std::unique_ptr<client::Calls> Site::CallsOf(const test::Person& person) const {
  return std::make_unique<client::Calls>(organisation.EndpointOf(person, node->user_port()));
}

Sharer::Sharer(const Site& care, const std::string& user_id)
    : person_(care.organisation.MakePerson(user_id)), mandate_(MandateOf(care, person_)) {
  care.organisation.Admit(care.node->user_port(), person_, {kWorker});
  calls_ = care.CallsOf(person_);
}

absl::StatusOr<std::string> Sharer::Record() {
  node::v1::RecordSignalRequest request;
  *request.mutable_context() = test::Intake();
  *request.mutable_signal() = test::PersonSignal();
  // Under professional secrecy it would stay within the table.
  record::v1::SignalMarks& marks = *request.mutable_signal()->mutable_marks();
  marks.set_secret(false);
  marks.set_secret_unmarked_reason("de cliënt vroeg zelf om de doorverwijzing");
  const auto recorded = calls_->Do(request);
  if (!recorded.ok()) return StatusOf(recorded.failure(), "record");
  return recorded->record_id();
}

absl::StatusOr<Look> Sharer::Preview(const std::string& record_id, const std::string& case_ref) {
  Look look;
  *look.asked.mutable_context() = test::Intake();
  look.asked.mutable_context()->set_purpose("doorverwijzing-hulp");
  look.asked.mutable_context()->set_case_ref(case_ref);
  look.asked.set_record_id(record_id);
  look.asked.set_recipient(kTown);
  const auto preview = calls_->Do(look.asked);
  if (!preview.ok()) return StatusOf(preview.failure(), "preview");
  look.preview = *preview;
  return look;
}

absl::StatusOr<std::vector<node::v1::ShareSignalRequest>> Sharer::Sign(
    const std::vector<Look>& looks) {
  std::vector<client::Previewed> previewed;
  for (const Look& look : looks) previewed.push_back({look.asked, look.preview});
  auto requests = client::SignShares(previewed, {person_.signing_key, mandate_, std::time(nullptr)},
                                     crypto::SystemRandom());
  if (!requests.ok()) return StatusOf(requests.failure(), "sign");
  return std::move(*requests);
}

ExchangeSites::ExchangeSites(const SitesOptions& options)
    : care(kCare, "welfare", options.cooling_off_s),
      town(kTown, "municipality", options.cooling_off_s),
      reader(town.organisation.MakePerson("lezer")) {}

absl::StatusOr<std::unique_ptr<ExchangeSites>> ExchangeSites::Make(const SitesOptions& options) {
  if (!client::RequireTls13()) return absl::InternalError("OpenSSL does not take TLS 1.3 only");
  auto sites = std::make_unique<ExchangeSites>(options);
  const absl::Status begun = sites->Begin(options);
  if (!begun.ok()) return begun;
  return sites;
}

absl::Status ExchangeSites::Begin(const SitesOptions& options) {
  const std::vector<const test::Organisation*> members = {&care.organisation, &town.organisation};
  test::ManifestForm form;
  form.state = options.state;
  // Where each listens is known once it runs, and said by the next manifest.
  partners_.Next(members, form);
  for (Site* site : {&care, &town}) {
    partners_.Install(site->organisation);
    partners_.InstallProtocol(members, site->organisation);
    if (absl::Status started = site->Start(); !started.ok()) return started;
    form.addresses[site->organisation.id()] = {"127.0.0.1:" +
                                               std::to_string(site->node->peer_port())};
  }
  partners_.Next(members, form);
  for (Site* site : {&care, &town}) {
    partners_.Install(site->organisation);
    if (absl::Status reloaded = site->Reload(); !reloaded.ok()) return reloaded;
  }
  for (size_t i = 0; i < options.sharers; ++i) {
    sharers.push_back(std::make_unique<Sharer>(care, "deler-" + std::to_string(i)));
  }
  town.organisation.Admit(town.node->user_port(), reader, {kWorker});
  node::v1::PutMandateStatusRequest list;
  *list.mutable_status() = care.organisation.MakeStatus(1, {});
  const auto put = care.CallsOf(care.organisation.administrator())->Do(list);
  if (!put.ok()) return StatusOf(put.failure(), "list of revoked mandates");
  // The list travels with the heartbeats.
  for (Site* site : {&care, &town}) site->node->MeetPeers();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SignedShare>> ExchangeSites::Sign(size_t count, size_t per_signature) {
  std::vector<SignedShare> shares(count);
  std::vector<absl::Status> ended(sharers.size());
  // Those that one person signs in one go lie beside each other, and so in one envelope.
  const auto sign = [&](size_t who, size_t first) -> absl::Status {
    std::vector<Look> looks;
    for (size_t i = first; i < std::min(count, first + per_signature); ++i) {
      const absl::StatusOr<std::string> record = sharers[who]->Record();
      if (!record.ok()) return record.status();
      auto look = sharers[who]->Preview(*record, "C-2026-" + std::to_string(100'000 + i));
      if (!look.ok()) return look.status();
      looks.push_back(*std::move(look));
    }
    auto signed_shares = sharers[who]->Sign(looks);
    if (!signed_shares.ok()) return signed_shares.status();
    for (size_t i = 0; i < looks.size(); ++i) {
      shares[first + i] = {who, std::move((*signed_shares)[i])};
    }
    return absl::OkStatus();
  };
  std::vector<std::thread> threads;
  for (size_t who = 0; who < sharers.size(); ++who) {
    threads.emplace_back([&, who] {
      const size_t step = sharers.size() * per_signature;
      for (size_t first = who * per_signature; first < count && ended[who].ok(); first += step) {
        ended[who] = sign(who, first);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : ended) {
    if (!status.ok()) return status;
  }
  return shares;
}

void ExchangeSites::Stop() {
  care.node.reset();
  town.node.reset();
}

}  // namespace sluis::bench
