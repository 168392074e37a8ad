#include "server/core/call.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "policies/citation.h"
#include "policies/obligation.h"
#include "server/core/question.h"

namespace sluis::core {
namespace {

constexpr char kLogClass[] = "log";

void AddDigest(record::v1::ActPart& act, const char* layer, const crypto::Hash& digest) {
  record::v1::PackDigest& added = *act.add_pack_digests();
  added.set_layer(layer);
  added.set_digest(std::string(crypto::View(digest)));
}

}  // namespace

Entry EntryOf(const Call& call, record::v1::Operation operation, record::v1::Outcome outcome) {
  Entry entry;
  record::v1::ActPart& act = entry.act;
  act.set_operation(operation);
  act.set_outcome(outcome);
  act.set_method(call.method->name);
  act.set_purpose(call.purpose);
  act.set_basis(call.basis);
  const policies::PackDigests& digests = call.terms->packs.digests();
  AddDigest(act, "statutory", digests.statutory);
  if (digests.partnership) AddDigest(act, "partnership", *digests.partnership);
  if (digests.node) AddDigest(act, "node", *digests.node);
  AddDigest(act, "effective", digests.effective);
  act.set_manifest_version(call.terms->manifest_version);
  act.set_partnership(call.terms->partnership);
  act.set_exercise(call.terms->exercise);
  act.set_retention_class(kLogClass);
  act.set_exact_time_us(call.now_us);
  act.set_count(1);

  entry.actor.set_user_id(call.caller->user_id);
  entry.actor.set_role(call.role);
  if (call.mandate != nullptr) {
    entry.actor.set_mandate_digest(std::string(crypto::View(call.mandate->digest)));
  }
  if (call.caller->certificate_digest != crypto::Hash{}) {
    entry.actor.set_certificate_digest(std::string(crypto::View(call.caller->certificate_digest)));
  }
  entry.subject.set_case_ref(call.case_ref);
  return entry;
}

void AddDecision(const Call& call, const Answer& answer, Entry& entry) {
  const policies::Decision& decision = answer.decision;
  std::set<std::string> rules(decision.permits.begin(), decision.permits.end());
  rules.insert(decision.forbids.begin(), decision.forbids.end());
  rules.insert(decision.requires_.begin(), decision.requires_.end());
  for (const std::string& rule : rules) entry.act.add_rule_ids(rule);

  record::v1::DecisionPart part;
  for (const auto& attribute : answer.attributes) *part.add_attributes() = attribute;
  for (const policies::GrantedField& field : decision.granted) {
    part.add_granted_fields(field.name);
    if (field.treatment.kind != policies::Treatment::Kind::kKeep) {
      part.add_reduced_fields(field.name + ":" + policies::TreatmentText(field.treatment));
    }
  }
  for (const std::string& field : decision.removed) part.add_reduced_fields(field + ":remove");
  std::vector<std::string> obligations;
  for (const policies::JoinedObligation& joined : decision.obligations) {
    obligations.push_back(policies::ObligationText(joined.obligation));
  }
  std::sort(obligations.begin(), obligations.end());
  for (std::string& text : obligations) part.add_obligations(std::move(text));
  part.set_engine_version(std::string(decision.engine_version));
  if (answer.protocol != crypto::Hash{}) {
    part.set_protocol_digest(std::string(crypto::View(answer.protocol)));
  }
  part.set_clause(answer.clause);
  const auto basis = std::find_if(answer.attributes.begin(), answer.attributes.end(),
                                  [](const auto& value) { return value.name() == "basis"; });
  for (policies::CitedText& cited : policies::CitedBy(
           call.terms->packs.schema(), decision,
           basis == answer.attributes.end() ? std::string_view() : basis->value(), call.today)) {
    record::v1::Citation& added = *part.add_citations();
    added.set_id(std::move(cited.word));
    added.set_text(std::move(cited.text));
  }
  entry.decision = std::make_shared<const std::string>(part.SerializeAsString());
}

void AddSubject(const OpenedRecord& record, Entry& entry) {
  entry.subject.add_record_ids(record.row.record_id());
  entry.subject.set_subject_ref(record.body.signal().content().subject_ref());
  entry.subject.set_version(record.row.version());
}

node::v1::LogReceipt LogReceiptOf(const ledger::Logged& logged) {
  node::v1::LogReceipt receipt;
  receipt.set_leaf_hash(std::string(crypto::View(logged.leaf_hash)));
  return receipt;
}

}  // namespace sluis::core
