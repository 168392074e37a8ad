#include "tests/fault/exchange_site.h"

#include <signal.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "client/lib/exchange_log.h"
#include "client/lib/reconcile.h"
#include "client/lib/share_signing.h"
#include "client/lib/signing.h"
#include "crypto/bytes.h"
#include "crypto/random.h"

namespace sluis::fault {
namespace {

constexpr char kManagerRole[] = "casemanager";
constexpr auto kLongest = std::chrono::minutes(2);

template <typename T>
T Must(client::Result<T> result, const char* what) {
  if (!result.ok()) {
    throw std::runtime_error(std::string("exchange site: ") + what + ": " +
                             result.failure().message.key);
  }
  return std::move(*result);
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("exchange site: no " + from);
  text.replace(at, from.size(), to);
}

test::OrganisationOptions OptionsOf(const std::string& id, const std::string& kind) {
  test::OrganisationOptions options;
  options.id = id;
  options.kind = kind;
  options.secrecy_regime = kind == "welfare";
  return options;
}

uint64_t NowSeconds() { return static_cast<uint64_t>(std::time(nullptr)); }

// Signs for partners under a pseudonym.
client::PartnershipMandate MandateOf(const test::Organisation& organisation,
                                     const test::Person& person) {
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(crypto::View(crypto::SystemRandom().Array<16>())));
  mandate.set_organisation(organisation.id());
  mandate.set_signing_key(std::string(crypto::View(person.signing_key.public_key())));
  mandate.add_roles(kWorkerRole);
  mandate.set_not_before_s(NowSeconds() - 3600);
  mandate.set_not_after_s(NowSeconds() + 30ull * 24 * 3600);
  mandate.set_partnership(kPartnership);
  mandate.set_pseudonym(std::string(16, 'p'));
  return {client::SignMandate(mandate, organisation.mandate_key()), mandate};
}

node::v1::RequestContext Referral() {
  node::v1::RequestContext context = test::Intake(kWorkerRole);
  context.set_purpose("doorverwijzing-hulp");
  context.set_case_ref("C-2026-014");
  return context;
}

}  // namespace

bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kLongest;
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
  }
  return false;
}

ExchangeSite::ExchangeSite(const std::string& id, const std::string& kind, Place place)
    : place_(std::move(place)),
      organisation_(folder_.path(), OptionsOf(id, kind)),
      worker_(organisation_.MakePerson("sofie")),
      manager_(organisation_.MakePerson("mia")),
      auditor_(organisation_.MakePerson("functionaris")),
      mandate_(MandateOf(organisation_, worker_)) {}

void ExchangeSite::Admit() {
  const test::NodeProcess first(organisation_.config_file());
  if (!first.started()) throw std::runtime_error("exchange site: " + first.Errors());
  organisation_.Admit(first.port(), worker_, {kWorkerRole});
  organisation_.Admit(first.port(), manager_, {kManagerRole});
  organisation_.Admit(first.port(), auditor_, {"privacy-officer"});
  client::Calls calls(organisation_.EndpointOf(organisation_.administrator(), first.port()));
  node::v1::PutMandateStatusRequest list;
  *list.mutable_status() = organisation_.MakeStatus(1, {});
  Must(calls.Do(list), "no list of revoked mandates");
}

void ExchangeSite::Join(int peer_port) {
  organisation_.SetExerciseCoolingOff(1);
  organisation_.SetInPartnership(true);
  std::ifstream file(organisation_.config_file(), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  Replace(text, "user_listener:\n  address: 127.0.0.1:0",
          "user_listener:\n  address: " + place_.host + ":0");
  Replace(text, "peer_listener:\n  address: 127.0.0.1:0",
          "peer_listener:\n  address: " + place_.host + ":" + std::to_string(peer_port));
  std::ofstream(organisation_.config_file(), std::ios::binary | std::ios::trunc) << text;
}

client::Endpoint ExchangeSite::EndpointOf(const test::Person& person) const {
  client::Endpoint endpoint = organisation_.EndpointOf(person, node_->port());
  endpoint.address = place_.host + ":" + std::to_string(node_->port());
  return endpoint;
}

bool ExchangeSite::Start() {
  node_ = std::make_unique<test::NodeProcess>(organisation_.config_file(), place_.enter);
  if (!node_->started()) return false;
  worker_calls_ = std::make_unique<client::Calls>(EndpointOf(worker_));
  manager_calls_ = std::make_unique<client::Calls>(EndpointOf(manager_));
  auditor_calls_ = std::make_unique<client::Calls>(EndpointOf(auditor_));
  return true;
}

int ExchangeSite::End(int signal) {
  worker_calls_.reset();
  manager_calls_.reset();
  auditor_calls_.reset();
  const int code = node_->Signal(signal);
  node_.reset();
  return code;
}

std::string ExchangeSite::Record() {
  node::v1::RecordSignalRequest request;
  *request.mutable_context() = test::Intake(kWorkerRole);
  *request.mutable_signal() = test::PersonSignal();
  // Under professional secrecy it would stay within the table.
  record::v1::SignalMarks& marks = *request.mutable_signal()->mutable_marks();
  marks.set_secret(false);
  marks.set_secret_unmarked_reason("de cliënt vroeg zelf om de doorverwijzing");
  return Must(worker_calls_->Do(request), "not written down").record_id();
}

std::string ExchangeSite::Share(const std::string& record_id, const std::string& partner) {
  node::v1::PreviewShareRequest asked;
  *asked.mutable_context() = Referral();
  asked.set_record_id(record_id);
  asked.set_recipient(partner);
  const auto preview = Must(worker_calls_->Do(asked), "no preview");
  const client::Signer signer{worker_.signing_key, mandate_, static_cast<int64_t>(NowSeconds())};
  const auto request =
      Must(client::SignShare(asked, preview, signer, crypto::SystemRandom()), "not signed");
  Must(worker_calls_->Do(request), "not shared");
  return request.exchange_id();
}

node::v1::PeerState ExchangeSite::StandingOf(const std::string& partner) {
  const auto answer = worker_calls_->Do(node::v1::GetExchangeRequest());
  if (!answer.ok()) return {};
  for (const node::v1::PeerState& peer : answer->peers()) {
    if (peer.organisation() == partner) return peer;
  }
  return {};
}

void ExchangeSite::HandOver(const std::string& exchange) {
  node::v1::ExportCompelledRequest order;
  *order.mutable_context() = test::Intake(kManagerRole);
  order.mutable_context()->set_purpose("gerechtelijk-bevel");
  order.mutable_context()->set_basis("be-gerechtelijk-bevel");
  order.set_record_id(exchange);
  order.set_reference("MEC 2026/114");
  order.set_authority("onderzoeksrechter, afdeling Vaartland");
  order.add_scope("all");
  Must(manager_calls_->Do(order), "not handed over");
}

bool ExchangeSite::EachSent(const std::function<void(const node::v1::SentSummary&)>& visit) {
  node::v1::ListSentRequest request;
  *request.mutable_context() = test::Intake(kWorkerRole);
  do {
    const auto page = worker_calls_->Do(request);
    if (!page.ok()) return false;
    for (const node::v1::SentSummary& sent : page->sent()) visit(sent);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return true;
}

std::optional<int> ExchangeSite::TimesHandedOver(const std::string& exchange) {
  int times = 0;
  const bool answered = EachSent([&](const node::v1::SentSummary& sent) {
    if (sent.exchange_id() == exchange) times = sent.handed_over_size();
  });
  return answered ? std::optional(times) : std::nullopt;
}

std::map<std::string, record::v1::SentState> ExchangeSite::Sent() {
  std::map<std::string, record::v1::SentState> states;
  const bool answered = EachSent(
      [&states](const node::v1::SentSummary& sent) { states[sent.exchange_id()] = sent.state(); });
  return answered ? states : std::map<std::string, record::v1::SentState>();
}

std::map<std::string, record::v1::ReceivedState> ExchangeSite::Received() {
  std::map<std::string, record::v1::ReceivedState> states;
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = test::Intake(kWorkerRole);
  do {
    const auto page = worker_calls_->Do(request);
    if (!page.ok()) return {};
    for (const node::v1::ReceivedSummary& received : page->received()) {
      if (!states.emplace(received.exchange_id(), received.state()).second) {
        throw std::runtime_error("exchange site: one exchange stands in the inbox twice");
      }
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return states;
}

bool ExchangeSite::WaitForProof(const std::string& leaf_hash) {
  node::v1::GetProofRequest request;
  request.set_leaf_hash(leaf_hash);
  return Eventually([&] { return auditor_calls_->Do(request).ok(); });
}

std::string ExchangeSite::ExportFor(const std::string& partner) {
  node::v1::QueryLogRequest look;
  *look.mutable_context() = test::Oversight();
  look.set_reason("afstemming na een storing");
  look.set_page_size(1);
  const auto looked = Must(auditor_calls_->Do(look), "the log cannot be read");
  // A checkpoint that covers this entry covers all before it.
  if (!WaitForProof(looked.log_receipt().leaf_hash())) {
    throw std::runtime_error("exchange site: the log makes no checkpoint any more");
  }
  node::v1::ExportLogRequest request;
  *request.mutable_context() = test::Oversight();
  request.set_reason("afstemming na een storing");
  request.set_organisation(partner);
  std::string bytes;
  const client::Step failed =
      auditor_calls_->Export(request, [&](const node::v1::ExportLogResponse& piece) {
        bytes += piece.data();
        return client::Step();
      });
  if (failed) throw std::runtime_error("exchange site: no export: " + failed->message.key);
  return bytes;
}

ExchangePair::ExchangePair(Place care_place, Place town_place)
    : care("caw-de-overzet.example", "welfare", std::move(care_place)),
      town("lindervaart.example", "municipality", std::move(town_place)) {}

void ExchangePair::Start(const std::map<std::string, std::vector<std::string>>& addresses,
                         const std::function<void()>& listening) {
  test::ManifestForm form;
  form.addresses = addresses;
  partners.Next({&care.organisation(), &town.organisation()}, form);
  for (ExchangeSite* site : {&care, &town}) {
    partners.Install(site->organisation());
    if (!site->Start()) throw std::runtime_error("exchange pair: " + site->node().Errors());
  }
  listening();
  // With the first heartbeat goes the list of revoked mandates.
  const bool met = Eventually([&] {
    const node::v1::PeerState standing = care.StandingOf(town.id());
    return standing.reached_at_us() != 0 && standing.trouble().empty();
  });
  if (!met) throw std::runtime_error("exchange pair: they did not meet");
}

bool ExchangePair::Finished(const std::string& exchange) {
  // First what is not logged, so that waiting does not make the logs long.
  for (const auto& [site, other] : {std::pair(&care, &town), std::pair(&town, &care)}) {
    const node::v1::PeerState standing = site->StandingOf(other->id());
    if (standing.organisation().empty() || standing.outstanding() != 0) return false;
  }
  const auto sent = care.Sent();
  const auto received = town.Received();
  const auto ours = sent.find(exchange);
  const auto theirs = received.find(exchange);
  return ours != sent.end() && ours->second == record::v1::SENT_STATE_OPENED &&
         theirs != received.end() && theirs->second == record::v1::RECEIVED_STATE_OPENED;
}

std::vector<std::string> ExchangePair::Verdicts() {
  const std::string bytes[] = {care.ExportFor(town.id()), town.ExportFor(care.id())};
  std::vector<std::string> lines;
  std::vector<client::ExchangeLog> logs;
  for (const std::string& one : bytes) {
    std::istringstream input(one);
    auto log = client::ReadExchangeLog(input, "");
    if (!log.ok()) return {"an export does not read: " + log.status().ToString()};
    for (const client::Finding& finding : log->report.findings) {
      lines.push_back(log->organisation + ", verify says: " + finding.text);
    }
    if (!log->fault.empty()) lines.push_back(log->organisation + ": " + log->fault);
    logs.push_back(*std::move(log));
  }
  std::istringstream inputs[] = {std::istringstream(bytes[0]), std::istringstream(bytes[1])};
  const auto care_roots = client::RootsAt(inputs[0], client::SizesNamed(logs[1]));
  const auto town_roots = client::RootsAt(inputs[1], client::SizesNamed(logs[0]));
  if (!care_roots.ok() || !town_roots.ok()) return {"an export does not read"};
  const client::Reconciliation found =
      client::Reconcile({logs[0], *care_roots}, {logs[1], *town_roots});
  for (const client::ReconciledExchange& one : found.exchanges) {
    lines.push_back(std::string(client::ExchangeResultName(one.result)) + " " +
                    std::string(one.why));
  }
  return lines;
}

}  // namespace sluis::fault
