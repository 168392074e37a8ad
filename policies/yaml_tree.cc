#include "policies/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>

namespace sluis::policies {
namespace {

Position At(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Builds the tree from events. After the first complaint it ignores what follows: the parser cannot
// be stopped without an exception, and the size of the text bounds what it still does.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Complaint& complaint, std::size_t most_nodes)
      : complaint_(complaint), most_nodes_(most_nodes) {}

  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!Admit(mark, "", anchor)) return;
    Place({YamlNode::Kind::kEmpty, {"", At(mark)}, {}, {}});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    complaint_.At(At(mark), "an alias is not allowed here: write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!Admit(mark, tag, anchor)) return;
    if (value.size() > kMaxScalarBytes) {
      complaint_.At(At(mark), "a text is longer than 1000 bytes: shorten it");
      return;
    }
    Place({YamlNode::Kind::kScalar, {value, At(mark)}, {}, {}});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kSequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMapping, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  bool Admit(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (complaint_.any()) return false;
    if (anchor != YAML::NullAnchor) {
      complaint_.At(At(mark), "an anchor is not allowed here: write the value out");
    } else if (!tag.empty() && tag != "?" && tag != "!") {
      complaint_.At(At(mark), "a tag is not allowed here: remove it");
    } else if (++nodes_ > most_nodes_) {
      complaint_.At(At(mark), "the file holds more than " + std::to_string(most_nodes_) +
                                  " values: split it");
    }
    return !complaint_.any();
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (!Admit(mark, tag, anchor)) return;
    if (open_.size() >= kMaxYamlDepth) {
      complaint_.At(At(mark), "values are nested deeper than 12 levels: flatten them");
      return;
    }
    open_.push_back({kind, {"", At(mark)}, {}, {}});
    keys_.push_back({});
    known_.push_back({});
    has_key_.push_back(false);
  }

  void Close() {
    if (complaint_.any()) return;
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    known_.pop_back();
    has_key_.pop_back();
    Place(std::move(node));
  }

  void Place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    YamlNode& parent = open_.back();
    if (parent.kind == YamlNode::Kind::kSequence) {
      parent.items.push_back(std::move(node));
    } else if (!has_key_.back()) {
      PlaceKey(parent, std::move(node));
    } else {
      parent.entries.push_back({std::move(keys_.back()), std::move(node)});
      has_key_.back() = false;
    }
  }

  void PlaceKey(const YamlNode& parent, YamlNode node) {
    if (parent.entries.size() >= kMaxYamlEntries) {
      complaint_.At(node.word.at, "a mapping holds more than 1000 keys: split it");
    } else if (node.kind != YamlNode::Kind::kScalar) {
      complaint_.At(node.word.at, "a key must be a single word");
    } else if (node.word.text == "<<") {
      complaint_.At(node.word.at, "a merge key is not allowed here: write the values out");
    } else if (IsKnown(parent, node.word.text)) {
      complaint_.About(node.word, "this key is already given");
    }
    keys_.back() = std::move(node.word);
    has_key_.back() = true;
  }

  // Whether the key is given already. Of a mapping with few keys by looking at them; of a larger
  // one by a set of them, because looking at all for each would be quadratic.
  bool IsKnown(const YamlNode& parent, const std::string& key) {
    constexpr std::size_t kFew = 16;
    if (parent.entries.size() < kFew) return parent.Find(key) != nullptr;
    std::unordered_set<std::string>& known = known_.back();
    if (known.empty()) {
      for (const YamlEntry& entry : parent.entries) known.insert(entry.key.text);
    }
    return !known.insert(key).second;
  }

  Complaint& complaint_;
  std::size_t most_nodes_;
  YamlNode root_;
  std::vector<YamlNode> open_;
  std::vector<Word> keys_;  // parallel to open_: the key whose value is awaited
  std::vector<std::unordered_set<std::string>> known_;  // parallel to open_: the keys of large ones
  std::vector<bool> has_key_;
  std::size_t nodes_ = 0;
};

// The first byte that is not well-formed UTF-8 or is a control character other than tab and line
// ends; text.size() when there is none.
std::size_t FirstBadByte(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f) return i;
      ++i;
      continue;
    }
    const std::size_t more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4 || i + more >= text.size()) return i;
    unsigned int code = byte & (0x3fU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return i;
      code = (code << 6) | (next & 0x3fU);
    }
    const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return i;
    i += more + 1;
  }
  return text.size();
}

Position PositionOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
  return {static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

absl::StatusOr<YamlNode> ParseYamlTree(std::string_view file_name, std::string_view text,
                                       const YamlBounds& bounds) {
  Complaint complaint{std::string(file_name)};
  if (text.size() > bounds.kibibytes * 1024) {
    complaint.At({1, 1},
                 "the file is larger than " + std::to_string(bounds.kibibytes) + " KiB: split it");
    return complaint.status();
  }
  if (const std::size_t bad = FirstBadByte(text); bad != text.size()) {
    complaint.At(PositionOf(text, bad), "not plain UTF-8 text: save the file as UTF-8");
    return complaint.status();
  }
  TreeBuilder builder(complaint, bounds.nodes);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) complaint.At({1, 1}, "the file is empty");
    TreeBuilder rest(complaint, bounds.nodes);
    if (!complaint.any() && parser.HandleNextDocument(rest)) {
      complaint.At({1, 1}, "the file holds more than one document: keep one");
    }
  } catch (const YAML::Exception& error) {
    complaint.At(At(error.mark), "not valid YAML: " + error.msg);
  }
  if (complaint.any()) return complaint.status();
  return builder.TakeRoot();
}

crypto::Bytes CanonicalBytes(const YamlNode& node) {
  crypto::Bytes bytes;
  crypto::AppendU8(bytes, static_cast<uint8_t>(node.kind));
  switch (node.kind) {
    case YamlNode::Kind::kEmpty:
      break;
    case YamlNode::Kind::kScalar:
      crypto::AppendLp(bytes, node.word.text);
      break;
    case YamlNode::Kind::kSequence:
      crypto::AppendU32(bytes, static_cast<uint32_t>(node.items.size()));
      for (const YamlNode& item : node.items) bytes += CanonicalBytes(item);
      break;
    case YamlNode::Kind::kMapping: {
      std::vector<const YamlEntry*> sorted;
      for (const auto& entry : node.entries) sorted.push_back(&entry);
      std::sort(sorted.begin(), sorted.end(),
                [](const auto* a, const auto* b) { return a->key.text < b->key.text; });
      crypto::AppendU32(bytes, static_cast<uint32_t>(sorted.size()));
      for (const auto* entry : sorted) {
        crypto::AppendLp(bytes, entry->key.text);
        bytes += CanonicalBytes(entry->value);
      }
      break;
    }
  }
  return bytes;
}

}  // namespace sluis::policies
