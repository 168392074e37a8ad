#include "server/core/question.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "policies/evaluate.h"
#include "policies/request.h"
#include "server/core/carried_out.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

using policies::Source;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
constexpr uint64_t kMaxAgeDays = 3650;

struct Facts {
  const Call& call;
  std::string_view action;
  const RecordFacts& record;

  const record::v1::SignalContent& content() const { return record.signal->content(); }
  const record::v1::SignalMarks& marks() const { return record.signal->marks(); }
  bool about_person() const {
    return record.signal != nullptr && content().subject_kind() == record::v1::SUBJECT_KIND_PERSON;
  }
};

// A value and where it was really taken from.
struct Supplied {
  std::string value;
  Source source;
};

constexpr char kNone[] = "none";

std::string Bool(bool value) { return value ? "true" : "false"; }

std::string TlpWord(record::v1::Tlp tlp) {
  switch (tlp) {
    case record::v1::TLP_CLEAR:
      return "clear";
    case record::v1::TLP_GREEN:
      return "green";
    case record::v1::TLP_AMBER:
      return "amber";
    case record::v1::TLP_AMBER_STRICT:
      return "amber+strict";
    default:
      return "red";
  }
}

std::string OnlifeWord(record::v1::Onlife onlife) {
  switch (onlife) {
    case record::v1::ONLIFE_ONLINE:
      return "online";
    case record::v1::ONLIFE_OFFLINE:
      return "offline";
    case record::v1::ONLIFE_BOTH:
      return "both";
    default:
      return "not_yet_looked_at";
  }
}

std::string AgreesWord(record::v1::ClientAgrees agrees) {
  switch (agrees) {
    case record::v1::CLIENT_AGREES_YES:
      return "yes";
    case record::v1::CLIENT_AGREES_NO:
      return "no";
    default:
      return "not_asked";
  }
}

std::string WeakestAssertion(const record::v1::SignalContent& content) {
  int weakest = record::v1::ASSERTION_FACT;
  for (const auto& statement : content.statements()) {
    weakest = std::max(weakest, static_cast<int>(statement.assertion()));
  }
  switch (weakest) {
    case record::v1::ASSERTION_FACT:
      return "fact";
    case record::v1::ASSERTION_ASSESSMENT:
      return "assessment";
    default:
      return "hearsay";
  }
}

using Supply = std::function<Supplied(const Facts&)>;

// A supply that reads the record, and is `none` where the act is about no record.
Supply OfRecord(std::function<std::string(const Facts&)> read) {
  return [read = std::move(read)](const Facts& facts) {
    return Supplied{facts.record.signal == nullptr ? kNone : read(facts), Source::kRecord};
  };
}

Supply OfPerson(std::function<std::string(const Facts&)> read) {
  return [read = std::move(read)](const Facts& facts) {
    return Supplied{facts.about_person() ? read(facts) : kNone, Source::kRecord};
  };
}

Supply Always(std::string value, Source source) {
  return [supplied = Supplied{std::move(value), source}](const Facts&) { return supplied; };
}

// The one place that says where each attribute comes from on the own node; docs/attributes.md is
// the same table.
const std::map<std::string, Supply, std::less<>>& Supplies() {
  static const auto& supplies = *new std::map<std::string, Supply, std::less<>>{
      {"actor.role",
       [](const Facts& f) {
         return Supplied{f.call.role, Source::kMandate};
       }},
      {"actor.is_author",
       [](const Facts& f) {
         return Supplied{Bool(f.record.author_is_caller), Source::kLedger};
       }},
      {"purpose",
       [](const Facts& f) {
         return Supplied{f.call.purpose, Source::kCaller};
       }},
      {"basis",
       [](const Facts& f) {
         return Supplied{f.call.basis, Source::kCaller};
       }},
      {"action",
       [](const Facts& f) {
         return Supplied{std::string(f.action), Source::kNode};
       }},
      {"case.given",
       [](const Facts& f) {
         const bool intake = f.call.case_ref == "INTAKE";
         return Supplied{f.call.case_ref.empty() ? kNone
                         : intake                ? "intake"
                                                 : "given",
                         Source::kCaller};
       }},
      {"record.category", OfRecord([](const Facts& f) { return f.content().category(); })},
      {"record.tlp", OfRecord([](const Facts& f) { return TlpWord(f.marks().tlp()); })},
      {"record.secret", OfRecord([](const Facts& f) { return Bool(f.marks().secret()); })},
      {"record.no_evidence",
       OfRecord([](const Facts& f) { return Bool(f.marks().no_evidence()); })},
      {"record.no_onward", OfRecord([](const Facts& f) { return Bool(f.marks().no_onward()); })},
      {"record.assertion", OfRecord([](const Facts& f) { return WeakestAssertion(f.content()); })},
      {"record.onlife", OfRecord([](const Facts& f) { return OnlifeWord(f.content().onlife()); })},
      {"record.client_agrees",
       OfPerson([](const Facts& f) { return AgreesWord(f.content().client_agrees()); })},
      {"record.subject_kind",
       OfRecord([](const Facts& f) { return std::string(f.about_person() ? "person" : "place"); })},
      {"record.age_days", OfRecord([](const Facts& f) {
         const uint64_t age_us =
             f.call.now_us > f.record.recorded_at_us ? f.call.now_us - f.record.recorded_at_us : 0;
         return std::to_string(std::min(age_us / kDayUs, kMaxAgeDays));
       })},
      {"record.held",
       [](const Facts& f) {
         return Supplied{Bool(f.record.held), Source::kLedger};
       }},
      {"subject.minor", OfPerson([](const Facts& f) { return Bool(f.content().minor()); })},
      {"case.listed", Always("false", Source::kLedger)},
      {"meeting.participant", Always("false", Source::kLedger)},
      {"consensus", Always("false", Source::kLedger)},
      {"protocol.active", Always("false", Source::kLedger)},
      {"cross_zone", Always("false", Source::kLedger)},
      {"from.kind",
       [](const Facts& f) {
         return Supplied{f.call.terms->kind, Source::kNode};
       }},
      {"to.kind",
       [](const Facts& f) {
         return Supplied{f.call.terms->kind, Source::kNode};
       }},
      {"to.role", Always(kNone, Source::kNode)},
      {"side", Always("local", Source::kNode)},
  };
  return supplies;
}

// Whether a value stands in the sealed body; its author does, although the ledger vouches for it.
bool OfTheBody(std::string_view attribute, Source source) {
  return source == Source::kRecord || attribute == "actor.is_author";
}

// Whether the time that the rules in force give content is over: it is no longer shown, though the
// date of the record may be later, from rules of before. A hold suspends it with the erasure.
bool TimeIsOver(const Facts& facts, const policies::Decision& decision) {
  if (facts.record.signal == nullptr || facts.record.held ||
      (facts.action != "read" && facts.action != "list")) {
    return false;
  }
  const auto* retention = decision.Find<policies::Retention>();
  return retention != nullptr && storage::AddDays(storage::LegalDay(facts.record.recorded_at_us),
                                                  retention->days) < facts.call.today;
}

}  // namespace

Answer Ask(const Call& call, std::string_view action, const RecordFacts& record) {
  const policies::PackSet& packs = call.terms->packs;
  if (!packs.ValidOn(call.today)) {
    return {policies::Refusal(packs.digests(), "the rule packs are not valid today"), {}};
  }
  const Facts facts{call, action, record};
  policies::RequestBuilder builder(packs);
  Answer answer;
  std::vector<std::string> unknown;
  for (const policies::Attribute& attribute : packs.schema().attributes) {
    if (attribute.derivation) continue;
    const auto supply = Supplies().find(attribute.name);
    // What nobody supplies stays missing, and a request that lacks something is refused.
    if (supply == Supplies().end()) continue;
    Supplied supplied = supply->second(facts);
    builder.Set(attribute.name, supplied.value, supplied.source);
    record::v1::AttributeValue& value = answer.attributes.emplace_back();
    value.set_name(attribute.name);
    if (record.unreadable && OfTheBody(attribute.name, supplied.source)) {
      unknown.push_back(attribute.name);
      continue;
    }
    // An unknown word is the caller's free text: it is refused, and it is not written down.
    const bool known =
        supplied.value == kNone || packs.schema().FindValue(attribute, supplied.value).has_value();
    value.set_value(known ? std::move(supplied.value) : std::string());
  }
  const policies::Request request = builder.Build();
  policies::Decision decision = unknown.empty() ? policies::Decide(packs, request)
                                                : policies::DecideWithout(packs, request, unknown);
  const policies::ObligationKinds enforceable = EnforceableHere(action, decision);
  answer.decision = policies::RefuseUnlessEnforceable(std::move(decision), enforceable);
  if (answer.permitted() && TimeIsOver(facts, answer.decision)) {
    answer.decision = policies::Refusal(packs.digests(), "the retention of this record is over");
  }
  return answer;
}

}  // namespace sluis::core
