#include "server/core/release_question.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "policies/protocol_cover.h"
#include "server/core/facts.h"
#include "server/core/known_answers.h"

namespace sluis::core {
namespace {

using policies::ObligationKind;

constexpr std::string_view kContributor = "contributor";
constexpr std::string_view kSubject = "subject";
constexpr std::string_view kNotifyText = "notify=";

// The answer, refused when it comes with an obligation that is not carried out.
template <typename CarriedOut>
Answer RefuseUnless(Answer answer, const CarriedOut& carried_out) {
  policies::ObligationKinds kinds;
  for (const policies::JoinedObligation& joined : answer.decision.obligations) {
    if (carried_out(joined.obligation)) kinds = kinds.With(policies::KindOf(joined.obligation));
  }
  answer.decision = policies::RefuseUnlessEnforceable(std::move(answer.decision), kinds);
  return answer;
}

// Whether the record says that the person whom it is about was told, or why not.
bool SubjectSettled(const RecordFacts& record) {
  if (record.signal == nullptr) return false;
  const record::v1::SignalContent& content = record.signal->content();
  return content.subject_kind() != record::v1::SUBJECT_KIND_PERSON ||
         content.client_informed() == record::v1::CLIENT_INFORMED_YES ||
         !content.client_informed_ground().empty();
}

// Days within which the terms say that the contributor is told; nothing when they do not.
std::optional<int32_t> ContributorToldWithin(const peer::v1::Terms& terms) {
  for (const std::string& obligation : terms.conditions().obligations()) {
    std::string_view rest = obligation;
    if (!rest.starts_with(kNotifyText)) continue;
    rest.remove_prefix(kNotifyText.size());
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      if (!item.starts_with("contributor:P") || !item.ends_with("D")) continue;
      const std::string_view number =
          item.substr(kContributor.size() + 2, item.size() - kContributor.size() - 3);
      int32_t days = 0;
      const auto read = std::from_chars(number.begin(), number.end(), days);
      if (read.ec == std::errc() && read.ptr == number.end()) return days;
    }
  }
  return std::nullopt;
}

std::string_view ValueOf(const Answer& answer, std::string_view name) {
  for (const record::v1::AttributeValue& value : answer.attributes) {
    if (value.name() == name) return value.value();
  }
  return {};
}

// All that deciding reads, but for what answers are kept under: the protocol in force, the day, the
// direction and the partner. Nothing when that cannot be said in numbers, for then the rules are
// asked each time: for what lacks one, and for what is written otherwise than its number is, such
// as "007", because the answer repeats what was written and not what it means.
std::optional<std::string> QuestionOf(const Facts& facts, std::string_view read,
                                      const std::vector<GivenAttribute>& given) {
  if (facts.record.unreadable) return std::nullopt;
  std::string question;
  question.reserve(128 + given.size() * 9);
  const Terms& terms = *facts.call.terms;
  question += crypto::View(terms.packs.digests().effective);
  crypto::AppendU8(question, terms.exercise ? 1 : 0);
  crypto::AppendLp(question, facts.action);
  crypto::AppendLp(question, read);
  for (const GivenAttribute& one : given) {
    if (!one.number) return std::nullopt;
    const policies::Attribute& attribute = terms.packs.schema().attributes[one.attribute];
    if (terms.packs.schema().ValueName(attribute, *one.number) != one.value) return std::nullopt;
    crypto::AppendU32(question, one.attribute);
    crypto::AppendU8(question, static_cast<uint8_t>(one.source));
    crypto::AppendU32(question, static_cast<uint32_t>(*one.number));
  }
  return question;
}

// Asks by `ask`, unless the same was asked before. `read`: what it reads beside the attributes.
template <typename Ask>
Answer AskOnce(const Facts& facts, std::string_view read, const Ask& ask) {
  std::vector<GivenAttribute> given = Gather(facts);
  const std::optional<std::string> question = QuestionOf(facts, read, given);
  if (!question) return ask(std::move(given));
  static auto& known = *new KnownAnswers;  // one node runs in a process
  return *known.Of(facts.call, facts.side, facts.partner->organisation, *question,
                   [&] { return ask(std::move(given)); });
}

Answer OutsideProtocol(Answer answer, const Call& call, std::string why) {
  answer.outside_protocol = true;
  answer.decision = policies::Refusal(call.terms->packs.digests(), std::move(why));
  return answer;
}

}  // namespace

Answer UnderProtocol(Answer answer, const Call& call, std::string_view from, std::string_view to) {
  const ProtocolInForce* in_force = call.terms->protocol.get();
  if (in_force == nullptr && call.terms->exercise) return answer;
  if (in_force == nullptr || !in_force->HoldsBetween(from, to, call.today)) {
    if (!answer.permitted()) return answer;
    return OutsideProtocol(std::move(answer), call, "no protocol is in force between the two");
  }
  answer.protocol = in_force->protocol().digest;
  if (!answer.permitted()) return answer;
  policies::Disclosure disclosure{.purpose = ValueOf(answer, "purpose"),
                                  .basis = ValueOf(answer, "basis"),
                                  .category = ValueOf(answer, "record.category"),
                                  .from = from,
                                  .to = to,
                                  .fields = {}};
  disclosure.fields.reserve(answer.decision.granted.size());
  for (const policies::GrantedField& field : answer.decision.granted) {
    disclosure.fields.push_back(field.name);
  }
  const policies::ProtocolClause* clause =
      policies::CoveringClause(in_force->protocol(), disclosure);
  if (clause != nullptr) {
    answer.clause = clause->id.text;
    return answer;
  }
  return OutsideProtocol(std::move(answer), call, "no clause of the protocol in force covers it");
}

bool CarriedOutAtRelease(const policies::Obligation& obligation, const ReleaseFacts& facts) {
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kOnward:
    case ObligationKind::kNoEvidence:
    case ObligationKind::kCoolingOff:
    case ObligationKind::kLog:
      return true;
    case ObligationKind::kNotify: {
      const auto& parties = std::get<policies::Notify>(obligation).days_by_party;
      return std::all_of(parties.begin(), parties.end(), [&facts](const auto& party) {
        return party.first == kContributor ||
               (party.first == kSubject && SubjectSettled(facts.record));
      });
    }
    case ObligationKind::kApproval:
    case ObligationKind::kKAnonymity:
      return false;
  }
  return false;
}

bool CarriedOutAtAcceptance(const policies::Obligation& obligation, const AcceptFacts& facts) {
  switch (policies::KindOf(obligation)) {
    case ObligationKind::kFields:
    case ObligationKind::kRetention:
    case ObligationKind::kOnward:
    case ObligationKind::kNoEvidence:
    case ObligationKind::kLog:
      return true;
    case ObligationKind::kNotify: {
      const auto& parties = std::get<policies::Notify>(obligation).days_by_party;
      const std::optional<int32_t> told = ContributorToldWithin(*facts.terms);
      return std::all_of(parties.begin(), parties.end(), [&told](const auto& party) {
        return party.first == kContributor && told && *told <= party.second;
      });
    }
    case ObligationKind::kCoolingOff:
    case ObligationKind::kApproval:
    case ObligationKind::kKAnonymity:
      return false;
  }
  return false;
}

Answer AskRelease(const Call& call, const ReleaseFacts& facts) {
  const Facts asked{.call = call,
                    .action = facts.action,
                    .side = policies::Side::kRelease,
                    .record = facts.record,
                    .role = call.role,
                    .partner = facts.recipient,
                    .recipient_role = facts.recipient_role,
                    .once_resumed = facts.once_resumed};
  const std::string read = SubjectSettled(facts.record) ? "settled" : "";
  return AskOnce(asked, read, [&](std::vector<GivenAttribute> given) {
    return UnderProtocol(RefuseUnless(Evaluate(asked, std::move(given)),
                                      [&facts](const policies::Obligation& obligation) {
                                        return CarriedOutAtRelease(obligation, facts);
                                      }),
                         call, call.terms->organisation, facts.recipient->organisation);
  });
}

Answer AskAccept(const Call& call, const AcceptFacts& facts) {
  const RecordFacts none;
  const Facts asked{.call = call,
                    .action = facts.action,
                    .side = policies::Side::kAccept,
                    .record = none,
                    .role = facts.role,
                    .partner = facts.sender,
                    .offered = facts.terms};
  const std::optional<int32_t> told = ContributorToldWithin(*facts.terms);
  const std::string read = told ? std::to_string(*told) : "";
  return AskOnce(asked, read, [&](std::vector<GivenAttribute> given) {
    return UnderProtocol(RefuseUnless(Evaluate(asked, std::move(given)),
                                      [&facts](const policies::Obligation& obligation) {
                                        return CarriedOutAtAcceptance(obligation, facts);
                                      }),
                         call, facts.sender->organisation, call.terms->organisation);
  });
}

}  // namespace sluis::core
