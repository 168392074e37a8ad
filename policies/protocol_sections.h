// Reads the parts of a protocol, one function for each. Internal to this folder.
#ifndef SLUIS_POLICIES_PROTOCOL_SECTIONS_H_
#define SLUIS_POLICIES_PROTOCOL_SECTIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/protocol.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {

// Words and texts that are filled in: they say something, hold nothing that a reader does not see
// (policies/seen_text.h), and are not what a template leaves open.
class FilledReader {
 public:
  explicit FilledReader(Complaint& complaint) : reader_(complaint) {}

  const YamlReader& yaml() const { return reader_; }
  bool ok() const { return reader_.ok(); }
  void About(const Word& word, std::string_view message) const {
    if (ok()) reader_.complaint().About(word, message);
  }

  const YamlNode& Get(const YamlNode& mapping, std::string_view key) const {
    return reader_.Required(mapping, key);
  }
  // At least one item.
  std::span<const YamlNode> Items(const YamlNode& node, std::string_view what,
                                  std::size_t limit) const;
  Word One(const YamlNode& node, std::string_view what) const;
  std::vector<Word> Several(const YamlNode& node, std::string_view what, bool empty_allowed) const;
  // A word out of a closed list.
  Word OutOf(const YamlNode& node, std::string_view what,
             std::span<const std::string_view> words) const;
  // One line for people.
  std::string Line(const YamlNode& node, std::string_view what) const;
  // One paragraph, or a list of them.
  Paragraphs Text(const YamlNode& node, std::string_view what) const;
  std::string Day(const YamlNode& node, std::string_view what) const;

 private:
  void CheckFilled(const Word& word, std::string_view what) const;

  YamlReader reader_;
};

using ReadSection = void (*)(const FilledReader& reader, const YamlNode& node, Protocol& protocol);

// How the section of that key is read; null when there is none. Sections that name parties or
// purposes are read after those that declare them.
ReadSection SectionReaderOf(std::string_view key);

// Three of them, in files of their own.
void ReadIdentity(const FilledReader& reader, const YamlNode& node, Protocol& protocol);
void ReadData(const FilledReader& reader, const YamlNode& node, Protocol& protocol);
void ReadClauses(const FilledReader& reader, const YamlNode& node, Protocol& protocol);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_SECTIONS_H_
