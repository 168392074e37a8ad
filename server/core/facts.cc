#include "server/core/facts.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "policies/evaluate.h"
#include "policies/request.h"
#include "server/envelope/terms.h"

namespace sluis::core {
namespace {

using policies::Side;
using policies::Source;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
constexpr uint64_t kMaxAgeDays = 3650;
constexpr char kNone[] = "none";

// A value and where it was really taken from.
struct Supplied {
  std::string value;
  Source source;
};

using Supply = std::function<std::optional<Supplied>(const Facts&)>;
using Read = std::function<std::string(const Facts&)>;

const record::v1::SignalContent& ContentOf(const Facts& facts) {
  return facts.record.signal->content();
}
const record::v1::SignalMarks& MarksOf(const Facts& facts) { return facts.record.signal->marks(); }

bool AboutPerson(const Facts& facts) {
  return facts.record.signal != nullptr &&
         ContentOf(facts).subject_kind() == record::v1::SUBJECT_KIND_PERSON;
}

std::string Bool(bool value) { return value ? "true" : "false"; }

// The word of a field that may be left out, or the one that stands for it.
std::string WordOr(std::string_view word, const char* otherwise) {
  return word.empty() ? otherwise : std::string(word);
}

std::string WeakestAssertion(const record::v1::SignalContent& content) {
  int weakest = record::v1::ASSERTION_FACT;
  for (const auto& statement : content.statements()) {
    weakest = std::max(weakest, static_cast<int>(statement.assertion()));
  }
  return WordOr(envelope::AssertionWord(static_cast<record::v1::Assertion>(weakest)), "hearsay");
}

std::string AgeInDays(const Facts& facts) {
  const uint64_t recorded = facts.record.recorded_at_us;
  const uint64_t age_us = facts.call.now_us > recorded ? facts.call.now_us - recorded : 0;
  return std::to_string(std::min(age_us / kDayUs, kMaxAgeDays));
}

// Whether there was a mandate to look. The reference itself stays where the record was written: one
// that was received came under rules that asked the sender for it.
bool HasMandate(const Facts& facts) {
  return !ContentOf(facts).mandate_reference().empty() || !facts.record.received_under.empty();
}

// Whether anything may be exchanged under the manifest that both signed, by the rules it names, and
// the protocol whose machine form these rules are holds between both today. In an exercise, where
// nothing is real, there need not be one yet.
bool ProtocolActive(const Facts& facts) {
  const Terms& terms = *facts.call.terms;
  const bool exchanging = terms.may_exchange || (facts.once_resumed && SuspendedHere(terms));
  if (facts.side == Side::kLocal || !terms.manifest || !exchanging) return false;
  const policies::PackDigests& packs = terms.packs.digests();
  const partnership::Manifest& manifest = terms.manifest->manifest;
  if (packs.statutory != manifest.statutory_pack || !packs.partnership ||
      *packs.partnership != manifest.partnership_pack) {
    return false;
  }
  if (!terms.protocol) return terms.exercise;
  return terms.protocol->HoldsBetween(terms.organisation, facts.partner->organisation,
                                      facts.call.today);
}

std::string CaseGiven(const Facts& facts) {
  if (facts.call.case_ref.empty()) return kNone;
  return facts.call.case_ref == "INTAKE" ? "intake" : "given";
}

// The same on each side.
Supply From(Source source, Read read) {
  return [source, read = std::move(read)](const Facts& facts) {
    return Supplied{read(facts), source};
  };
}

// Said by the sender in the terms it signed; nothing when it does not say it.
std::optional<Supplied> OfTerms(const Facts& facts, std::string_view name) {
  const auto value = envelope::AttributeOf(*facts.offered, name);
  if (!value) return std::nullopt;
  return Supplied{std::string(*value), Source::kOffer};
}

// From there where it is known at first hand, and from the terms at the recipient.
Supply OrOffered(std::string name, Source source, Read read) {
  return [name = std::move(name), source,
          read = std::move(read)](const Facts& facts) -> std::optional<Supplied> {
    if (facts.side == Side::kAccept) return OfTerms(facts, name);
    return Supplied{read(facts), source};
  };
}

// Out of the record, and `none` where the act is about no record.
Supply OfRecord(std::string name, Read read) {
  return OrOffered(std::move(name), Source::kRecord, [read = std::move(read)](const Facts& facts) {
    return facts.record.signal == nullptr ? kNone : read(facts);
  });
}

Supply OfPerson(std::string name, Read read) {
  return OfRecord(std::move(name), [read = std::move(read)](const Facts& facts) {
    return AboutPerson(facts) ? read(facts) : kNone;
  });
}

// The list of cases of the own organisation; what a node does not keep is false.
std::string NotKept(const Facts&) { return Bool(false); }

Supply Always(std::string value, Source source) {
  return [supplied = Supplied{std::move(value), source}](const Facts&) { return supplied; };
}

// The own kind of organisation, or that of the partner as the manifest says, by who is `here`.
Supply KindAt(Side partner_on) {
  return [partner_on](const Facts& facts) {
    if (facts.side != partner_on) return Supplied{facts.call.terms->kind, Source::kNode};
    return Supplied{facts.partner->kind, Source::kManifest};
  };
}

// As the manifest in force says of both; who says no zone is in another one than anybody else.
bool AcrossZones(const Facts& facts) {
  const Terms& terms = *facts.call.terms;
  if (facts.side == Side::kLocal || facts.partner->organisation == terms.organisation) return false;
  const partnership::Member* own =
      terms.manifest ? terms.manifest->manifest.Find(terms.organisation) : nullptr;
  return own == nullptr || own->zone.empty() || own->zone != facts.partner->zone;
}

// The one place that says where each attribute comes from; docs/attributes.md is the same table.
const absl::flat_hash_map<std::string, Supply>& Supplies() {
  static const auto& supplies = *new absl::flat_hash_map<std::string, Supply>{
      {"actor.role", From(Source::kMandate, [](const Facts& f) { return std::string(f.role); })},
      {"actor.is_author",
       From(Source::kLedger, [](const Facts& f) { return Bool(f.record.author_is_caller); })},
      {"purpose",
       OrOffered("purpose", Source::kCaller, [](const Facts& f) { return f.call.purpose; })},
      {"basis", OrOffered("basis", Source::kCaller, [](const Facts& f) { return f.call.basis; })},
      {"action", From(Source::kNode, [](const Facts& f) { return std::string(f.action); })},
      {"case.given", OrOffered("case.given", Source::kCaller, CaseGiven)},
      {"record.category",
       OfRecord("record.category", [](const Facts& f) { return ContentOf(f).category(); })},
      {"record.tlp",
       OfRecord("record.tlp",
                [](const Facts& f) { return WordOr(envelope::TlpWord(MarksOf(f).tlp()), "red"); })},
      {"record.secret",
       OfRecord("record.secret", [](const Facts& f) { return Bool(MarksOf(f).secret()); })},
      {"record.no_evidence",
       OfRecord("record.no_evidence",
                [](const Facts& f) { return Bool(MarksOf(f).no_evidence()); })},
      {"record.no_onward",
       OfRecord("record.no_onward", [](const Facts& f) { return Bool(MarksOf(f).no_onward()); })},
      {"record.assertion",
       OfRecord("record.assertion", [](const Facts& f) { return WeakestAssertion(ContentOf(f)); })},
      {"record.onlife", OfRecord("record.onlife",
                                 [](const Facts& f) {
                                   return WordOr(envelope::OnlifeWord(ContentOf(f).onlife()),
                                                 "not_yet_looked_at");
                                 })},
      {"record.source_mode",
       OfRecord("record.source_mode",
                [](const Facts& f) {
                  return WordOr(envelope::SourceModeWord(ContentOf(f).source_mode()), "looked_for");
                })},
      {"record.mandate_reference",
       OfRecord("record.mandate_reference", [](const Facts& f) { return Bool(HasMandate(f)); })},
      {"record.author_mode",
       OfRecord("record.author_mode",
                [](const Facts& f) { return WordOr(f.record.author_mode, "helping"); })},
      {"record.received_under", From(Source::kRecord,
                                     [](const Facts& f) {
                                       return f.record.signal == nullptr
                                                  ? kNone
                                                  : WordOr(f.record.received_under, kNone);
                                     })},
      {"record.client_agrees",
       OfPerson("record.client_agrees",
                [](const Facts& f) {
                  return WordOr(envelope::AgreesWord(ContentOf(f).client_agrees()), "not_asked");
                })},
      {"record.subject_kind",
       OfRecord("record.subject_kind",
                [](const Facts& f) { return std::string(AboutPerson(f) ? "person" : "place"); })},
      {"record.age_days", OfRecord("record.age_days", AgeInDays)},
      {"record.held", From(Source::kLedger, [](const Facts& f) { return Bool(f.record.held); })},
      {"subject.minor",
       OfPerson("subject.minor", [](const Facts& f) { return Bool(ContentOf(f).minor()); })},
      {"case.listed", OrOffered("case.listed", Source::kLedger, NotKept)},
      {"case.border_named", OrOffered("case.border_named", Source::kLedger, NotKept)},
      {"meeting.participant", Always("false", Source::kLedger)},
      {"consensus", Always("false", Source::kLedger)},
      {"protocol.active",
       From(Source::kLedger, [](const Facts& f) { return Bool(ProtocolActive(f)); })},
      {"cross_zone", From(Source::kLedger, [](const Facts& f) { return Bool(AcrossZones(f)); })},
      {"from.kind", KindAt(Side::kAccept)},
      {"to.kind", KindAt(Side::kRelease)},
      {"to.role",
       [](const Facts& f) -> std::
                              optional<Supplied> {
                                if (f.side == Side::kAccept) return OfTerms(f, "to.role");
                                if (f.side == Side::kLocal) return Supplied{kNone, Source::kNode};
                                return Supplied{f.recipient_role.empty()
                                                    ? kNone
                                                    : std::string(f.recipient_role),
                                                Source::kCaller};
                              }},
      {"side", From(Source::kNode, [](const Facts& f) { return std::string(SideName(f.side)); })},
  };
  return supplies;
}

// Whether a value stands in the sealed body; its author does, although the ledger vouches for it.
bool OfTheBody(std::string_view attribute, Source source) {
  return source == Source::kRecord || attribute == "actor.is_author";
}

}  // namespace

std::vector<GivenAttribute> Gather(const Facts& facts) {
  const policies::PackSet& packs = facts.call.terms->packs;
  const std::vector<policies::Attribute>& attributes = packs.schema().attributes;
  std::vector<GivenAttribute> given;
  given.reserve(attributes.size());
  for (size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].derivation) continue;
    const auto supply = Supplies().find(attributes[i].name);
    // What nobody supplies stays missing, and a request that lacks something is refused.
    if (supply == Supplies().end()) continue;
    std::optional<Supplied> supplied = supply->second(facts);
    if (!supplied) continue;
    const auto id = static_cast<policies::AttributeId>(i);
    const auto number = packs.FindValue(id, supplied->value);
    given.push_back({id, supplied->source, number, std::move(supplied->value)});
  }
  return given;
}

Answer Evaluate(const Facts& facts, std::vector<GivenAttribute> given) {
  const policies::PackSet& packs = facts.call.terms->packs;
  if (!packs.ValidOn(facts.call.today)) {
    return {policies::Refusal(packs.digests(), "the rule packs are not valid today"), {}};
  }
  policies::RequestBuilder builder(packs);
  Answer answer;
  answer.attributes.reserve(given.size());
  std::vector<std::string> unknown;
  for (GivenAttribute& one : given) {
    const policies::Attribute& attribute = packs.schema().attributes[one.attribute];
    if (one.number) {
      builder.Set(one.attribute, *one.number, one.source);
    } else {
      builder.Set(attribute.name, one.value, one.source);
    }
    record::v1::AttributeValue& value = answer.attributes.emplace_back();
    value.set_name(attribute.name);
    if (facts.record.unreadable && OfTheBody(attribute.name, one.source)) {
      unknown.push_back(attribute.name);
      continue;
    }
    // An unknown word is somebody's free text: it is refused, and it is not written down.
    const bool known = one.value == kNone || one.number.has_value();
    value.set_value(known ? std::move(one.value) : std::string());
  }
  const policies::Request request = builder.Build();
  answer.decision = unknown.empty() ? policies::Decide(packs, request)
                                    : policies::DecideWithout(packs, request, unknown);
  return answer;
}

Answer Evaluate(const Facts& facts) { return Evaluate(facts, Gather(facts)); }

}  // namespace sluis::core
