#include "policies/attribute.h"

#include <array>
#include <charconv>

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, kSourceCount> kSourceNames = {
    "certificate", "mandate", "manifest", "offer", "record", "ledger", "caller", "node"};

constexpr std::array<std::string_view, kSides> kSideNames = {"local", "release", "accept"};

template <typename T>
std::optional<uint32_t> IndexOf(const std::vector<T>& list, std::string_view name) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return static_cast<uint32_t>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view SourceName(Source source) {
  return kSourceNames[static_cast<std::size_t>(source)];
}

std::string_view SideName(Side side) { return kSideNames[static_cast<std::size_t>(side)]; }

std::optional<Source> FindSource(std::string_view name) {
  for (std::size_t i = 0; i < kSourceNames.size(); ++i) {
    if (kSourceNames[i] == name) return static_cast<Source>(i);
  }
  return std::nullopt;
}

const Vocabulary* Schema::FindVocabulary(std::string_view name) const {
  const auto index = IndexOf(vocabularies, name);
  return index ? &vocabularies[*index] : nullptr;
}

std::optional<AttributeId> Schema::FindAttribute(std::string_view name) const {
  return IndexOf(attributes, name);
}

std::optional<FieldId> Schema::FindField(std::string_view name) const {
  return IndexOf(fields, name);
}

std::optional<ValueId> Schema::FindValue(const Attribute& attribute, std::string_view word) const {
  if (word == kNoneWord) return attribute.optional ? std::optional(kNone) : std::nullopt;
  switch (attribute.type) {
    case ValueType::kVocabulary:
      return vocabularies[attribute.vocabulary].Find(word);
    case ValueType::kBool:
      if (word == "true") return 1;
      if (word == "false") return 0;
      return std::nullopt;
    case ValueType::kInteger: {
      ValueId value = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
      if (value < attribute.minimum || value > attribute.maximum) return std::nullopt;
      return value;
    }
  }
  return std::nullopt;
}

std::string Schema::ValueName(const Attribute& attribute, ValueId value) const {
  if (value == kNone) return std::string(kNoneWord);
  switch (attribute.type) {
    case ValueType::kVocabulary:
      return vocabularies[attribute.vocabulary].values[static_cast<std::size_t>(value)].name;
    case ValueType::kBool:
      return value == 0 ? "false" : "true";
    case ValueType::kInteger:
      return std::to_string(value);
  }
  return {};
}

bool Schema::InRange(const Attribute& attribute, ValueId value) const {
  if (value == kNone) return attribute.optional;
  switch (attribute.type) {
    case ValueType::kVocabulary:
      return value >= 0 &&
             static_cast<std::size_t>(value) < vocabularies[attribute.vocabulary].values.size();
    case ValueType::kBool:
      return value == 0 || value == 1;
    case ValueType::kInteger:
      return value >= attribute.minimum && value <= attribute.maximum;
  }
  return false;
}

Side Schema::SideOf(const Attribute& attribute, ValueId value) const {
  const std::string name = ValueName(attribute, value);
  if (name == SideName(Side::kRelease)) return Side::kRelease;
  if (name == SideName(Side::kAccept)) return Side::kAccept;
  return Side::kLocal;
}

}  // namespace sluis::policies
