#include "server/core/preview_share.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/core/share_draft.h"
#include "server/envelope/field_commitment.h"

namespace sluis::core {
namespace {

// Free text and places: where a person may be recognisable although no field names them.
constexpr const char* kFreeTexts[] = {
    "alternative_explanation", "client_informed", "place",      "positive_development",
    "protective_factors",      "risk_factors",    "statements",
};

// `client_informed` is free text only where a ground is given.
bool IsFilledIn(const record::v1::SignalContent& content, const std::string& name) {
  if (name == "client_informed") return !content.client_informed_ground().empty();
  return !envelope::FieldValue(content, name).value_or(std::string()).empty();
}

node::v1::PreviewShareResponse Shown(const Call& call, const ShareDraft& draft) {
  const peer::v1::Conditions& conditions = draft.terms.conditions();
  node::v1::PreviewShareResponse shown;
  *shown.mutable_content() = draft.content;
  *shown.mutable_fields() = conditions.fields();
  *shown.mutable_reduced_fields() = conditions.reduced_fields();
  *shown.mutable_obligations() = conditions.obligations();
  shown.set_retention_until(conditions.retention_until());
  if (call.terms->may_exchange) shown.set_due_at_us(draft.due_at_us);
  shown.set_case_token(draft.terms.case_token());
  shown.set_version(draft.terms.record_version());
  shown.set_partnership(call.terms->partnership);
  shown.set_tell_contributor_until(draft.tell_contributor_until);
  if (draft.identity != nullptr) *shown.mutable_identity() = draft.identity->identity;
  for (const peer::v1::ShareTag& tag : draft.tags.tags) shown.add_tag_kinds(tag.kind());
  for (const char* name : kFreeTexts) {
    if (IsFilledIn(draft.content, name)) shown.add_warnings(name);
  }
  shown.set_exercise(call.terms->exercise);
  shown.set_conditions(conditions.SerializeAsString());
  shown.set_clause(draft.act.answer.clause);
  if (!shown.clause().empty()) shown.set_protocol(call.terms->protocol->protocol().id);
  return shown;
}

}  // namespace

const Method& PreviewShare::method() const {
  static const Method& method = MethodNamed("ExchangeService.PreviewShare");
  return method;
}

absl::StatusOr<Plan> PreviewShare::Decide(const Call& call, View& view) {
  auto drafted = DraftShare(
      call, view,
      {request_.record_id(), request_.recipient(), request_.recipient_role(), std::nullopt},
      case_key_);
  if (!drafted.ok()) return drafted.status();
  if (auto* refused = std::get_if<Plan>(&*drafted)) return std::move(*refused);
  ShareDraft& draft = std::get<ShareDraft>(*drafted);
  Plan plan;
  Effect& effect =
      plan.effects.emplace_back(EffectOf(call, draft.act, record::v1::OPERATION_CONSULTATION));
  if (draft.identity != nullptr) effect.entry.act.add_scope(envelope::kIdentityField);
  if (!draft.tags.tags.empty()) effect.entry.act.add_scope(kTagsScope);
  // What is released is put together only once its entry is durable.
  plan.reply = [this, call, draft = std::move(draft)](std::span<const ledger::Logged> logged) {
    response_ = Shown(call, draft);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
