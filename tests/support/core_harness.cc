#include "tests/support/core_harness.h"

#include <gtest/gtest.h>

#include "client/lib/verifier.h"
#include "crypto/merkle.h"
#include "server/core/amend_signal.h"
#include "server/core/erase_signal.h"
#include "server/core/hold_signal.h"
#include "server/core/node_acts.h"
#include "server/core/open_signal.h"
#include "server/core/record_signal.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"
#include "server/core/withdraw_signal.h"
#include "server/ledger/sealed_row.h"
#include "tests/support/faulty_files.h"

namespace sluis::tests {
namespace {

// 2026-10-05 07:00 UTC, a Monday; the shipped packs are valid from September 2026.
constexpr uint64_t kStartUs = 1'791'183'600'000'000;

std::unique_ptr<HookedLedger> OpenLedger(const HarnessOptions& options, storage::Files& files,
                                         HeldStore& store, FakeClock& clock,
                                         crypto::Random& random) {
  ledger::LedgerOptions opening;
  opening.origin = options.organisation + "/log";
  opening.folder = "/node";
  opening.files = &files;
  opening.free_bytes = [](const std::string&) -> absl::StatusOr<uint64_t> { return 1ull << 40; };
  opening.low_water_bytes = 1 << 20;
  opening.ballast_bytes = 4096;
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> ledger = ledger::Ledger::Open(
      std::move(opening), store, clock, random, crypto::SigningKey::Generate(random));
  EXPECT_TRUE(ledger.ok()) << ledger.status();
  return std::make_unique<HookedLedger>(*std::move(ledger));
}

}  // namespace

CoreHarness::CoreHarness(HarnessOptions chosen)
    : options(std::move(chosen)),
      clock(kStartUs),
      mandate_key(crypto::SigningKey::Generate(random)),
      disk(std::make_shared<SimulatedDisk>()),
      files(NewFaultyFiles(disk)),
      ledger(OpenLedger(options, *files, store, clock, random)),
      verifier(options.organisation, mandate_key.public_key()),
      terms(MakeTerms()),
      executor(std::make_unique<core::Executor>(
          *ledger, terms, verifier, clock, random,
          core::ExecutorOptions{.attempts = options.attempts,
                                .refusals_per_minute = options.refusals_per_minute})),
      administrator(MakePerson(options.organisation, "beheer", random)) {
  EXPECT_EQ(PutTerms(MakeTerms()), absl::OkStatus());
  EXPECT_EQ(executor->RunAsNodeAndWait(
                std::make_shared<core::RegisterFirstAdministrator>(administrator.request)),
            absl::OkStatus());
}

CoreHarness::~CoreHarness() {
  store.Release();
  ledger->SetHook(nullptr);
  executor.reset();
  ledger.reset();
}

std::shared_ptr<core::Terms> CoreHarness::MakeTerms() const {
  auto made = std::make_shared<core::Terms>(PartnershipPacks(options.pack_edits));
  made->organisation = options.organisation;
  made->kind = options.kind;
  made->secrecy_regime = options.secrecy_regime;
  return made;
}

absl::Status CoreHarness::PutTerms(std::shared_ptr<core::Terms> next) {
  absl::Status status = executor->RunAsNodeAndWait(std::make_shared<core::RecordTerms>(next));
  if (!status.ok()) return status;
  const auto snapshot = ledger->store().NewSnapshot();
  const core::View view(*snapshot, ledger->keyring());
  absl::StatusOr<uint64_t> stamp = view.StampOf(core::TermsKey());
  if (!stamp.ok()) return stamp.status();
  next->stamp = *stamp;
  terms.Set(std::move(next));
  return absl::OkStatus();
}

std::future<absl::Status> CoreHarness::RunLater(
    const absl::StatusOr<authn::CertificateFacts>& facts, std::shared_ptr<core::UseCase> use_case) {
  auto promise = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> future = promise->get_future();
  executor->Run(facts, std::move(use_case),
                [promise](absl::Status status) { promise->set_value(std::move(status)); });
  return future;
}

absl::Status CoreHarness::AddUser(const Person& by, const Person& who, bool is_administrator) {
  node::v1::AddUserRequest request;
  node::v1::AddUserResponse response;
  *request.mutable_request() = who.request;
  request.set_administrator(is_administrator);
  return Run(by, std::make_shared<core::AddUser>(request, response));
}

absl::Status CoreHarness::AddMandate(const Person& by, const record::v1::SignedMandate& mandate) {
  node::v1::AddMandateRequest request;
  node::v1::AddMandateResponse response;
  *request.mutable_mandate() = mandate;
  return Run(by, std::make_shared<core::AddMandate>(request, response, verifier));
}

absl::Status CoreHarness::PutStatus(const Person& by, const record::v1::MandateStatus& status) {
  node::v1::PutMandateStatusRequest request;
  node::v1::PutMandateStatusResponse response;
  *request.mutable_status() = SignStatus(status, mandate_key);
  return Run(by, std::make_shared<core::PutMandateStatus>(request, response, verifier));
}

absl::Status CoreHarness::RevokeUser(const Person& by, const std::string& user_id) {
  node::v1::RevokeUserRequest request;
  node::v1::RevokeUserResponse response;
  request.set_user_id(user_id);
  request.set_reason("uit dienst");
  return Run(by, std::make_shared<core::RevokeUser>(request, response));
}

Person CoreHarness::Admit(const std::string& user_id, const std::vector<std::string>& roles,
                          bool is_administrator) {
  Person person = Make(user_id);
  EXPECT_EQ(AddUser(administrator, person, is_administrator), absl::OkStatus());
  if (!roles.empty()) {
    EXPECT_EQ(AddMandate(administrator, SignMandate(Mandate(person, roles), mandate_key)),
              absl::OkStatus());
  }
  return person;
}

CoreHarness::Recorded CoreHarness::Record(const Person& who, const record::v1::Signal& signal,
                                          const node::v1::RequestContext& context) {
  node::v1::RecordSignalRequest request;
  node::v1::RecordSignalResponse response;
  *request.mutable_context() = context;
  *request.mutable_signal() = signal;
  Recorded out;
  out.status = Run(who, std::make_shared<core::RecordSignal>(request, response, random));
  out.record_id = response.record_id();
  out.retention_until = response.retention_until();
  if (auto hash = crypto::ToFixed<32>(response.log_receipt().leaf_hash()); hash.ok()) {
    out.leaf_hash = *hash;
  }
  return out;
}

CoreHarness::Recorded CoreHarness::Record(const Person& who, const record::v1::Signal& signal) {
  return Record(who, signal, Intake());
}

absl::StatusOr<record::v1::SignalView> CoreHarness::Open(const Person& who,
                                                         const std::string& record_id,
                                                         const node::v1::RequestContext& context) {
  node::v1::OpenSignalRequest request;
  node::v1::OpenSignalResponse response;
  *request.mutable_context() = context;
  request.set_record_id(record_id);
  absl::Status status = Run(who, std::make_shared<core::OpenSignal>(request, response));
  if (!status.ok()) {
    EXPECT_FALSE(response.has_view()) << "a refusal released content";
    return status;
  }
  return response.view();
}

absl::StatusOr<record::v1::SignalView> CoreHarness::Open(const Person& who,
                                                         const std::string& record_id) {
  return Open(who, record_id, Intake());
}

absl::Status CoreHarness::Amend(const Person& who, const std::string& record_id, uint32_t version,
                                const record::v1::Signal& signal, const std::string& reason) {
  node::v1::AmendSignalRequest request;
  node::v1::AmendSignalResponse response;
  *request.mutable_context() = Intake();
  request.set_record_id(record_id);
  request.set_version(version);
  *request.mutable_signal() = signal;
  request.set_reason(reason);
  return Run(who, std::make_shared<core::AmendSignal>(request, response));
}

absl::Status CoreHarness::Withdraw(const Person& who, const std::string& record_id,
                                   const std::string& reason) {
  node::v1::WithdrawSignalRequest request;
  node::v1::WithdrawSignalResponse response;
  *request.mutable_context() = Intake();
  request.set_record_id(record_id);
  request.set_reason(reason);
  return Run(who, std::make_shared<core::WithdrawSignal>(request, response));
}

absl::Status CoreHarness::Erase(const Person& who, const std::string& record_id,
                                const std::string& reason) {
  node::v1::EraseSignalRequest request;
  node::v1::EraseSignalResponse response;
  *request.mutable_context() = Intake();
  request.set_record_id(record_id);
  request.set_reason(reason);
  return Run(who, std::make_shared<core::EraseSignal>(request, response));
}

absl::Status CoreHarness::Hold(const Person& who, const std::string& record_id, bool held,
                               const std::string& review_on, const std::string& reason) {
  node::v1::HoldSignalRequest request;
  node::v1::HoldSignalResponse response;
  *request.mutable_context() = Oversight();
  request.set_record_id(record_id);
  request.set_held(held);
  request.set_reason(reason);
  if (held) request.set_review_on(review_on);
  return Run(who, std::make_shared<core::HoldSignal>(request, response));
}

void CoreHarness::PutRow(const std::string& key, uint64_t stamp, const std::string& value) {
  std::string stored = value;
  if (ledger::IsSealedRow(key)) {
    const auto keys = ledger->keyring().PartKeysFor(ledger::kSealedRowClass, clock.NowUs()).value();
    stored = ledger::SealRow(*keys, key, value, random);
  }
  store.Tamper(key, ledger::JoinRow(stamp, stored));
}

std::vector<Opened> CoreHarness::Entries(uint64_t first) const {
  using ledger::Part;
  const auto snapshot = ledger->store().NewSnapshot();
  const ledger::LogReader reader(ledger->origin(), *snapshot, ledger->keyring());
  absl::StatusOr<uint64_t> last = reader.Size();
  EXPECT_TRUE(last.ok()) << last.status();
  std::vector<Opened> entries;
  absl::Status visited = reader.Visit(first, *last, [&](const ledger::StoredEntry& stored) {
    Opened& entry = entries.emplace_back();
    entry.index = stored.index;
    entry.leaf = stored.leaf;
    entry.leaf_hash = crypto::LeafHash(stored.leaf);
    const auto parse = [&](Part part, auto* message) {
      absl::StatusOr<ledger::OpenedPart> opened = reader.Open(stored, part);
      EXPECT_TRUE(opened.ok()) << opened.status();
      EXPECT_NE(opened->state, ledger::OpenedPart::State::kMissing) << "entry " << stored.index;
      if (message != nullptr) {
        EXPECT_TRUE(message->ParseFromString(opened->bytes));
      }
      entry.all_bytes += opened->bytes;
      return *opened;
    };
    parse(Part::kAct, &entry.act);
    parse(Part::kActor, &entry.actor);
    parse(Part::kDecision, &entry.decision);
    parse(Part::kCounterpart, &entry.counterpart);
    const ledger::OpenedPart subject = parse(Part::kSubject, &entry.subject);
    entry.subject_state = subject.state;
    entry.erased_by = subject.erased_by_entry;
    return true;
  });
  EXPECT_EQ(visited, absl::OkStatus());
  return entries;
}

node::v1::RefusalDetail DetailOf(const absl::Status& status) {
  node::v1::RefusalDetail detail;
  if (const auto payload = status.GetPayload(core::kRefusalPayload)) {
    EXPECT_TRUE(detail.ParseFromString(std::string(*payload)));
  }
  return detail;
}

std::string CodeOf(const absl::Status& status) {
  if (status.ok()) return "ok";
  const std::string code = DetailOf(status).code();
  return code.empty() ? "no detail: " + status.ToString() : code;
}

node::v1::RequestContext Intake(const std::string& role) {
  node::v1::RequestContext context;
  context.set_role(role);
  context.set_purpose("signaal-intake");
  context.set_basis(role == "information-officer" ? "be-livc-2018" : "vl-livc-2021");
  context.set_case_ref("INTAKE");
  return context;
}

node::v1::RequestContext Oversight() {
  node::v1::RequestContext context;
  context.set_role("privacy-officer");
  context.set_purpose("toezicht");
  context.set_basis("eu-gdpr-accountability");
  context.set_case_ref("TOEZICHT-1");
  return context;
}

record::v1::Signal PersonSignal(const std::string& subject_ref) {
  record::v1::Signal signal;
  record::v1::SignalContent& content = *signal.mutable_content();
  record::v1::Statement& statement = *content.add_statements();
  statement.set_assertion(record::v1::ASSERTION_FACT);
  statement.set_text("kwam drie weken niet opdagen op de dagbesteding");
  content.set_category("gedrag-online");
  content.set_onlife(record::v1::ONLIFE_ONLINE);
  content.set_source_mode(record::v1::SOURCE_MODE_ENCOUNTERED);
  content.add_risk_factors("sluit zich af");
  content.add_protective_factors("goede band met de begeleider");
  content.set_alternative_explanation("nieuwe job in de nacht");
  content.set_positive_development("nam zelf weer contact op");
  content.set_observed_on("2026-10-01");
  content.set_place("Vaartwijk");
  content.set_channel(record::v1::CHANNEL_MEETING);
  content.set_normative_border(record::v1::NORMATIVE_BORDER_NONE_NAMED);
  content.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  content.set_subject_ref(subject_ref);
  content.set_age_band(record::v1::AGE_BAND_18_TO_24);
  content.set_client_informed(record::v1::CLIENT_INFORMED_YES);
  content.set_client_agrees(record::v1::CLIENT_AGREES_NOT_ASKED);
  content.set_contributor("de straathoekwerker van de wijk");
  signal.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
  return signal;
}

record::v1::Signal PlaceSignal() {
  record::v1::Signal signal = PersonSignal();
  record::v1::SignalContent& content = *signal.mutable_content();
  content.set_category("fenomeen");
  content.set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
  content.clear_subject_ref();
  content.clear_age_band();
  content.clear_client_informed();
  content.clear_client_agrees();
  return signal;
}

std::vector<std::string> VerdictOf(const std::string& export_bytes, const std::string& vkey) {
  std::istringstream input(export_bytes);
  absl::StatusOr<client::VerifyReport> report = client::VerifyExport(input, {.verifier_key = vkey});
  EXPECT_TRUE(report.ok()) << report.status();
  std::vector<std::string> verdict;
  for (const client::Finding& finding : report->findings) {
    verdict.push_back((finding.index ? std::to_string(*finding.index) : "-") + " " +
                      std::string(finding.part ? client::LogPartName(*finding.part) : "-") + " " +
                      std::string(client::FindingKindName(finding.kind)));
  }
  return verdict;
}

}  // namespace sluis::tests
