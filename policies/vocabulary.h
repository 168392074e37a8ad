// A closed enumeration: the only words that may be said about one thing.
#ifndef SLUIS_POLICIES_VOCABULARY_H_
#define SLUIS_POLICIES_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::policies {

// The number of a value inside its vocabulary (0, 1, ...), 0 or 1 for a truth value, or the integer
// itself. Numbers mean something only together with the PackSet they came from.
using ValueId = int32_t;

// The value of an optional attribute when there is nothing to say: a signal without a person.
inline constexpr ValueId kNone = -1;
inline constexpr std::string_view kNoneWord = "none";

// Sixty values and `none` fit one machine word, which keeps tests of values a single instruction.
inline constexpr std::size_t kMaxValues = 60;

// A text of law and the dates (yyyy-mm-dd, inclusive; empty: open) between which it stands so.
struct Citation {
  std::string text;
  std::string from;
  std::string until;
};

struct VocabularyValue {
  std::string name;
  // What a pack declares about a value, e.g. mode and kinds of a role. Not read by Decide, except
  // through a derived attribute.
  std::map<std::string, std::vector<std::string>> properties;
  std::vector<Citation> citations;
};

// Values are numbered in declaration order; for `tlp` that order is the order of strictness.
// Immutable after load; safe to share between threads.
struct Vocabulary {
  std::string name;
  bool open = false;  // a partnership may add values
  std::vector<VocabularyValue> values;

  std::optional<ValueId> Find(std::string_view value) const;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_VOCABULARY_H_
