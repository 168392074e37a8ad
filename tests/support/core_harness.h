#ifndef SLUIS_TESTS_SUPPORT_CORE_HARNESS_H_
#define SLUIS_TESTS_SUPPORT_CORE_HARNESS_H_

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/core/executor.h"
#include "server/core/refusal.h"
#include "server/core/terms.h"
#include "server/ledger/reader.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/record/v1/entry.pb.h"
#include "sluis/record/v1/signal.pb.h"
#include "tests/support/fake_clock.h"
#include "tests/support/held_store.h"
#include "tests/support/hooked_ledger.h"
#include "tests/support/partnership_packs.h"
#include "tests/support/person.h"
#include "tests/support/seeded_random.h"
#include "tests/support/simulated_disk.h"

namespace sluis::tests {

// One entry of the log with its parts opened.
struct Opened {
  uint64_t index = 0;
  std::string leaf;
  crypto::Hash leaf_hash{};
  record::v1::ActPart act;
  record::v1::ActorPart actor;
  record::v1::SubjectPart subject;
  record::v1::DecisionPart decision;
  record::v1::CounterpartPart counterpart;
  ledger::OpenedPart::State subject_state = ledger::OpenedPart::State::kMissing;
  uint64_t erased_by = 0;
  // All parts as they are stored, for searching.
  std::string all_bytes;
};

struct HarnessOptions {
  std::string organisation = "caw-de-overzet.example";
  std::string kind = "welfare";
  bool secrecy_regime = false;
  uint32_t refusals_per_minute = 100'000;
  int attempts = 3;
  // Of everything random: nodes that meet need different ones.
  uint64_t seed = 11;
  // Replaces texts in the partnership pack before it is read: from, to.
  PackEdits pack_edits = {};
};

// A node without sockets and disks: executor over a real ledger in memory, the shipped packs, a
// clock that stands still on a day on which these are valid, and one administrator, "beheer".
class CoreHarness {
 public:
  explicit CoreHarness(HarnessOptions options = {});
  ~CoreHarness();

  // Terms of these options; not in force.
  std::shared_ptr<core::Terms> MakeTerms() const;
  // Records the terms and brings them into force.
  absl::Status PutTerms(std::shared_ptr<core::Terms> terms);

  // Registers someone and gives the roles by one mandate, through the use cases.
  Person Admit(const std::string& user_id, const std::vector<std::string>& roles,
               bool administrator = false);
  Person Make(const std::string& user_id) {
    return MakePerson(options.organisation, user_id, random);
  }
  absl::Status AddUser(const Person& by, const Person& who, bool administrator = false);
  absl::Status AddMandate(const Person& by, const record::v1::SignedMandate& mandate);
  absl::Status PutStatus(const Person& by, const record::v1::MandateStatus& status);
  absl::Status RevokeUser(const Person& by, const std::string& user_id);
  record::v1::Mandate Mandate(const Person& who, const std::vector<std::string>& roles) {
    return MandateOf(options.organisation, who, roles, clock.NowUs(), random);
  }

  // Runs one call to its end.
  absl::Status Run(const Person& who, std::shared_ptr<core::UseCase> use_case) {
    return Run(who.facts, std::move(use_case));
  }
  absl::Status Run(const absl::StatusOr<authn::CertificateFacts>& facts,
                   std::shared_ptr<core::UseCase> use_case) {
    return RunLater(facts, std::move(use_case)).get();
  }
  std::future<absl::Status> RunLater(const absl::StatusOr<authn::CertificateFacts>& facts,
                                     std::shared_ptr<core::UseCase> use_case);

  // Acts on signals, with the context given.
  struct Recorded {
    absl::Status status;
    std::string record_id;
    std::string retention_until;
    crypto::Hash leaf_hash{};
  };
  Recorded Record(const Person& who, const record::v1::Signal& signal,
                  const node::v1::RequestContext& context);
  Recorded Record(const Person& who, const record::v1::Signal& signal);
  absl::StatusOr<record::v1::SignalView> Open(const Person& who, const std::string& record_id,
                                              const node::v1::RequestContext& context);
  absl::StatusOr<record::v1::SignalView> Open(const Person& who, const std::string& record_id);
  absl::Status Amend(const Person& who, const std::string& record_id, uint32_t version,
                     const record::v1::Signal& signal, const std::string& reason = "verbeterd");
  absl::Status Withdraw(const Person& who, const std::string& record_id,
                        const std::string& reason = "teruggenomen");
  absl::Status Erase(const Person& who, const std::string& record_id,
                     const std::string& reason = "niet meer nodig");
  absl::Status Hold(const Person& who, const std::string& record_id, bool held,
                    const std::string& review_on = "2026-12-01",
                    const std::string& reason = "klacht bij de toezichthouder");

  // Puts a row into the store behind the node's back, sealed where the node would have sealed it.
  void PutRow(const std::string& key, uint64_t stamp, const std::string& value);

  uint64_t size() const { return ledger->size(); }
  std::vector<Opened> Entries(uint64_t first = 0) const;
  Opened Last() const { return Entries(size() - 1).at(0); }

  const HarnessOptions options;
  FakeClock clock;
  SeededRandom random{options.seed};
  crypto::SigningKey mandate_key;
  std::shared_ptr<SimulatedDisk> disk;
  std::unique_ptr<storage::Files> files;
  HeldStore store;
  std::unique_ptr<HookedLedger> ledger;
  authn::MandateVerifier verifier;
  core::TermsInForce terms;
  std::unique_ptr<core::Executor> executor;
  Person administrator;
};

// The code in the payload of a refusal; "ok" or "no detail" otherwise.
std::string CodeOf(const absl::Status& status);
node::v1::RefusalDetail DetailOf(const absl::Status& status);

// Contexts that the shipped packs permit.
node::v1::RequestContext Intake(const std::string& role = "maatschappelijk-werker");
node::v1::RequestContext Oversight();

// Well-formed everywhere.
record::v1::Signal PersonSignal(const std::string& subject_ref = "dossier-1");
record::v1::Signal PlaceSignal();

// What the offline verifier says of an export: "index part kind" of each finding.
std::vector<std::string> VerdictOf(const std::string& export_bytes, const std::string& vkey);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_CORE_HARNESS_H_
