// A YAML file as a bounded tree of words with their places.
//
// The subset: one document of mappings, sequences and scalars. Anchors, aliases, tags, merge keys,
// further documents and repeated keys are refused, so that what a reader sees in the file is what
// the file says and its size bounds the work. Scalars are text; what they mean is decided by who
// reads them.
#ifndef SLUIS_POLICIES_YAML_TREE_H_
#define SLUIS_POLICIES_YAML_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "policies/source_text.h"

namespace sluis::policies {

// How much one file may hold.
struct YamlBounds {
  std::size_t kibibytes = 0;
  std::size_t nodes = 0;
};
inline constexpr YamlBounds kTextBounds = {256, 40'000};     // what people write
inline constexpr YamlBounds kPackBounds = {4'096, 400'000};  // ten thousand rules
inline constexpr std::size_t kMaxYamlEntries = 1'000;        // of one mapping
inline constexpr std::size_t kMaxYamlDepth = 12;
inline constexpr std::size_t kMaxScalarBytes = 1'000;

struct YamlEntry;

struct YamlNode {
  enum class Kind { kEmpty, kScalar, kSequence, kMapping };

  Kind kind = Kind::kEmpty;
  Word word;                       // kScalar: the text. Always: the place.
  std::vector<YamlNode> items;     // kSequence
  std::vector<YamlEntry> entries;  // kMapping, in file order, keys distinct

  const YamlNode* Find(std::string_view key) const;
};

// A class of its own, because a std::pair of an unfinished YamlNode compiles with g++ only.
struct YamlEntry {
  Word key;
  YamlNode value;
};

// Errors: InvalidArgument naming file, line and column.
absl::StatusOr<YamlNode> ParseYamlTree(std::string_view file_name, std::string_view text,
                                       const YamlBounds& bounds = kTextBounds);

// The canonical bytes of a tree: what a digest or a signature covers. Comments, spacing, quoting
// and the order of keys leave no trace; everything else does.
//   empty     0x00
//   scalar    0x01 lp(text)
//   sequence  0x02 u32 count, items
//   mapping   0x03 u32 count, then lp(key) value for each, keys ascending by bytes
// lp is a 32-bit big-endian length followed by the bytes.
crypto::Bytes CanonicalBytes(const YamlNode& node);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_YAML_TREE_H_
