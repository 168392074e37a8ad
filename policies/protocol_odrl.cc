#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/bytes.h"
#include "policies/protocol_exports.h"
#include "policies/protocol_iris.h"

namespace sluis::policies {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPurpose = "purpose";
constexpr std::string_view kAction = "action";

// Name of ours in the profile.
std::string Ours(std::string_view name) {
  return std::string(iri::kOdrlProfile) + ":" + std::string(name);
}

Json Constraint(std::string left, const char* op, Json right) {
  return {{"leftOperand", std::move(left)}, {"operator", op}, {"rightOperand", std::move(right)}};
}

class Agreement {
 public:
  Agreement(const Protocol& protocol, const RuleSpace& rules, const DisclosureFlows& flows)
      : protocol_(protocol), rules_(rules), flows_(flows), schema_(rules.packs().schema()) {}

  Json Write() const {
    Json context = Json::object();
    context["@vocab"] = "http://www.w3.org/ns/odrl/2/";
    for (const IriPrefix& one : IriPrefixes()) context[std::string(one.prefix)] = one.iri;
    Json out = {{"@context", {"http://www.w3.org/ns/odrl.jsonld", context}},
                {"@type", "Agreement"},
                {"uid", ProtocolIri(protocol_.id, protocol_.version)},
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
    const std::vector<Rule>& rules = rules_.packs().rules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!BetweenOrganisations(i)) continue;
      const char* key = rules[i].effect == Effect::kPermit   ? "permission"
                        : rules[i].effect == Effect::kForbid ? "prohibition"
                                                             : "obligation";
      out[key].push_back(RuleJson(rules[i]));
    }
    return out;
  }

 private:
  Json Parties() const {
    Json out = Json::array();
    for (const ProtocolParty& party : protocol_.parties) {
      out.push_back({{"@type", "Party"},
                     {"uid", OrganisationIri(party.organisation.text)},
                     {std::string(iri::kTitle), party.name},
                     {Ours("kind"), party.kind.text}});
    }
    return out;
  }

  bool BetweenOrganisations(std::size_t rule) const {
    Box box = rules_.BoxOf(rule);
    if (Narrow(flows_.release(), box)) return true;
    box = rules_.BoxOf(rule);
    return Narrow(flows_.accept(), box);
  }

  // The words that pass, `none` among them.
  Json WordsOf(const ValueTest& test) const {
    const Attribute& attribute = schema_.attributes[test.attribute];
    Json words = Json::array();
    const std::size_t count = attribute.type == ValueType::kBool
                                  ? 2
                                  : schema_.vocabularies[attribute.vocabulary].values.size();
    for (std::size_t value = 0; value < count; ++value) {
      if (!test.Passes(static_cast<ValueId>(value))) continue;
      const std::string word = schema_.ValueName(attribute, static_cast<ValueId>(value));
      if (attribute.name == kPurpose) {
        // Ours, because two purposes may share a term of a public vocabulary.
        words.push_back(WordIris(rules_.packs(), kPurpose, word).front());
      } else {
        words.push_back(word);
      }
    }
    if (test.none) words.push_back(kNoneWord);
    return words;
  }

  Json TestJson(const ValueTest& test) const {
    const Attribute& attribute = schema_.attributes[test.attribute];
    const std::string left =
        attribute.name == kPurpose ? std::string(kPurpose) : Ours(attribute.name);
    if (!test.integer) return Constraint(left, "isAnyOf", WordsOf(test));
    const Json from = Constraint(left, "gteq", test.minimum);
    const Json to = Constraint(left, "lteq", test.maximum);
    if (!test.none) return {{"and", {from, to}}};
    return {{"or", {Json{{"and", {from, to}}}, Constraint(left, "eq", kNoneWord)}}};
  }

  Json ActionOf(const Rule& rule) const {
    for (const ValueTest& test : rule.tests) {
      if (schema_.attributes[test.attribute].name != kAction) continue;
      Json actions = Json::array();
      for (const auto& word : WordsOf(test)) {
        actions.push_back(Ours("action:" + word.get<std::string>()));
      }
      return actions;
    }
    return "use";
  }

  // What a permission comes with, or a requirement asks.
  Json Duties(const Rule& rule) const {
    Json duties = Json::array();
    for (const Obligation& obligation : rule.obligations) {
      Json duty = {{Ours("asks"), ObligationText(obligation)}};
      if (const auto* retention = std::get_if<Retention>(&obligation)) {
        duty["action"] = "delete";
        duty["constraint"] = {Constraint(
            "elapsedTime", "lteq",
            {{"@value", "P" + std::to_string(retention->days) + "D"}, {"@type", "xsd:duration"}})};
      } else if (std::holds_alternative<Notify>(obligation)) {
        duty["action"] = "inform";
      } else if (std::holds_alternative<Onward>(obligation)) {
        duty["action"] = "nextPolicy";
      } else if (std::holds_alternative<Approval>(obligation)) {
        duty["action"] = "obtainConsent";
      } else {
        duty["action"] = Ours("duty:" + std::string(ObligationName(KindOf(obligation))));
      }
      duties.push_back(std::move(duty));
    }
    return duties;
  }

  Json RuleJson(const Rule& rule) const {
    Json constraints = Json::array();
    for (const ValueTest& test : rule.tests) {
      if (schema_.attributes[test.attribute].name != kAction) {
        constraints.push_back(TestJson(test));
      }
    }
    constraints.push_back(
        Constraint("dateTime", "gteq", {{"@value", protocol_.from.text}, {"@type", "xsd:date"}}));
    constraints.push_back(
        Constraint("dateTime", "lteq", {{"@value", protocol_.until.text}, {"@type", "xsd:date"}}));
    Json out = {{"uid", Ours("rule:" + rule.id)},
                {std::string(iri::kDescription), rule.because.nl},
                {"target", Targets(rule)},
                {"action", ActionOf(rule)},
                {"constraint", std::move(constraints)}};
    if (rule.effect == Effect::kPermit && !rule.obligations.empty()) out["duty"] = Duties(rule);
    if (rule.effect == Effect::kRequire) {
      out["action"] = Ours("duty:all");
      out[Ours("duty")] = Duties(rule);
    }
    return out;
  }

  Json Targets(const Rule& rule) const {
    Json targets = Json::array();
    for (const FieldId field : rule.grants) {
      targets.push_back("urn:sluis:field:" + schema_.fields[field].name);
    }
    // Nothing but an answer, or whatever goes.
    if (targets.empty()) targets.push_back("urn:sluis:record");
    return targets;
  }

  const Protocol& protocol_;
  const RuleSpace& rules_;
  const DisclosureFlows& flows_;
  const Schema& schema_;
};

}  // namespace

std::string ProtocolOdrl(const Protocol& protocol, const RuleSpace& rules,
                         const DisclosureFlows& flows) {
  return Agreement(protocol, rules, flows).Write().dump(2) + "\n";
}

}  // namespace sluis::policies
