// Which numbers stand under a token.
#include "server/evaluation/token_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/support/seeded_random.h"

namespace sluis::evaluation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TokenIndexTest, EveryTokenIsFoundAndNoOther) {
  tests::SeededRandom random(3);
  for (const size_t count : {0U, 1U, 7U, 8U, 9U, 1000U, 5000U}) {
    std::vector<TokenIndex::Entry> entries;
    for (size_t i = 0; i < count; ++i) {
      entries.push_back({random.Array<32>(), static_cast<uint32_t>(i)});
    }
    const TokenIndex index(entries);
    EXPECT_EQ(index.size(), count);
    for (const TokenIndex::Entry& entry : entries) {
      EXPECT_THAT(index.Find(entry.token), ElementsAre(entry.number));
    }
    for (int i = 0; i < 100; ++i) EXPECT_THAT(index.Find(random.Array<32>()), IsEmpty());
  }
}

// The first 16 bytes alone were compared once: who has half a token had the person.
TEST(TokenIndexTest, AllThirtyTwoBytesAreCompared) {
  tests::SeededRandom random(4);
  const Tag token = random.Array<32>();
  std::vector<TokenIndex::Entry> entries = {{token, 1}};
  for (uint32_t i = 2; i < 100; ++i) entries.push_back({random.Array<32>(), i});
  const TokenIndex index(entries);
  ASSERT_THAT(index.Find(token), ElementsAre(1));
  for (size_t at = 0; at < token.size(); ++at) {
    for (const unsigned bit : {0x01U, 0x80U}) {
      Tag other = token;
      other[at] = static_cast<uint8_t>(other[at] ^ bit);
      EXPECT_THAT(index.Find(other), IsEmpty()) << at;
    }
  }
}

TEST(TokenIndexTest, WhatSharesATokenOrAPlaceIsToldApart) {
  Tag one{};
  Tag two{};
  two.back() = 1;
  // Everything falls into the first place.
  std::vector<TokenIndex::Entry> entries = {{one, 5}, {two, 6}, {one, 4}, {one, 5}};
  for (uint32_t i = 0; i < 50; ++i) {
    Tag more{};
    more[20] = static_cast<uint8_t>(i + 1);
    entries.push_back({more, 100 + i});
  }
  const TokenIndex index(entries);
  EXPECT_THAT(index.Find(one), ElementsAre(4, 5));
  EXPECT_THAT(index.Find(two), ElementsAre(6));
  Tag last{};
  last.fill(0xff);
  EXPECT_THAT(index.Find(last), IsEmpty());
}

TEST(TokenIndexTest, OneThatWasMovedFromFindsNothing) {
  const Tag token{};
  TokenIndex index(std::vector<TokenIndex::Entry>{{token, 1}});
  const TokenIndex moved = std::move(index);
  EXPECT_THAT(moved.Find(token), ElementsAre(1));
  EXPECT_THAT(index.Find(token), IsEmpty());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace sluis::evaluation
