#include "server/evaluation/hidden_subject.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crypto/disclose.h"
#include "crypto/threshold.h"
#include "server/envelope/canonical_secret.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "server/evaluation/person_of.h"
#include "server/identity/key_input.h"
#include "server/identity/opened_input.h"
#include "server/identity/person_keys.h"
#include "server/ledger/part.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using Persons = google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>;

// What the match keys hide to; false when one is none.
bool Hide(std::string_view partnership, std::string_view purpose,
          const record::v1::SubjectPart& subject, Persons* out) {
  const absl::StatusOr<identity::KeyScope> scope = identity::KeyScope::Of(partnership, purpose);
  if (!scope.ok()) return false;
  for (const record::v1::EvaluatedPerson& person : subject.evaluated()) {
    std::string& elements = *out->Add()->mutable_elements();
    for (const record::v1::EvaluatedInput& one : person.inputs()) {
      const absl::StatusOr<identity::WipedText> input =
          identity::OpenedInput(one.kind(), *scope, one.identifier());
      auto bytes = crypto::Secret<oprf::kScalarSize>::FromBytes(crypto::Bytes(one.blind()));
      if (!input.ok() || !bytes.ok()) return false;
      auto blind = oprf::SecretScalar::Deserialize(*std::move(bytes));
      if (!blind.ok()) return false;
      std::vector<oprf::SecretScalar> blinds;
      blinds.push_back(*std::move(blind));
      const crypto::BytesView view = identity::View(*input);
      const auto hidden = oprf::Request::With(std::span(&view, 1), std::move(blinds));
      if (!hidden.ok()) return false;
      elements.append(crypto::View(hidden->blinded().front()));
    }
  }
  return true;
}

// What one person gives that may cross to other nodes without a grant.
std::vector<identity::CrossNodeInput> KeysOf(const record::v1::SubjectIdentity& identity,
                                             const identity::KeyScope& scope) {
  std::vector<identity::CrossNodeInput> out;
  const absl::StatusOr<identity::Person> person = PersonOf(identity);
  if (!person.ok()) return out;
  for (identity::FreeInput& input :
       identity::KeysOf(*person, scope, identity::KeyKinds::All()).free) {
    out.push_back(identity::CrossNodeInput::Of(std::move(input)));
  }
  return out;
}

}  // namespace

OpenedSubject::OpenedSubject(crypto::BytesView bytes)
    : reads_(crypto::Disclose(
          static_cast<int>(envelope::ReadCanonicalSecret(bytes, ledger::kMaxPartBytes, part_)))) {}

OpenedSubject::~OpenedSubject() {
  WipeSubject(part_);
  crypto::Wipe(*part_.mutable_case_ref());
}

bool OpenedSubject::HidesTo(std::string_view partnership, std::string_view purpose, uint32_t count,
                            const crypto::Hash& blinded_digest) const {
  Persons persons;
  if (!reads_ || !Hide(partnership, purpose, part_, &persons)) return false;
  const auto elements = ElementsOf(persons);
  return elements.ok() && elements->size() == count &&
         crypto::Disclose(static_cast<int>(crypto::ConstantTimeEqual(
             crypto::View(BlindedDigest(persons)), crypto::View(blinded_digest))));
}

bool CheckSubject(std::string_view partnership, std::string_view purpose, crypto::BytesView subject,
                  uint32_t count, const crypto::Hash& blinded_digest) {
  return OpenedSubject(subject).HidesTo(partnership, purpose, count, blinded_digest);
}

bool CheckPersons(std::string_view partnership, std::string_view purpose,
                  const record::v1::SubjectPart& subject,
                  std::span<const record::v1::SubjectIdentity> persons) {
  const absl::StatusOr<identity::KeyScope> scope = identity::KeyScope::Of(partnership, purpose);
  if (!scope.ok() || subject.evaluated_size() != static_cast<int>(persons.size())) return false;
  for (size_t i = 0; i < persons.size(); ++i) {
    const auto& inputs = subject.evaluated(static_cast<int>(i)).inputs();
    const std::vector<identity::CrossNodeInput> keys = KeysOf(persons[i], *scope);
    const auto is_of_person = [&keys](const record::v1::EvaluatedInput& input) {
      return std::any_of(keys.begin(), keys.end(), [&input](const identity::CrossNodeInput& key) {
        return key.kind_word() == input.kind() &&
               crypto::ConstantTimeEqual(key.identifier(), input.identifier());
      });
    };
    if (inputs.empty() || !std::all_of(inputs.begin(), inputs.end(), is_of_person)) return false;
  }
  return true;
}

}  // namespace sluis::evaluation
