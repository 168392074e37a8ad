#include <algorithm>

#include "policies/protocol_sections.h"
#include "policies/seen_text.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kMaxParagraphs = 40;

}  // namespace

void FilledReader::CheckFilled(const Word& word, std::string_view what) const {
  if (!ok()) return;
  if (const auto unseen = UnseenCharacter(word.text)) {
    reader_.complaint().At(word.at, std::string(what) + " holds " + *unseen +
                                        ", which a reader does not see: take it out");
  } else if (!SaysSomething(word.text)) {
    reader_.complaint().At(word.at, std::string(what) + " is blank: write it out");
  } else if (word.text.find(kFillIn) != std::string::npos) {
    reader_.complaint().At(word.at, std::string(what) + " is still to be filled in");
  }
}

std::span<const YamlNode> FilledReader::Items(const YamlNode& node, std::string_view what,
                                              std::size_t limit) const {
  const std::span<const YamlNode> items = reader_.Items(node, what, limit);
  if (ok() && items.empty()) {
    reader_.complaint().At(node.word.at, std::string(what) + " must hold at least one item");
  }
  return items;
}

Word FilledReader::One(const YamlNode& node, std::string_view what) const {
  Word word = reader_.One(node, what);
  CheckFilled(word, what);
  return word;
}

std::vector<Word> FilledReader::Several(const YamlNode& node, std::string_view what,
                                        bool empty_allowed) const {
  std::vector<Word> words = reader_.OneOrMore(node, what, empty_allowed);
  for (const Word& word : words) CheckFilled(word, what);
  return words;
}

Word FilledReader::OutOf(const YamlNode& node, std::string_view what,
                         std::span<const std::string_view> words) const {
  Word word = One(node, what);
  if (ok() && std::find(words.begin(), words.end(), word.text) == words.end()) {
    reader_.complaint().Unknown(word, "unknown word for " + std::string(what), words);
  }
  return word;
}

std::string FilledReader::Line(const YamlNode& node, std::string_view what) const {
  const Word word = One(node, what);
  if (ok() && word.text.find_first_of("\r\n\t") != std::string::npos) {
    reader_.complaint().At(word.at, std::string(what) + " must be one line");
  }
  return word.text;
}

Paragraphs FilledReader::Text(const YamlNode& node, std::string_view what) const {
  if (node.kind != YamlNode::Kind::kSequence) return {One(node, what).text};
  Paragraphs text;
  for (const YamlNode& item : Items(node, what, kMaxParagraphs)) {
    text.push_back(One(item, what).text);
  }
  return text;
}

std::string FilledReader::Day(const YamlNode& node, std::string_view what) const {
  return reader_.Date(One(node, what));
}

}  // namespace sluis::policies
