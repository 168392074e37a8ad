#include "policies/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>

namespace sluis::policies {
namespace {

constexpr std::size_t kMaxName = 48;
constexpr std::size_t kMaxId = 40;
constexpr int32_t kMaxDays = 3650;
constexpr int32_t kMaxCoolingOffHours = 90 * 24;

std::optional<int32_t> Decimal(std::string_view text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // No sign and no leading zero: one number, one spelling.
  const bool plain = !text.empty() && text[0] != '-' && (text.size() == 1 || text[0] != '0');
  if (!plain || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The number in prefix<n>suffix.
std::optional<int32_t> Between(std::string_view text, std::string_view prefix,
                               std::string_view suffix) {
  if (text.size() <= prefix.size() + suffix.size() || !text.starts_with(prefix) ||
      !text.ends_with(suffix)) {
    return std::nullopt;
  }
  text.remove_prefix(prefix.size());
  text.remove_suffix(suffix.size());
  return Decimal(text);
}

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool YamlReader::Mapping(const YamlNode& node, std::string_view what,
                         std::span<const std::string_view> keys) const {
  if (!ok()) return false;
  if (node.kind != YamlNode::Kind::kMapping) {
    complaint_.At(node.word.at, std::string(what) + " must be a mapping of keys to values");
    return false;
  }
  for (const auto& [key, value] : node.entries) {
    if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) {
      complaint_.Unknown(key, "unknown key in " + std::string(what), keys);
      return false;
    }
  }
  return true;
}

const YamlNode& YamlReader::Required(const YamlNode& mapping, std::string_view key) const {
  static const YamlNode empty;
  if (!ok()) return empty;
  const YamlNode* found = mapping.Find(key);
  if (found == nullptr) {
    complaint_.At(mapping.word.at, "the key \"" + std::string(key) + "\" is missing here");
    return empty;
  }
  return *found;
}

std::span<const YamlNode> YamlReader::Items(const YamlNode& node, std::string_view what,
                                            std::size_t limit) const {
  if (!ok()) return {};
  if (node.kind != YamlNode::Kind::kSequence) {
    complaint_.At(node.word.at, std::string(what) + " must be a list");
    return {};
  }
  if (node.items.size() > limit) {
    complaint_.At(node.items[limit].word.at,
                  std::string(what) + " holds more than " + std::to_string(limit) + " items");
    return {};
  }
  return node.items;
}

Word YamlReader::One(const YamlNode& node, std::string_view what) const {
  if (!ok()) return {};
  if (node.kind != YamlNode::Kind::kScalar || node.word.text.empty()) {
    complaint_.At(node.word.at, std::string(what) + " must be one word or text");
    return {};
  }
  return node.word;
}

std::vector<Word> YamlReader::OneOrMore(const YamlNode& node, std::string_view what,
                                        bool empty_allowed) const {
  if (!ok()) return {};
  if (node.kind != YamlNode::Kind::kSequence) return {One(node, what)};
  if (node.items.empty() && !empty_allowed) {
    complaint_.At(node.word.at, std::string(what) + " must name at least one word");
  }
  std::vector<Word> words;
  std::set<std::string_view> seen;
  for (const YamlNode& item : node.items) {
    Word word = One(item, what);
    if (!ok()) return {};
    if (!seen.insert(item.word.text).second) complaint_.About(word, "this word is already named");
    words.push_back(std::move(word));
  }
  return words;
}

void YamlReader::Name(const Word& word, std::string_view what, std::string_view extra) const {
  if (!ok()) return;
  const std::string& text = word.text;
  const bool good = !text.empty() && text.size() <= kMaxName && IsLower(text[0]) &&
                    std::all_of(text.begin(), text.end(), [extra](char c) {
                      return IsLower(c) || IsDigit(c) || extra.find(c) != std::string_view::npos;
                    });
  if (good) return;
  complaint_.About(word, std::string(what) + " must start with a-z and hold only a-z, 0-9 and " +
                             std::string(extra) + ", at most 48 characters");
}

void YamlReader::Id(const Word& word, std::string_view what) const {
  if (!ok()) return;
  const std::string& text = word.text;
  const bool good = text.size() >= 2 && text.size() <= kMaxId && IsUpper(text[0]) &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return IsUpper(c) || IsDigit(c) || c == '-'; });
  if (!good) {
    complaint_.About(word, std::string(what) +
                               " must start with A-Z and hold only A-Z, 0-9 and -, 2 to 40 "
                               "characters");
  }
}

int32_t YamlReader::Integer(const Word& word, int32_t minimum, int32_t maximum) const {
  if (!ok()) return minimum;
  const std::optional<int32_t> value = Decimal(word.text);
  if (value && *value >= minimum && *value <= maximum) return *value;
  complaint_.About(word, "not a whole number from " + std::to_string(minimum) + " to " +
                             std::to_string(maximum));
  return minimum;
}

bool YamlReader::Truth(const Word& word) const {
  if (!ok()) return false;
  if (word.text == "true") return true;
  if (word.text != "false") complaint_.About(word, "not true or false");
  return false;
}

int32_t YamlReader::Days(const Word& word, int32_t least) const {
  if (!ok()) return least;
  const std::optional<int32_t> days = Between(word.text, "P", "D");
  if (days && *days >= least && *days <= kMaxDays) return *days;
  complaint_.About(word, "not a number of days as P" + std::to_string(least) + "D to P3650D");
  return least;
}

int32_t YamlReader::Hours(const Word& word) const {
  if (!ok()) return 1;
  if (const auto hours = Between(word.text, "PT", "H");
      hours && *hours >= 1 && *hours <= kMaxCoolingOffHours) {
    return *hours;
  }
  if (const auto days = Between(word.text, "P", "D");
      days && *days >= 1 && *days <= kMaxCoolingOffHours / 24) {
    return *days * 24;
  }
  complaint_.About(word, "not a delay as PT1H to PT2160H or P1D to P90D");
  return 1;
}

std::string YamlReader::Date(const Word& word) const {
  if (!ok()) return {};
  const std::string& text = word.text;
  const std::string_view view = text;
  const auto part = [&view](std::size_t from, std::size_t size) {
    int value = -1;
    const char* begin = view.data() + from;
    const auto [end, error] = std::from_chars(begin, begin + size, value);
    return error == std::errc() && end == begin + size ? value : -1;
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = part(0, 4), month = part(5, 2), day = part(8, 2);
    if (year >= 1800 && year <= 2999 && month > 0 && day > 0 &&
        std::chrono::year_month_day(std::chrono::year(year),
                                    std::chrono::month(static_cast<unsigned>(month)),
                                    std::chrono::day(static_cast<unsigned>(day)))
            .ok()) {
      return text;
    }
  }
  complaint_.About(word, "not an existing day from 1800 to 2999 written as yyyy-mm-dd");
  return {};
}

}  // namespace sluis::policies
