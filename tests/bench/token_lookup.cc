#include "tests/bench/token_lookup.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "server/evaluation/token_index.h"

namespace sluis::bench {
namespace {

using evaluation::Tag;
using evaluation::TokenIndex;

constexpr uint32_t kTokens = 10'000'000;
constexpr int kLookups = 200'000;

// Tokens are outputs of an HMAC, so random ones stand for them.
Tag Drawn(std::mt19937_64& random) {
  Tag token{};
  for (size_t at = 0; at < token.size(); at += sizeof(uint64_t)) {
    uint64_t word = random();
    for (size_t i = 0; i < sizeof(word); ++i, word >>= 8) {
      token[at + i] = static_cast<uint8_t>(word);
    }
  }
  return token;
}

}  // namespace

absl::StatusOr<Result> TokenLookup10m() {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same tokens in each run
  std::vector<TokenIndex::Entry> entries;
  entries.reserve(kTokens);
  for (uint32_t i = 0; i < kTokens; ++i) entries.push_back({Drawn(random), i});
  // Before they are sorted: from all over the index.
  std::vector<Tag> asked;
  for (int i = 0; i < kLookups; ++i) {
    asked.push_back(i % 2 == 0 ? entries[random() % kTokens].token : Drawn(random));
  }
  const TokenIndex index(std::move(entries));
  std::vector<double> us;
  us.reserve(kLookups);
  size_t found = 0;
  for (const Tag& token : asked) {
    const auto begin = std::chrono::steady_clock::now();
    found += index.Find(token).size();
    us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
                     .count());
  }
  if (index.size() != kTokens || found != kLookups / 2) {
    return absl::InternalError("the index did not find what is in it");
  }
  std::sort(us.begin(), us.end());
  Result result;
  result.name = "token_lookup_10m";
  result.unit = "us";
  result.value = us[us.size() * 99 / 100];
  result.p50 = us[us.size() / 2];
  result.baseline = kTokenLookupBarUs;
  result.ratio = result.baseline / result.value;
  return result;
}

}  // namespace sluis::bench
