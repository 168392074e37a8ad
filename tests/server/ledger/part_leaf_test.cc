#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"

namespace sluis::ledger {
namespace {

Salt CountingSalt() {
  Salt salt;
  for (size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<uint8_t>(i);
  return salt;
}

Leaf GoldenLeaf() {
  Leaf leaf;
  leaf.index = 0x0102030405060708;
  leaf.logged_at_us = 1'740'992'400'000'000;
  for (size_t i = 0; i < kPartCount; ++i) leaf.commitments[i].fill(static_cast<uint8_t>(i + 1));
  return leaf;
}

// Computed outside this program (Python's hashlib and struct) from docs/formats.md.
TEST(PartTest, CommitmentIsThatOfTheFormat) {
  EXPECT_EQ(crypto::HexEncode(crypto::View(
                Commitment("lindervaart.example/log", Part::kAct, CountingSalt(), "abc"))),
            "153fe0694cd24bca54876979ad8581c2ca517d217abca1abbddbbd5925a0d182");
  EXPECT_EQ(crypto::HexEncode(crypto::View(
                Commitment("lindervaart.example/log", Part::kCounterpart, CountingSalt(), ""))),
            "06f36f42f21e115d7eed68af596e54f2cb41db4d5fea100b6bd3224363ed90d9");
}

TEST(PartTest, CommitmentDependsOnEverythingItCovers) {
  const crypto::Hash one = Commitment("a", Part::kAct, CountingSalt(), "abc");
  EXPECT_NE(one, Commitment("b", Part::kAct, CountingSalt(), "abc"));
  EXPECT_NE(one, Commitment("a", Part::kActor, CountingSalt(), "abc"));
  EXPECT_NE(one, Commitment("a", Part::kAct, Salt{}, "abc"));
  EXPECT_NE(one, Commitment("a", Part::kAct, CountingSalt(), "abd"));
}

TEST(LeafTest, BytesAreThoseOfTheFormat) {
  const auto bytes = EncodeLeaf(GoldenLeaf());
  const std::string hex = crypto::HexEncode(crypto::View(bytes));
  EXPECT_EQ(hex.substr(0, 48), "0000000100000000010203040506070800062f6c618f0400");
  EXPECT_EQ(crypto::HexEncode(crypto::View(crypto::LeafHash(crypto::View(bytes)))),
            "c7ccdb8fe07c9ec8073f6ac1ff7443529e94065403760279853661237f572847");
}

TEST(LeafTest, DecodesWhatItEncodes) {
  const auto bytes = EncodeLeaf(GoldenLeaf());
  const absl::StatusOr<Leaf> leaf = DecodeLeaf(crypto::View(bytes));
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->index, GoldenLeaf().index);
  EXPECT_EQ(leaf->logged_at_us, GoldenLeaf().logged_at_us);
  EXPECT_EQ(leaf->commitments, GoldenLeaf().commitments);
}

TEST(LeafTest, RefusesOtherLengthsFormatsAndReservedBits) {
  const auto bytes = EncodeLeaf(GoldenLeaf());
  const std::string good(crypto::View(bytes));
  for (const size_t length : {size_t{0}, size_t{1}, size_t{183}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(DecodeLeaf(good.substr(0, length)).status())) << length;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeLeaf(good + "x").status()));
  for (size_t at = 0; at < 8; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 2);
    EXPECT_TRUE(absl::IsInvalidArgument(DecodeLeaf(bad).status())) << at;
  }
}

}  // namespace
}  // namespace sluis::ledger
