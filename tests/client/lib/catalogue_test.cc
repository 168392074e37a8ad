#include "client/lib/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace sluis::client {
namespace {

constexpr Language kLanguages[] = {Language::kDutch, Language::kEnglish, Language::kFrench};

std::multiset<std::string> Placeholders(const std::string& text) {
  std::multiset<std::string> out;
  for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    out.insert(text.substr(at, text.find('}', at) - at + 1));
  }
  return out;
}

TEST(CatalogueTest, ThreeLanguagesHoldTheSameKeysAndPlaceholders) {
  const Catalogue dutch(Language::kDutch);
  ASSERT_GT(dutch.texts().size(), 20U);
  for (const Language language : kLanguages) {
    const Catalogue other(language);
    for (const auto& [key, text] : dutch.texts()) {
      ASSERT_TRUE(other.Has(key)) << CodeOf(language) << " lacks " << key;
      // A text may name a value twice in one language and once in another; it may not drop one.
      const auto a = Placeholders(text);
      const auto b = Placeholders(other.texts().at(key));
      EXPECT_EQ((std::set<std::string>(a.begin(), a.end())),
                (std::set<std::string>(b.begin(), b.end())))
          << CodeOf(language) << " " << key;
    }
    EXPECT_EQ(other.texts().size(), dutch.texts().size()) << CodeOf(language);
  }
}

TEST(CatalogueTest, EveryTextIsATextAndNoneIsEmpty) {
  for (const Language language : kLanguages) {
    const auto json = nlohmann::json::parse(CatalogueSource(language));
    for (const auto& [key, text] : json.items()) {
      ASSERT_TRUE(text.is_string()) << key;
      EXPECT_FALSE(text.get<std::string>().empty()) << key;
    }
  }
}

TEST(CatalogueTest, NoWordThatMustNotBeOnAScreen) {
  const Catalogue dutch(Language::kDutch);
  for (const auto& [key, text] : dutch.texts()) {
    for (const char* word : {"melder", "verdachte", "dossier", "geradicaliseerd", "radicaal",
                             "onthulling", "fiche", "treffer", "anoniem", "geweigerd"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << key << " holds " << word;
    }
  }
}

TEST(CatalogueTest, FillsPlaceholdersOnceAndAsTheyAre) {
  const Catalogue catalogue(Language::kDutch);
  EXPECT_EQ(catalogue.Text("field.too_long", {{"max", "{max}"}}),
            "Te lang: hoogstens {max} tekens.");
  EXPECT_EQ(catalogue.Text("field.too_long"), "Te lang: hoogstens {max} tekens.");
  EXPECT_EQ(catalogue.Text("no.such_key"), "no.such_key");
}

TEST(CatalogueTest, LanguageCodes) {
  for (const Language language : kLanguages) EXPECT_EQ(LanguageOf(CodeOf(language)), language);
  EXPECT_FALSE(LanguageOf("de").has_value());
  EXPECT_FALSE(LanguageOf("NL").has_value());
}

}  // namespace
}  // namespace sluis::client
