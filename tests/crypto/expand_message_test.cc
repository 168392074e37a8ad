#include "crypto/expand_message.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto::oprf {
namespace {

using test::FromHex;

Bytes Expand(BytesView message, BytesView label, size_t size) {
  std::vector<uint8_t> out(size);
  EXPECT_TRUE(ExpandMessageXmd({message}, label, out).ok());
  return Bytes(View(std::span<const uint8_t>(out)));
}

TEST(ExpandMessage, Vectors) {
  size_t expanded = 0;
  size_t published = 0;
  size_t elements = 0;
  size_t scalars = 0;
  const nlohmann::json vectors = test::LoadVectors("expand-message-xmd-sha512");
  for (const auto& c : vectors["vectors"]) {
    const Bytes label = FromHex(c["dst_hex"].get<std::string>());
    const Bytes message = FromHex(c["msg_hex"].get<std::string>());
    EXPECT_EQ(HexEncode(Expand(message, label, c["len"].get<size_t>())), c["uniform_bytes"]);
    ++expanded;
    published += c.contains("rfc9380_appendix") ? 1 : 0;
    if (c.contains("hash_to_ristretto255")) {
      EXPECT_EQ(HexEncode(View(HashToGroup({message}, label).encoding())),
                c["hash_to_ristretto255"]);
      EXPECT_EQ(HexEncode(View(HashToSecretElement({message}, label).bytes().expose())),
                c["hash_to_ristretto255"]);
      ++elements;
    }
    if (c.contains("hash_to_scalar")) {
      EXPECT_EQ(HexEncode(View(HashToScalar({message}, label).bytes())), c["hash_to_scalar"]);
      EXPECT_EQ(HexEncode(View(HashToSecretScalar({message}, label).bytes().expose())),
                c["hash_to_scalar"]);
      ++scalars;
    }
  }
  EXPECT_EQ(expanded, 30u);
  EXPECT_EQ(published, 10u);
  EXPECT_EQ(elements, 5u);
  EXPECT_EQ(scalars, 10u);
}

TEST(ExpandMessage, PiecesAreHashedAsOne) {
  std::array<uint8_t, 100> whole;
  std::array<uint8_t, 100> pieces;
  ASSERT_TRUE(ExpandMessageXmd({"abcdef"}, "label", whole).ok());
  ASSERT_TRUE(ExpandMessageXmd({"ab", "", "cdef"}, "label", pieces).ok());
  EXPECT_EQ(whole, pieces);
}

TEST(ExpandMessage, BoundsOfTheRfc) {
  std::vector<uint8_t> most(kMaxExpandedBytes);
  EXPECT_TRUE(ExpandMessageXmd({"m"}, Bytes(kMaxLabelBytes, 'l'), most).ok());
  EXPECT_EQ(Expand("m", Bytes(kMaxLabelBytes, 'l'), most.size()),
            View(std::span<const uint8_t>(most)));
  std::vector<uint8_t> more(kMaxExpandedBytes + 1);
  EXPECT_EQ(ExpandMessageXmd({"m"}, "label", more).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(ExpandMessageXmd({"m"}, "label", {}).ok());
  EXPECT_FALSE(ExpandMessageXmd({"m"}, "", most).ok());
  EXPECT_FALSE(ExpandMessageXmd({"m"}, Bytes(kMaxLabelBytes + 1, 'l'), most).ok());
}

TEST(ExpandMessageDeathTest, HashingUnderNoLabelEndsTheProcess) {
  EXPECT_DEATH(HashToGroup({"m"}, ""), "");
  EXPECT_DEATH(HashToScalar({"m"}, Bytes(256, 'l')), "");
}

}  // namespace
}  // namespace sluis::crypto::oprf
