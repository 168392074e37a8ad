#include "policies/compiled_rules.h"

#include <algorithm>
#include <array>
#include <bit>

namespace sluis::policies {
namespace {

// Enough binary digits to count the tests of a rule: at most one per attribute.
constexpr std::size_t kCountBits = std::bit_width(kMaxAttributes);

// The class of a value among the intervals that begin at `starts`.
std::size_t IntervalOf(const std::vector<int32_t>& starts, ValueId value) {
  const auto after = std::upper_bound(starts.begin(), starts.end(), value);
  return after == starts.begin() ? 0 : static_cast<std::size_t>(after - starts.begin()) - 1;
}

std::size_t ClassesOf(const Schema& schema, const Attribute& attribute) {
  return attribute.type == ValueType::kBool
             ? 2
             : schema.vocabularies[attribute.vocabulary].values.size();
}

// Every integer at which some test changes its mind, the first of all included.
std::vector<int32_t> StartsOf(const Attribute& attribute, AttributeId id,
                              std::span<const Rule> rules) {
  std::vector<int32_t> starts = {attribute.minimum};
  for (const Rule& rule : rules) {
    for (const ValueTest& test : rule.tests) {
      if (test.attribute != id || test.minimum > test.maximum) continue;
      starts.push_back(test.minimum);
      if (test.maximum < attribute.maximum) starts.push_back(test.maximum + 1);
    }
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

}  // namespace

CompiledRules::CompiledRules(const Schema& schema, std::span<const Rule> rules)
    : rules_(rules.size()), columns_(schema.attributes.size()), slots_(schema, rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    all_.Add(i);
    RuleBits& kind = rules[i].effect == Effect::kPermit   ? permits_
                     : rules[i].effect == Effect::kForbid ? forbids_
                                                          : requires_;
    kind.Add(i);
    uint64_t& grants = grants_.emplace_back(0);
    for (const FieldId field : rules[i].grants) grants |= uint64_t{1} << field;
  }
  for (std::size_t id = 0; id < columns_.size(); ++id) {
    const Attribute& attribute = schema.attributes[id];
    Column& column = columns_[id];
    const bool integer = attribute.type == ValueType::kInteger;
    if (integer) column.starts = StartsOf(attribute, static_cast<AttributeId>(id), rules);
    const std::size_t classes = integer ? column.starts.size() : ClassesOf(schema, attribute);
    column.untested = all_;
    column.pass.assign(classes + 1, {});
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto test = std::find_if(rules[i].tests.begin(), rules[i].tests.end(),
                                     [id](const ValueTest& one) { return one.attribute == id; });
      if (test != rules[i].tests.end()) {
        RuleBits one;
        one.Add(i);
        column.untested.Remove(one);
        column.tested = true;
      }
      for (std::size_t value = 0; value < column.pass.size(); ++value) {
        const ValueId id_of_value = value == classes ? kNone
                                    : integer        ? column.starts[value]
                                                     : static_cast<ValueId>(value);
        if (test == rules[i].tests.end() || test->Passes(id_of_value)) column.pass[value].Add(i);
      }
    }
    if (column.tested) tested_.push_back(id);
  }
}

const RuleBits& CompiledRules::PassOf(std::size_t attribute, ValueId value) const {
  const Column& column = columns_[attribute];
  if (value == kNone) return column.pass.back();
  return column.pass[column.starts.empty() ? static_cast<std::size_t>(value)
                                           : IntervalOf(column.starts, value)];
}

MatchingRules CompiledRules::Match(std::span<const ValueId> values) const {
  RuleBits matching = all_;
  for (const std::size_t attribute : tested_) matching &= PassOf(attribute, values[attribute]);
  return {matching & permits_, matching & forbids_, matching & requires_};
}

MatchingRules CompiledRules::MatchWithout(std::span<const ValueId> values,
                                          AttributeBits unknown) const {
  RuleBits surely = all_, maybe = all_;
  for (const std::size_t attribute : tested_) {
    if (((unknown >> attribute) & 1) != 0) {
      surely &= columns_[attribute].untested;
      continue;
    }
    const RuleBits& pass = PassOf(attribute, values[attribute]);
    surely &= pass;
    maybe &= pass;
  }
  MatchingRules matching{surely & permits_, maybe & forbids_, maybe & requires_};
  RuleBits might = maybe & permits_;
  matching.requires_ |= might.Remove(surely);
  return matching;
}

uint64_t CompiledRules::VisibleFields(const MatchingRules& matching) const {
  uint64_t granted = 0, removed = 0;
  matching.permits.ForEach([&](std::size_t rule) {
    granted |= grants_[rule];
    removed |= slots_.RemovedBy(rule);
  });
  matching.requires_.ForEach([&](std::size_t rule) { removed |= slots_.RemovedBy(rule); });
  return granted & ~removed;
}

std::optional<std::size_t> CompiledRules::NearestPermit(std::span<const ValueId> values) const {
  if (!permits_.any()) return std::nullopt;
  // digit[k] holds the k-th binary digit of every rule's number of failed tests: each attribute
  // adds one to the rules that it rules out, all of them at once.
  std::array<RuleBits, kCountBits> digits{};
  for (const std::size_t attribute : tested_) {
    RuleBits carry = permits_;
    carry.Remove(PassOf(attribute, values[attribute]));
    for (RuleBits& digit : digits) {
      if (!carry.any()) break;
      const RuleBits both = digit & carry;
      digit ^= carry;
      carry = both;
    }
  }
  RuleBits fewest = permits_;
  for (std::size_t digit = kCountBits; digit-- > 0;) {
    RuleBits without = fewest;
    without.Remove(digits[digit]);
    if (without.any()) fewest = without;
  }
  return fewest.first();
}

}  // namespace sluis::policies
