#include "server/core/known_answers.h"

namespace sluis::core {
namespace {

// About what it takes to keep it: its texts.
size_t SizeOf(const std::string& question, const Answer& answer) {
  size_t size = sizeof(Answer) + question.size();
  for (const record::v1::AttributeValue& value : answer.attributes) size += value.SpaceUsedLong();
  const policies::Decision& decision = answer.decision;
  for (const auto* rules : {&decision.permits, &decision.forbids, &decision.requires_}) {
    for (const std::string& rule : *rules) size += sizeof rule + rule.size();
  }
  for (const policies::GrantedField& field : decision.granted) {
    size += sizeof field + field.name.size();
  }
  for (const policies::Because& because : decision.because) {
    size += sizeof because + because.nl.size() + because.en.size() + because.fr.size() +
            because.citation.size();
  }
  return size;
}

}  // namespace

bool KnownAnswers::IsOf(const Call& call) const {
  return terms_.lock() == call.terms && protocol_.lock() == call.terms->protocol &&
         day_ == call.today;
}

std::shared_ptr<const Answer> KnownAnswers::Of(const Call& call, policies::Side side,
                                               const std::string& partner,
                                               const std::string& question,
                                               const std::function<Answer()>& ask) {
  const Place place(side, partner);
  {
    const std::lock_guard lock(mutex_);
    if (!IsOf(call)) {
      answers_.clear();
      terms_ = call.terms;
      protocol_ = call.terms->protocol;
      day_ = call.today;
    }
    const auto& known = answers_[place].by_question;
    const auto found = known.find(question);
    if (found != known.end()) return found->second;
  }
  auto answer = std::make_shared<const Answer>(ask());
  const std::lock_guard lock(mutex_);
  // Under terms, or on a day, that somebody else has put behind by now: it is not remembered.
  if (!IsOf(call)) return answer;
  const size_t size = SizeOf(question, *answer);
  if (size > kMostBytes) return answer;
  Answers& known = answers_[place];
  if (known.by_question.size() >= kMostOfOne || known.bytes + size > kMostBytes) known = {};
  // Somebody else may have asked meanwhile.
  if (known.by_question.emplace(question, answer).second) known.bytes += size;
  return answer;
}

}  // namespace sluis::core
