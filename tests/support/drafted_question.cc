#include "tests/support/drafted_question.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/threshold.h"
#include "server/evaluation/message.h"
#include "server/evaluation/person_of.h"
#include "server/identity/person_keys.h"

namespace sluis::tests {

namespace oprf = crypto::oprf;

node::v1::DraftEvaluationResponse DraftedQuestion(const node::v1::DraftEvaluationRequest& asked,
                                                  std::string_view partnership,
                                                  const record::v1::SubjectIdentity& shown,
                                                  const record::v1::SubjectIdentity& meant) {
  node::v1::DraftEvaluationResponse draft;
  draft.set_request_id(std::string(16, 'q'));
  draft.set_partnership(std::string(partnership));
  draft.set_key_id(std::string(32, 'k'));
  draft.set_case_token(std::string(32, 'c'));
  node::v1::DraftedPerson& person = *draft.add_persons();
  person.set_record_id(asked.record_ids(0));
  *person.mutable_identity() = shown;
  record::v1::SubjectPart& subject = *draft.mutable_subject();
  subject.add_record_ids(asked.record_ids(0));
  subject.set_case_ref(asked.context().case_ref());

  google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson> blinded;
  peer::v1::BlindedPerson& hidden = *blinded.Add();
  record::v1::EvaluatedPerson& evaluated = *subject.add_evaluated();
  auto keys = identity::KeysOf(
      evaluation::PersonOf(meant).value(),
      identity::KeyScope::Of(partnership, asked.context().purpose()).value(), identity::KeyKinds());
  for (identity::FreeInput& free : keys.free) {
    const auto key = identity::CrossNodeInput::Of(std::move(free));
    std::vector<oprf::SecretScalar> blinds;
    blinds.push_back(oprf::SecretScalar::Random(crypto::SystemRandom()));
    record::v1::EvaluatedInput& input = *evaluated.add_inputs();
    input.set_kind(std::string(key.kind_word()));
    input.set_identifier(std::string(key.identifier()));
    input.set_blind(std::string(crypto::View(blinds[0].bytes().expose())));
    const crypto::BytesView bytes = key.expose();
    const auto request = oprf::Request::With(std::span(&bytes, 1), std::move(blinds));
    hidden.mutable_elements()->append(crypto::View(request->blinded().front()));
  }
  draft.set_count(static_cast<uint32_t>(evaluated.inputs_size()));
  draft.set_blinded_digest(std::string(crypto::View(evaluation::BlindedDigest(blinded))));
  return draft;
}

}  // namespace sluis::tests
