#include "policies/pack_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "policies/yaml_tree.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kLevel = 2;
constexpr std::size_t kContinuation = 4;
// In the text of a value in brackets: a place where the line may end.
constexpr char kBreak = '\x01';

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// A key with its value or an item of a list, with the comments that belong to it.
struct Slot {
  const Word* key = nullptr;  // null: an item
  const YamlNode* value = nullptr;
  std::size_t start = 0, last = 0;  // offsets of its first and its last word
  std::vector<std::string> before;  // comments on lines of their own; empty: a blank line
  std::string beside;               // at the end of its line
  std::vector<Slot> inner;
};

struct Remark {
  std::size_t at = 0;
  std::string text;  // empty: a blank line
  bool own_line = false;
};

class PackText {
 public:
  explicit PackText(std::string text) : text_(std::move(text)) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\n') lines_.push_back(i + 1);
    }
  }

  const std::string& text() const { return text_; }
  std::size_t OffsetOf(Position at) const {
    const auto line = static_cast<std::size_t>(std::max(at.line, 1)) - 1;
    if (line >= lines_.size()) return text_.size();
    return std::min(lines_[line] + static_cast<std::size_t>(std::max(at.column, 1)) - 1,
                    text_.size());
  }
  char At(Position at) const {
    const std::size_t offset = OffsetOf(at);
    return offset < text_.size() ? text_[offset] : '\0';
  }
  std::size_t LineOf(std::size_t offset) const {
    return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), offset) -
                                    lines_.begin());
  }

 private:
  std::string text_;
  std::vector<std::size_t> lines_;
};

std::vector<Slot> SlotsOf(const YamlNode& node, const PackText& source);

Slot SlotOf(const Word* key, const YamlNode& value, const PackText& source) {
  Slot slot;
  slot.key = key;
  slot.value = &value;
  const std::size_t of_value = source.OffsetOf(value.word.at);
  slot.start = key == nullptr ? of_value : source.OffsetOf(key->at);
  // Where nothing is given, its place says nothing.
  slot.last = value.kind == YamlNode::Kind::kEmpty ? slot.start : std::max(slot.start, of_value);
  slot.inner = SlotsOf(value, source);
  for (const Slot& one : slot.inner) slot.last = std::max(slot.last, one.last);
  return slot;
}

std::vector<Slot> SlotsOf(const YamlNode& node, const PackText& source) {
  std::vector<Slot> slots;
  for (const YamlEntry& entry : node.entries) {
    slots.push_back(SlotOf(&entry.key, entry.value, source));
  }
  for (const YamlNode& item : node.items) slots.push_back(SlotOf(nullptr, item, source));
  return slots;
}

// Depth first, outer ones before inner ones.
void Flatten(std::vector<Slot>& slots, std::vector<Slot*>& out) {
  for (Slot& slot : slots) {
    out.push_back(&slot);
    Flatten(slot.inner, out);
  }
}

// The first word that is written in a block style, and the offsets at which quoted words begin.
void FindWords(const YamlNode& node, const PackText& source, Complaint& complaint,
               std::set<std::size_t>& quoted) {
  const auto look = [&](const Word& word) {
    const char first = source.At(word.at);
    if (first == '"' || first == '\'') quoted.insert(source.OffsetOf(word.at));
    if (first == '|' || first == '>') {
      complaint.At(word.at, "a text in block style cannot be laid out: write it in quotes");
    }
  };
  if (node.kind == YamlNode::Kind::kScalar) look(node.word);
  for (const YamlEntry& entry : node.entries) {
    look(entry.key);
    FindWords(entry.value, source, complaint, quoted);
  }
  for (const YamlNode& item : node.items) FindWords(item, source, complaint, quoted);
}

// Behind the quoted word that begins at `at`.
std::size_t SkipQuoted(const std::string& text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size()) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
    ++at;
  }
  return text.size();
}

// Comments, and lines with nothing on them.
std::vector<Remark> RemarksOf(const std::string& text, const std::set<std::size_t>& quoted) {
  std::vector<Remark> remarks;
  bool own_line = true;  // nothing but blanks on this line as yet
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\n') {
      if (own_line) remarks.push_back({i, "", true});
      own_line = true;
    } else if (c == '#' && (i == 0 || IsBlank(text[i - 1]) || text[i - 1] == '\n')) {
      const std::size_t end = std::min(text.find('\n', i), text.size());
      std::string comment = text.substr(i, end - i);
      comment.erase(comment.find_last_not_of(" \t") + 1);
      remarks.push_back({i, std::move(comment), own_line});
      own_line = true;
      i = end + 1;
      continue;
    } else if (quoted.contains(i)) {
      i = SkipQuoted(text, i);
      own_line = false;
      continue;
    } else if (!IsBlank(c)) {
      own_line = false;
    }
    ++i;
  }
  return remarks;
}

// Gives each comment to what it stands before or beside; what is left stands at the end.
std::vector<std::string> Attach(const std::vector<Remark>& remarks, const PackText& source,
                                const std::vector<Slot*>& slots) {
  std::vector<std::string> tail;
  std::size_t next = 0;  // both are in the order of the file
  for (const Remark& remark : remarks) {
    while (next < slots.size() && slots[next]->start <= remark.at) ++next;
    if (remark.own_line || next == 0) {
      (next < slots.size() ? slots[next]->before : tail).push_back(remark.text);
      continue;
    }
    // The outermost that begins on this line and ends before the comment; else the innermost
    // before.
    Slot* owner = slots[next - 1];
    const std::size_t line = source.LineOf(remark.at);
    for (std::size_t i = next; i > 0 && source.LineOf(slots[i - 1]->start) == line; --i) {
      const bool holds_it = slots[i - 1]->last >= slots[next - 1]->start;
      if (holds_it && slots[i - 1]->last < remark.at) owner = slots[i - 1];
    }
    if (!owner->beside.empty()) owner->before.push_back(std::move(owner->beside));
    owner->beside = remark.text;
  }
  return tail;
}

bool HasComment(const Slot& slot) {
  return !slot.beside.empty() || std::any_of(slot.before.begin(), slot.before.end(),
                                             [](const auto& text) { return !text.empty(); });
}

bool HasCommentInside(const Slot& slot) {
  return std::any_of(slot.inner.begin(), slot.inner.end(),
                     [](const Slot& one) { return HasComment(one) || HasCommentInside(one); });
}

bool IsPlain(const std::string& text) {
  constexpr auto kOthers =
      std::to_array<std::string_view>({"null", "Null", "NULL", "yes", "no", "on", "off"});
  if (text.empty() || std::find(kOthers.begin(), kOthers.end(), text) != kOthers.end()) {
    return false;
  }
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return is_letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
           return is_letter(c) || std::string_view("._-+/").find(c) != std::string_view::npos;
         });
}

std::string WordText(const std::string& text) {
  if (IsPlain(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n' || c == '\t' || c == '\r') {
      quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// On one line, with kBreak where it may be broken.
std::string InBrackets(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kEmpty) return "~";
  if (node.kind == YamlNode::Kind::kScalar) return WordText(node.word.text);
  std::string text;
  const auto add = [&text](const std::string& one) {
    if (!text.empty()) text += std::string(",") + kBreak;
    text += one;
  };
  for (const YamlEntry& entry : node.entries) {
    add(WordText(entry.key.text) + ": " + InBrackets(entry.value));
  }
  for (const YamlNode& item : node.items) add(InBrackets(item));
  const bool mapping = node.kind == YamlNode::Kind::kMapping;
  return (mapping ? "{" : "[") + text + (mapping ? "}" : "]");
}

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

class Layout {
 public:
  explicit Layout(const PackText& source) : source_(source) {}

  void Write(std::span<const Slot> slots, std::size_t indent) {
    for (const Slot& slot : slots) {
      WriteRemarksOf(slot, indent);
      WriteSlot(slot, indent, std::string(indent, ' '));
    }
  }

  void Remarks(const std::vector<std::string>& remarks, std::size_t indent) {
    for (const std::string& remark : remarks) {
      if (!remark.empty()) {
        out_ += std::string(indent, ' ') + remark + "\n";
      } else if (!out_.empty() && !out_.ends_with("\n\n")) {
        out_ += "\n";
      }
    }
  }

  std::string Take() && {
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(out_);
  }

 private:
  bool IsBlock(const Slot& slot, std::size_t indent) const {
    if (slot.inner.empty()) return false;
    const char first = source_.At(slot.value->word.at);
    const bool brackets = first == '{' || first == '[';
    return !brackets || HasCommentInside(slot) || (indent == 0 && slot.key != nullptr);
  }

  // What stands above a slot: there is no place beside the dash of an item.
  void WriteRemarksOf(const Slot& slot, std::size_t indent) {
    Remarks(slot.before, indent);
    if (slot.key != nullptr || !IsBlock(slot, indent)) return;
    if (!slot.beside.empty()) Remarks({slot.beside}, indent);
    WriteRemarksOf(slot.inner.front(), indent);
  }

  // `head` is what its first line begins with.
  void WriteWords(std::string head, const std::string& text, std::size_t indent,
                  const std::string& beside) {
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find(kBreak, begin), text.size());
      const std::string_view part = std::string_view(text).substr(begin, end - begin);
      const bool first = begin == 0;
      if (!first && Width(head) + 1 + Width(part) > kColumns) {
        out_ += head + "\n";
        head = std::string(indent + kContinuation, ' ');
      } else if (!first) {
        head += ' ';
      }
      head += part;
      begin = end + 1;
    }
    out_ += head + (beside.empty() ? "" : "  " + beside) + "\n";
  }

  // `head` is what its line begins with.
  void WriteSlot(const Slot& slot, std::size_t indent, std::string head) {
    const bool block = IsBlock(slot, indent);
    const bool item = slot.key == nullptr;
    head += item ? "- " : WordText(slot.key->text) + ":";
    if (!block) {
      if (!item) head += " ";
      return WriteWords(std::move(head), InBrackets(*slot.value), indent, slot.beside);
    }
    const std::size_t inside = indent + kLevel;
    if (!item) {
      out_ += head + (slot.beside.empty() ? "" : "  " + slot.beside) + "\n";
      return Write(slot.inner, inside);
    }
    WriteSlot(slot.inner.front(), inside, std::move(head));
    Write(std::span(slot.inner).subspan(1), inside);
  }

  const PackText& source_;
  std::string out_;
};

struct Laid {
  std::string text;
  crypto::Bytes canonical;
  std::vector<std::string> comments;
};

absl::StatusOr<Laid> LayOut(std::string_view file_name, std::string_view text) {
  PackText source{std::string(text)};
  const absl::StatusOr<YamlNode> tree = ParseYamlTree(file_name, text, kPackBounds);
  if (!tree.ok()) return tree.status();
  Complaint complaint{std::string(file_name)};
  if (tree->kind != YamlNode::Kind::kMapping) {
    complaint.At(tree->word.at, "a pack must be a mapping of keys to values");
  }
  std::set<std::size_t> quoted;
  FindWords(*tree, source, complaint, quoted);
  if (complaint.any()) return complaint.status();
  const std::vector<Remark> remarks = RemarksOf(source.text(), quoted);
  std::vector<Slot> slots = SlotsOf(*tree, source);
  std::vector<Slot*> flat;
  Flatten(slots, flat);
  const std::vector<std::string> tail = Attach(remarks, source, flat);
  Layout layout(source);
  layout.Write(slots, 0);
  layout.Remarks(tail, 0);
  Laid laid{std::move(layout).Take(), CanonicalBytes(*tree), {}};
  for (const Remark& remark : remarks) {
    if (!remark.text.empty()) laid.comments.push_back(remark.text);
  }
  return laid;
}

}  // namespace

absl::StatusOr<std::string> FormatPack(std::string_view file_name, std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 >= text.size() || text[i + 1] != '\n') lines += text[i];
  }
  const absl::StatusOr<Laid> once = LayOut(file_name, lines);
  if (!once.ok()) return once.status();
  // What is promised is looked at rather than believed.
  const absl::StatusOr<Laid> twice = LayOut(file_name, once->text);
  if (!twice.ok() || twice->text != once->text || twice->canonical != once->canonical ||
      twice->comments != once->comments) {
    Complaint complaint{std::string(file_name)};
    complaint.At({1, 1}, "this file cannot be laid out without changing it: lay it out by hand");
    return complaint.status();
  }
  return once->text;
}

}  // namespace sluis::policies
