#include "client/lib/catalogue.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/lib/catalogue_data.h"

namespace sluis::client {

std::optional<Language> LanguageOf(std::string_view code) {
  if (code == "nl") return Language::kDutch;
  if (code == "en") return Language::kEnglish;
  if (code == "fr") return Language::kFrench;
  return std::nullopt;
}

std::string_view CodeOf(Language language) {
  switch (language) {
    case Language::kDutch:
      return "nl";
    case Language::kEnglish:
      return "en";
    case Language::kFrench:
      return "fr";
  }
  return "nl";
}

std::string_view CatalogueSource(Language language) {
  switch (language) {
    case Language::kDutch:
      return kMessagesNl;
    case Language::kEnglish:
      return kMessagesEn;
    case Language::kFrench:
      return kMessagesFr;
  }
  return kMessagesNl;
}

Catalogue::Catalogue(Language language) : language_(language) {
  const nlohmann::json parsed = nlohmann::json::parse(CatalogueSource(language), nullptr, false);
  if (!parsed.is_object()) std::abort();  // the build embedded something else
  for (const auto& [key, text] : parsed.items()) {
    if (text.is_string()) texts_.emplace(key, text.get<std::string>());
  }
}

std::string Catalogue::Text(std::string_view key, const Args& args) const {
  const auto at = texts_.find(key);
  if (at == texts_.end()) return std::string(key);
  const std::string& text = at->second;
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '{') {
      const size_t end = text.find('}', i);
      const std::string name = text.substr(i + 1, end == std::string::npos ? 0 : end - i - 1);
      bool filled = false;
      for (const auto& [placeholder, value] : args) {
        if (placeholder != name) continue;
        out += value;
        filled = true;
        break;
      }
      if (filled) {
        i = end + 1;
        continue;
      }
    }
    out.push_back(text[i++]);
  }
  return out;
}

}  // namespace sluis::client
