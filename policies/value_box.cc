#include "policies/value_box.h"

#include <algorithm>
#include <bit>

namespace sluis::policies {
namespace {

constexpr uint64_t kNoneBit = uint64_t{1} << 63;
constexpr std::size_t kMaxIntervals = 60;

uint64_t FirstBits(std::size_t count) { return (uint64_t{1} << count) - 1; }

// The bits of the values that pass.
uint64_t Bits(const ValueTest& test, const std::vector<int32_t>& starts) {
  uint64_t bits = test.none ? kNoneBit : 0;
  if (!test.integer) return bits | test.values;
  // Intervals start at every tested bound, so the first integer speaks for the whole interval.
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (test.Passes(starts[i])) bits |= uint64_t{1} << i;
  }
  return bits;
}

}  // namespace

absl::StatusOr<BoxSpace> BoxSpace::Create(const Schema& schema,
                                          std::span<const ValueTest* const> tests) {
  BoxSpace space(schema);
  space.starts_.resize(schema.attributes.size());
  for (std::size_t i = 0; i < schema.attributes.size(); ++i) {
    const Attribute& attribute = schema.attributes[i];
    uint64_t bits = attribute.optional ? kNoneBit : 0;
    switch (attribute.type) {
      case ValueType::kBool:
        bits |= FirstBits(2);
        break;
      case ValueType::kVocabulary:
        bits |= FirstBits(schema.vocabularies[attribute.vocabulary].values.size());
        break;
      case ValueType::kInteger: {
        std::vector<int32_t>& starts = space.starts_[i];
        starts.push_back(attribute.minimum);
        for (const ValueTest* test : tests) {
          if (test->attribute != i || test->minimum > test->maximum) continue;
          starts.push_back(test->minimum);
          if (test->maximum < attribute.maximum) starts.push_back(test->maximum + 1);
        }
        std::sort(starts.begin(), starts.end());
        starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
        if (starts.size() > kMaxIntervals) {
          return absl::InvalidArgumentError("packs: attribute " + attribute.name +
                                            " is cut into more than 60 intervals: test fewer "
                                            "different bounds");
        }
        bits |= FirstBits(starts.size());
        break;
      }
    }
    space.all_.push_back(attribute.derivation ? 1 : bits);
  }
  return space;
}

void BoxSpace::Narrow(std::span<const ValueTest> tests, Box& box) const {
  for (const ValueTest& test : tests) {
    const auto& derivation = schema_->attributes[test.attribute].derivation;
    if (!derivation) {
      box[test.attribute] &= Bits(test, starts_[test.attribute]);
      continue;
    }
    uint64_t bits = 0;
    for (std::size_t value = 0; value < derivation->value_of.size(); ++value) {
      if (test.Passes(derivation->value_of[value])) bits |= uint64_t{1} << value;
    }
    box[derivation->base] &= bits;
  }
}

uint64_t BoxSpace::BitOf(AttributeId attribute, ValueId value) const {
  if (value == kNone) return kNoneBit;
  if (schema_->attributes[attribute].type != ValueType::kInteger) {
    return uint64_t{1} << static_cast<uint32_t>(value);
  }
  const std::vector<int32_t>& starts = starts_[attribute];
  const auto after = std::upper_bound(starts.begin(), starts.end(), value);
  return uint64_t{1} << (static_cast<std::size_t>(after - starts.begin()) - 1);
}

std::string BoxSpace::Example(const Box& box) const {
  std::string text;
  for (std::size_t i = 0; i < box.size(); ++i) {
    const Attribute& attribute = schema_->attributes[i];
    if (attribute.derivation) continue;
    const auto bit = static_cast<std::size_t>(std::countr_zero(box[i]));
    ValueId value = bit == 63 ? kNone : static_cast<ValueId>(bit);
    if (value != kNone && attribute.type == ValueType::kInteger) value = starts_[i][bit];
    if (!text.empty()) text += ", ";
    text += attribute.name + "=" + schema_->ValueName(attribute, value);
  }
  return text;
}

bool IsEmpty(const Box& box) {
  return std::any_of(box.begin(), box.end(), [](uint64_t bits) { return bits == 0; });
}

bool Narrow(const Box& by, Box& box) {
  for (std::size_t i = 0; i < box.size(); ++i) box[i] &= by[i];
  return !IsEmpty(box);
}

}  // namespace sluis::policies
