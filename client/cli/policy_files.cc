#include "client/cli/policy_files.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "client/cli/signal_view.h"
#include "client/lib/own_files.h"
#include "policies/pack_yaml.h"

namespace sluis::cli {
namespace {

Failure Wrong(std::string key, Args args) {
  return {Exit::kUsage, {std::move(key), std::move(args)}, nullptr};
}

// The values that an attribute has, as people type them.
std::string ValuesOf(const policies::Schema& schema, const policies::Attribute& attribute) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
  if (attribute.type == policies::ValueType::kInteger) {
    add(std::to_string(attribute.minimum) + "-" + std::to_string(attribute.maximum));
  } else if (attribute.type == policies::ValueType::kBool) {
    add("true");
    add("false");
  } else {
    for (const auto& value : schema.vocabularies[attribute.vocabulary].values) add(value.name);
  }
  if (attribute.optional) add(std::string(policies::kNoneWord));
  return words;
}

Failure UnknownAttribute(const policies::Schema& schema, const std::string& name,
                         const std::string& option) {
  std::vector<std::string_view> names;
  for (const policies::Attribute& attribute : schema.attributes) names.push_back(attribute.name);
  const std::string_view near = policies::NearestWord(name, names);
  if (near.empty()) {
    return Wrong("policy.no_attribute", {{"option", option}, {"name", Harmless(name)}});
  }
  return Wrong("policy.no_attribute_near",
               {{"option", option}, {"name", Harmless(name)}, {"near", std::string(near)}});
}

}  // namespace

std::string WordsOf(const absl::Status& status) { return Harmless(std::string(status.message())); }

Result<ReadPacks> ReadPackFiles(const std::vector<std::string>& files) {
  ReadPacks read;
  for (const std::string& path : files) {
    const Result<std::string> text = client::ReadWhole(path, kMaxPackFileBytes);
    if (!text.ok()) return text.failure();
    absl::StatusOr<policies::Pack> pack = policies::ParsePack(path, *text);
    if (pack.ok()) {
      read.packs.push_back(*std::move(pack));
    } else {
      read.refusals.push_back(WordsOf(pack.status()));
    }
  }
  std::stable_sort(read.packs.begin(), read.packs.end(),
                   [](const auto& a, const auto& b) { return a.layer < b.layer; });
  return read;
}

Failure PacksRefused(const std::vector<std::string>& refusals) {
  std::string text;
  for (const std::string& refusal : refusals) text += (text.empty() ? "" : "\n") + refusal;
  return Wrong("policy.refused", {{"text", text}});
}

Result<policies::PackSet> LoadPacks(const std::vector<std::string>& files) {
  Result<ReadPacks> read = ReadPackFiles(files);
  if (!read.ok()) return read.failure();
  if (!read->refusals.empty()) return PacksRefused(read->refusals);
  absl::StatusOr<policies::PackSet> packs = policies::PackSet::Load(std::move(read->packs));
  if (!packs.ok()) return PacksRefused({WordsOf(packs.status())});
  return *std::move(packs);
}

Failure NoAnswer(const absl::Status& status) {
  return Wrong("policy.no_answer", {{"text", WordsOf(status)}});
}

std::string PackNames(const policies::PackSet& packs) {
  std::string names;
  for (const policies::Pack& pack : packs.layers()) {
    names += (names.empty() ? "" : ", ") + pack.id + " " + std::to_string(pack.version);
  }
  return names;
}

Result<policies::GivenValues> ValuesTyped(const policies::Schema& schema,
                                          const std::vector<std::string>& texts,
                                          const std::string& option, Derived derived) {
  policies::GivenValues values;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Wrong("policy.bad_pair", {{"option", option}, {"text", Harmless(text)}});
    }
    const std::string name = text.substr(0, equals);
    const std::string word = text.substr(equals + 1);
    const auto id = schema.FindAttribute(name);
    if (!id) return UnknownAttribute(schema, name, option);
    const policies::Attribute& attribute = schema.attributes[*id];
    if (attribute.derivation && derived == Derived::kRefused) {
      return Wrong("policy.derived",
                   {{"name", name}, {"base", schema.attributes[attribute.derivation->base].name}});
    }
    const auto value = schema.FindValue(attribute, word);
    if (!value) {
      return Wrong("policy.no_value", {{"option", option},
                                       {"name", name},
                                       {"value", Harmless(word)},
                                       {"words", ValuesOf(schema, attribute)}});
    }
    if (!values.emplace(*id, *value).second) {
      return Wrong("policy.twice", {{"option", option}, {"name", name}});
    }
  }
  return values;
}

std::string AttributeLabel(const Shell& shell, const std::string& name) {
  const std::string key = "attribute." + name;
  if (!shell.catalogue().Has(key)) return name;
  return shell.Text(key) + " (" + name + ")";
}

}  // namespace sluis::cli
