#include "tests/bench/evaluate_one.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/authn/certificate.h"
#include "server/authn/mandate.h"
#include "server/core/ask_evaluation.h"
#include "server/core/persons_of.h"
#include "server/core/record_signal.h"
#include "server/envelope/user_signature.h"
#include "server/evaluation/judge.h"
#include "server/exchange/evaluation_asking.h"
#include "server/exchange/grpc_peers.h"
#include "server/identity/person_keys.h"
#include "tests/bench/exchange_core.h"
#include "tests/bench/key_sites.h"

namespace sluis::bench {
namespace {

constexpr size_t kHolders = 5;
constexpr uint32_t kThreshold = 3;
constexpr size_t kWarm = 10;
constexpr size_t kQuestions = 200;

double ProcessCpuUs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

// With its check digits, of somebody born before 2000: 400 of each year from 1960 on.
std::string NationalNumber(uint64_t number) {
  const uint64_t nine = (60 + number / 400) * 10'000'000 + 730'000 + 2 * (number % 400) + 1;
  std::string check = std::to_string(97 - nine % 97);
  if (check.size() == 1) check.insert(0, "0");
  return std::to_string(nine).append(check);
}

// Somebody of a number for each record.
class MadeUpPersons final : public core::PersonsOf {
 public:
  absl::StatusOr<std::variant<std::vector<core::FoundPerson>, core::Plan>> Find(
      const core::Call& call, const core::View&, const std::vector<std::string>& records,
      const identity::KeyScope& scope) const override {
    std::vector<core::FoundPerson> out;
    for (const std::string& record : records) {
      const auto number = numbers.find(record);
      if (number == numbers.end()) return absl::InternalError("a record of nobody");
      absl::StatusOr<identity::Person> person =
          identity::Person::From({.national_number = NationalNumber(number->second)});
      if (!person.ok()) return person.status();
      identity::PersonKeys keys = identity::KeysOf(
          *person, scope, identity::KeyKinds::None().With(identity::KeyKind::kNationalNumber));
      core::FoundPerson& found = out.emplace_back();
      found.keys.push_back(identity::CrossNodeInput::Of(std::move(keys.free.at(0))));
      found.looked_up.entry =
          core::EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
    }
    return out;
  }
  std::map<std::string, uint64_t> numbers;
};

node::v1::RequestContext ContextOf(size_t number) {
  node::v1::RequestContext context = test::Intake();
  context.set_purpose(kKeyPurpose);
  context.set_case_ref("C-2026-" + std::to_string(number));
  return context;
}

// The node that asks: its core on its own data, with channels to the others.
class Asking {
 public:
  static absl::StatusOr<std::unique_ptr<Asking>> Open(KeySites& sites) {
    const test::Organisation& organisation = sites.StopFirst();
    absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
    if (!config.ok()) return config.status();
    absl::StatusOr<std::unique_ptr<ExchangeCore>> core = ExchangeCore::Open(organisation);
    if (!core.ok()) return core.status();
    return std::unique_ptr<Asking>(new Asking(sites.worker(), *config, *std::move(core)));
  }

  // Milliseconds from the signed question to the element.
  absl::StatusOr<double> One(size_t number) {
    absl::StatusOr<core::BeginEvaluation::Request> request = Signed(number);
    if (!request.ok()) return request.status();
    std::promise<absl::StatusOr<exchange::Evaluated>> done;
    const auto begin = std::chrono::steady_clock::now();
    asking_->Ask(facts_, *std::move(request), [&done](absl::StatusOr<exchange::Evaluated> ended) {
      done.set_value(std::move(ended));
    });
    const absl::StatusOr<exchange::Evaluated> evaluated = done.get_future().get();
    const auto end = std::chrono::steady_clock::now();
    if (!evaluated.ok()) return evaluated.status();
    if (evaluated->given.records.size() != 1 || evaluated->given.records[0].elements.size() != 1 ||
        !evaluated->wrong.empty()) {
      return absl::InternalError("an evaluation gave something else than one element");
    }
    return std::chrono::duration<double, std::milli>(end - begin).count();
  }

 private:
  Asking(const Sharer& worker, const server::Config& config, std::unique_ptr<ExchangeCore> core)
      : worker_(worker),
        facts_(authn::FactsOfPem(worker.person().certificate_pem)),
        core_(std::move(core)),
        peers_({config.certificate_folder, core_->terms(), core_->clock()}),
        evaluations_(config.organisation, config.evaluation_caps),
        desk_({.executor = core_->executor(),
               .evaluations = evaluations_,
               .heads = core_->heads(),
               .identity = core_->keys().identity,
               .nonces = nonces_,
               .random = crypto::SystemRandom()}) {
    crypto::SystemRandom().Fill(nonces_.mutable_span());
    crypto::SystemRandom().Fill(hedge_.mutable_span());
    tools_.emplace(core::AskTools{evaluations_, drafts_, persons_, crypto::SystemRandom(), hedge_,
                                  core_->keys().case_key});
    asking_.emplace(exchange::EvaluationAskingParts{.organisation = config.organisation,
                                                    .executor = core_->executor(),
                                                    .peers = peers_,
                                                    .desk = desk_,
                                                    .tools = *tools_,
                                                    .identity = core_->keys().identity});
  }

  absl::Status Run(std::shared_ptr<core::UseCase> use_case) {
    std::promise<absl::Status> done;
    core_->executor().Run(facts_, std::move(use_case),
                          [&done](absl::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }

  // A record of this node about somebody of that number.
  absl::StatusOr<std::string> Recorded(size_t number) {
    node::v1::RecordSignalRequest request;
    node::v1::RecordSignalResponse response;
    *request.mutable_context() = test::Intake();
    *request.mutable_signal() = test::PersonSignal(std::to_string(number));
    const absl::Status recorded =
        Run(std::make_shared<core::RecordSignal>(request, response, crypto::SystemRandom()));
    if (!recorded.ok()) return recorded;
    persons_.numbers[response.record_id()] = number;
    return response.record_id();
  }

  absl::StatusOr<core::BeginEvaluation::Request> Signed(size_t number) {
    const absl::StatusOr<std::string> record = Recorded(number);
    if (!record.ok()) return record.status();
    auto drafted = std::make_shared<core::DraftedEvaluation>();
    const absl::Status made = Run(std::make_shared<core::DraftEvaluation>(
        ContextOf(number), std::vector<std::string>{*record}, *tools_, drafted));
    if (!made.ok()) return made;
    const record::v1::Mandate& mandate = worker_.mandate().mandate;
    const node::v1::RequestContext context = ContextOf(number);
    const auto now_s = static_cast<uint64_t>(std::time(nullptr));
    record::v1::UserStatement statement;
    statement.set_partnership(mandate.partnership());
    statement.set_action(std::string(evaluation::kAction));
    statement.set_organisation(mandate.organisation());
    statement.set_audience(mandate.partnership());
    statement.set_role(context.role());
    statement.set_purpose(context.purpose());
    statement.set_basis(context.basis());
    statement.set_mandate_digest(
        std::string(crypto::View(authn::MandateDigest(worker_.mandate().signed_mandate))));
    statement.set_signed_at_s(now_s);
    statement.set_expires_at_s(now_s + 3600);
    absl::StatusOr<std::string> bytes = envelope::StatementOver(statement, {drafted->item});
    if (!bytes.ok()) return bytes.status();
    return core::BeginEvaluation::Request{
        context, drafted->request_id,
        envelope::SignStatement(*std::move(bytes), worker_.person().signing_key),
        worker_.mandate().signed_mandate};
  }

  const Sharer& worker_;
  const absl::StatusOr<authn::CertificateFacts> facts_;
  const std::unique_ptr<ExchangeCore> core_;
  exchange::GrpcPeers peers_;
  core::Evaluations evaluations_;
  core::EvaluationDrafts drafts_;
  MadeUpPersons persons_;
  crypto::Secret<32> hedge_;
  crypto::Secret<32> nonces_;
  exchange::EvaluationDesk desk_;
  std::optional<core::AskTools> tools_;
  std::optional<exchange::EvaluationAsking> asking_;
};

}  // namespace

absl::StatusOr<Result> EvaluateOne() {
  absl::StatusOr<std::unique_ptr<KeySites>> sites = KeySites::Make(kHolders, kThreshold);
  if (!sites.ok()) return sites.status();
  absl::StatusOr<std::unique_ptr<Asking>> asking = Asking::Open(**sites);
  if (!asking.ok()) return asking.status();
  std::vector<double> took;
  double cpu_us = 0;
  // The first ones open connections and are not counted.
  for (size_t i = 0; i < kWarm + kQuestions; ++i) {
    const double cpu_before = ProcessCpuUs();
    const absl::StatusOr<double> ms = (*asking)->One(1000 + i);
    if (!ms.ok()) return ms.status();
    if (i < kWarm) continue;
    took.push_back(*ms);
    cpu_us += ProcessCpuUs() - cpu_before;
  }
  std::sort(took.begin(), took.end());
  Result result;
  result.name = "evaluate_one";
  result.unit = "ms p95";
  // The smallest that at least 95 of 100 do not exceed.
  result.value = took[static_cast<size_t>(std::ceil(0.95 * static_cast<double>(took.size()))) - 1];
  result.p50 = took[took.size() / 2];
  result.baseline = kEvaluateBarMs;
  result.ratio = result.baseline / result.value;
  result.cpu_us_per_op = cpu_us / static_cast<double>(kQuestions);
  return result;
}

}  // namespace sluis::bench
