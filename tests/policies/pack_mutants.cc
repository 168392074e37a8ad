#include "tests/policies/pack_mutants.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace sluis::policies {
namespace {

constexpr std::array<std::string_view, 5> kSections = {"who", "do", "why", "what", "when"};

YamlNode Scalar(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.word.text = std::move(text);
  return node;
}

YamlNode MappingOf(std::string key, YamlNode value) {
  YamlNode node;
  node.kind = YamlNode::Kind::kMapping;
  node.entries.push_back({{std::move(key), {}}, std::move(value)});
  return node;
}

YamlNode ListOf(const std::vector<std::string>& words) {
  YamlNode node;
  node.kind = YamlNode::Kind::kSequence;
  for (const std::string& word : words) node.items.push_back(Scalar(word));
  return node;
}

YamlEntry* EntryOf(YamlNode& mapping, std::string_view key) {
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                                  [key](const YamlEntry& entry) { return entry.key.text == key; });
  return found == mapping.entries.end() ? nullptr : &*found;
}

void Drop(YamlNode& mapping, std::string_view key) {
  std::erase_if(mapping.entries, [key](const YamlEntry& entry) { return entry.key.text == key; });
}

// The values that a test lets through, and those it does not; `none` is one of them.
struct Sides {
  std::vector<std::string> in, out;
};

std::vector<std::string> WordsOf(const Schema& schema, const Attribute& attribute) {
  if (attribute.type == ValueType::kBool) return {"true", "false"};
  std::vector<std::string> words;
  for (const auto& value : schema.vocabularies[attribute.vocabulary].values) {
    words.push_back(value.name);
  }
  return words;
}

Sides SidesOf(const YamlNode& test, const Schema& schema, const Attribute& attribute) {
  const YamlNode* not_in = test.Find("not_in");
  const YamlNode& named = not_in != nullptr ? *not_in : test;
  std::vector<std::string> words;
  if (named.kind == YamlNode::Kind::kScalar) words.push_back(named.word.text);
  for (const YamlNode& item : named.items) words.push_back(item.word.text);
  const auto has = [&words](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  Sides sides;
  for (const std::string& word : WordsOf(schema, attribute)) {
    (has(word) != (not_in != nullptr) ? sides.in : sides.out).push_back(word);
  }
  if (attribute.optional) {
    (not_in == nullptr && has(std::string(kNoneWord)) ? sides.in : sides.out)
        .emplace_back(kNoneWord);
  }
  return sides;
}

class Maker {
 public:
  Maker(const Pack& pack, const Schema& schema) : pack_(pack), schema_(schema) {}

  std::vector<Mutant> Make() {
    const YamlNode* rules = pack_.tree.Find("rules");
    for (rule_ = 0; rules != nullptr && rule_ < rules->items.size(); ++rule_) {
      MakeOf(rules->items[rule_]);
    }
    return std::move(made_);
  }

 private:
  // A copy in which `change` was made to the rule.
  template <typename Change>
  void Add(const std::string& what, const Change& change) {
    Mutant mutant{id_ + ": " + what, id_, pack_};
    change(EntryOf(mutant.pack.tree, "rules")->value.items[rule_]);
    made_.push_back(std::move(mutant));
  }

  void MakeOf(const YamlNode& rule) {
    id_ = rule.Find("id")->word.text;
    for (const std::string_view section : kSections) {
      const YamlNode* tests = rule.Find(section);
      if (tests == nullptr) continue;
      for (const YamlEntry& test : tests->entries) FlipTest(std::string(section), test);
    }
    if (const YamlNode* obligations = rule.Find("obligations")) {
      for (const YamlEntry& one : obligations->entries) {
        const std::string key = one.key.text;
        if (rule.Find("effect")->word.text == "require" && obligations->entries.size() == 1) break;
        Add("without obligation " + key,
            [&key](YamlNode& other) { Drop(EntryOf(other, "obligations")->value, key); });
      }
    }
    TurnEffect(rule.Find("effect")->word.text);
  }

  void FlipTest(const std::string& section, const YamlEntry& test) {
    const std::string& name = test.key.text;
    Add("without " + name, [&](YamlNode& rule) { Drop(EntryOf(rule, section)->value, name); });
    const auto with = [&](const std::string& what, const YamlNode& other) {
      Add(name + " " + what,
          [&](YamlNode& rule) { EntryOf(EntryOf(rule, section)->value, name)->value = other; });
    };
    const Attribute& attribute = schema_.attributes[*schema_.FindAttribute(name)];
    if (attribute.type == ValueType::kInteger) {
      NegateRange(test.value, attribute, with);
      return;
    }
    const Sides sides = SidesOf(test.value, schema_, attribute);
    if (!sides.out.empty()) with("negated", ListOf(sides.out));
    ResizeList(test.value, sides, with);
  }

  // A list of values with each of them left out, and with each other value let in.
  template <typename With>
  void ResizeList(const YamlNode& test, const Sides& sides, const With& with) {
    const YamlNode* not_in = test.Find("not_in");
    const YamlNode& named = not_in != nullptr ? *not_in : test;
    if (named.kind != YamlNode::Kind::kSequence) return;
    for (const std::string& word : sides.in) {
      std::vector<std::string> fewer = sides.in;
      std::erase(fewer, word);
      if (!fewer.empty()) with("not for " + word, ListOf(fewer));
    }
    for (const std::string& word : sides.out) {
      std::vector<std::string> more = sides.in;
      more.push_back(word);
      with("also for " + word, ListOf(more));
    }
  }

  template <typename With>
  void NegateRange(const YamlNode& test, const Attribute& attribute, const With& with) {
    const YamlNode* minimum = test.Find("min");
    const YamlNode* maximum = test.Find("max");
    if (minimum != nullptr && std::stoi(minimum->word.text) > attribute.minimum) {
      with("below", MappingOf("max", Scalar(std::to_string(std::stoi(minimum->word.text) - 1))));
    }
    if (maximum != nullptr && std::stoi(maximum->word.text) < attribute.maximum) {
      with("above", MappingOf("min", Scalar(std::to_string(std::stoi(maximum->word.text) + 1))));
    }
  }

  void TurnEffect(const std::string& effect) {
    Mutant without{id_ + ": left out", id_, pack_};
    auto& rules = EntryOf(without.pack.tree, "rules")->value.items;
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(rule_));
    made_.push_back(std::move(without));
    if (effect != "permit") return;
    Add("as a forbid", [](YamlNode& rule) {
      EntryOf(rule, "effect")->value = Scalar("forbid");
      Drop(rule, "grants");
      Drop(rule, "obligations");
    });
  }

  const Pack& pack_;
  const Schema& schema_;
  std::size_t rule_ = 0;
  std::string id_;
  std::vector<Mutant> made_;
};

}  // namespace

std::vector<Mutant> MutantsOf(const Pack& pack, const Schema& schema) {
  return Maker(pack, schema).Make();
}

}  // namespace sluis::policies
