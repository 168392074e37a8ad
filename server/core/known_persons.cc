#include "server/core/known_persons.h"

#include <utility>

#include "server/core/identity_kinds.h"
#include "server/core/open_identity.h"
#include "server/core/record.h"
#include "server/core/record_act.h"
#include "server/core/subject_identity.h"
#include "server/identity/person_keys.h"

namespace sluis::core {
namespace {

Refusal BadPersons(std::string what) {
  return {absl::StatusCode::kInvalidArgument, "bad_persons", std::move(what), "record_ids"};
}

// What of this person may cross to other nodes without a grant.
absl::StatusOr<evaluation::Person> CrossingKeys(const record::v1::SubjectIdentity& identity,
                                                const identity::KeyScope& scope,
                                                const identity::KeyKinds& kinds) {
  evaluation::Person out;
  const absl::StatusOr<identity::Person> person = PersonOf(identity);
  if (!person.ok()) return absl::DataLossError("a stored identity is of nobody");
  for (identity::FreeInput& input : identity::KeysOf(*person, scope, kinds).free) {
    out.push_back(identity::CrossNodeInput::Of(std::move(input)));
  }
  return out;
}

absl::StatusOr<std::variant<FoundPerson, Plan>> FindOne(const Call& call, const View& view,
                                                        const std::string& id,
                                                        const identity::KeyScope& scope) {
  auto asked = AskAbout(call, view, id, "read");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  const auto refuse = [&](absl::StatusCode code, const char* word, const char* because,
                          record::v1::Outcome outcome = record::v1::OUTCOME_REFUSED) {
    return RefuseAbout(call, act, {code, word, because, "record_ids"}, outcome);
  };
  if (!GrantsIdentity(act.answer.decision)) {
    return refuse(absl::StatusCode::kPermissionDenied, "identity_not_granted",
                  "no rule lets you read who this is about; ask who wrote it down",
                  record::v1::OUTCOME_DENIED);
  }
  if (act.record->body.has_received()) {
    return refuse(absl::StatusCode::kFailedPrecondition, "not_own_record",
                  "another organisation shared this; it is for that one to ask about the person");
  }
  if (act.record->row.state() != record::v1::RECORD_STATE_OPEN) {
    return refuse(absl::StatusCode::kFailedPrecondition, "withdrawn",
                  "the signal was taken back and is no longer read");
  }
  absl::StatusOr<std::optional<OpenedIdentity>> identity = ReadIdentity(view, act.record->row);
  if (!identity.ok()) return identity.status();
  if (!identity->has_value()) {
    return refuse(absl::StatusCode::kNotFound, "no_identity",
                  "nobody wrote down who this is about");
  }
  const identity::KeyKinds kinds = IdentityKindsOn(*call.terms, call.today);
  FoundPerson found;
  found.identity = WithoutUnused(std::move((*identity)->identity), kinds);
  if (PersonOf(found.identity).ok()) {
    absl::StatusOr<evaluation::Person> keys = CrossingKeys(found.identity, scope, kinds);
    if (!keys.ok()) return keys.status();
    found.keys = *std::move(keys);
  }
  if (found.keys.empty()) {
    WipeIdentity(found.identity);
    return refuse(absl::StatusCode::kFailedPrecondition, "no_match_key",
                  "too little is known of this person: name and full birth date, or a number of a "
                  "kind that the partnership uses");
  }
  found.looked_up = EffectOf(call, act, record::v1::OPERATION_CONSULTATION);
  found.looked_up.entry.act.add_scope(kIdentityField);
  return found;
}

}  // namespace

absl::StatusOr<std::variant<std::vector<FoundPerson>, Plan>> KnownPersons::Find(
    const Call& call, const View& view, const std::vector<std::string>& records,
    const identity::KeyScope& scope) const {
  // What is kept of a question goes with whoever it is about: about two of them, to erase the one
  // would destroy the evidence about the other.
  if (records.size() != 1) {
    return RefusalPlan(call, BadPersons("ask about one person at a time"));
  }
  auto found = FindOne(call, view, records[0], scope);
  if (!found.ok()) return found.status();
  if (auto* refused = std::get_if<Plan>(&*found)) return std::move(*refused);
  std::vector<FoundPerson> out;
  out.push_back(std::get<FoundPerson>(*std::move(found)));
  return out;
}

}  // namespace sluis::core
