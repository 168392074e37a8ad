#include "server/evaluation/asker.h"

#include <algorithm>
#include <utility>

#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

peer::v1::EvaluationRequest BodyOf(const Question& question, const keys::Package& package,
                                   const Asking& asking, const crypto::Hash& leaf_hash) {
  peer::v1::EvaluationRequest out;
  out.set_version(kVersion);
  out.set_partnership(package.partnership);
  out.set_asker(asking.asker);
  out.set_request_id(std::string(crypto::View(question.request_id())));
  out.set_key_id(std::string(crypto::View(package.key_id)));
  out.set_generation(package.generation);
  out.set_purpose(package.purpose);
  out.set_basis(asking.basis);
  out.set_case_token(asking.case_token);
  out.set_leaf_hash(std::string(crypto::View(leaf_hash)));
  *out.mutable_persons() = question.blinded();
  *out.mutable_user() = asking.user;
  return out;
}

std::vector<MemberIndex> OrderFor(const keys::Package& package, const RequestId& id) {
  std::vector<MemberIndex> out;
  for (const keys::KeyHolder& holder : package.holders) out.push_back(holder.index);
  const size_t first = (size_t{id[0]} << 8 | id[1]) % out.size();
  std::rotate(out.begin(), out.begin() + static_cast<ptrdiff_t>(first), out.end());
  return out;
}

}  // namespace

Asker::Asker(Question question, std::shared_ptr<const keys::Package> package, HolderKeys keys,
             Request request, size_t spare)
    : question_(std::move(question)),
      package_(std::move(package)),
      keys_(std::move(keys)),
      request_(std::move(request)),
      request_bytes_(request_.Serialise()),
      spare_(std::max<size_t>(spare, 1)),
      order_(OrderFor(*package_, question_.request_id())) {
  for (const MemberIndex holder : order_) states_[holder] = State::kIdle;
}

absl::StatusOr<Asker> Asker::Begin(Question question, const LoggedDurably& logged,
                                   std::shared_ptr<const keys::Package> package, HolderKeys keys,
                                   const Asking& asking, const crypto::SigningKey& identity,
                                   size_t spare) {
  if (question.key_id() != package->key_id) {
    return absl::InvalidArgumentError(
        "the question was made for another key; make it anew for the package in use");
  }
  if (absl::Status checked = CheckLogged(logged, question.Log()); !checked.ok()) return checked;
  Request request = SignRequest(BodyOf(question, *package, asking, logged.leaf_hash()), identity);
  if (!ReadRequest(request.Serialise()).ok()) {
    return absl::InvalidArgumentError(
        "the request would not be of form; give asker, basis, case token and the signature "
        "of the person who asks");
  }
  return Asker(std::move(question), std::move(package), std::move(keys), std::move(request), spare);
}

size_t Asker::Count(State state) const {
  return static_cast<size_t>(std::count_if(states_.begin(), states_.end(),
                                           [&](const auto& one) { return one.second == state; }));
}

std::vector<MemberIndex> Asker::Next() {
  std::vector<MemberIndex> out;
  if (standing() != Standing::kAsking) return out;
  const size_t wanted = package_->threshold + spare_;
  size_t hoped = right_.size() + Count(State::kAsked);
  for (const MemberIndex holder : order_) {
    if (hoped >= wanted) break;
    if (states_[holder] != State::kIdle) continue;
    states_[holder] = State::kAsked;
    out.push_back(holder);
    ++hoped;
  }
  return out;
}

AnswerVerdict Asker::Take(MemberIndex holder, crypto::BytesView signed_answer) {
  const auto state = states_.find(holder);
  // From nobody who was asked, or for the second time: it changes nothing.
  if (state == states_.end() || state->second == State::kIdle || state->second == State::kDone) {
    return AnswerVerdict::kOtherRequest;
  }
  JudgedAnswer judged =
      CheckForm(request_, question_.count(), *package_, holder, keys_[holder], signed_answer);
  if (judged.verdict == AnswerVerdict::kRight) {
    absl::StatusOr<oprf::VerifiedAnswer> verified =
        oprf::VerifyAnswer(question_.hidden_, holder, package_->Find(holder)->verification_key,
                           *std::move(judged.evaluation));
    if (verified.ok()) {
      right_.push_back({*std::move(verified), judged.answer->digest, std::string(signed_answer)});
    } else {
      judged.verdict = AnswerVerdict::kProof;
    }
  }
  state->second = State::kDone;
  if (judged.verdict == AnswerVerdict::kRefusal) refusals_[holder] = judged.answer->body.refusal();
  if (Blames(judged.verdict)) {
    wrong_.push_back({holder, judged.verdict, std::string(signed_answer)});
  } else if (judged.verdict != AnswerVerdict::kRight && judged.verdict != AnswerVerdict::kRefusal) {
    // Not known to be of the holder: its own may yet come.
    state->second = State::kLost;
  }
  return judged.verdict;
}

void Asker::Lost(MemberIndex holder) {
  const auto state = states_.find(holder);
  if (state != states_.end() && state->second == State::kAsked) state->second = State::kLost;
}

Asker::Standing Asker::standing() const {
  if (right_.size() >= package_->threshold) return Standing::kReady;
  const size_t possible = right_.size() + Count(State::kIdle) + Count(State::kAsked);
  return possible >= package_->threshold ? Standing::kAsking : Standing::kFailed;
}

ToLog Asker::Failed() const {
  const AskedEntry& entry = question_.entry();
  return {StepOf({"failed", crypto::View(entry.request_id), crypto::View(request_.digest)}),
          AskerPart(entry, kOutcomeFailed),
          {}};
}

ToLog Combined::Log() const {
  crypto::Bytes digests;
  for (const record::v1::EvaluationEnd& end : answers_) digests.append(end.answer_digest());
  return {StepOf({"combined", crypto::View(entry_.request_id), digests}),
          AskerPart(entry_, kOutcomeCombined),
          {}};
}

void Combined::FillSubject(record::v1::SubjectPart& subject) const {
  subject.set_case_ref(case_ref_);
  for (const record::v1::EvaluationEnd& end : answers_) *subject.add_evaluation_answers() = end;
}

absl::StatusOr<Combined::Elements> Combined::Release(const LoggedDurably& logged) && {
  if (absl::Status checked = CheckLogged(logged, Log()); !checked.ok()) return checked;
  return std::move(elements_);
}

absl::StatusOr<Combined> Asker::Combine() && {
  if (standing() != Standing::kReady) {
    return absl::FailedPreconditionError(
        "fewer holders answered rightly than are needed; ask again later");
  }
  Combined out;
  out.entry_ = question_.entry();
  out.case_ref_ = question_.case_ref_;
  std::vector<oprf::VerifiedAnswer> answers;
  for (Right& right : right_) {
    if (answers.size() == package_->threshold) break;
    record::v1::EvaluationEnd& end = out.answers_.emplace_back();
    end.set_holder(right.answer.holder());
    end.set_answer_digest(std::string(crypto::View(right.digest)));
    out.signed_answers_.push_back(std::move(right.signed_answer));
    answers.push_back(std::move(right.answer));
  }
  absl::StatusOr<std::vector<oprf::SecretElement>> elements =
      oprf::Combine(std::move(question_.hidden_), package_->threshold, answers);
  if (!elements.ok()) return elements.status();
  auto next = elements->begin();
  for (const Person& person : question_.persons_) {
    std::vector<oprf::SecretElement>& of_person = out.elements_.emplace_back();
    for (size_t i = 0; i < person.size(); ++i) of_person.push_back(std::move(*next++));
  }
  return out;
}

}  // namespace sluis::evaluation
