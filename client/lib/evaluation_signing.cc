#include "client/lib/evaluation_signing.h"

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/evaluation/hidden_subject.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "server/evaluation/person_of.h"

namespace sluis::client {
namespace {

Failure Differs() { return {Exit::kInternal, {"tag.draft_differs", {}}, nullptr}; }

// Whether the list that is signed hides the match keys of the persons that are shown, for the
// records and the case that were asked about.
bool IsAsShown(const node::v1::DraftEvaluationRequest& asked,
               const node::v1::DraftEvaluationResponse& draft, const crypto::Hash& blinded) {
  if (draft.persons_size() != asked.record_ids_size() ||
      !std::ranges::equal(draft.subject().record_ids(), asked.record_ids()) ||
      draft.subject().case_ref() != asked.context().case_ref()) {
    return false;
  }
  std::vector<record::v1::SubjectIdentity> persons;
  bool same = true;
  for (int i = 0; i < draft.persons_size(); ++i) {
    same = same && draft.persons(i).record_id() == asked.record_ids(i);
    persons.push_back(draft.persons(i).identity());
  }
  const std::string& purpose = asked.context().purpose();
  std::string subject = draft.subject().SerializeAsString();
  same = same && evaluation::CheckPersons(draft.partnership(), purpose, draft.subject(), persons) &&
         evaluation::CheckSubject(draft.partnership(), purpose, subject, draft.count(), blinded);
  crypto::Wipe(subject);
  for (record::v1::SubjectIdentity& person : persons) evaluation::WipeIdentity(person);
  return same;
}

}  // namespace

Result<node::v1::EvaluateRequest> SignEvaluation(const node::v1::DraftEvaluationRequest& asked,
                                                 const node::v1::DraftEvaluationResponse& draft,
                                                 const Signer& signer) {
  const auto id = crypto::ToFixed<envelope::kExchangeIdBytes>(draft.request_id());
  const auto key_id = crypto::ToFixed<32>(draft.key_id());
  const auto blinded = crypto::ToFixed<32>(draft.blinded_digest());
  if (!id.ok() || !key_id.ok() || !blinded.ok() || !IsAsShown(asked, draft, *blinded)) {
    return Differs();
  }
  auto statement = SignStatement(
      {std::string(evaluation::kAction), draft.partnership(), draft.partnership(), ""},
      asked.context(), {evaluation::ItemOf(*id, draft.case_token(), *key_id, *blinded)}, signer);
  if (!statement.ok()) return statement.failure();
  node::v1::EvaluateRequest request;
  *request.mutable_context() = asked.context();
  request.set_request_id(draft.request_id());
  *request.mutable_statement() = *std::move(statement);
  *request.mutable_mandate() = signer.mandate.signed_mandate;
  return request;
}

void WipeDraft(node::v1::DraftEvaluationResponse& draft) {
  evaluation::WipeSubject(*draft.mutable_subject());
  for (node::v1::DraftedPerson& person : *draft.mutable_persons()) {
    evaluation::WipeIdentity(*person.mutable_identity());
  }
}

}  // namespace sluis::client
