// Small questions asked of a YAML tree, answered or complained about. After the first complaint the
// answers are empty but safe to use, so that readers need not stop at each step.
#ifndef SLUIS_POLICIES_YAML_READER_H_
#define SLUIS_POLICIES_YAML_READER_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "policies/source_text.h"
#include "policies/yaml_tree.h"

namespace sluis::policies {

class YamlReader {
 public:
  explicit YamlReader(Complaint& complaint) : complaint_(complaint) {}

  Complaint& complaint() const { return complaint_; }
  bool ok() const { return !complaint_.any(); }

  // True when `node` is a mapping with no keys but these; `what` names it in a complaint.
  bool Mapping(const YamlNode& node, std::string_view what,
               std::span<const std::string_view> keys) const;
  // The value of a key that must be there; an empty node after a complaint.
  const YamlNode& Required(const YamlNode& mapping, std::string_view key) const;
  // The items of a sequence of at most `limit`.
  std::span<const YamlNode> Items(const YamlNode& node, std::string_view what,
                                  std::size_t limit) const;
  // One word, not empty.
  Word One(const YamlNode& node, std::string_view what) const;
  // One word, or a sequence of different words. `empty_allowed` admits [].
  std::vector<Word> OneOrMore(const YamlNode& node, std::string_view what,
                              bool empty_allowed) const;
  // A name: a-z first, then a-z 0-9 and the given extra characters; at most 48.
  void Name(const Word& word, std::string_view what, std::string_view extra) const;
  // A rule, invariant or test id: A-Z first, then A-Z 0-9 and '-'; 2 to 40.
  void Id(const Word& word, std::string_view what) const;
  int32_t Integer(const Word& word, int32_t minimum, int32_t maximum) const;
  bool Truth(const Word& word) const;
  // P<n>D, from `least` to 3650.
  int32_t Days(const Word& word, int32_t least = 1) const;
  // P<n>D or PT<n>H as hours, at most 90 days.
  int32_t Hours(const Word& word) const;
  // yyyy-mm-dd, an existing day.
  std::string Date(const Word& word) const;

 private:
  Complaint& complaint_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_YAML_READER_H_
