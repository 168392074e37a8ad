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

void AddText(std::string_view word, const std::string& text, std::vector<CitedText>& cited) {
  const bool known = std::any_of(cited.begin(), cited.end(),
                                 [&](const CitedText& one) { return one.text == text; });
  if (!known) cited.push_back({std::string(word), text});
}

void AddWord(const Schema& schema, std::string_view name, std::string_view word,
             std::string_view date, std::vector<CitedText>& cited) {
  const Vocabulary* vocabulary = schema.FindVocabulary(name);
  const auto id = vocabulary != nullptr ? vocabulary->Find(word) : std::nullopt;
  if (!id) return;
  for (const std::string& text : TextsOn(vocabulary->values[static_cast<std::size_t>(*id)], date)) {
    AddText(word, text, cited);
  }
}

void AddCited(const Schema& schema, const Because& because, std::string_view date,
              std::vector<CitedText>& cited) {
  if (!because.citation.empty()) AddText("", because.citation, cited);
  for (const std::string& word : because.cites) {
    for (const std::string_view name : kCitedVocabularies) {
      AddWord(schema, name, word, date, cited);
    }
  }
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
  std::vector<CitedText> cited;
  AddCited(schema, because, date, cited);
  std::vector<std::string> texts;
  for (CitedText& one : cited) texts.push_back(std::move(one.text));
  return texts;
}

std::vector<CitedText> CitedBy(const Schema& schema, const Decision& decision,
                               std::string_view basis, std::string_view date) {
  std::vector<CitedText> cited;
  for (const Because& because : decision.because) AddCited(schema, because, date, cited);
  if (decision.outcome == Outcome::kPermit) {
    AddWord(schema, kCitedVocabularies[0], basis, date, cited);
  }
  return cited;
}

}  // namespace sluis::policies
