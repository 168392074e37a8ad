#include "policies/citation.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace sluis::policies {
namespace {

bool StandsOn(const Citation& citation, std::string_view date) {
  return citation.from <= date && (citation.until.empty() || date <= citation.until);
}

std::string NextDay(const std::string& date) {
  const std::chrono::year_month_day day(
      std::chrono::year(std::stoi(date.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(std::stoi(date.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(std::stoi(date.substr(8, 2)))));
  const std::chrono::year_month_day next(std::chrono::sys_days(day) + std::chrono::days(1));
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(next.year()),
                static_cast<unsigned>(next.month()), static_cast<unsigned>(next.day()));
  return text.data();
}

}  // namespace

bool StandsOn(const VocabularyValue& value, std::string_view date) {
  return std::any_of(value.citations.begin(), value.citations.end(),
                     [date](const Citation& citation) { return StandsOn(citation, date); });
}

bool StandsThroughout(const VocabularyValue& value, std::string from, const std::string& until) {
  bool advanced = true;
  while (advanced && from <= until) {
    advanced = false;
    for (const Citation& citation : value.citations) {
      if (citation.from > from) continue;
      if (citation.until.empty()) return true;
      if (citation.until < from) continue;
      from = NextDay(citation.until);
      advanced = true;
    }
  }
  return from > until;
}

std::vector<std::string> TextsOn(const VocabularyValue& value, std::string_view date) {
  std::vector<std::string> texts;
  for (const Citation& citation : value.citations) {
    if (StandsOn(citation, date)) texts.push_back(citation.text);
  }
  return texts;
}

std::vector<std::string> TextsOn(const Schema& schema, const Because& because,
                                 std::string_view date) {
  std::vector<std::string> texts;
  if (!because.citation.empty()) texts.push_back(because.citation);
  for (const std::string& word : because.cites) {
    for (const std::string_view name : kCitedVocabularies) {
      const Vocabulary* vocabulary = schema.FindVocabulary(name);
      const auto id = vocabulary != nullptr ? vocabulary->Find(word) : std::nullopt;
      if (!id) continue;
      for (std::string& text : TextsOn(vocabulary->values[static_cast<std::size_t>(*id)], date)) {
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
          texts.push_back(std::move(text));
        }
      }
    }
  }
  return texts;
}

}  // namespace sluis::policies
