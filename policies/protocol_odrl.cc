#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/bytes.h"
#include "policies/protocol_exports.h"
#include "policies/protocol_iris.h"

namespace sluis::policies {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

constexpr std::string_view kPurpose = "purpose";
constexpr std::string_view kAction = "action";

// A name of the profile: docs/odrl-profile.md says what each of them means.
std::string Ours(std::string_view kind, std::string_view name) {
  return std::string(iri::kOdrlProfile) + ":" + std::string(kind) + ":" + std::string(name);
}

Json Constraint(std::string left, const char* op, Json right) {
  return {{"@type", "Constraint"},
          {"leftOperand", std::move(left)},
          {"operator", op},
          {"rightOperand", std::move(right)}};
}

Json Typed(std::string value, const char* type) {
  return {{"@value", std::move(value)}, {"@type", type}};
}

// What a permission shows, and what a prohibition takes away: the same assets, so that whoever
// compares them by name alone finds that they meet.
class Agreement {
 public:
  Agreement(const Protocol& protocol, const RuleSpace& rules, const DisclosureFlows& flows)
      : protocol_(protocol),
        rules_(rules),
        flows_(flows),
        schema_(rules.packs().schema()),
        uid_(ProtocolIri(protocol.id, protocol.version)) {
    for (const Rule* rule : RulesOf(Effect::kPermit)) {
      AddNew(actions_, ActionWords(*rule));
      AddNew(assets_, AssetsOf(*rule));
    }
  }

  Json Write() const {
    Json context = Json::object();
    context["@vocab"] = iri::kOdrl;
    for (const IriPrefix& one : IriPrefixes()) context[std::string(one.prefix)] = one.iri;
    Json out = {{"@context", {"http://www.w3.org/ns/odrl.jsonld", context}},
                {"@type", "Agreement"},
                {"uid", uid_},
                {"profile", iri::kOdrlProfile},
                {"conflict", "prohibit"},
                {std::string(iri::kTitle), protocol_.title},
                {std::string(iri::kIdentifier),
                 "sha256:" + crypto::HexEncode(crypto::View(protocol_.digest))},
                {std::string(iri::kSource),
                 {"sha256:" + protocol_.statutory.digest.text,
                  "sha256:" + protocol_.partnership.digest.text}},
                {"assigner", Parties()},
                {"assignee", Parties()},
                {"permission", Json::array()},
                {"prohibition", Json::array()},
                {"obligation", Json::array()}};
    for (const Rule* rule : RulesOf(Effect::kPermit))
      out["permission"].push_back(Permission(*rule));
    for (const Rule* rule : RulesOf(Effect::kForbid)) {
      if (!Targeted(*rule).empty()) out["prohibition"].push_back(Prohibition(*rule));
    }
    for (const Rule* rule : RulesOf(Effect::kRequire)) {
      for (const Obligation& one : rule->obligations) {
        if (!Targeted(*rule).empty()) out["obligation"].push_back(Required(*rule, one));
      }
    }
    return out;
  }

 private:
  static void AddNew(Words& all, const Words& more) {
    for (const std::string& one : more) {
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    }
  }

  std::vector<const Rule*> RulesOf(Effect effect) const {
    std::vector<const Rule*> found;
    const std::vector<Rule>& rules = rules_.packs().rules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].effect == effect && BetweenOrganisations(i)) found.push_back(&rules[i]);
    }
    return found;
  }

  bool BetweenOrganisations(std::size_t rule) const {
    Box box = rules_.BoxOf(rule);
    if (Narrow(flows_.release(), box)) return true;
    box = rules_.BoxOf(rule);
    return Narrow(flows_.accept(), box);
  }

  // An agreement has one assigner and one assignee. Here every party gives and every party may
  // receive, so both are the parties together; who may send to whom is in the constraints.
  Json Parties() const {
    Json members = Json::array();
    for (const ProtocolParty& party : protocol_.parties) {
      members.push_back({{"@type", "Party"},
                         {"uid", OrganisationIri(party.organisation.text)},
                         {std::string(iri::kTitle), party.name},
                         {Ours("property", "kind"), party.kind.text}});
    }
    return {{"@type", "PartyCollection"},
            {"uid", uid_ + ":parties"},
            {"@reverse", {{"partOf", members}}}};
  }

  // The words that pass, `none` among them.
  Words WordsOf(const ValueTest& test) const {
    const Attribute& attribute = schema_.attributes[test.attribute];
    Words words;
    const std::size_t count = attribute.type == ValueType::kBool
                                  ? 2
                                  : schema_.vocabularies[attribute.vocabulary].values.size();
    for (std::size_t value = 0; value < count; ++value) {
      if (!test.Passes(static_cast<ValueId>(value))) continue;
      const std::string word = schema_.ValueName(attribute, static_cast<ValueId>(value));
      // Of purposes ours, because two may share a term of a public vocabulary.
      words.push_back(attribute.name == kPurpose ? WordIris(rules_.packs(), kPurpose, word).front()
                                                 : word);
    }
    if (test.none) words.emplace_back(kNoneWord);
    return words;
  }

  std::string Operand(const Attribute& attribute) const {
    return attribute.name == kPurpose ? std::string(kPurpose) : Ours("operand", attribute.name);
  }

  // Constraints that all must hold. A logical constraint holds plain ones only, so a range that
  // also takes `none` is two choices instead of one choice of a range.
  void AddTest(const ValueTest& test, Json& constraints) const {
    const std::string left = Operand(schema_.attributes[test.attribute]);
    if (!test.integer) {
      constraints.push_back(Constraint(left, "isAnyOf", WordsOf(test)));
      return;
    }
    for (Json bound :
         {Constraint(left, "gteq", test.minimum), Constraint(left, "lteq", test.maximum)}) {
      if (test.none) {
        bound = {{"@type", "LogicalConstraint"},
                 {"or", {{"@list", {bound, Constraint(left, "eq", kNoneWord)}}}}};
      }
      constraints.push_back(std::move(bound));
    }
  }

  const ValueTest* ActionTest(const Rule& rule) const {
    for (const ValueTest& test : rule.tests) {
      if (schema_.attributes[test.attribute].name == kAction) return &test;
    }
    return nullptr;
  }

  // Of a permission: what it names, or every action there is.
  Words ActionWords(const Rule& rule) const {
    if (const ValueTest* test = ActionTest(rule)) return WordsOf(*test);
    Words words;
    if (const auto id = schema_.FindAttribute(kAction)) {
      for (const auto& one : schema_.vocabularies[schema_.attributes[*id].vocabulary].values) {
        words.push_back(one.name);
      }
    }
    return words;
  }

  // Of another rule: those of the permitted actions that it is about. What nobody may do needs no
  // prohibition.
  Words Targeted(const Rule& rule) const {
    const ValueTest* test = ActionTest(rule);
    if (test == nullptr) return actions_;
    const Words named = WordsOf(*test);
    Words words;
    for (const std::string& action : actions_) {
      if (std::find(named.begin(), named.end(), action) != named.end()) words.push_back(action);
    }
    return words;
  }

  static Json Actions(const Words& words) {
    Json actions = Json::array();
    for (const std::string& word : words) actions.push_back(Ours("action", word));
    return actions;
  }

  // The record itself, which is all there is where nothing but an answer goes, and what it shows.
  Words AssetsOf(const Rule& rule) const {
    Words assets = {std::string(iri::kRecordAsset)};
    for (const FieldId field : rule.grants) {
      assets.push_back("urn:sluis:field:" + schema_.fields[field].name);
    }
    return assets;
  }

  // The days of the agreement, and what the rule tests besides the action.
  Json Constraints(const Rule& rule) const {
    Json constraints = Json::array();
    for (const ValueTest& test : rule.tests) {
      if (schema_.attributes[test.attribute].name != kAction) AddTest(test, constraints);
    }
    constraints.push_back(Constraint("dateTime", "gteq", Typed(protocol_.from.text, "xsd:date")));
    constraints.push_back(Constraint("dateTime", "lteq", Typed(LastDay(), "xsd:date")));
    return constraints;
  }

  // A reader of the agreement sees no review, so the day after which it stops what is new is in it.
  std::string LastDay() const {
    return std::min(protocol_.until.text, DayAfter(protocol_.review.text, protocol_.grace_days));
  }

  // A term of ODRL where it means the same. An approval is none of them: it is given by roles of
  // the parties, and obtainConsent is about the agreement of a person.
  static Json DutyAction(const Obligation& obligation) {
    Json refinement;
    std::string action = Ours("duty", ObligationName(KindOf(obligation)));
    if (const auto* retention = std::get_if<Retention>(&obligation)) {
      action = "odrl:delete";
      refinement = Constraint("elapsedTime", "lteq",
                              Typed("P" + std::to_string(retention->days) + "D", "xsd:duration"));
    } else {
      if (std::holds_alternative<Notify>(obligation)) action = "odrl:inform";
      refinement = Constraint(Ours("operand", "terms"), "eq", ObligationText(obligation));
    }
    return {{"rdf:value", {{"@id", action}}}, {"refinement", Json::array({refinement})}};
  }

  Json Duty(const Rule& rule, const Obligation& obligation) const {
    return {{"@type", "Duty"},
            {"uid", Ours("rule", rule.id) + ":" + std::string(ObligationName(KindOf(obligation)))},
            {"target", Json::array({iri::kRecordAsset})},
            {"action", Json::array({DutyAction(obligation)})}};
  }

  Json Base(const char* type, const Rule& rule, const Words& assets, const Words& actions) const {
    return {{"@type", type},
            {"uid", Ours("rule", rule.id)},
            {std::string(iri::kDescription), rule.because.nl},
            {"target", assets},
            {"action", Actions(actions)},
            {"constraint", Constraints(rule)}};
  }

  Json Permission(const Rule& rule) const {
    Json out = Base("Permission", rule, AssetsOf(rule), ActionWords(rule));
    for (const Obligation& one : rule.obligations) out["duty"].push_back(Duty(rule, one));
    return out;
  }

  Json Prohibition(const Rule& rule) const {
    return Base("Prohibition", rule, assets_, Targeted(rule));
  }

  // Its action is what must be done; upon which acts, is one more constraint.
  Json Required(const Rule& rule, const Obligation& obligation) const {
    Json out = Duty(rule, obligation);
    out[std::string(iri::kDescription)] = rule.because.nl;
    out["constraint"] = Constraints(rule);
    Words acts;
    for (const std::string& word : Targeted(rule)) acts.push_back(Ours("action", word));
    out["constraint"].push_back(Constraint(Ours("operand", kAction), "isAnyOf", acts));
    return out;
  }

  const Protocol& protocol_;
  const RuleSpace& rules_;
  const DisclosureFlows& flows_;
  const Schema& schema_;
  const std::string uid_;
  // What some permission names.
  Words actions_, assets_;
};

}  // namespace

std::string ProtocolOdrl(const Protocol& protocol, const RuleSpace& rules,
                         const DisclosureFlows& flows) {
  return Agreement(protocol, rules, flows).Write().dump(2) + "\n";
}

}  // namespace sluis::policies
