// Whether words of a protocol refer to something that it declares. Internal to this folder.
#ifndef SLUIS_POLICIES_PROTOCOL_KNOWN_WORDS_H_
#define SLUIS_POLICIES_PROTOCOL_KNOWN_WORDS_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "policies/protocol_sections.h"

namespace sluis::policies {

// Whether `known` has the word, or nothing is known because that part is wrong itself.
template <typename List, typename WordIn>
void CheckKnown(const FilledReader& reader, const Word& word, const List& known, WordIn word_in,
                std::string_view message) {
  if (!reader.ok() || known.empty()) return;
  std::vector<std::string_view> names;
  for (const auto& one : known) names.push_back(word_in(one).text);
  if (std::find(names.begin(), names.end(), word.text) == names.end()) {
    reader.yaml().complaint().Unknown(word, message, names);
  }
}

inline void CheckParty(const FilledReader& reader, const Word& word, const Protocol& protocol) {
  CheckKnown(
      reader, word, protocol.parties,
      [](const ProtocolParty& party) -> const Word& { return party.organisation; },
      "no party of this protocol has this name");
}

inline void CheckPurpose(const FilledReader& reader, const Word& word, const Protocol& protocol) {
  CheckKnown(
      reader, word, protocol.purposes,
      [](const ProtocolPurpose& one) -> const Word& { return one.purpose; },
      "this purpose does not stand under doeleinden");
}

// The last of a list must not be there already.
template <typename List, typename WordIn>
void CheckNew(const FilledReader& reader, const List& list, WordIn word_in) {
  if (!reader.ok()) return;
  for (std::size_t i = 0; i + 1 < list.size(); ++i) {
    if (word_in(list[i]).text == word_in(list.back()).text) {
      reader.About(word_in(list.back()), "this word is already given");
    }
  }
}

// Each of `all` must occur in `list`.
template <typename All, typename NameOf, typename List, typename WordIn>
void CheckEach(const FilledReader& reader, const YamlNode& node, const All& all, NameOf name_of,
               const List& list, WordIn word_in, std::string_view message) {
  for (const auto& one : all) {
    const std::string& name = name_of(one).text;
    if (!reader.ok()) return;
    const bool there = std::any_of(list.begin(), list.end(),
                                   [&](const auto& item) { return word_in(item).text == name; });
    if (!there) reader.yaml().complaint().At(node.word.at, std::string(message) + ": " + name);
  }
}

inline const Word& PartyWord(const ProtocolParty& party) { return party.organisation; }
inline const Word& PurposeWord(const ProtocolPurpose& one) { return one.purpose; }

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_KNOWN_WORDS_H_
