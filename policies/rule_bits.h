#ifndef SLUIS_POLICIES_RULE_BITS_H_
#define SLUIS_POLICIES_RULE_BITS_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "policies/pack.h"

namespace sluis::policies {

// A set of rules: bit i stands for the i-th rule of a pack set. A value; no allocation.
class RuleBits {
 public:
  static constexpr std::size_t kWords = (kMaxRules + 63) / 64;

  void Add(std::size_t rule) { words_[rule / 64] |= uint64_t{1} << (rule % 64); }
  bool Has(std::size_t rule) const { return ((words_[rule / 64] >> (rule % 64)) & 1) != 0; }
  bool any() const {
    return std::any_of(words_.begin(), words_.end(), [](uint64_t word) { return word != 0; });
  }
  std::size_t count() const {
    std::size_t sum = 0;
    for (const uint64_t word : words_) sum += static_cast<std::size_t>(std::popcount(word));
    return sum;
  }

  RuleBits& operator&=(const RuleBits& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
    return *this;
  }
  RuleBits& operator|=(const RuleBits& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  RuleBits& operator^=(const RuleBits& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] ^= other.words_[i];
    return *this;
  }
  RuleBits& Remove(const RuleBits& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  friend RuleBits operator&(RuleBits a, const RuleBits& b) { return a &= b; }
  friend RuleBits operator|(RuleBits a, const RuleBits& b) { return a |= b; }
  bool Intersects(const RuleBits& other) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  // Whether every rule of this set is in the other.
  bool Within(const RuleBits& other) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      if ((words_[i] & ~other.words_[i]) != 0) return false;
    }
    return true;
  }
  bool operator==(const RuleBits&) const = default;

  // The lowest rule of a set that is not empty.
  std::size_t first() const {
    std::size_t i = 0;
    while (words_[i] == 0) ++i;
    return i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]));
  }

  // Calls visit(index) in ascending order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  std::array<uint64_t, kWords> words_{};
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_BITS_H_
