#include "server/core/ask_evaluation.h"

#include <variant>

#include "server/core/asker_in_force.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_use.h"
#include "server/core/owed_proofs.h"
#include "server/core/person_statement.h"
#include "server/core/refusal.h"
#include "server/envelope/case_token.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"

namespace sluis::core {
namespace {

constexpr std::string_view kAudienceRole = "";

Refusal BadRecords(std::string what) {
  return {absl::StatusCode::kInvalidArgument, "bad_persons", std::move(what), "records"};
}

// The key for the purpose of the call, when this caller may use it now.
absl::StatusOr<std::variant<Evaluations::Pinned, Refusal>> KeyFor(const Call& call, View& view,
                                                                  Evaluations& evaluations) {
  const Terms& terms = *call.terms;
  if (!terms.manifest || !terms.may_exchange) {
    return Refusal{absl::StatusCode::kFailedPrecondition, "not_exchanging",
                   "nothing may be exchanged now; look at the partnership", ""};
  }
  const absl::StatusOr<AskerInForce> own = AskerInForce::Of(call, view, terms.organisation);
  if (!own.ok()) return own.status();
  if (!own->Entitled({terms.organisation, call.role, call.purpose, call.basis})) {
    return Refusal{
        absl::StatusCode::kPermissionDenied, "not_entitled",
        "neither rules nor protocol let this role ask other nodes about persons for this "
        "purpose on this ground; ask the data protection officer",
        ""};
  }
  absl::StatusOr<std::optional<Evaluations::Pinned>> pinned =
      evaluations.NewestIn(view, terms.partnership, call.purpose);
  if (!pinned.ok()) return pinned.status();
  if (!*pinned || !MayUse((*pinned)->row, terms, call.now_us).ok()) {
    return Refusal{absl::StatusCode::kFailedPrecondition, "no_key",
                   "there is no key for this purpose that may be used now; ask an administrator to "
                   "look at `sluis keys status`",
                   ""};
  }
  return **std::move(pinned);
}

evaluation::HolderKeys KeysOf(const Call& call, const keys::Package& package) {
  evaluation::HolderKeys out;
  for (const keys::KeyHolder& holder : package.holders) {
    const partnership::Member* member = call.terms->manifest->manifest.Find(holder.organisation);
    if (member == nullptr) continue;
    for (const partnership::Key* key : member->KeysFor(crypto::KeyPurpose::kIdentity, call.today)) {
      out[holder.index].push_back(key->public_key);
    }
  }
  return out;
}

Entry EntryFor(const Call& call) {
  Entry entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  entry.act.set_purpose(call.purpose);
  entry.act.set_basis(call.basis);
  return entry;
}

}  // namespace

const Method& DraftEvaluation::method() const {
  static const Method& method =
      *new Method{"EvaluationService.DraftEvaluation", node::v1::METHOD_CLASS_DATA};
  return method;
}

absl::StatusOr<Plan> DraftEvaluation::Decide(const Call& call, View& view) {
  const auto key = KeyFor(call, view, tools_.evaluations);
  if (!key.ok()) return key.status();
  if (const auto* refusal = std::get_if<Refusal>(&*key)) return RefusalPlan(call, *refusal);
  const auto& pinned = std::get<Evaluations::Pinned>(*key);
  if (records_.empty() || records_.size() > evaluation::kMaxPersons) {
    return RefusalPlan(call, BadRecords("ask about 1 to 8 persons at a time"));
  }
  const auto scope = identity::KeyScope::Of(call.terms->partnership, call.purpose);
  if (!scope.ok()) return scope.status();
  absl::StatusOr<std::vector<evaluation::Person>> persons =
      tools_.persons.Find(call, view, records_, *scope);
  if (absl::IsNotFound(persons.status()) || absl::IsPermissionDenied(persons.status())) {
    return RefusalPlan(call, {persons.status().code(), "bad_persons",
                              std::string(persons.status().message()), "records"});
  }
  if (!persons.ok()) return persons.status();
  std::vector<std::vector<identity::KeyKind>> kinds;
  for (const evaluation::Person& person : *persons) {
    std::vector<identity::KeyKind>& of_person = kinds.emplace_back();
    for (const identity::CrossNodeInput& input : person) of_person.push_back(input.kind());
  }
  absl::StatusOr<evaluation::Question> question = evaluation::Question::Of(
      *pinned.package, call.case_ref, *std::move(persons), {tools_.random, tools_.hedge});
  if (!question.ok()) {
    return RefusalPlan(call, BadRecords(std::string(question.status().message())));
  }
  auto draft = std::make_shared<EvaluationDraft>(EvaluationDraft{
      *std::move(question), pinned.package,
      std::string(crypto::View(envelope::CaseToken(tools_.case_key, call.terms->partnership,
                                                   call.terms->partnership, call.case_ref))),
      records_, std::move(kinds)});

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryFor(call);
  effect.entry.subject.set_case_ref(call.case_ref);
  plan.reply = [draft, tools = tools_, drafted = drafted_, user = call.caller->user_id,
                now_us = call.now_us](std::span<const ledger::Logged>) {
    const evaluation::Question& asked = draft->question;
    drafted->request_id = asked.request_id();
    drafted->item = asked.Item(draft->case_token);
    drafted->key_id = asked.key_id();
    drafted->blinded_digest = asked.entry().blinded_digest;
    drafted->count = asked.count();
    asked.FillSubject(drafted->subject);
    if (tools.drafts.Keep(user, std::move(*draft), now_us)) return absl::OkStatus();
    evaluation::WipeSubject(drafted->subject);
    return absl::ResourceExhaustedError(
        "too many questions wait to be signed; sign some, or try again in a quarter of an hour");
  };
  return plan;
}

const Method& BeginEvaluation::method() const {
  static const Method& method =
      *new Method{"EvaluationService.Evaluate", node::v1::METHOD_CLASS_DATA};
  return method;
}

absl::StatusOr<Plan> BeginEvaluation::Decide(const Call& call, View& view) {
  begun_->reset();
  const auto key = KeyFor(call, view, tools_.evaluations);
  if (!key.ok()) return key.status();
  if (const auto* refusal = std::get_if<Refusal>(&*key)) return RefusalPlan(call, *refusal);
  const auto& pinned = std::get<Evaluations::Pinned>(*key);
  const std::shared_ptr<EvaluationDrafts::Claimed> claimed =
      tools_.drafts.Claim(call.caller->user_id, request_.request_id, call.now_us);
  if (claimed == nullptr) {
    return RefusalPlan(call, {absl::StatusCode::kNotFound, "no_draft",
                              "there is no question of that id for you, or it waited for more than "
                              "a quarter of an hour; make it anew",
                              "request_id"});
  }
  const EvaluationDraft& draft = claimed->draft();
  if (draft.package->digest != pinned.package->digest) {
    return RefusalPlan(call, {absl::StatusCode::kAborted, "key_changed",
                              "the key was shared anew or rolled meanwhile; make the question anew",
                              "request_id"});
  }
  absl::StatusOr<std::variant<OwnStatement, Refusal>> stated =
      VerifyOwnStatement(call, {.statement = request_.statement,
                                .mandate = request_.mandate,
                                .action = evaluation::kAction,
                                .audience = call.terms->partnership,
                                .audience_role = kAudienceRole,
                                .item = draft.question.Item(draft.case_token)});
  if (!stated.ok()) return stated.status();
  if (auto* refusal = std::get_if<Refusal>(&*stated)) return RefusalPlan(call, std::move(*refusal));

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryFor(call);
  draft.question.FillSubject(effect.entry.subject);
  effect.preconditions.push_back(pinned.pinned);
  StepWrite& step = effect.step.emplace();
  step.to_log = draft.question.Log();
  for (const keys::KeyHolder& holder : draft.package->holders) {
    effect.rows.push_back(
        {OwedProofKey(holder.organisation, draft.package->key_id, draft.question.request_id()),
         std::string()});
  }
  evaluation::Asking asking{call.terms->organisation, call.basis, draft.case_token,
                            std::get<OwnStatement>(*stated).signature};
  plan.reply = [claimed, ticket = step.ticket, begun = begun_, asking = std::move(asking),
                keys = KeysOf(call, *draft.package)](std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = (*ticket)->Durable(logged[0]);
    if (!durable.ok()) return durable.status();
    begun->emplace(BegunEvaluation{claimed->Use(), *durable, logged[0].index, keys, asking});
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
