#include "tests/fault/node_core.h"

#include <map>

#include "server/config.h"
#include "server/core/erase_restored.h"
#include "server/core/node_acts.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"
#include "server/core/view.h"
#include "server/storage/rocksdb_store.h"
#include "server/terms_loader.h"

namespace sluis::fault {
namespace {

// Packs are read once per organisation: a test opens the same node hundreds of times.
absl::StatusOr<std::shared_ptr<core::Terms>> TermsOf(const server::Config& config) {
  static std::mutex mutex;
  static std::map<crypto::Hash, std::shared_ptr<core::Terms>> read;
  const std::lock_guard lock(mutex);
  std::shared_ptr<core::Terms>& terms = read[config.digest];
  if (terms == nullptr) {
    absl::StatusOr<std::shared_ptr<core::Terms>> loaded = server::LoadTerms(config);
    if (!loaded.ok()) return loaded.status();
    terms = *std::move(loaded);
  }
  return std::make_shared<core::Terms>(*terms);
}

absl::Status OrDied(std::optional<absl::Status> status) {
  return status.value_or(absl::UnavailableError("the ledger died meanwhile"));
}

}  // namespace

authn::CertificateFacts FactsOf(const test::Person& person) {
  absl::StatusOr<authn::CertificateFacts> facts = authn::FactsOfPem(person.certificate_pem);
  if (!facts.ok()) std::abort();
  return *std::move(facts);
}

absl::StatusOr<std::unique_ptr<NodeCore>> NodeCore::Open(const test::Organisation& organisation,
                                                         Ground ground) {
  std::unique_ptr<NodeCore> node(new NodeCore(std::move(ground)));
  absl::Status started = node->Start(organisation);
  if (!started.ok()) return started;
  return node;
}

NodeCore::~NodeCore() {
  if (ledger_) ledger_->Drain();
  executor_.reset();
}

absl::Status NodeCore::Start(const test::Organisation& organisation) {
  absl::StatusOr<server::Config> config = server::ReadConfig(organisation.config_file());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<core::Terms>> terms = TermsOf(*config);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<crypto::KeyFile> log_key = server::LoadLogKey(*config, "2000-01-01");
  if (!log_key.ok()) return log_key.status();

  ledger::LedgerOptions options;
  options.origin = config->organisation + "/log";
  options.folder = ground_.folder;
  options.files = &ground_.files;
  options.low_water_bytes = 1 << 20;
  options.ballast_bytes = 4096;
  options.on_fatal = [this](const absl::Status& error) {
    const std::lock_guard lock(mutex_);
    if (fatal_.ok()) fatal_ = error;
    changed_.notify_all();
  };
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> opened = ledger::Ledger::Open(
      std::move(options), ground_.store, ground_.clock, random_, std::move(log_key->key));
  if (!opened.ok()) return opened.status();
  ledger_ = *std::move(opened);
  if (ground_.decorate) ledger_ = ground_.decorate(std::move(ledger_));
  verifier_.emplace(config->organisation, config->mandate_public);
  terms_.emplace(*std::move(terms));
  executor_ =
      std::make_unique<core::Executor>(*ledger_, *terms_, *verifier_, ground_.clock, random_,
                                       core::ExecutorOptions{.refusals_per_minute = 1'000'000});
  if (ledger_->serving() != ledger::Serving::kServing) return absl::OkStatus();

  if (absl::Status recorded = RecordTerms(); !recorded.ok()) return recorded;
  bool anyone = false;
  const auto snapshot = ledger_->store().NewSnapshot();
  absl::Status visited =
      core::View(*snapshot, ledger_->keyring()).VisitUsers([&anyone](const record::v1::User&) {
        anyone = true;
        return false;
      });
  if (!visited.ok() || anyone) return visited;
  return OrDied(RunAsNode(
      std::make_shared<core::RegisterFirstAdministrator>(organisation.administrator().request)));
}

absl::Status NodeCore::RecordTerms() {
  auto terms = std::make_shared<core::Terms>(*terms_->Get());
  for (const bool last : {false, true}) {
    const auto snapshot = ledger_->store().NewSnapshot();
    const core::View view(*snapshot, ledger_->keyring());
    absl::StatusOr<bool> recorded = core::TermsRecorded(view, *terms);
    if (!recorded.ok()) return recorded.status();
    if (*recorded) {
      absl::StatusOr<uint64_t> stamp = view.StampOf(core::TermsKey());
      if (!stamp.ok()) return stamp.status();
      terms->stamp = *stamp;
      terms_->Set(std::move(terms));
      return absl::OkStatus();
    }
    if (last) break;
    absl::Status status = OrDied(RunAsNode(std::make_shared<core::RecordTerms>(terms)));
    if (!status.ok()) return status;
  }
  return absl::InternalError("the terms were recorded and are not there");
}

// Calls `finish` first and wakes whoever waits afterwards.
core::Executor::Finish NodeCore::Noticed(core::Executor::Finish finish) {
  return [this, finish = std::move(finish)](absl::Status status) {
    finish(std::move(status));
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  };
}

void NodeCore::Run(const authn::CertificateFacts& facts, std::shared_ptr<core::UseCase> use_case,
                   core::Executor::Finish finish) {
  executor_->Run(facts, std::move(use_case), Noticed(std::move(finish)));
}

std::optional<absl::Status> NodeCore::RunAndWait(const authn::CertificateFacts& facts,
                                                 std::shared_ptr<core::UseCase> use_case) {
  auto told = std::make_shared<std::optional<absl::Status>>();
  auto guard = std::make_shared<std::mutex>();
  Run(facts, std::move(use_case), [told, guard](absl::Status status) {
    const std::lock_guard lock(*guard);
    *told = std::move(status);
  });
  WaitFor([&] {
    const std::lock_guard lock(*guard);
    return told->has_value();
  });
  const std::lock_guard lock(*guard);
  return *told;
}

std::optional<absl::Status> NodeCore::RunAsNode(std::shared_ptr<core::UseCase> use_case) {
  auto told = std::make_shared<std::optional<absl::Status>>();
  auto guard = std::make_shared<std::mutex>();
  executor_->RunAsNode(std::move(use_case), Noticed([told, guard](absl::Status status) {
                         const std::lock_guard lock(*guard);
                         *told = std::move(status);
                       }));
  WaitFor([&] {
    const std::lock_guard lock(*guard);
    return told->has_value();
  });
  const std::lock_guard lock(*guard);
  return *told;
}

absl::Status NodeCore::Admit(const test::Organisation& organisation, const test::Person& person,
                             const std::vector<std::string>& roles) {
  const authn::CertificateFacts administrator = FactsOf(organisation.administrator());
  // Shared, because a call that the ledger's end took away may still hold them.
  struct Adding {
    node::v1::AddUserRequest user;
    node::v1::AddUserResponse user_added;
    node::v1::AddMandateRequest mandate;
    node::v1::AddMandateResponse mandate_added;
    std::optional<core::AddUser> add_user;
    std::optional<core::AddMandate> add_mandate;
  };
  auto adding = std::make_shared<Adding>();
  *adding->user.mutable_request() = person.request;
  *adding->mandate.mutable_mandate() = organisation.MakeMandate(person, roles);
  adding->add_user.emplace(adding->user, adding->user_added);
  adding->add_mandate.emplace(adding->mandate, adding->mandate_added, *verifier_);
  absl::Status status =
      OrDied(RunAndWait(administrator, std::shared_ptr<core::UseCase>(adding, &*adding->add_user)));
  if (!status.ok()) return status;
  return OrDied(
      RunAndWait(administrator, std::shared_ptr<core::UseCase>(adding, &*adding->add_mandate)));
}

absl::Status NodeCore::EraseAgain() {
  absl::Status erased = OrDied(core::EraseRestored(*executor_, *ledger_));
  return erased.ok() ? RecordTerms() : erased;
}

bool NodeCore::WaitFor(const std::function<bool()>& ready) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !fatal_.ok() || ready(); });
  return fatal_.ok();
}

FolderNode::FolderNode(const test::Organisation& organisation, const std::string& folder) {
  auto opened = storage::OpenRocksDbStore(folder + "/ledger");
  status = opened.status();
  if (!opened.ok()) return;
  store = *std::move(opened);
  auto beside = storage::OpenRocksDbStore(folder + "/witness");
  status = beside.status();
  if (!beside.ok()) return;
  witness = *std::move(beside);
  auto core = NodeCore::Open(organisation,
                             {*store, storage::SystemFiles(), folder, storage::SystemClock(), {}});
  status = core.status();
  if (core.ok()) node = *std::move(core);
}

bool NodeCore::died() const { return !fatal().ok(); }

absl::Status NodeCore::fatal() const {
  const std::lock_guard lock(mutex_);
  return fatal_;
}

}  // namespace sluis::fault
