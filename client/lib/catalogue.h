// The texts for people, in Dutch, English and French: client/messages/{nl,en,fr}.json, embedded
// when built. The command and the console share them.
//
// Guarantee: a test shows that the three hold the same keys with the same {placeholders}, and that
// every key named in the sources exists. Not guaranteed: escaping; whoever prints into another
// format escapes there. Thread-safety: read-only after construction. Errors: a key that does not
// exist comes out as the key itself, a placeholder without argument as it stands, so that a defect
// shows and nothing fails.
#ifndef SLUIS_CLIENT_LIB_CATALOGUE_H_
#define SLUIS_CLIENT_LIB_CATALOGUE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "client/lib/message.h"

namespace sluis::client {

enum class Language { kDutch, kEnglish, kFrench };

// "nl", "en" or "fr".
std::optional<Language> LanguageOf(std::string_view code);
std::string_view CodeOf(Language language);

// The embedded JSON of a language; for tests and for the console's build.
std::string_view CatalogueSource(Language language);

class Catalogue {
 public:
  explicit Catalogue(Language language);

  Language language() const { return language_; }
  // `text` of the key with its placeholders filled; arguments are taken as they are.
  std::string Text(std::string_view key, const Args& args = {}) const;
  std::string Text(const Message& message) const { return Text(message.key, message.args); }
  bool Has(std::string_view key) const { return texts_.contains(key); }
  const std::map<std::string, std::string, std::less<>>& texts() const { return texts_; }

 private:
  Language language_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_CATALOGUE_H_
