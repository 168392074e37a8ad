#include "server/identity/skeleton.h"

#include <algorithm>
#include <array>

namespace sluis::identity {
namespace {

enum class Place : uint8_t {
  kAnywhere,
  kFront,
  kEnd,
  kNotFirstVowel,  // at the front, or when a vowel came before
};

constexpr std::string_view kVowels = "aeiou";
constexpr std::string_view kSoftening = "eiy";
constexpr std::string_view kAny;

struct Rule {
  std::string_view letters;
  Place place;
  std::string_view before;  // one of these follows; empty: whatever
  std::string_view sound;
};

// The first that fits counts, so longer ones stand first. x is what French writes ch, Dutch sj.
constexpr auto kRules = std::to_array<Rule>({
    {"chr", Place::kFront, kAny, "kr"},
    {"tsch", Place::kAnywhere, kAny, "x"},
    {"tch", Place::kAnywhere, kAny, "x"},
    {"tsj", Place::kAnywhere, kAny, "x"},
    {"sch", Place::kAnywhere, kAny, "x"},
    {"ch", Place::kAnywhere, kAny, "x"},
    {"sh", Place::kAnywhere, kAny, "x"},
    {"sj", Place::kAnywhere, kAny, "x"},
    {"tj", Place::kAnywhere, kAny, "x"},
    {"dj", Place::kAnywhere, kAny, "j"},
    {"dz", Place::kAnywhere, kAny, "j"},
    {"ph", Place::kAnywhere, kAny, "f"},
    {"th", Place::kAnywhere, kAny, "t"},
    {"dh", Place::kAnywhere, kAny, "d"},
    {"gh", Place::kAnywhere, kAny, "g"},
    {"kh", Place::kAnywhere, kAny, "k"},
    {"rh", Place::kAnywhere, kAny, "r"},
    {"ck", Place::kAnywhere, kAny, "k"},
    {"cq", Place::kAnywhere, kAny, "k"},
    {"dt", Place::kAnywhere, kAny, "t"},
    {"ou", Place::kNotFirstVowel, kVowels, "v"},
    {"y", Place::kFront, kVowels, "j"},
    {"h", Place::kEnd, kAny, ""},
    {"c", Place::kAnywhere, kSoftening, "s"},
    {"g", Place::kAnywhere, kSoftening, "j"},
    {"c", Place::kAnywhere, kAny, "k"},
    {"q", Place::kAnywhere, kAny, "k"},
    {"x", Place::kAnywhere, kAny, "ks"},
    {"w", Place::kAnywhere, kAny, "v"},
    {"z", Place::kAnywhere, kAny, "s"},
    {"a", Place::kAnywhere, kAny, ""},
    {"e", Place::kAnywhere, kAny, ""},
    {"i", Place::kAnywhere, kAny, ""},
    {"o", Place::kAnywhere, kAny, ""},
    {"u", Place::kAnywhere, kAny, ""},
    {"y", Place::kAnywhere, kAny, ""},
});

bool IsIn(std::string_view letters, char c) { return letters.find(c) != std::string_view::npos; }
bool IsVowel(char c) { return c == 'y' || IsIn(kVowels, c); }

bool Fits(const Rule& rule, std::string_view rest, bool front, bool vowel_before) {
  if (!rest.starts_with(rule.letters)) return false;
  const std::string_view after = rest.substr(rule.letters.size());
  if (!rule.before.empty() && (after.empty() || !IsIn(rule.before, after.front()))) return false;
  switch (rule.place) {
    case Place::kAnywhere:
      return true;
    case Place::kFront:
      return front;
    case Place::kEnd:
      return !front && after.empty();
    case Place::kNotFirstVowel:
      return front || vowel_before;
  }
  return false;
}

// Dutch ij is one vowel, but not in "Khadija".
bool IsDutchIj(std::string_view rest) {
  return rest.starts_with("ij") && (rest.size() == 2 || !IsVowel(rest[2]));
}

}  // namespace

WipedText Skeleton(std::string_view word) {
  WipedText out;
  out.reserve(word.size() + 1);
  bool vowel_before = false, vowel_since = false;  // anywhere before; since the last sound
  for (size_t at = 0; at < word.size();) {
    const std::string_view rest = word.substr(at);
    std::string_view letters = rest.substr(0, 1), sound = letters;
    if (IsDutchIj(rest)) {
      letters = rest.substr(0, 2), sound = "";
    } else {
      const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& some) {
        return Fits(some, rest, at == 0, vowel_before);
      });
      if (rule != kRules.end()) letters = rule->letters, sound = rule->sound;
    }
    if (sound.empty()) {
      if (at == 0) out.push_back('A');
      vowel_before = vowel_before || IsVowel(letters.front());
      vowel_since = true;
    } else {
      // A doubled consonant counts once, also when it is spelled two ways (ck, sz).
      for (const char c : sound) {
        if (vowel_since || out.empty() || out.back() != c) out.push_back(c);
        vowel_since = false;
      }
    }
    at += letters.size();
  }
  return out;
}

WipedText SortedSkeletons(const Words& words) {
  Words sounds;
  sounds.reserve(words.size());
  for (const WipedText& word : words) sounds.push_back(Skeleton(View(word)));
  std::sort(sounds.begin(), sounds.end());
  return Joined(sounds);
}

}  // namespace sluis::identity
