// Every text for people comes from the catalogue, and every text of the catalogue is used.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>

#include "client/lib/catalogue.h"
#include "client/lib/finding.h"
#include "client/lib/reconcile.h"
#include "client/lib/replay.h"
#include "client/lib/signal_form.h"
#include "tests/support/places.h"

namespace sluis::cli {
namespace {

namespace fs = std::filesystem;

struct Literal {
  std::string file;
  std::string text;
};

// String literals of a source without comments and includes; adjacent ones are joined.
std::vector<Literal> LiteralsOf(const fs::path& path) {
  std::ifstream file(path);
  std::vector<Literal> out;
  std::string line;
  bool joins = false;  // nothing but white space since the last literal
  while (std::getline(file, line)) {
    if (line.starts_with("#include")) continue;
    for (size_t at = 0; at < line.size(); ++at) {
      if (line.compare(at, 2, "//") == 0) break;
      if (line.compare(at, 3, "'\"'") == 0) at += 2;
      if (line[at] != '"') {
        joins = joins && line[at] == ' ';
        continue;
      }
      std::string text;
      for (++at; at < line.size() && line[at] != '"'; ++at) {
        text.push_back(line[at]);
        if (line[at] == '\\' && at + 1 < line.size()) text.push_back(line[++at]);
      }
      if (joins) {
        out.back().text += text;
      } else {
        out.push_back({path.filename().string(), text});
      }
      joins = true;
    }
  }
  return out;
}

std::vector<Literal> AllLiterals(const std::string& folder) {
  std::vector<Literal> out;
  for (const auto& entry : fs::directory_iterator(tests::InSources("/client/") + folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    for (Literal& one : LiteralsOf(entry.path())) out.push_back(std::move(one));
  }
  return out;
}

bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<uint8_t>(c) >= 0x80;
}

// Two words beside each other, as sentences have and identifiers have not.
bool IsSentence(const std::string& text) {
  for (size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 1)) {
    size_t end = at;
    if (end > 0 && (text[end - 1] == ',' || text[end - 1] == ':' || text[end - 1] == ';')) --end;
    if (end >= 2 && IsLetter(text[end - 1]) && IsLetter(text[end - 2]) && at + 2 < text.size() &&
        IsLetter(text[at + 1]) && IsLetter(text[at + 2])) {
      return true;
    }
  }
  return false;
}

// "group.rest" in the letters of keys.
bool IsKey(const std::string& text) {
  const size_t dot = text.find('.');
  return dot != std::string::npos && dot > 0 && dot + 1 < text.size() &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot),
                     [](char c) { return c >= 'a' && c <= 'z'; }) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

TEST(TextsTest, NoCommandPrintsATextOfItsOwn) {
  size_t seen = 0;
  for (const Literal& literal : AllLiterals("cli")) {
    ++seen;
    // The scripts of completion are code, and examples are what is typed.
    if (literal.file == "completion.cc" || literal.text.starts_with("sluis ")) continue;
    EXPECT_FALSE(IsSentence(literal.text)) << literal.file << ": " << literal.text;
  }
  EXPECT_GT(seen, 300U) << "the sources were not found";
  EXPECT_TRUE(IsSentence("er ging iets mis"));
  EXPECT_TRUE(IsSentence("mis: opnieuw"));
  EXPECT_FALSE(IsSentence("  x  "));
}

std::set<std::string> KeysNamed() {
  std::set<std::string> keys;
  for (const char* folder : {"cli", "lib"}) {
    for (const Literal& literal : AllLiterals(folder)) {
      if (IsKey(literal.text)) keys.insert(literal.text);
    }
  }
  return keys;
}

bool BeginsWithAny(const std::string& key, std::initializer_list<const char*> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const char* prefix) { return key.starts_with(prefix); });
}

TEST(TextsTest, EveryKeyNamedIsInTheCatalogue) {
  const client::Catalogue dutch(client::Language::kDutch);
  size_t found = 0;
  for (const std::string& key : KeysNamed()) {
    // Names of files, attributes of rules and prefixes that are completed at run time.
    if (BeginsWithAny(key, {"actor.", "tls.", "ca.", "cert.", "signing.key", "profile.yaml",
                            "sluisd.yaml", "openssl.cnf"}) ||
        dutch.Has("attribute." + key) || key.ends_with(".")) {
      continue;
    }
    EXPECT_TRUE(dutch.Has(key)) << key;
    ++found;
  }
  EXPECT_GT(found, 150U);
}

TEST(TextsTest, EveryTextIsUsed) {
  const std::set<std::string> named = KeysNamed();
  const client::Catalogue dutch(client::Language::kDutch);
  for (const auto& [key, text] : dutch.texts()) {
    // Help and options are shown by the golden help; the others are named by a value at run time.
    if (BeginsWithAny(key, {"help.",
                            "option.",
                            "refusal.",
                            "state.",
                            "operation.",
                            "outcome.",
                            "verify.kind.",
                            "doctor.",
                            "attribute.",
                            "reconcile.result.",
                            "reconcile.why.",
                            "reconcile.fault.",
                            "replay.differs.",
                            "replay.verdict.",
                            "replay.why.",
                            "replay.why_all.",
                            "sent.state.",
                            "received.state.",
                            "reason.",
                            "condition.field.",
                            "condition.party.",
                            "condition.step.",
                            "keys.ground.",
                            "keys.kind.",
                            "keys.reason.",
                            "keys.round.",
                            "keys.share.",
                            "keys.state.",
                            "policy.layer.",
                            "policy.sight.",
                            "policy.diff.",
                            "policy.finding.",
                            "review.fault.",
                            "review.verdict.",
                            "tag.kind.",
                            "tasks.kind.",
                            "protocol.gap.",
                            "protocol.phase.",
                            "protocol.reason."})) {
      continue;
    }
    EXPECT_TRUE(named.contains(key)) << key << " is in the catalogue and nowhere else";
  }
}

TEST(TextsTest, EveryKindOfFindingHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (int kind = 0; kind <= static_cast<int>(client::FindingKind::kShorterThanSeen); ++kind) {
    const std::string key(client::FindingKindName(static_cast<client::FindingKind>(kind)));
    EXPECT_TRUE(dutch.Has("verify.kind." + key)) << key;
  }
}

TEST(TextsTest, EveryKindOfMatchKeyHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (const char* kind : {"be-nrn", "be-bis", "foreign-number", "name-date", "skeleton-date"}) {
    EXPECT_TRUE(dutch.Has(std::string("tag.kind.") + kind)) << kind;
  }
}

TEST(TextsTest, EveryWordOfReplayingHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (size_t i = 0; i < client::kReplayVerdicts; ++i) {
    const std::string word(client::ReplayVerdictName(static_cast<client::ReplayVerdict>(i)));
    EXPECT_TRUE(dutch.Has("replay.verdict." + word)) << word;
  }
  for (const std::string_view word : client::kReplayDifferences) {
    EXPECT_TRUE(dutch.Has("replay.differs." + std::string(word))) << word;
  }
  for (const std::string_view word : client::kReplayObstacles) {
    EXPECT_TRUE(dutch.Has("replay.why_all." + std::string(word))) << word;
  }
}

TEST(TextsTest, EveryResultOfReconcilingHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (const auto& [result, why] : client::kReconcileWords) {
    const std::string word(client::ExchangeResultName(result));
    EXPECT_TRUE(dutch.Has("reconcile.result." + word)) << word;
    EXPECT_TRUE(dutch.Has("reconcile.why." + word + "." + std::string(why))) << word << why;
  }
  for (const std::string fault : {"origin", "part", "opens_more", "same", "not_for"}) {
    EXPECT_TRUE(dutch.Has("reconcile.fault." + fault)) << fault;
  }
}

// What stands in the way of the nearest permit was told as "record.client_agrees".
TEST(TextsTest, EveryAttributeOfTheVocabularyHasItsLabel) {
  std::ifstream pack(tests::InSources("/policies/packs/statutory.be.yaml"));
  std::set<std::string> expected;
  std::string line;
  while (std::getline(pack, line) && line != "attributes:") continue;
  while (std::getline(pack, line) && line.starts_with("  ")) {
    expected.insert("attribute." + line.substr(2, line.find(':') - 2));
  }
  EXPECT_GT(expected.size(), 25U) << "the pack was not read";
  for (const auto language :
       {client::Language::kDutch, client::Language::kEnglish, client::Language::kFrench}) {
    std::set<std::string> labels;
    const client::Catalogue catalogue(language);
    for (const auto& [key, text] : catalogue.texts()) {
      if (!key.starts_with("attribute.")) continue;
      labels.insert(key);
      EXPECT_EQ(text.find('_'), std::string::npos) << key;
    }
    EXPECT_EQ(labels, expected);
  }
}

// Words that hurt or promise what is not so. A member's key was "voor getuige".
TEST(TextsTest, NoDutchTextHasAWordThatIsNotToBeUsed) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (const auto& [key, text] : dutch.texts()) {
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* word : {"getuige", "treffer", "melder", "verdachte", "geradicaliseerd",
                             "radica", "anoniem", "onthulling", "sleutelceremonie"}) {
      EXPECT_EQ(lower.find(word), std::string::npos) << key << ": " << text;
    }
  }
}

TEST(TextsTest, EveryFieldOfTheFormHasItsText) {
  const client::Catalogue dutch(client::Language::kDutch);
  for (const client::FormField& field : client::FormFields()) {
    std::string name(field.column.plain.empty() ? field.column.name : field.column.plain);
    std::replace(name.begin(), name.end(), '_', '-');
    EXPECT_TRUE(dutch.Has("option.field." + name)) << name;
  }
}

}  // namespace
}  // namespace sluis::cli
