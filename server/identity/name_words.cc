#include "server/identity/name_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace sluis::identity {
namespace {

template <size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr auto kParticles = std::to_array<std::string_view>(
    {"van", "vande", "vanden", "vander", "de",  "den",  "der", "ter", "ten", "het",
     "t",   "la",    "le",     "les",    "du",  "des",  "del", "von", "zu",  "da",
     "el",  "al",    "ben",    "bin",    "ibn", "ould", "ait", "bent"});

// At the front of a word, the longest first. "ben", "al", "la" and the like are not here: too many
// names begin so.
struct Prefix {
  std::string_view letters;
  size_t rest;  // at least so many letters follow
};
constexpr auto kPrefixes = std::to_array<Prefix>(
    {{"vanden", 3}, {"vander", 3}, {"vande", 3}, {"van", 3}, {"de", 3}, {"el", 4}});

constexpr auto kServantOf =
    std::to_array<std::string_view>({"abd", "abdel", "abdal", "abdul", "abdoel", "abdoul"});
constexpr auto kArabicArticles = std::to_array<std::string_view>({"el", "al", "ul"});

constexpr auto kNobody = std::to_array<std::string_view>(
    {"onbekend", "inconnu", "inconnue", "unknown", "unbekannt", "nn", "xx", "xxx", "nvt"});

bool IsVowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

// "abd el kader", "abdel kader" and "d hondt" are one word each.
void JoinWords(Words& words) {
  for (size_t i = 0; i + 1 < words.size();) {
    WipedText& word = words[i];
    WipedText& next = words[i + 1];
    const bool servant = IsOneOf(kServantOf, View(word));
    const bool elided = View(word) == "d" || View(word) == "l";
    const bool article_follows = IsOneOf(kArabicArticles, View(next));
    if (!elided && !(servant && (!article_follows || i + 2 < words.size()))) {
      ++i;
      continue;
    }
    Append(word, View(next));
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    // What "abd" and "el" make is "abdel", which takes the next word as well.
    if (!servant || !article_follows) ++i;
  }
}

void DropParticles(Words& words) {
  const auto particle = [](const WipedText& word) { return IsOneOf(kParticles, View(word)); };
  if (std::all_of(words.begin(), words.end(), particle)) return;
  words.erase(std::remove_if(words.begin(), words.end(), particle), words.end());
}

// True when something was taken off.
bool DropPrefix(WipedText& word) {
  const std::string_view text = View(word);
  if (IsOneOf(kParticles, text)) return false;
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.letters)) continue;
    const std::string_view rest = text.substr(prefix.letters.size());
    // Before a vowel it would be "d'", so that "deelen" is no "de elen".
    if (rest.size() < prefix.rest || (prefix.letters == "de" && IsVowel(rest.front()))) continue;
    word = WipedText(rest.begin(), rest.end());
    return true;
  }
  return false;
}

}  // namespace

Words WordsThatCount(Words words) {
  // Until nothing changes, so that what comes out is taken as it is when it comes in. Every round
  // but the last leaves fewer letters or fewer words.
  for (bool changed = true; changed;) {
    const size_t before = words.size();
    JoinWords(words);
    DropParticles(words);
    changed = words.size() != before;
    for (WipedText& word : words) changed = DropPrefix(word) || changed;
  }
  const auto nobody = [](const WipedText& word) { return IsOneOf(kNobody, View(word)); };
  if (std::all_of(words.begin(), words.end(), nobody)) words.clear();
  return words;
}

}  // namespace sluis::identity
