#include "policies/rules_yaml.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "policies/citation.h"
#include "policies/obligation_yaml.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kBasisAttribute = "basis";

constexpr auto kRuleKeys = std::to_array<std::string_view>(
    {"id", "effect", "who", "do", "why", "what", "when", "grants", "obligations", "because"});
constexpr auto kTestSections =
    std::to_array<std::string_view>({"who", "do", "why", "what", "when"});
constexpr auto kTestKeys = std::to_array<std::string_view>({"not_in", "min", "max"});
constexpr auto kBecauseKeys = std::to_array<std::string_view>({"nl", "en", "fr", "cite"});

ValueId ReadValue(const YamlReader& reader, const Word& word, const Schema& schema,
                  const Attribute& attribute) {
  if (!reader.ok()) return kNone;
  if (const auto value = schema.FindValue(attribute, word.text)) return *value;
  std::vector<std::string_view> names;
  if (attribute.type == ValueType::kVocabulary) {
    for (const auto& value : schema.vocabularies[attribute.vocabulary].values) {
      names.push_back(value.name);
    }
  } else if (attribute.type == ValueType::kBool) {
    names = {"true", "false"};
  }
  if (attribute.optional) names.push_back(kNoneWord);
  reader.complaint().Unknown(word, "not a value of attribute " + attribute.name, names);
  return kNone;
}

uint64_t AllValues(const Schema& schema, const Attribute& attribute) {
  const std::size_t count = attribute.type == ValueType::kBool
                                ? 2
                                : schema.vocabularies[attribute.vocabulary].values.size();
  return (uint64_t{1} << count) - 1;
}

void ReadRange(const YamlReader& reader, const YamlNode& node, const Attribute& attribute,
               ValueTest& test) {
  test.minimum = attribute.minimum;
  test.maximum = attribute.maximum;
  if (const YamlNode* minimum = node.Find("min")) {
    test.minimum =
        reader.Integer(reader.One(*minimum, "min"), attribute.minimum, attribute.maximum);
  }
  if (const YamlNode* maximum = node.Find("max")) {
    test.maximum = reader.Integer(reader.One(*maximum, "max"), test.minimum, attribute.maximum);
  }
  if (reader.ok() && node.Find("not_in") != nullptr) {
    reader.complaint().At(node.word.at, "a whole number is tested with min and max only");
  } else if (reader.ok() && node.entries.empty()) {
    reader.complaint().At(node.word.at, "a range needs min, max or both");
  }
}

void ReadWords(const YamlReader& reader, const YamlNode& node, const Schema& schema,
               const Attribute& attribute, bool excluded, ValueTest& test) {
  bool none_named = false;
  for (const Word& word : reader.OneOrMore(node, attribute.name, false)) {
    const ValueId value = ReadValue(reader, word, schema, attribute);
    if (!reader.ok()) return;
    if (value == kNone) {
      none_named = true;
    } else if (attribute.type == ValueType::kInteger) {
      if (node.kind == YamlNode::Kind::kSequence) {
        reader.complaint().About(word, "a whole number is tested with one value or min and max");
        return;
      }
      test.minimum = test.maximum = value;
    } else {
      test.values |= uint64_t{1} << static_cast<uint32_t>(value);
    }
  }
  // not_in never matches `none`, named or not: a missing fact passes only a test that asks for it.
  test.none = none_named && !excluded;
  if (excluded) {
    test.values = AllValues(schema, attribute) & ~test.values;
    if (reader.ok() && test.values == 0) {
      reader.complaint().At(node.word.at, "nothing is left that could pass this test");
    }
  }
}

ValueTest ReadTest(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                   AttributeId id) {
  const Attribute& attribute = schema.attributes[id];
  ValueTest test;
  test.attribute = id;
  test.integer = attribute.type == ValueType::kInteger;
  if (node.kind != YamlNode::Kind::kMapping) {
    ReadWords(reader, node, schema, attribute, /*excluded=*/false, test);
    return test;
  }
  if (!reader.Mapping(node, "a test", kTestKeys)) return test;
  if (test.integer) {
    ReadRange(reader, node, attribute, test);
    return test;
  }
  if (node.Find("min") != nullptr || node.Find("max") != nullptr) {
    reader.complaint().At(node.word.at, "only a whole number is tested with min and max");
    return test;
  }
  ReadWords(reader, reader.Required(node, "not_in"), schema, attribute, /*excluded=*/true, test);
  return test;
}

// A list names words whose texts depend on the day. A text with a blank in it is taken as it
// stands: for a clause of the agreement, which is in force as long as the pack is. One word is a
// list of one.
void ReadCites(const YamlReader& reader, const YamlNode& node, const Schema& schema,
               Because& because) {
  const std::vector<Word> words = reader.OneOrMore(node, "cite", false);
  if (!reader.ok()) return;
  if (node.kind == YamlNode::Kind::kScalar && words[0].text.find(' ') != std::string::npos) {
    because.citation = words[0].text;
    return;
  }
  std::vector<std::string_view> names;
  for (const std::string_view name : kCitedVocabularies) {
    const Vocabulary* vocabulary = schema.FindVocabulary(name);
    if (vocabulary == nullptr) continue;
    for (const VocabularyValue& value : vocabulary->values) names.push_back(value.name);
  }
  for (const Word& word : words) {
    if (std::find(names.begin(), names.end(), word.text) == names.end()) {
      reader.complaint().Unknown(word, "not a word of basis or norm that can be cited", names);
      return;
    }
    because.cites.push_back(word.text);
  }
}

Because ReadBecause(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                    const std::string& rule) {
  Because because;
  because.rule = rule;
  if (!reader.Mapping(node, "because", kBecauseKeys)) return because;
  because.nl = reader.One(reader.Required(node, "nl"), "because").text;
  if (const YamlNode* en = node.Find("en")) because.en = reader.One(*en, "because").text;
  if (const YamlNode* fr = node.Find("fr")) because.fr = reader.One(*fr, "because").text;
  if (const YamlNode* cite = node.Find("cite")) ReadCites(reader, *cite, schema, because);
  return because;
}

void ReadGrants(const YamlReader& reader, const YamlNode& node, const Schema& schema, Rule& rule) {
  std::vector<std::string_view> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  for (const Word& word : reader.OneOrMore(node, "grants", true)) {
    if (!reader.ok()) return;
    const auto field = schema.FindField(word.text);
    if (!field) {
      reader.complaint().Unknown(word, "unknown field", names);
      return;
    }
    rule.grants.push_back(*field);
  }
}

void CheckBasis(const YamlReader& reader, const Pack& pack, const Schema& schema,
                const YamlNode& node, const Rule& rule) {
  const auto id = schema.FindAttribute(kBasisAttribute);
  if (!reader.ok() || !id || schema.attributes[*id].type != ValueType::kVocabulary) return;
  const auto test = std::find_if(rule.tests.begin(), rule.tests.end(),
                                 [&id](const ValueTest& t) { return t.attribute == *id; });
  if (test == rule.tests.end()) {
    reader.complaint().At(node.word.at, "this permit names no legal basis: test basis under why");
    return;
  }
  if (test->none) {
    reader.complaint().At(
        node.word.at, "a permit cannot rest on no legal basis: take none out of its test of basis");
    return;
  }
  const Vocabulary& bases = schema.vocabularies[schema.attributes[*id].vocabulary];
  for (std::size_t i = 0; i < bases.values.size(); ++i) {
    if (!test->Passes(static_cast<ValueId>(i))) continue;
    if (StandsThroughout(bases.values[i], pack.valid_from, pack.valid_until)) continue;
    reader.complaint().At(node.word.at, "legal basis \"" + bases.values[i].name +
                                            "\" is not in force on every day of this pack");
    return;
  }
}

void ReadEffect(const YamlReader& reader, const YamlNode& node, const Schema& schema, Rule& rule) {
  const Word effect = reader.One(reader.Required(node, "effect"), "effect");
  if (!reader.ok()) return;
  // ParsePack has already refused any other word.
  rule.effect = effect.text == "permit"   ? Effect::kPermit
                : effect.text == "forbid" ? Effect::kForbid
                                          : Effect::kRequire;
  const YamlNode* grants = node.Find("grants");
  const YamlNode* obligations = node.Find("obligations");
  if (rule.effect == Effect::kPermit) {
    ReadGrants(reader, reader.Required(node, "grants"), schema, rule);
  } else if (grants != nullptr) {
    reader.complaint().At(grants->word.at, "only a permit grants fields");
  }
  if (rule.effect == Effect::kForbid && obligations != nullptr) {
    reader.complaint().At(obligations->word.at, "a forbid has no obligations: nothing happens");
  } else if (rule.effect == Effect::kRequire) {
    rule.obligations = ReadObligations(reader, reader.Required(node, "obligations"), schema);
  } else if (obligations != nullptr) {
    rule.obligations = ReadObligations(reader, *obligations, schema);
  }
}

}  // namespace

AttributeId ReadAttributeName(const YamlReader& reader, const Word& word, const Schema& schema) {
  if (!reader.ok()) return 0;
  if (const auto id = schema.FindAttribute(word.text)) return *id;
  std::vector<std::string_view> names;
  for (const Attribute& attribute : schema.attributes) names.push_back(attribute.name);
  reader.complaint().Unknown(word, "unknown attribute", names);
  return 0;
}

void ReadValueTests(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                    std::vector<ValueTest>& tests) {
  if (!reader.ok()) return;
  if (node.kind != YamlNode::Kind::kMapping) {
    reader.complaint().At(node.word.at, "tests must be a mapping of attributes to values");
    return;
  }
  for (const auto& [name, value] : node.entries) {
    const AttributeId id = ReadAttributeName(reader, name, schema);
    if (!reader.ok()) return;
    for (const ValueTest& test : tests) {
      if (test.attribute == id) reader.complaint().About(name, "this attribute is already tested");
    }
    tests.push_back(ReadTest(reader, value, schema, id));
  }
}

void ReadRules(const YamlReader& reader, const Pack& pack, const Schema& schema,
               std::vector<Rule>& rules) {
  const YamlNode* list = pack.tree.Find("rules");
  if (list == nullptr) return;
  std::unordered_set<std::string> ids;
  for (const Rule& rule : rules) ids.insert(rule.id);
  for (const YamlNode& node : reader.Items(*list, "rules", kMaxRules - rules.size())) {
    if (!reader.Mapping(node, "a rule", kRuleKeys)) return;
    const Word id = reader.One(reader.Required(node, "id"), "the id of a rule");
    reader.Id(id, "the id of a rule");
    if (reader.ok() && !ids.insert(id.text).second) {
      reader.complaint().About(id, "this rule id is already used");
    }
    Rule rule;
    rule.id = id.text;
    rule.layer = pack.layer;
    for (std::string_view section : kTestSections) {
      if (const YamlNode* tests = node.Find(section)) {
        ReadValueTests(reader, *tests, schema, rule.tests);
      }
    }
    ReadEffect(reader, node, schema, rule);
    rule.because = ReadBecause(reader, reader.Required(node, "because"), schema, rule.id);
    if (rule.effect == Effect::kPermit) CheckBasis(reader, pack, schema, node, rule);
    if (!reader.ok()) return;
    rules.push_back(std::move(rule));
  }
}

}  // namespace sluis::policies
