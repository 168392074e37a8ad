#include "server/core/refusal.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "policies/citation.h"

namespace sluis::core {
namespace {

Plan PlanOf(Entry entry, std::shared_ptr<const OpenedRecord> about, Refusal refusal,
            node::v1::RefusalDetail detail) {
  entry.act.set_refusal(refusal.code);
  Plan plan;
  plan.refusal = true;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = std::move(entry);
  effect.about = std::move(about);
  plan.reply = [refusal = std::move(refusal),
                detail = std::move(detail)](std::span<const ledger::Logged> logged) mutable {
    *detail.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return RefusalStatus(refusal, std::move(detail));
  };
  return plan;
}

}  // namespace

bool NamesNobody(const absl::Status& status) {
  const auto payload = status.GetPayload(kRefusalPayload);
  node::v1::RefusalDetail detail;
  return payload && detail.ParseFromString(std::string(*payload)) &&
         (detail.code() == kBadCertificate || detail.code() == kUnknownUser);
}

absl::Status TermsNotRecorded() {
  return absl::UnavailableError(
      "the rules and the configuration in force are not written down in the log yet; try again in "
      "a minute, and if it lasts, look into the log of the service");
}

absl::Status RefusalStatus(const Refusal& refusal, node::v1::RefusalDetail detail) {
  std::string message = refusal.message;
  if (!refusal.field.empty()) message = refusal.field + ": " + message;
  absl::Status status(refusal.status, message);
  status.SetPayload(kRefusalPayload, absl::Cord(detail.SerializeAsString()));
  return status;
}

node::v1::RefusalDetail DetailOf(const Refusal& refusal) {
  node::v1::RefusalDetail detail;
  detail.set_code(refusal.code);
  detail.set_field(refusal.field);
  return detail;
}

node::v1::RefusalDetail DetailOf(const Call& call, const Answer& answer) {
  const policies::Decision& decision = answer.decision;
  node::v1::RefusalDetail detail;
  detail.set_code(RefusalOf(answer).code);
  for (const policies::Because& because : decision.because) {
    const std::string cited =
        absl::StrJoin(policies::TextsOn(call.terms->packs.schema(), because, call.today), "; ");
    const std::pair<const char*, const std::string*> texts[] = {
        {"nl", &because.nl}, {"en", &because.en}, {"fr", &because.fr}};
    for (const auto& [language, text] : texts) {
      if (text->empty()) continue;
      node::v1::RefusalText& added = *detail.add_because();
      added.set_language(language);
      added.set_text(*text);
      added.set_cite(cited);
    }
  }
  if (decision.nearest_permit) {
    detail.set_nearest_rule(decision.nearest_permit->rule);
    for (const std::string& attribute : decision.nearest_permit->blocking) {
      detail.add_blocking_attributes(attribute);
    }
  }
  return detail;
}

Refusal RefusalOf(const Answer& answer) {
  const std::string code(RefusalCode(answer));
  if (answer.outside_protocol) {
    return {absl::StatusCode::kFailedPrecondition, code,
            "no protocol in force between the two covers this; ask the data protection officer "
            "which purpose, ground and fields it names for this partner",
            ""};
  }
  if (answer.decision.outcome == policies::Outcome::kRefused) {
    return {absl::StatusCode::kFailedPrecondition, code,
            "the rules could not be asked: " + answer.decision.refusal, ""};
  }
  return {absl::StatusCode::kPermissionDenied, code, "the rules do not allow this", ""};
}

Plan RefusalPlan(const Call& call, Refusal refusal) {
  node::v1::RefusalDetail detail = DetailOf(refusal);
  return PlanOf(EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED), nullptr,
                std::move(refusal), std::move(detail));
}

Plan DecisionRefusalPlan(const Call& call, const Answer& answer,
                         std::shared_ptr<const OpenedRecord> about) {
  const bool denied = answer.decision.outcome == policies::Outcome::kDeny;
  Entry entry = EntryOf(call, record::v1::OPERATION_REFUSAL,
                        denied ? record::v1::OUTCOME_DENIED : record::v1::OUTCOME_REFUSED);
  AddDecision(call, answer, entry);
  if (about) AddSubject(*about, entry);
  return PlanOf(std::move(entry), std::move(about), RefusalOf(answer), DetailOf(call, answer));
}

}  // namespace sluis::core
