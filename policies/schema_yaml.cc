#include "policies/schema_yaml.h"

#include <algorithm>
#include <array>

namespace sluis::policies {
namespace {

constexpr std::size_t kMaxVocabularies = 40;
constexpr std::size_t kMaxCitations = 20;
constexpr std::size_t kMaxSteps = 10;
constexpr int32_t kMaxInteger = 1'000'000;

constexpr auto kVocabularyKeys = std::to_array<std::string_view>({"values", "open"});
constexpr auto kCitationKeys = std::to_array<std::string_view>({"cite", "from", "until"});
constexpr auto kAttributeKeys =
    std::to_array<std::string_view>({"type", "source", "optional", "derived"});
constexpr auto kDerivedKeys = std::to_array<std::string_view>({"from", "property"});
constexpr auto kIntegerKeys = std::to_array<std::string_view>({"int"});
constexpr auto kFieldKeys = std::to_array<std::string_view>({"generalise"});
constexpr std::string_view kBases = "basis";
constexpr std::string_view kNorms = "norm";
constexpr std::string_view kLifts = "lifts";
constexpr std::string_view kLiftsNothing = "nothing";
// Words with a meaning of their own cannot be values.
constexpr auto kReserved = std::to_array<std::string_view>({"none", "true", "false"});

template <typename T>
std::vector<std::string_view> NamesOf(const std::vector<T>& list) {
  std::vector<std::string_view> names;
  for (const T& item : list) names.push_back(item.name);
  return names;
}

void ReadCitations(const YamlReader& reader, const YamlNode& node, VocabularyValue& value) {
  for (const YamlNode& item : reader.Items(node, "citations", kMaxCitations)) {
    if (!reader.Mapping(item, "a citation", kCitationKeys)) return;
    Citation citation;
    citation.text = reader.One(reader.Required(item, "cite"), "cite").text;
    if (const YamlNode* from = item.Find("from")) {
      citation.from = reader.Date(reader.One(*from, "from"));
    }
    if (const YamlNode* until = item.Find("until")) {
      const Word word = reader.One(*until, "until");
      citation.until = reader.Date(word);
      if (reader.ok() && citation.until < citation.from) {
        reader.complaint().About(word, "the last day lies before the first");
      }
    }
    value.citations.push_back(std::move(citation));
  }
}

// What lifts professional secrecy is law, and no agreement: whoever adds a basis says so or
// nothing.
void CheckLifts(const YamlReader& reader, const Vocabulary& vocabulary, const Word& key,
                const std::vector<Word>& words) {
  if (vocabulary.name != kBases || key.text != kLifts) return;
  for (const Word& word : words) {
    if (word.text == kLiftsNothing) continue;
    reader.complaint().About(word,
                             "only the statutory layer says that a legal basis lifts professional "
                             "secrecy: say \"lifts: nothing\" here, or rest on a basis of that "
                             "layer");
  }
}

// The text that a word of a higher layer waits for, and nothing else about it.
void ReadAwaitedText(const YamlReader& reader, const YamlNode& properties,
                     VocabularyValue& waiting) {
  constexpr auto kOnlyCitations = std::to_array<std::string_view>({"citations"});
  if (!reader.Mapping(properties, "a value that waits for its text", kOnlyCitations)) return;
  ReadCitations(reader, reader.Required(properties, "citations"), waiting);
}

// `added`: by a lower layer than the one that declares the vocabulary.
void ReadValue(const YamlReader& reader, const Word& name, const YamlNode* properties, bool added,
               Vocabulary& vocabulary) {
  if (!reader.ok()) return;
  const auto known = vocabulary.Find(name.text);
  if (added && known && properties != nullptr && vocabulary.name == kBases &&
      vocabulary.values[static_cast<std::size_t>(*known)].citations.empty()) {
    ReadAwaitedText(reader, *properties, vocabulary.values[static_cast<std::size_t>(*known)]);
    return;
  }
  if (std::find(kReserved.begin(), kReserved.end(), name.text) != kReserved.end()) {
    reader.complaint().About(name, "this word has a meaning of its own and cannot be a value");
  } else if (known) {
    reader.complaint().About(name, "this value is already declared");
  } else if (vocabulary.values.size() >= kMaxValues) {
    reader.complaint().About(name, "a vocabulary holds at most 60 values, this is one more");
  }
  reader.Name(name, "a value", "+_-");
  VocabularyValue value{name.text, {}, {}};
  if (properties != nullptr && properties->kind != YamlNode::Kind::kEmpty) {
    if (reader.ok() && properties->kind != YamlNode::Kind::kMapping) {
      reader.complaint().At(properties->word.at, "the properties of a value must be a mapping");
    }
    for (const auto& [key, node] : properties->entries) {
      if (key.text == "citations") {
        ReadCitations(reader, node, value);
        continue;
      }
      reader.Name(key, "a property", "_");
      std::vector<std::string>& words = value.properties[key.text];
      std::vector<Word> given = reader.OneOrMore(node, "a property", false);
      if (added) CheckLifts(reader, vocabulary, key, given);
      for (Word& word : given) words.push_back(std::move(word.text));
    }
  }
  // A basis may wait for its text, and no permit can rest on it until then; a norm that says
  // nothing binds nobody.
  if (reader.ok() && vocabulary.name == kNorms && value.citations.empty()) {
    reader.complaint().About(name, "a norm needs at least one citation, this one has none");
  }
  vocabulary.values.push_back(std::move(value));
}

void ReadValues(const YamlReader& reader, const YamlNode& node, bool added,
                Vocabulary& vocabulary) {
  if (node.kind == YamlNode::Kind::kMapping) {
    for (const auto& [name, properties] : node.entries) {
      ReadValue(reader, name, &properties, added, vocabulary);
    }
  } else {
    for (const Word& word : reader.OneOrMore(node, "the values", false)) {
      ReadValue(reader, word, nullptr, added, vocabulary);
    }
  }
}

void ReadVocabulary(const YamlReader& reader, const Word& name, const YamlNode& node,
                    Schema& schema) {
  reader.Name(name, "a vocabulary", "_");
  if (!reader.ok()) return;
  const auto existing =
      std::find_if(schema.vocabularies.begin(), schema.vocabularies.end(),
                   [&name](const Vocabulary& vocabulary) { return vocabulary.name == name.text; });
  if (existing != schema.vocabularies.end()) {
    if (!existing->open) {
      reader.complaint().About(name, "this vocabulary is closed by a higher layer");
      return;
    }
    constexpr auto kOnlyValues = std::to_array<std::string_view>({"values"});
    if (reader.Mapping(node, "an extended vocabulary", kOnlyValues)) {
      ReadValues(reader, reader.Required(node, "values"), /*added=*/true, *existing);
    }
    return;
  }
  if (schema.vocabularies.size() >= kMaxVocabularies) {
    reader.complaint().About(name, "there are at most 40 vocabularies, this is one more");
    return;
  }
  Vocabulary vocabulary;
  vocabulary.name = name.text;
  if (node.kind == YamlNode::Kind::kMapping) {
    if (!reader.Mapping(node, "a vocabulary", kVocabularyKeys)) return;
    if (const YamlNode* open = node.Find("open")) {
      vocabulary.open = reader.Truth(reader.One(*open, "open"));
    }
    ReadValues(reader, reader.Required(node, "values"), /*added=*/false, vocabulary);
  } else {
    ReadValues(reader, node, /*added=*/false, vocabulary);
  }
  schema.vocabularies.push_back(std::move(vocabulary));
}

void ReadType(const YamlReader& reader, const YamlNode& node, const Schema& schema,
              Attribute& attribute) {
  if (!reader.ok()) return;
  if (node.kind == YamlNode::Kind::kMapping) {
    if (!reader.Mapping(node, "a type", kIntegerKeys)) return;
    const YamlNode& range = reader.Required(node, "int");
    if (!reader.ok()) return;
    if (range.kind != YamlNode::Kind::kSequence || range.items.size() != 2) {
      reader.complaint().At(range.word.at, "a whole number needs [lowest, highest]");
      return;
    }
    attribute.type = ValueType::kInteger;
    attribute.minimum = reader.Integer(reader.One(range.items[0], "lowest"), 0, kMaxInteger);
    attribute.maximum =
        reader.Integer(reader.One(range.items[1], "highest"), attribute.minimum, kMaxInteger);
    return;
  }
  const Word type = reader.One(node, "a type");
  if (!reader.ok() || type.text == "bool") return;
  const Vocabulary* vocabulary = schema.FindVocabulary(type.text);
  if (vocabulary == nullptr) {
    std::vector<std::string_view> names = NamesOf(schema.vocabularies);
    names.push_back("bool");
    reader.complaint().Unknown(type, "unknown type", names);
    return;
  }
  attribute.type = ValueType::kVocabulary;
  attribute.vocabulary = static_cast<std::size_t>(vocabulary - schema.vocabularies.data());
}

Source ReadSource(const YamlReader& reader, const YamlNode& node) {
  const Word word = reader.One(node, "a source");
  if (!reader.ok()) return Source::kNode;
  if (const auto source = FindSource(word.text)) return *source;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    names.push_back(SourceName(static_cast<Source>(i)));
  }
  reader.complaint().Unknown(word, "unknown source", names);
  return Source::kNode;
}

// One source, or one for each side.
void ReadSources(const YamlReader& reader, const YamlNode& node, Attribute& attribute) {
  if (node.kind != YamlNode::Kind::kMapping) {
    attribute.sources.fill(ReadSource(reader, node));
    return;
  }
  std::array<std::string_view, kSides> sides{};
  for (std::size_t i = 0; i < kSides; ++i) sides[i] = SideName(static_cast<Side>(i));
  if (!reader.Mapping(node, "source", sides)) return;
  for (std::size_t i = 0; i < kSides; ++i) {
    attribute.sources[i] = ReadSource(reader, reader.Required(node, sides[i]));
  }
}

void ReadDerivation(const YamlReader& reader, const YamlNode& node, const Schema& schema,
                    Attribute& attribute) {
  if (!reader.Mapping(node, "derived", kDerivedKeys)) return;
  const Word from = reader.One(reader.Required(node, "from"), "from");
  const Word property = reader.One(reader.Required(node, "property"), "property");
  if (!reader.ok()) return;
  const auto base = schema.FindAttribute(from.text);
  if (!base) {
    reader.complaint().Unknown(from, "unknown attribute, or declared further down",
                               NamesOf(schema.attributes));
    return;
  }
  const Attribute& source = schema.attributes[*base];
  if (source.type != ValueType::kVocabulary || source.optional || source.derivation ||
      attribute.type != ValueType::kVocabulary || attribute.optional) {
    reader.complaint().About(from,
                             "an attribute is derived from one vocabulary to another, "
                             "neither of them optional nor itself derived");
    return;
  }
  Derivation derivation{*base, property.text, {}};
  for (const VocabularyValue& value : schema.vocabularies[source.vocabulary].values) {
    const auto found = value.properties.find(property.text);
    const auto id = found != value.properties.end() && found->second.size() == 1
                        ? schema.FindValue(attribute, found->second[0])
                        : std::nullopt;
    if (!id) {
      reader.complaint().About(
          property, "value \"" + value.name + "\" does not declare exactly one known value for");
      return;
    }
    derivation.value_of.push_back(*id);
  }
  attribute.derivation = std::move(derivation);
}

void ReadAttribute(const YamlReader& reader, const Word& name, const YamlNode& node,
                   Schema& schema) {
  reader.Name(name, "an attribute", "._");
  if (!reader.Mapping(node, "an attribute", kAttributeKeys)) return;
  if (schema.FindAttribute(name.text)) {
    reader.complaint().About(name, "this attribute is already declared");
  } else if (schema.attributes.size() >= kMaxAttributes) {
    reader.complaint().About(name, "there are at most 60 attributes, this is one more");
  }
  Attribute attribute;
  attribute.name = name.text;
  ReadType(reader, reader.Required(node, "type"), schema, attribute);
  ReadSources(reader, reader.Required(node, "source"), attribute);
  if (const YamlNode* optional = node.Find("optional")) {
    attribute.optional = reader.Truth(reader.One(*optional, "optional"));
  }
  if (const YamlNode* derived = node.Find("derived")) {
    ReadDerivation(reader, *derived, schema, attribute);
  }
  if (reader.ok()) schema.attributes.push_back(std::move(attribute));
}

void ReadField(const YamlReader& reader, const YamlNode& item, Schema& schema) {
  Field field;
  Word name;
  if (item.kind == YamlNode::Kind::kMapping && item.entries.size() == 1) {
    name = item.entries[0].key;
    const YamlNode& node = item.entries[0].value;
    if (!reader.Mapping(node, "a field", kFieldKeys)) return;
    const YamlNode& steps = reader.Required(node, "generalise");
    for (const Word& step : reader.OneOrMore(steps, "the steps", false)) {
      reader.Name(step, "a step", "_-");
      if (reader.ok() && field.steps.size() >= kMaxSteps) {
        reader.complaint().About(step, "a field has at most 10 steps, this is one more");
      }
      field.steps.push_back(step.text);
    }
  } else {
    name = reader.One(item, "a field");
  }
  reader.Name(name, "a field", "_");
  field.name = name.text;
  if (!reader.ok()) return;
  if (schema.FindField(field.name)) {
    reader.complaint().About(name, "this field is already declared");
    return;
  }
  schema.fields.push_back(std::move(field));
}

}  // namespace

void ReadVocabularies(const YamlReader& reader, const Pack& pack, Schema& schema) {
  const YamlNode* node = pack.tree.Find("vocab");
  if (node == nullptr || !reader.ok()) return;
  if (node->kind != YamlNode::Kind::kMapping) {
    reader.complaint().At(node->word.at, "vocab must be a mapping of names to values");
  }
  for (const auto& [name, values] : node->entries) ReadVocabulary(reader, name, values, schema);
}

void ReadAttributes(const YamlReader& reader, const Pack& pack, Schema& schema) {
  const YamlNode* node = pack.tree.Find("attributes");
  if (node == nullptr || !reader.ok()) return;
  if (node->kind != YamlNode::Kind::kMapping) {
    reader.complaint().At(node->word.at, "attributes must be a mapping of names to declarations");
  }
  for (const auto& [name, declaration] : node->entries) {
    ReadAttribute(reader, name, declaration, schema);
  }
}

void ReadFields(const YamlReader& reader, const Pack& pack, Schema& schema) {
  const YamlNode* node = pack.tree.Find("fields");
  if (node == nullptr) return;
  for (const YamlNode& item : reader.Items(*node, "fields", kMaxFields - schema.fields.size())) {
    ReadField(reader, item, schema);
  }
}

}  // namespace sluis::policies
