#include "server/core/ask_evaluation.h"

#include <algorithm>
#include <variant>

#include "server/core/asked_evaluation.h"
#include "server/core/asker_in_force.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_use.h"
#include "server/core/owed_proofs.h"
#include "server/core/person_statement.h"
#include "server/core/refusal.h"
#include "server/core/subject_identity.h"
#include "server/envelope/case_token.h"
#include "server/evaluation/parts.h"

namespace sluis::core {
namespace {

constexpr std::string_view kAudienceRole = "";

Refusal BadRecords(std::string what) {
  return {absl::StatusCode::kInvalidArgument, "bad_persons", std::move(what), "record_ids"};
}

using Found = std::vector<FoundPerson>;

// Every holder of the key is the recipient.
std::string CaseTokenOf(const Call& call, const AskTools& tools) {
  return std::string(crypto::View(envelope::CaseToken(tools.case_key, call.terms->partnership,
                                                      call.terms->partnership, call.case_ref)));
}

std::vector<std::vector<identity::KeyKind>> KindsOf(const Found& persons) {
  std::vector<std::vector<identity::KeyKind>> kinds;
  for (const FoundPerson& person : persons) {
    std::vector<identity::KeyKind>& of_person = kinds.emplace_back();
    for (const identity::CrossNodeInput& input : person.keys) of_person.push_back(input.kind());
  }
  return kinds;
}

std::vector<ledger::Precondition> RecordsUnchanged(const Found& persons) {
  std::vector<ledger::Precondition> all;
  for (const FoundPerson& person : persons) {
    const auto& one = person.looked_up.preconditions;
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void Wipe(Found& persons) {
  for (FoundPerson& person : persons) WipeIdentity(person.identity);
}

// Whether the persons are still those of the draft, and the caller may still know them.
absl::StatusOr<std::optional<Plan>> RefuseChanged(const Call& call, const View& view,
                                                  const AskTools& tools,
                                                  const EvaluationDraft& draft) {
  const auto scope = identity::KeyScope::Of(call.terms->partnership, call.purpose);
  if (!scope.ok()) return scope.status();
  auto found = tools.persons.Find(call, view, draft.records, *scope);
  if (!found.ok()) return found.status();
  if (auto* refused = std::get_if<Plan>(&*found)) return std::move(*refused);
  auto& persons = std::get<Found>(*found);
  const bool same =
      KindsOf(persons) == draft.kinds &&
      std::ranges::equal(RecordsUnchanged(persons), draft.rests_on,
                         [](auto& a, auto& b) { return a.key == b.key && a.stamp == b.stamp; });
  Wipe(persons);
  if (same) return std::nullopt;
  return RefusalPlan(call, {absl::StatusCode::kAborted, "changed_since_draft",
                            "a record, or by what persons are found, was changed meanwhile; make "
                            "the question anew",
                            "request_id"});
}

// The key for the purpose of the call, when this caller may use it now.
absl::StatusOr<std::variant<Evaluations::Pinned, Refusal>> KeyFor(
    const Call& call, View& view, const std::optional<AskTools>& tools) {
  const Terms& terms = *call.terms;
  if (!tools || !terms.manifest || !terms.may_exchange) {
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
      tools->evaluations.NewestIn(view, terms.partnership, call.purpose);
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

void FillSubject(const EvaluationDraft& draft, record::v1::SubjectPart& subject) {
  for (const std::string& record : draft.records) subject.add_record_ids(record);
  draft.question->FillSubject(subject);
}

// Of each record the id of the key under which it lies who it is about.
absl::StatusOr<std::vector<std::string>> IdentityKeys(const View& view,
                                                      const std::vector<std::string>& records) {
  std::vector<std::string> ids;
  for (const std::string& record : records) {
    const absl::StatusOr<record::v1::StoredRecord> row = view.ReadRecordRow(record);
    if (!row.ok()) return row.status();
    ids.push_back(row->identity().key_id());
  }
  return ids;
}

Entry EntryFor(const Call& call) {
  Entry entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  entry.act.set_purpose(call.purpose);
  entry.act.set_basis(call.basis);
  return entry;
}

}  // namespace

void DraftedEvaluation::Wipe() {
  evaluation::WipeSubject(subject);
  for (record::v1::SubjectIdentity& person : persons) WipeIdentity(person);
  persons.clear();
}

const Method& DraftEvaluation::method() const {
  static const Method& method = MethodNamed("EvaluationService.DraftEvaluation");
  return method;
}

absl::StatusOr<Plan> DraftEvaluation::Decide(const Call& call, View& view) {
  const auto key = KeyFor(call, view, tools_);
  if (!key.ok()) return key.status();
  if (const auto* refusal = std::get_if<Refusal>(&*key)) return RefusalPlan(call, *refusal);
  const auto& pinned = std::get<Evaluations::Pinned>(*key);
  const auto scope = identity::KeyScope::Of(call.terms->partnership, call.purpose);
  if (!scope.ok()) return scope.status();
  auto found = tools_->persons.Find(call, view, records_, *scope);
  if (!found.ok()) return found.status();
  if (auto* refused = std::get_if<Plan>(&*found)) return std::move(*refused);
  auto persons = std::make_shared<Found>(std::get<Found>(*std::move(found)));
  const auto wipe = std::shared_ptr<void>(persons.get(), [persons](void*) { Wipe(*persons); });
  EvaluationDraft draft{.package = pinned.package,
                        .case_token = CaseTokenOf(call, *tools_),
                        .records = records_,
                        .kinds = KindsOf(*persons),
                        .rests_on = RecordsUnchanged(*persons)};
  std::vector<evaluation::Person> keys;
  for (FoundPerson& person : *persons) keys.push_back(std::move(person.keys));
  absl::StatusOr<evaluation::Question> question = evaluation::Question::Of(
      *pinned.package, call.case_ref, std::move(keys), {tools_->random, tools_->hedge});
  if (!question.ok()) {
    return RefusalPlan(call, BadRecords(std::string(question.status().message())));
  }
  draft.question.emplace(*std::move(question));

  Plan plan;
  for (FoundPerson& person : *persons) plan.effects.push_back(std::move(person.looked_up));
  plan.reply = [draft = std::make_shared<EvaluationDraft>(std::move(draft)), persons, wipe,
                tools = *tools_, drafted = drafted_, user = call.caller->user_id,
                now_us = call.now_us](std::span<const ledger::Logged> logged) {
    const evaluation::Question& asked = *draft->question;
    drafted->request_id = asked.request_id();
    drafted->item = asked.Item(draft->case_token);
    drafted->key_id = asked.key_id();
    drafted->blinded_digest = asked.entry().blinded_digest;
    drafted->count = asked.count();
    drafted->case_token = draft->case_token;
    drafted->package = draft->package;
    FillSubject(*draft, drafted->subject);
    for (const FoundPerson& person : *persons) drafted->persons.push_back(person.identity);
    for (const ledger::Logged& one : logged) drafted->receipts.push_back(LogReceiptOf(one));
    if (tools.drafts.Keep(user, std::move(*draft), now_us)) return absl::OkStatus();
    drafted->Wipe();
    return absl::ResourceExhaustedError(
        "too many questions wait to be signed; sign some, or try again in a quarter of an hour");
  };
  return plan;
}

const Method& BeginEvaluation::method() const {
  static const Method& method = MethodNamed("EvaluationService.Evaluate");
  return method;
}

absl::StatusOr<Plan> BeginEvaluation::Decide(const Call& call, View& view) {
  begun_->reset();
  const auto key = KeyFor(call, view, tools_);
  if (!key.ok()) return key.status();
  if (const auto* refusal = std::get_if<Refusal>(&*key)) return RefusalPlan(call, *refusal);
  const auto& pinned = std::get<Evaluations::Pinned>(*key);
  const std::shared_ptr<EvaluationDrafts::Claimed> claimed =
      tools_->drafts.Claim(call.caller->user_id, request_.request_id, call.now_us);
  if (claimed == nullptr) {
    return RefusalPlan(call, {absl::StatusCode::kNotFound, "no_draft",
                              "there is no question of that id for you, or it waited for more than "
                              "a quarter of an hour; make it anew",
                              "request_id"});
  }
  const EvaluationDraft& draft = claimed->draft();
  if (draft.case_token != CaseTokenOf(call, *tools_)) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "changed_since_draft",
                              "the question was made for another case; make it anew", "context"});
  }
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
                                .item = draft.question->Item(draft.case_token)});
  if (!stated.ok()) return stated.status();
  if (auto* refusal = std::get_if<Refusal>(&*stated)) return RefusalPlan(call, std::move(*refusal));

  absl::StatusOr<std::optional<Plan>> changed = RefuseChanged(call, view, *tools_, draft);
  if (!changed.ok()) return changed.status();
  if (changed->has_value()) return std::move(**changed);

  absl::StatusOr<std::vector<std::string>> identities = IdentityKeys(view, draft.records);
  if (!identities.ok()) return identities.status();
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryFor(call);
  FillSubject(draft, effect.entry.subject);
  AddAsked(call, crypto::View(draft.question->request_id()), crypto::View(draft.question->key_id()),
           draft.records, effect);
  effect.preconditions = draft.rests_on;
  effect.preconditions.push_back(pinned.pinned);
  StepWrite& step = effect.step.emplace();
  step.to_log = draft.question->Log();
  for (const keys::KeyHolder& holder : draft.package->holders) {
    effect.rows.push_back(
        {OwedProofKey(holder.organisation, draft.package->key_id, draft.question->request_id()),
         std::string()});
  }
  evaluation::Asking asking{call.terms->organisation, call.basis, draft.case_token,
                            std::get<OwnStatement>(*stated).signature};
  plan.reply = [claimed, ticket = step.ticket, begun = begun_, asking = std::move(asking),
                keys = KeysOf(call, *draft.package),
                identities = *std::move(identities)](std::span<const ledger::Logged> logged) {
    const absl::StatusOr<evaluation::LoggedDurably> durable = (*ticket)->Durable(logged[0]);
    if (!durable.ok()) return durable.status();
    begun->emplace(
        BegunEvaluation{claimed->Use(), *durable, logged[0].index, keys, asking, identities});
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
