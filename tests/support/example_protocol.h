// The example protocol of docs/examples with the packs that are shipped, for tests.
#ifndef SLUIS_TESTS_SUPPORT_EXAMPLE_PROTOCOL_H_
#define SLUIS_TESTS_SUPPORT_EXAMPLE_PROTOCOL_H_

#include <string>
#include <string_view>

#include "policies/protocol_yaml.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {

inline constexpr std::string_view kExampleProtocol = "docs/examples/protocol.vaartland.yaml";

inline std::string ExampleProtocolText() { return ReadSourceFile(kExampleProtocol); }

// `text` with the first occurrence of `from` replaced; the text "?" when it has none, which no
// reader takes.
inline std::string Edited(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? "?" : text.replace(at, from.size(), to);
}

// The text without the top-level key and all that stands under it.
inline std::string WithoutKey(const std::string& text, std::string_view key) {
  const size_t begin = text.find("\n" + std::string(key) + ":");
  if (begin == std::string::npos) return "?";
  size_t end = begin + 1;
  do {
    end = text.find('\n', end + 1);
  } while (end != std::string::npos && end + 1 < text.size() &&
           (text[end + 1] == ' ' || text[end + 1] == '\n'));
  return text.substr(0, begin) + (end == std::string::npos ? "\n" : text.substr(end));
}

// Where a word first stands: "line:column".
inline std::string PlaceOf(const std::string& text, std::string_view word) {
  const size_t at = text.find(word);
  size_t line = 1;
  size_t begin = 0;
  for (size_t i = 0; i < at && i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    ++line;
    begin = i + 1;
  }
  return std::to_string(line) + ":" + std::to_string(at - begin + 1);
}

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_SUPPORT_EXAMPLE_PROTOCOL_H_
