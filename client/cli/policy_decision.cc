#include "client/cli/policy_decision.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "client/cli/condition_view.h"
#include "client/cli/policy_files.h"
#include "client/cli/policy_possible.h"
#include "client/cli/signal_view.h"
#include "crypto/bytes.h"
#include "policies/citation.h"

namespace sluis::cli {
namespace {

using policies::Decision;
using policies::Outcome;
using policies::PackSet;
using policies::Schema;

std::string Hex(const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); }

std::string Joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

const policies::Rule* FindRule(const PackSet& packs, const std::string& id) {
  for (const policies::Rule& rule : packs.rules()) {
    if (rule.id == id) return &rule;
  }
  return nullptr;
}

std::string InLanguage(const Shell& shell, const policies::Because& because) {
  const client::Language language = shell.catalogue().language();
  std::string text = language == client::Language::kEnglish  ? because.en
                     : language == client::Language::kFrench ? because.fr
                                                             : because.nl;
  return Harmless(text.empty() ? because.nl : text);
}

// How long the "dit kan omdat" is that a text begins with; the line above it says that already.
size_t PrefixOf(const Shell& shell, const std::string& text) {
  const Shell dutch = shell.In(client::Language::kDutch);
  for (const Shell* said : {&shell, &dutch}) {
    for (const char* key : {"policy.prefix_permit", "policy.prefix_deny"}) {
      const std::string prefix = said->Text(key);
      if (text.starts_with(prefix)) return prefix.size();
    }
  }
  return 0;
}

// "  geen geldig protocol [F-PROTOCOL; e-govdecreet art. 8]"
std::string ReasonLine(const std::string& text, const policies::Because& because) {
  std::string from = because.rule;
  if (!because.citation.empty()) {
    from += (from.empty() ? "" : "; ") + Harmless(because.citation);
  }
  std::string line = "  " + text;
  if (!from.empty()) line += " [" + from + "]";
  return line + "\n";
}

std::string BecauseLine(const Shell& shell, const policies::Because& because) {
  const std::string text = InLanguage(shell, because);
  return ReasonLine(text.substr(PrefixOf(shell, text)), because);
}

// The values that pass a test, as words.
std::vector<std::string> Passing(const Schema& schema, const policies::ValueTest& test,
                                 bool passing) {
  const policies::Attribute& attribute = schema.attributes[test.attribute];
  std::vector<std::string> words;
  if (attribute.type == policies::ValueType::kInteger) {
    const auto add = [&](int32_t from, int32_t until) {
      if (from <= until) words.push_back(std::to_string(from) + "-" + std::to_string(until));
    };
    if (passing) {
      add(test.minimum, test.maximum);
    } else {
      add(attribute.minimum, test.minimum - 1);
      add(test.maximum + 1, attribute.maximum);
    }
  } else {
    const size_t count = attribute.type == policies::ValueType::kBool
                             ? 2
                             : schema.vocabularies[attribute.vocabulary].values.size();
    for (policies::ValueId value = 0; static_cast<size_t>(value) < count; ++value) {
      if (test.Passes(value) == passing) words.push_back(schema.ValueName(attribute, value));
    }
  }
  if (attribute.optional && test.none == passing) words.emplace_back(policies::kNoneWord);
  return words;
}

// A value as a person says it: truth values and sides in the language, other words as they are.
std::string ValueWord(const Shell& shell, const Schema& schema, const policies::ValueTest& test,
                      const std::string& word) {
  const policies::Attribute& attribute = schema.attributes[test.attribute];
  if (attribute.type == policies::ValueType::kBool && word != policies::kNoneWord) {
    return shell.Text(word == "true" ? "answer.yes" : "answer.no");
  }
  constexpr std::pair<std::string_view, const char*> kSides[] = {{"local", "policy.side.local"},
                                                                 {"release", "policy.side.release"},
                                                                 {"accept", "policy.side.accept"}};
  for (const auto& [side, key] : kSides) {
    if (attribute.name == "side" && word == side) return shell.Text(key);
  }
  return word;
}

std::string ObstacleLine(const Shell& shell, const Schema& schema, const Obstacle& obstacle) {
  const bool is_permit = obstacle.rule->effect == policies::Effect::kPermit;
  const auto passing = [&](bool passes) {
    std::vector<std::string> words = Passing(schema, *obstacle.test, passes);
    for (std::string& word : words) word = ValueWord(shell, schema, *obstacle.test, word);
    return words;
  };
  const std::vector<std::string> yes = passing(true);
  const std::vector<std::string> no = passing(false);
  const std::string words = yes.size() > no.size() + 1
                                ? shell.Text("policy.all_but", {{"words", Joined(no)}})
                                : Joined(yes);
  const policies::Attribute& attribute = schema.attributes[obstacle.test->attribute];
  const std::string value = schema.ValueName(attribute, obstacle.value);
  return "  " +
         shell.Text(is_permit ? "policy.asks" : "policy.forbids",
                    {{"attribute", AttributeLabel(shell, obstacle.attribute)},
                     {"value", ValueWord(shell, schema, *obstacle.test, value)},
                     {"rule", obstacle.rule->id},
                     {"words", words}}) +
         "\n";
}

// Why nothing is possible here, by what is fixed.
std::string NoWayLine(const Shell& shell, const std::vector<Obstacle>& fixed) {
  const auto has = [&fixed](Fixed kind) {
    return std::any_of(fixed.begin(), fixed.end(),
                       [kind](const Obstacle& one) { return FixedBy(one.attribute) == kind; });
  };
  const char* key = has(Fixed::kPerson)   ? "policy.no_way_person"
                    : has(Fixed::kRecord) ? "policy.no_way_record"
                                          : "policy.no_way_act";
  return shell.Text(key) + "\n";
}

std::string PossibleLines(const Shell& shell, const PackSet& packs,
                          const policies::Request& request, const Decision& decision) {
  if (!decision.nearest_permit) return shell.Text("policy.never") + "\n";
  const Possible possible = FindPossible(packs, request, decision);
  std::string out;
  if (possible.permit == nullptr) {
    out = NoWayLine(shell, possible.obstacles);
  } else {
    const policies::Because& because = possible.permit->because;
    out = shell.Text("policy.possible", {{"rule", possible.permit->id}}) + "\n" +
          ReasonLine(InLanguage(shell, because), because) + shell.Text("policy.in_the_way") + "\n";
  }
  for (const Obstacle& obstacle : possible.obstacles) {
    out += ObstacleLine(shell, packs.schema(), obstacle);
  }
  return out;
}

std::string FieldLines(const Shell& shell, const Decision& decision) {
  if (decision.granted.empty() && decision.removed.empty()) {
    return shell.Text("policy.no_fields") + "\n";
  }
  std::string out;
  if (!decision.granted.empty()) out += shell.Text("policy.fields") + "\n";
  for (const policies::GrantedField& field : decision.granted) {
    out += "  " + field.name;
    if (field.treatment.kind == policies::Treatment::Kind::kGeneralise) {
      out += ": " + shell.Text("policy.coarser", {{"step", field.treatment.step_name}});
    }
    out += "\n";
  }
  if (!decision.removed.empty()) {
    out += shell.Text("policy.removed", {{"fields", Joined(decision.removed)}}) + "\n";
  }
  return out;
}

// The words of condition_view.h, and words for what only rules of later exchange ask.
std::string ObligationWords(const Shell& shell, const policies::Obligation& obligation) {
  if (const auto* approval = std::get_if<policies::Approval>(&obligation)) {
    std::string text;
    for (const auto& [roles, count] : approval->count_by_roles) {
      text += (text.empty() ? "" : "; ") +
              shell.Text("policy.approval", {{"count", std::to_string(count)},
                                             {"roles", Joined({roles.begin(), roles.end()})}});
    }
    return text;
  }
  if (const auto* anonymity = std::get_if<policies::KAnonymity>(&obligation)) {
    return shell.Text("policy.k_anonymity",
                      {{"k", std::to_string(anonymity->k)},
                       {"over", Joined({anonymity->over.begin(), anonymity->over.end()})}});
  }
  const std::string canonical = policies::ObligationText(obligation);
  const std::string words = ConditionWords(shell, {canonical});
  return words.empty() ? canonical : words;
}

std::string ObligationLines(const Shell& shell, const Decision& decision) {
  if (decision.obligations.empty()) return "";
  std::string out = shell.Text("policy.obligations") + "\n";
  for (const policies::JoinedObligation& joined : decision.obligations) {
    out += "  " + ObligationWords(shell, joined.obligation) + " [" + Joined(joined.rules) + "]\n";
  }
  return out;
}

std::string PermitLines(const Shell& shell, const Decision& decision) {
  std::string why;
  std::string with;
  for (const policies::Because& because : decision.because) {
    if (!Contains(decision.permits, because.rule)) {
      with += BecauseLine(shell, because);
      continue;
    }
    // After "omdat" the words of a Dutch sentence stand in another order than after "want".
    const bool as_clause = PrefixOf(shell, InLanguage(shell, because)) > 0;
    if (why.empty()) why = shell.Text(as_clause ? "policy.permit_as" : "policy.permit") + "\n";
    why += BecauseLine(shell, because);
  }
  if (!with.empty()) with = shell.Text("policy.with") + "\n" + with;
  return why + with + FieldLines(shell, decision) + ObligationLines(shell, decision);
}

// The texts of law that the rules and the named basis rest on, as they stand on that day.
std::vector<std::string> CitationsOf(const PackSet& packs, const policies::Request& request,
                                     const Decision& decision, const std::string& day) {
  const Schema& schema = packs.schema();
  const auto id = schema.FindAttribute("basis");
  const std::string basis = id && decision.outcome == Outcome::kPermit
                                ? schema.ValueName(schema.attributes[*id], request.values()[*id])
                                : std::string();
  std::vector<std::string> texts;
  for (policies::CitedText& cited : policies::CitedBy(schema, decision, basis, day)) {
    texts.push_back(std::move(cited.text));
  }
  return texts;
}

Json DigestsJson(const policies::PackDigests& digests) {
  return {{"statutory", Hex(digests.statutory)},
          {"partnership", digests.partnership ? Json(Hex(*digests.partnership)) : Json()},
          {"node", digests.node ? Json(Hex(*digests.node)) : Json()},
          {"effective", Hex(digests.effective)}};
}

}  // namespace

std::string DecisionLines(const Shell& shell, const PackSet& packs,
                          const policies::Request& request, const Decision& decision,
                          const std::string& day) {
  std::string out;
  if (decision.outcome == Outcome::kPermit) {
    out += PermitLines(shell, decision);
  } else {
    out += shell.Text("policy.deny") + "\n";
    for (const policies::Because& because : decision.because) out += BecauseLine(shell, because);
    out += PossibleLines(shell, packs, request, decision);
  }
  const std::vector<std::string> citations = CitationsOf(packs, request, decision, day);
  if (!citations.empty()) out += shell.Text("policy.citations") + "\n";
  for (const std::string& citation : citations) out += "  " + Harmless(citation) + "\n";
  return out +
         shell.Text("policy.under",
                    {{"packs", PackNames(packs)}, {"digest", Hex(decision.packs.effective)}}) +
         "\n";
}

Json DecisionJson(const PackSet& packs, const policies::Request& request, const Decision& decision,
                  const std::string& day) {
  constexpr const char* kOutcomes[] = {"permit", "deny", "refused"};
  Json because = Json::array();
  for (const policies::Because& one : decision.because) {
    because.push_back({{"rule", one.rule},
                       {"nl", one.nl},
                       {"en", one.en},
                       {"fr", one.fr},
                       {"cites", one.cites},
                       {"citations", policies::TextsOn(packs.schema(), one, day)}});
  }
  Json granted = Json::array();
  for (const policies::GrantedField& field : decision.granted) {
    granted.push_back(
        {{"field", field.name}, {"treatment", policies::TreatmentText(field.treatment)}});
  }
  Json obligations = Json::array();
  for (const policies::JoinedObligation& joined : decision.obligations) {
    obligations.push_back(
        {{"obligation", policies::ObligationText(joined.obligation)}, {"rules", joined.rules}});
  }
  Json nearest;
  Json possible;
  if (decision.nearest_permit) {
    const Schema& schema = packs.schema();
    Json in_the_way = Json::array();
    const policies::Rule* permit = FindRule(packs, decision.nearest_permit->rule);
    for (const Obstacle& one : ObstaclesOf(packs, request, decision, *permit)) {
      const bool is_permit = one.rule->effect == policies::Effect::kPermit;
      in_the_way.push_back(
          {{"attribute", one.attribute},
           {"value", schema.ValueName(schema.attributes[one.test->attribute], one.value)},
           {"rule", one.rule->id},
           {"accepted", Passing(schema, *one.test, is_permit)}});
    }
    nearest = {{"rule", decision.nearest_permit->rule},
               {"blocking", decision.nearest_permit->blocking},
               {"in_the_way", in_the_way}};
    const Possible found = FindPossible(packs, request, decision);
    if (found.permit != nullptr) possible = found.permit->id;
  }
  return {{"decision", kOutcomes[static_cast<size_t>(decision.outcome)]},
          {"permits", decision.permits},
          {"forbids", decision.forbids},
          {"requires", decision.requires_},
          {"because", because},
          {"granted", granted},
          {"removed", decision.removed},
          {"obligations", obligations},
          {"nearest_permit", nearest},
          {"possible", possible},
          {"citations", CitationsOf(packs, request, decision, day)},
          {"on", day},
          {"packs", DigestsJson(decision.packs)},
          {"engine_version", std::string(decision.engine_version)}};
}

}  // namespace sluis::cli
