#include "server/evaluation/question.h"

#include <utility>

#include "crypto/disclose.h"
#include "crypto/expand_message.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

constexpr std::string_view kBlindLabel = "sluis/evaluation-blind/v1";

// Everything before the match key has a fixed length.
oprf::SecretScalar BlindFor(const BlindSource& source, const AskedEntry& entry, size_t place,
                            crypto::BytesView input) {
  crypto::Secret<32> fresh;
  source.random.Fill(fresh.mutable_span());
  crypto::Bytes number;
  crypto::AppendU16(number, static_cast<uint16_t>(place));
  return oprf::HashToSecretScalar(
      {crypto::View(fresh.expose()), crypto::View(source.hedge.expose()),
       crypto::View(entry.request_id), crypto::View(entry.key_id), number, input},
      kBlindLabel);
}

absl::Status CheckCounts(const std::vector<Person>& persons) {
  bool fits = !persons.empty() && persons.size() <= kMaxPersons;
  size_t bytes = 0;
  for (const Person& person : persons) {
    fits = fits && !person.empty() && person.size() <= kMaxKeysPerPerson;
    for (const identity::CrossNodeInput& key : person) {
      bytes += key.identifier().size() + kBytesAroundMatchKey;
    }
  }
  if (!fits) {
    return absl::InvalidArgumentError(
        "a question is about 1 to 8 persons with 1 to 5 match keys each; ask several times");
  }
  if (bytes > kMaxQuestionBytes) {
    return absl::InvalidArgumentError(
        "the match keys are too long to be logged together; ask about fewer persons at a time");
  }
  return absl::OkStatus();
}

// For the partnership and purpose of the key, and for this case where one takes a grant.
absl::Status CheckScopes(const keys::Package& package, std::string_view case_ref,
                         const std::vector<Person>& persons) {
  if (case_ref.empty() || case_ref.size() > kMaxCaseRefBytes) {
    return absl::InvalidArgumentError("a question is about one case; name it in 1 to 255 bytes");
  }
  for (const Person& person : persons) {
    for (const identity::CrossNodeInput& key : person) {
      if (key.scope().partnership() != package.partnership ||
          key.scope().purpose() != package.purpose) {
        return absl::InvalidArgumentError(
            "a match key was made for another partnership or purpose than the key; make it anew");
      }
      if (!key.case_reference().empty() && key.case_reference() != case_ref) {
        return absl::InvalidArgumentError(
            "a search by sound was granted for another case; ask for a grant for this one");
      }
    }
  }
  return absl::OkStatus();
}

// In time that depends on lengths only; that one is there twice shows.
bool AnyTwice(const std::vector<crypto::BytesView>& inputs) {
  int twice = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      twice |= static_cast<int>(crypto::ConstantTimeEqual(inputs[i], inputs[j]));
    }
  }
  return crypto::Disclose(twice);
}

}  // namespace

absl::StatusOr<Question> Question::Of(const keys::Package& package, std::string_view case_ref,
                                      std::vector<Person> persons, const BlindSource& source) {
  if (package.use != record::v1::KEY_USE_TAGS) {
    return absl::InvalidArgumentError(
        "the key is not one for tags of persons; take the package of the purpose");
  }
  if (absl::Status counts = CheckCounts(persons); !counts.ok()) return counts;
  if (absl::Status scopes = CheckScopes(package, case_ref, persons); !scopes.ok()) return scopes;
  std::vector<crypto::BytesView> inputs;
  for (const Person& person : persons) {
    for (const identity::CrossNodeInput& key : person) inputs.push_back(key.expose());
  }
  if (AnyTwice(inputs)) {
    return absl::InvalidArgumentError("a match key is there twice; give each once");
  }
  AskedEntry entry;
  entry.partnership = package.partnership;
  entry.request_id = source.random.Array<16>();
  entry.key_id = package.key_id;
  entry.count = static_cast<uint32_t>(inputs.size());
  std::vector<oprf::SecretScalar> blinds;
  for (const crypto::BytesView input : inputs) {
    blinds.push_back(BlindFor(source, entry, blinds.size(), input));
  }
  absl::StatusOr<oprf::Request> hidden = oprf::Request::With(inputs, std::move(blinds));
  if (!hidden.ok()) return hidden.status();
  Question out(case_ref, std::move(persons), *std::move(hidden));
  size_t next = 0;
  for (const Person& person : out.persons_) {
    std::string& elements = *out.blinded_.Add()->mutable_elements();
    for (size_t i = 0; i < person.size(); ++i) {
      elements.append(crypto::View(out.hidden_.blinded()[next++]));
    }
  }
  entry.blinded_digest = BlindedDigest(out.blinded_);
  out.entry_ = std::move(entry);
  return out;
}

void Question::FillSubject(record::v1::SubjectPart& subject) const {
  subject.set_case_ref(case_ref_);
  size_t next = 0;
  for (const Person& person : persons_) {
    record::v1::EvaluatedPerson& out = *subject.add_evaluated();
    for (const identity::CrossNodeInput& key : person) {
      record::v1::EvaluatedInput& input = *out.add_inputs();
      input.set_kind(std::string(key.kind_word()));
      const crypto::BytesView identifier = key.identifier();
      // No string in between: what it left behind would not be wiped.
      input.set_identifier(identifier.data(), identifier.size());
      const auto blind = hidden_.blinds()[next++].bytes().expose();
      input.set_blind(blind.data(), blind.size());
    }
  }
}

ToLog Question::Log() const {
  return {StepOf({"ask", crypto::View(entry_.request_id), crypto::View(entry_.key_id),
                  crypto::View(entry_.blinded_digest)}),
          AskerPart(entry_, kOutcomeAsked),
          {}};
}

envelope::StatementItem Question::Item(std::string_view case_token) const {
  return ItemOf(entry_.request_id, case_token, entry_.key_id, entry_.blinded_digest);
}

}  // namespace sluis::evaluation
