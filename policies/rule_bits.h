#ifndef SLUIS_POLICIES_RULE_BITS_H_
#define SLUIS_POLICIES_RULE_BITS_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/pack.h"

namespace sluis::policies {

// A set of rules: bit i stands for the i-th rule of a pack set. A value; no allocation.
//
// It has room for as many rules as a pack set may hold, but touches, copies and compares only the
// blocks up to the last rule that was added: a set of a thousand rules costs what it always did,
// and what lies beyond is not even set to zero.
class RuleBits {
 public:
  static constexpr std::size_t kBlockWords = 16;
  static constexpr std::size_t kBlockRules = kBlockWords * 64;
  static constexpr std::size_t kMaxBlocks = (kMaxRules + kBlockRules - 1) / kBlockRules;

  RuleBits() {}
  RuleBits(const RuleBits& other) { *this = other; }
  RuleBits& operator=(const RuleBits& other) {
    // Also of itself: every word is read before it is written.
    blocks_ = other.blocks_;
    for (std::size_t block = 0; block < blocks_; ++block) words_[block] = other.words_[block];
    return *this;
  }

  void Add(std::size_t rule) {
    Reach(rule / kBlockRules + 1);
    words_[rule / kBlockRules][rule % kBlockRules / 64] |= uint64_t{1} << (rule % 64);
  }
  bool Has(std::size_t rule) const {
    const std::size_t block = rule / kBlockRules;
    return block < blocks_ && ((words_[block][rule % kBlockRules / 64] >> (rule % 64)) & 1) != 0;
  }
  bool any() const {
    for (std::size_t block = 0; block < blocks_; ++block) {
      uint64_t some = 0;
      for (const uint64_t word : words_[block]) some |= word;
      if (some != 0) return true;
    }
    return false;
  }
  std::size_t count() const {
    std::size_t sum = 0;
    for (std::size_t block = 0; block < blocks_; ++block) {
      for (const uint64_t word : words_[block])
        sum += static_cast<std::size_t>(std::popcount(word));
    }
    return sum;
  }
  // How much work one operation on this set is: blocks of kBlockRules rules.
  std::size_t blocks() const { return blocks_; }

  RuleBits& operator&=(const RuleBits& other) {
    blocks_ = std::min(blocks_, other.blocks_);
    return Combine(other, blocks_, [](uint64_t a, uint64_t b) { return a & b; });
  }
  RuleBits& operator|=(const RuleBits& other) {
    Reach(other.blocks_);
    return Combine(other, other.blocks_, [](uint64_t a, uint64_t b) { return a | b; });
  }
  RuleBits& operator^=(const RuleBits& other) {
    Reach(other.blocks_);
    return Combine(other, other.blocks_, [](uint64_t a, uint64_t b) { return a ^ b; });
  }
  RuleBits& Remove(const RuleBits& other) {
    return Combine(other, std::min(blocks_, other.blocks_),
                   [](uint64_t a, uint64_t b) { return a & ~b; });
  }
  friend RuleBits operator&(RuleBits a, const RuleBits& b) { return a &= b; }
  friend RuleBits operator|(RuleBits a, const RuleBits& b) { return a |= b; }
  bool Intersects(const RuleBits& other) const {
    const std::size_t both = std::min(blocks_, other.blocks_);
    for (std::size_t block = 0; block < both; ++block) {
      for (std::size_t i = 0; i < kBlockWords; ++i) {
        if ((words_[block][i] & other.words_[block][i]) != 0) return true;
      }
    }
    return false;
  }
  // Whether every rule of this set is in the other.
  bool Within(const RuleBits& other) const {
    for (std::size_t block = 0; block < blocks_; ++block) {
      const bool beyond = block >= other.blocks_;
      for (std::size_t i = 0; i < kBlockWords; ++i) {
        if ((words_[block][i] & ~(beyond ? 0 : other.words_[block][i])) != 0) return false;
      }
    }
    return true;
  }
  bool operator==(const RuleBits& other) const { return Within(other) && other.Within(*this); }

  // The lowest rule of a set that is not empty.
  std::size_t first() const {
    std::size_t word = 0;
    while (WordAt(word) == 0) ++word;
    return word * 64 + static_cast<std::size_t>(std::countr_zero(WordAt(word)));
  }

  // Calls visit(index) in ascending order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < blocks_ * kBlockWords; ++i) {
      for (uint64_t word = WordAt(i); word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
  }

  // Writes the set behind `words` in as few as say it: a number of words, then these. Two sets are
  // equal exactly when they are written alike.
  void AppendTo(std::vector<uint64_t>& words) const {
    std::size_t used = blocks_ * kBlockWords;
    while (used > 0 && WordAt(used - 1) == 0) --used;
    words.push_back(used);
    for (std::size_t i = 0; i < used; ++i) words.push_back(WordAt(i));
  }

 private:
  using Block = std::array<uint64_t, kBlockWords>;

  uint64_t WordAt(std::size_t i) const { return words_[i / kBlockWords][i % kBlockWords]; }
  void Reach(std::size_t blocks) {
    for (; blocks_ < blocks; ++blocks_) words_[blocks_] = {};
  }
  // A loop of a fixed length within one of few rounds, so that it becomes wide instructions.
  template <typename Operation>
  RuleBits& Combine(const RuleBits& other, std::size_t blocks, Operation operation) {
    for (std::size_t block = 0; block < blocks; ++block) {
      for (std::size_t i = 0; i < kBlockWords; ++i) {
        words_[block][i] = operation(words_[block][i], other.words_[block][i]);
      }
    }
    return *this;
  }

  std::size_t blocks_ = 0;               // of words_ that mean something
  std::array<Block, kMaxBlocks> words_;  // the rest is not even set to zero
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_BITS_H_
