#include "tests/support/generated_pack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/pack_yaml.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kHeader =
    "sluis: 1\npack: {id: generated, layer: statutory, version: 1, valid: {from: 2026-01-01, "
    "until: 2026-12-31}}\n";
constexpr std::string_view kAmong =
    "sluis: 1\npack: {id: among, layer: partnership, version: 1, extends: [{id: generated, "
    "version: "
    "1}], valid: {from: 2026-01-01, until: 2026-12-31}}\nvocab:\n  role: {values: {t: {m: v}}}\n";
constexpr std::string_view kOwn =
    "sluis: 1\npack: {id: own, layer: node, version: 1, extends: [{id: among, version: 1}], "
    "valid: {from: 2026-01-01, until: 2026-12-31}}\n";
constexpr RuleShape kNarrow{.least_tests = 4, .most_tests = 6, .narrow = true};

std::string Listed(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text += (text.size() > 1 ? ", " : "") + word;
  return text + "]";
}

// Quoted where YAML would read a truth value.
std::string Word(const Schema& schema, const Attribute& attribute, ValueId value) {
  const std::string name = schema.ValueName(attribute, value);
  return name == "yes" || name == "no" ? "\"" + name + "\"" : name;
}

std::size_t CountOf(const Schema& schema, const Attribute& attribute) {
  return attribute.type == ValueType::kBool
             ? 2
             : schema.vocabularies[attribute.vocabulary].values.size();
}

// Bounds lie on a grid: a pack may cut an attribute into so many intervals and no more.
constexpr int32_t kGrid = 10;

std::string IntegerTest(const Attribute& attribute, Draw& draw) {
  const int32_t step = std::max(1, (attribute.maximum - attribute.minimum) / kGrid);
  const auto on_grid = [&](int32_t from) {
    const auto places = static_cast<std::size_t>((attribute.maximum - from) / step) + 1;
    return from + step * static_cast<int32_t>(draw.Below(places));
  };
  const int32_t low = on_grid(attribute.minimum);
  const int32_t high = on_grid(low);
  switch (draw.Below(attribute.optional ? 5 : 4)) {
    case 0:
      return "{min: " + std::to_string(low) + "}";
    case 1:
      return "{max: " + std::to_string(high) + "}";
    case 2:
      return "{min: " + std::to_string(low) + ", max: " + std::to_string(high) + "}";
    case 3:
      return std::to_string(low);
    default:
      return "none";
  }
}

std::string TestOf(const Schema& schema, const Attribute& attribute, bool narrow, Draw& draw) {
  if (attribute.type == ValueType::kInteger) return IntegerTest(attribute, draw);
  const std::size_t count = CountOf(schema, attribute);
  std::vector<std::string> words;
  for (std::size_t value = 0; value < count; ++value) {
    if (!narrow && draw.OneIn(2)) {
      words.push_back(Word(schema, attribute, static_cast<ValueId>(value)));
    }
  }
  const bool excluded = !narrow && draw.OneIn(4) && words.size() < count;
  if (!excluded && attribute.optional && draw.OneIn(3)) words.emplace_back("none");
  if (words.empty()) {
    const std::size_t first = draw.Below(count);
    words.push_back(Word(schema, attribute, static_cast<ValueId>(first)));
    if (narrow && count > 2 && draw.OneIn(2)) {
      words.push_back(Word(schema, attribute, static_cast<ValueId>((first + 1) % count)));
    }
    if (excluded && count == 1) return Listed(words);
  }
  return excluded ? "{not_in: " + Listed(words) + "}" : Listed(words);
}

std::vector<std::string> WordsOf(const Schema& schema, std::string_view vocabulary) {
  std::vector<std::string> words;
  if (const Vocabulary* found = schema.FindVocabulary(vocabulary)) {
    for (const VocabularyValue& value : found->values) words.push_back(value.name);
  }
  return words;
}

std::string FieldTreatment(const Field& field, Draw& draw) {
  if (!field.steps.empty() && draw.OneIn(2)) {
    return field.name + ": {generalise: " + field.steps[draw.Below(field.steps.size())] + "}";
  }
  return field.name + (draw.OneIn(2) ? ": remove" : ": keep");
}

std::string ObligationsOf(const Schema& schema, Draw& draw) {
  std::vector<std::string> parts;
  const auto pick = [&draw](const std::vector<std::string>& words) {
    return words[draw.Below(words.size())];
  };
  if (draw.OneIn(3)) {
    std::string fields;
    for (const Field& field : schema.fields) {
      if (draw.OneIn(4)) fields += (fields.empty() ? "" : ", ") + FieldTreatment(field, draw);
    }
    parts.push_back("fields: {" + fields + "}");
  }
  if (draw.OneIn(3)) parts.push_back("retention: P" + std::to_string(1 + draw.Below(90)) + "D");
  if (const auto over = WordsOf(schema, "dimension"); !over.empty() && draw.OneIn(8)) {
    parts.push_back("k_anonymity: {k: " + std::to_string(2 + draw.Below(20)) + ", over: [" +
                    pick(over) + "]}");
  }
  if (const auto roles = WordsOf(schema, "role"); !roles.empty() && draw.OneIn(6)) {
    parts.push_back("approval: {role: [" + pick(roles) +
                    "], count: " + std::to_string(1 + draw.Below(3)) + "}");
  }
  if (const auto labels = WordsOf(schema, "tlp"); !labels.empty() && draw.OneIn(6)) {
    const std::array<std::string, 4> limits = {
        "tlp_max: " + pick(labels), "originator_consent: true", "none: true", "none: false"};
    parts.push_back("onward: {" + limits[draw.Below(limits.size())] + "}");
  }
  if (const auto parties = WordsOf(schema, "party"); !parties.empty() && draw.OneIn(6)) {
    parts.push_back("notify: {" + pick(parties) + ": P" + std::to_string(1 + draw.Below(30)) +
                    "D}");
  }
  if (draw.OneIn(8)) parts.emplace_back("no_evidence: true");
  if (draw.OneIn(6)) parts.push_back("cooling_off: PT" + std::to_string(1 + draw.Below(48)) + "H");
  if (draw.OneIn(6)) parts.emplace_back(draw.OneIn(2) ? "log: full" : "log: standard");
  if (parts.empty()) parts.emplace_back("log: standard");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return "{" + text + "}";
}

std::string TestsOf(const Schema& schema, bool permit, const RuleShape& shape, Draw& draw) {
  std::vector<std::size_t> chosen;
  const auto basis = schema.FindAttribute("basis");
  if (permit && basis) chosen.push_back(*basis);
  for (std::size_t more = shape.least_tests + draw.Below(shape.most_tests - shape.least_tests + 1);
       more > 0; --more) {
    const std::size_t attribute = draw.Below(schema.attributes.size());
    if (std::find(chosen.begin(), chosen.end(), attribute) == chosen.end()) {
      chosen.push_back(attribute);
    }
  }
  std::string text;
  for (const std::size_t attribute : chosen) {
    const Attribute& tested = schema.attributes[attribute];
    text += (text.empty() ? "" : ", ") + tested.name + ": " +
            TestOf(schema, tested, shape.narrow, draw);
  }
  return "{" + text + "}";
}

}  // namespace

uint64_t Draw::Next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string GeneratedRules(const Schema& schema, std::size_t count, const RuleShape& shape,
                           Draw& draw) {
  if (count == 0) return "";
  std::string text = "rules:\n";
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t kind = shape.only_restrains ? 2 + draw.Below(2) : draw.Below(4);
    const bool permit = kind < 2;
    text += "- {id: " + std::string(shape.ids) + std::to_string(i);
    text += permit ? ", effect: permit" : kind == 2 ? ", effect: forbid" : ", effect: require";
    text += ", when: " + TestsOf(schema, permit, shape, draw);
    if (permit) {
      std::vector<std::string> grants;
      for (const Field& field : schema.fields) {
        if (draw.OneIn(3)) grants.push_back(field.name);
      }
      text += ", grants: " + Listed(grants);
    }
    if (kind == 3 || (permit && draw.OneIn(2))) {
      text += ", obligations: " + ObligationsOf(schema, draw);
    }
    text += ", because: {nl: x}}\n";
  }
  return text;
}

std::string GeneratedWords(Draw& draw) {
  std::string vocab =
      "vocab:\n  tlp: [clear, green, red]\n  party: [near, far]\n  dimension: [d, e]\n"
      "  m: [u, v]\n  role: {values: {p: {m: u}, q: {m: u}, s: {m: v}}}\n";
  std::string attributes =
      "attributes:\n  r: {type: role, source: mandate}\n"
      "  m: {type: m, source: mandate, derived: {from: r, property: m}}\n";
  for (std::size_t i = draw.Below(8); i > 0; --i) {
    const std::string name = "a" + std::to_string(i);
    std::string type = "bool";
    if (draw.OneIn(2)) {
      type = "v" + std::to_string(i);
      vocab += "  " + type + ": [";
      for (std::size_t value = draw.Below(6); value > 0; --value) {
        vocab += "w" + std::to_string(value) + ", ";
      }
      vocab += "w0]\n";
    } else if (draw.OneIn(2)) {
      type = "{int: [" + std::to_string(draw.Below(3)) + ", " + std::to_string(4 + draw.Below(9)) +
             "]}";
    }
    attributes += "  " + name + ": {type: " + type + ", source: record";
    attributes += draw.OneIn(2) ? ", optional: true}\n" : "}\n";
  }
  return std::string(kHeader) + vocab + attributes +
         "fields: [f, {g: {generalise: [near, far]}}, h]\n";
}

absl::StatusOr<PackSet> GeneratedPack(std::size_t most_rules, Draw& draw) {
  const std::string words = GeneratedWords(draw);
  const absl::StatusOr<PackSet> without = LoadTexts({{"generated.yaml", words}});
  if (!without.ok()) return without.status();
  return LoadTexts(
      {{"generated.yaml",
        words + GeneratedRules(without->schema(), draw.Below(most_rules + 1), {}, draw)}});
}

absl::StatusOr<PackSet> GeneratedLayers(std::size_t most_rules, Draw& draw) {
  constexpr std::string_view kClosed = "role: {values:";
  std::string words = GeneratedWords(draw);
  words.replace(words.find(kClosed), kClosed.size(), "role: {open: true, values:");
  const std::string among(kAmong), own(kOwn);
  const absl::StatusOr<PackSet> above = LoadTexts({{"generated.yaml", words}});
  if (!above.ok()) return above.status();
  const absl::StatusOr<PackSet> all =
      LoadTexts({{"generated.yaml", words}, {"among.yaml", among}, {"own.yaml", own}});
  if (!all.ok()) return all.status();
  const auto rules = [&](const PackSet& packs, const RuleShape& shape) {
    return GeneratedRules(packs.schema(), draw.Below(most_rules + 1), shape, draw);
  };
  // A pack knows the words of its own layer and of those above.
  const std::string of_law = rules(*above, {.ids = "S-"});
  const std::string agreed = rules(*all, {.ids = "P-"});
  const std::string added = rules(*all, {.only_restrains = true, .ids = "N-"});
  return LoadTexts({{"generated.yaml", words + of_law},
                    {"among.yaml", among + agreed},
                    {"own.yaml", own + added}});
}

absl::StatusOr<std::string> ExampleTextWithRules(std::size_t rules, Draw& draw) {
  std::string words = ReadSourceFile(kExamplePack);
  const std::size_t end = words.find("\nrules:");
  if (end == std::string::npos) return absl::InternalError("the example pack has no rules");
  words.resize(end + 1);
  const absl::StatusOr<PackSet> without =
      LoadTexts({{"above.yaml", ReadSourceFile(kAboveExample)}, {"words.yaml", words}});
  if (!without.ok()) return without.status();
  return words + GeneratedRules(without->schema(), rules, kNarrow, draw);
}

absl::StatusOr<std::vector<Pack>> ExampleWithRules(std::size_t rules, Draw& draw) {
  const absl::StatusOr<std::string> text = ExampleTextWithRules(rules, draw);
  if (!text.ok()) return text.status();
  std::vector<Pack> layers;
  for (const auto& [name, content] : {std::pair{"above.yaml", ReadSourceFile(kAboveExample)},
                                      std::pair{"generated.yaml", *text}}) {
    absl::StatusOr<Pack> pack = ParsePack(name, content);
    if (!pack.ok()) return pack.status();
    layers.push_back(*std::move(pack));
  }
  return layers;
}

Request GeneratedRequest(const PackSet& packs, Draw& draw) {
  const Schema& schema = packs.schema();
  Side side = Side::kLocal;
  std::vector<ValueId> values;
  for (const Attribute& attribute : schema.attributes) {
    ValueId value = kNone;
    if (attribute.type == ValueType::kInteger) {
      const auto span = static_cast<std::size_t>(attribute.maximum - attribute.minimum) + 1;
      const std::size_t drawn = draw.Below(span + (attribute.optional ? span / 4 + 1 : 0));
      if (drawn < span) value = attribute.minimum + static_cast<ValueId>(drawn);
    } else {
      const std::size_t count = CountOf(schema, attribute);
      const std::size_t drawn = draw.Below(count + (attribute.optional ? 1 : 0));
      if (drawn < count) value = static_cast<ValueId>(drawn);
    }
    if (attribute.name == "side") side = schema.SideOf(attribute, value);
    values.push_back(value);
  }
  RequestBuilder builder(packs);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Attribute& attribute = schema.attributes[i];
    if (attribute.derivation) continue;
    builder.Set(static_cast<AttributeId>(i), values[i], attribute.SourceOn(side));
  }
  return builder.Build();
}

}  // namespace sluis::policies
