#include "server/evaluation/token_index.h"

#include <algorithm>
#include <utility>

namespace sluis::evaluation {
namespace {

constexpr size_t kOfOnePlace = 8;
constexpr unsigned kMostBits = 28;

}  // namespace

TokenIndex::TokenIndex(std::vector<Entry> entries) : entries_(std::move(entries)) {
  while (bits_ < kMostBits && (kOfOnePlace << bits_) < entries_.size()) ++bits_;
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.token != b.token ? a.token < b.token : a.number < b.number;
  });
  starts_.assign((size_t{1} << bits_) + 1, 0);
  for (const Entry& entry : entries_) ++starts_[PlaceOf(entry.token) + 1];
  for (size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
}

size_t TokenIndex::PlaceOf(const Tag& token) const {
  uint32_t first = 0;
  for (size_t i = 0; i < sizeof(first); ++i) first = first << 8 | token[i];
  return bits_ == 0 ? 0 : first >> (32 - bits_);
}

std::vector<uint32_t> TokenIndex::Find(const Tag& token) const {
  std::vector<uint32_t> numbers;
  if (entries_.empty()) return numbers;  // one that was moved from has no places either
  const size_t place = PlaceOf(token);
  for (uint32_t at = starts_[place]; at < starts_[place + 1]; ++at) {
    const Entry& entry = entries_[at];
    if (!crypto::ConstantTimeEqual(crypto::View(entry.token), crypto::View(token))) continue;
    if (numbers.empty() || numbers.back() != entry.number) numbers.push_back(entry.number);
  }
  return numbers;
}

}  // namespace sluis::evaluation
