#include "tests/cedar/cedar_policy.h"

#include <array>
#include <cstdio>

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, 5> kSections = {"who", "do", "why", "what", "when"};

std::string Joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
  return text;
}

std::string Action(const std::string& name) { return "Action::" + CedarString(name); }

std::string Literal(const Attribute& attribute, const std::string& word) {
  switch (attribute.type) {
    case ValueType::kVocabulary:
      return CedarString(word);
    case ValueType::kBool:
      return word;
    case ValueType::kInteger:
      return std::to_string(std::stol(word));
  }
  return {};
}

// The words of a scalar or a sequence.
std::vector<std::string> WordsOf(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kScalar) return {node.word.text};
  std::vector<std::string> words;
  for (const YamlNode& item : node.items) words.push_back(item.word.text);
  return words;
}

struct NamedWords {
  std::vector<std::string> literals;
  bool none = false;
};

NamedWords Named(const Attribute& attribute, const YamlNode& node) {
  NamedWords named;
  for (const std::string& word : WordsOf(node)) {
    if (word == kNoneWord) {
      named.none = true;
    } else {
      named.literals.push_back(Literal(attribute, word));
    }
  }
  return named;
}

std::string OneOf(const std::string& value, const std::vector<std::string>& literals) {
  if (literals.size() == 1) return value + " == " + literals[0];
  return "[" + Joined(literals, ", ") + "].contains(" + value + ")";
}

// What a value that is there must be; empty when no value is good enough.
std::string OfAValue(const Attribute& attribute, const YamlNode& node, const std::string& value) {
  if (node.kind != YamlNode::Kind::kMapping) {
    const NamedWords named = Named(attribute, node);
    return named.literals.empty() ? "" : OneOf(value, named.literals);
  }
  if (const YamlNode* excluded = node.Find("not_in")) {
    const NamedWords named = Named(attribute, *excluded);
    return named.literals.empty() ? "true" : "!(" + OneOf(value, named.literals) + ")";
  }
  std::vector<std::string> bounds;
  if (const YamlNode* least = node.Find("min")) {
    bounds.push_back(value + " >= " + Literal(attribute, least->word.text));
  }
  if (const YamlNode* most = node.Find("max")) {
    bounds.push_back(value + " <= " + Literal(attribute, most->word.text));
  }
  return Joined(bounds, " && ");
}

std::string Condition(const Attribute& attribute, const YamlNode& node) {
  const std::string name = CedarString(attribute.name);
  const std::string passes = OfAValue(attribute, node, "context[" + name + "]");
  if (!attribute.optional) return passes;
  const std::string given = "context has " + name;
  // not_in and a range ask for a value, whatever they name.
  const bool none = node.kind != YamlNode::Kind::kMapping && Named(attribute, node).none;
  if (passes.empty()) return "!(" + given + ")";
  return none ? "(!(" + given + ") || " + passes + ")" : "(" + given + " && " + passes + ")";
}

std::string Conditions(const Schema& schema, const YamlNode& rule) {
  std::vector<std::string> all;
  for (const std::string_view section : kSections) {
    const YamlNode* tests = rule.Find(section);
    if (tests == nullptr) continue;
    for (const YamlEntry& test : tests->entries) {
      all.push_back(Condition(schema.attributes[*schema.FindAttribute(test.key.text)], test.value));
    }
  }
  return all.empty() ? ";" : " when { " + Joined(all, " && ") + " };";
}

std::vector<std::string> Removed(const YamlNode& rule) {
  std::vector<std::string> removed;
  const YamlNode* obligations = rule.Find("obligations");
  const YamlNode* fields = obligations != nullptr ? obligations->Find("fields") : nullptr;
  if (fields == nullptr) return removed;
  for (const YamlEntry& field : fields->entries) {
    if (field.value.word.text == "remove") removed.push_back(Action("show " + field.key.text));
  }
  return removed;
}

void AddRule(const Schema& schema, const YamlNode& rule, std::vector<CedarPolicy>& policies) {
  const std::string id = rule.Find("id")->word.text;
  const std::string effect = rule.Find("effect")->word.text;
  const std::string conditions = Conditions(schema, rule);
  if (effect == "forbid") {
    policies.push_back({id, "forbid(principal, action, resource)" + conditions});
    return;
  }
  std::vector<std::string> actions = {Action(effect == "permit" ? "decide" : "oblige")};
  if (const YamlNode* grants = rule.Find("grants")) {
    for (const std::string& field : WordsOf(*grants)) actions.push_back(Action("show " + field));
  }
  const auto add = [&](std::string_view suffix, const char* kind,
                       const std::vector<std::string>& on) {
    policies.push_back({id + std::string(suffix), std::string(kind) + "(principal, action in [" +
                                                      Joined(on, ", ") + "], resource)" +
                                                      conditions});
  };
  add("", "permit", actions);
  if (const auto removed = Removed(rule); !removed.empty()) add(kRemovesSuffix, "forbid", removed);
}

// The word of an attribute in this request.
std::string WordIn(const Schema& schema, const Request& request, AttributeId id) {
  const Attribute& attribute = schema.attributes[id];
  if (!attribute.derivation) return schema.ValueName(attribute, request.values()[id]);
  const Attribute& base = schema.attributes[attribute.derivation->base];
  const auto value = static_cast<std::size_t>(request.values()[attribute.derivation->base]);
  return schema.vocabularies[base.vocabulary].values[value].properties.at(
      attribute.derivation->property)[0];
}

}  // namespace

std::vector<CedarPolicy> CedarPolicies(const PackSet& packs) {
  std::vector<CedarPolicy> policies;
  for (const Pack& layer : packs.layers()) {
    const YamlNode* rules = layer.tree.Find("rules");
    if (rules == nullptr) continue;
    for (const YamlNode& rule : rules->items) AddRule(packs.schema(), rule, policies);
  }
  return policies;
}

nlohmann::json CedarContext(const PackSet& packs, const Request& request) {
  const Schema& schema = packs.schema();
  nlohmann::json context = nlohmann::json::object();
  for (std::size_t i = 0; i < schema.attributes.size(); ++i) {
    const Attribute& attribute = schema.attributes[i];
    const std::string word = WordIn(schema, request, static_cast<AttributeId>(i));
    if (word == kNoneWord) continue;
    switch (attribute.type) {
      case ValueType::kVocabulary:
        context[attribute.name] = word;
        break;
      case ValueType::kBool:
        context[attribute.name] = word == "true";
        break;
      case ValueType::kInteger:
        context[attribute.name] = std::stol(word);
        break;
    }
  }
  return context;
}

std::string CedarString(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      literal += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u{%x}", byte);
      literal += escape.data();
    } else {
      literal += c;
    }
  }
  return literal + "\"";
}

}  // namespace sluis::policies
