// One entry as a node logs it, with the small pack under which it was decided.
#ifndef SLUIS_TESTS_CLIENT_LIB_LOGGED_DECISION_H_
#define SLUIS_TESTS_CLIENT_LIB_LOGGED_DECISION_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/lib/replay.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/support/shipped_packs.h"

namespace sluis::client {

inline constexpr char kReplayedRules[] = R"(sluis: 1
pack: {id: small, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  side: [local, release, accept]
  action: [read, list, record, erase, audit, share, compel]
  category: [noise, light]
  kind: [inn]
  mode: [calm]
  subject_kind: [person, place]
  party: [contributor, subject]
  role: {open: true, values: {worker: {mode: calm, kinds: [inn]}}}
attributes:
  side: {type: side, source: node}
  action: {type: action, source: node}
  actor.role: {type: role, source: mandate}
  actor.is_author: {type: bool, source: ledger}
  record.category: {type: category, optional: true, source: {local: record, release: record, accept: offer}}
  record.subject_kind: {type: subject_kind, optional: true, source: {local: record, release: record, accept: offer}}
  record.age_days: {type: {int: [0, 3650]}, optional: true, source: {local: record, release: record, accept: offer}}
  record.held: {type: bool, source: ledger}
fields: [statements, {place: {generalise: [street, town]}}]
rules:
  - {id: P-READ, effect: permit, when: {action: [read, list]}, grants: [statements, place],
     obligations: {retention: P90D, fields: {place: {generalise: town}}}, because: {nl: "dit kan omdat"}}
  - {id: P-ERASE, effect: permit, when: {action: erase, record.category: light}, grants: [], because: {nl: "dit kan omdat"}}
  - {id: P-AUDIT, effect: permit, when: {action: audit}, grants: [],
     obligations: {approval: {role: [worker], count: 1}}, because: {nl: "dit kan omdat"}}
  - {id: P-SHARE, effect: permit, when: {action: share}, grants: [statements],
     obligations: {notify: {subject: P30D}}, because: {nl: "dit kan omdat"}}
  - {id: P-ORDER, effect: permit, when: {action: compel}, grants: [statements], because: {nl: "dit kan omdat"}}
  - {id: F-NOISE, effect: forbid, when: {record.category: noise}, because: {nl: "dit kan niet omdat"}}
  - {id: R-WORKER, effect: require, when: {actor.role: worker, action: read}, obligations: {log: full}, because: {nl: "en dan", cite: "protocol, art. 4"}}
)";

// 2026-06-01 12:00 in Brussels.
inline constexpr uint64_t kNoonUs = 1'780'308'000'000'000;
inline constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

// A read that the rules permit, as a node logs it; each test changes something.
class LoggedDecision : public ::testing::Test {
 protected:
  LoggedDecision() {
    absl::StatusOr<policies::Pack> pack = policies::ParsePack("small.yaml", kReplayedRules);
    EXPECT_TRUE(pack.ok()) << pack.status();
    digest_ = pack->digest;
    const auto set = policies::LoadTexts({{"small.yaml", kReplayedRules}});
    EXPECT_TRUE(set.ok()) << set.status();
    effective_ = set->digests().effective;
    packs_.Add(*std::move(pack));

    act_.set_operation(record::v1::OPERATION_CONSULTATION);
    act_.set_outcome(record::v1::OUTCOME_DONE);
    act_.set_exact_time_us(kNoonUs);
    Name("statutory", digest_);
    Name("effective", effective_);
    act_.add_rule_ids("P-READ");
    act_.add_rule_ids("R-WORKER");
    Values("local", "read",
           {{"actor.role", "worker"},
            {"actor.is_author", "false"},
            {"record.category", "light"},
            {"record.subject_kind", "place"},
            {"record.age_days", "12"},
            {"record.held", "false"}});
    part_.add_granted_fields("statements");
    part_.add_granted_fields("place");
    part_.add_reduced_fields("place:generalise=town");
    part_.add_obligations("fields=place:generalise=town");
    part_.add_obligations("log=full");
    part_.add_obligations("retention=P90D");
    part_.set_engine_version("plain-1");
  }

  void Name(const char* layer, const crypto::Hash& digest) {
    record::v1::PackDigest& named = *act_.add_pack_digests();
    named.set_layer(layer);
    named.set_digest(std::string(crypto::View(digest)));
  }
  void Values(const char* side, const char* action,
              const std::vector<std::pair<std::string, std::string>>& others) {
    part_.clear_attributes();
    Add("side", side);
    Add("action", action);
    for (const auto& [name, value] : others) Add(name, value);
  }
  void Add(const std::string& name, const std::string& value) {
    record::v1::AttributeValue& added = *part_.add_attributes();
    added.set_name(name);
    added.set_value(value);
  }
  void Set(const std::string& name, const std::string& value) {
    for (record::v1::AttributeValue& one : *part_.mutable_attributes()) {
      if (one.name() == name) one.set_value(value);
    }
  }
  // A refusal: nothing granted, by these rules.
  void Refused(record::v1::Outcome outcome, const std::string& code,
               const std::vector<std::string>& rules = {}) {
    act_.set_operation(record::v1::OPERATION_REFUSAL);
    act_.set_outcome(outcome);
    act_.set_refusal(code);
    act_.clear_rule_ids();
    for (const std::string& rule : rules) act_.add_rule_ids(rule);
    part_.clear_granted_fields();
    part_.clear_reduced_fields();
    part_.clear_obligations();
  }

  static std::string Repeated(const std::string& text, int times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
  }
  static ExportPart Open(const std::string& bytes) {
    return {.state = ExportPart::State::kOpen, .bytes = bytes};
  }
  Replayed Run() {
    act_bytes_ = act_.SerializeAsString();
    part_bytes_ = part_.SerializeAsString();
    if (counterpart_) counterpart_bytes_ = counterpart_->SerializeAsString();
    return Replayer(packs_, protocols_)
        .Replay(7, Open(act_bytes_), Open(part_bytes_),
                counterpart_ ? Open(counterpart_bytes_) : ExportPart(), logged_at_us_);
  }
  void ExpectEqual() {
    const Replayed found = Run();
    EXPECT_EQ(found.verdict, ReplayVerdict::kEqual) << found.why << Words(found);
  }
  void ExpectMismatch(const std::vector<std::string_view>& differs) {
    const Replayed found = Run();
    EXPECT_EQ(found.verdict, ReplayVerdict::kMismatch) << found.why;
    EXPECT_EQ(found.differs, differs) << Words(found);
  }
  Replayed ExpectObstacle(std::string_view why) {
    Replayed found = Run();
    EXPECT_EQ(found.verdict, ReplayVerdict::kNotReplayable) << Words(found);
    EXPECT_EQ(found.why, why);
    return found;
  }
  static std::string Words(const Replayed& found) {
    std::string out;
    for (const std::string_view word : found.differs) out += " " + std::string(word);
    return out;
  }

  RulePacks packs_;
  ProtocolTexts protocols_;
  crypto::Hash digest_{}, effective_{};
  record::v1::ActPart act_;
  record::v1::DecisionPart part_;
  std::optional<record::v1::CounterpartPart> counterpart_;  // closed without
  std::optional<uint64_t> logged_at_us_;
  std::string act_bytes_, part_bytes_, counterpart_bytes_;
};

}  // namespace sluis::client

#endif  // SLUIS_TESTS_CLIENT_LIB_LOGGED_DECISION_H_
