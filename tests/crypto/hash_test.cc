#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

using test::FromHex;

Bytes Range(int first, int last) {
  Bytes out;
  for (int i = first; i <= last; ++i) out.push_back(static_cast<char>(i));
  return out;
}

Bytes Hex(const Hash& hash) { return HexEncode(View(hash)); }

// FIPS 180-4 examples.
TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256(Bytes(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesHashAsTheirConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256(std::initializer_list<BytesView>{}), Sha256(""));
}

TEST(Sha256, ThreadsDoNotShareState) {
  const auto work = [] {
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(Hex(Sha256("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
  };
  std::thread one(work);
  std::thread two(work);
  one.join();
  two.join();
}

// RFC 4231 sections 4.2 to 4.5 and 4.7.
TEST(HmacSha256, PublishedVectors) {
  const struct {
    Bytes key, data, want;
  } cases[] = {
      {Bytes(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Bytes(20, '\xaa'), Bytes(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {Range(1, 25), Bytes(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {Bytes(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Hex(HmacSha256(c.key, c.data)), c.want);
    const BytesView data = c.data;
    EXPECT_EQ(Hex(HmacSha256(c.key, {data.substr(0, 3), data.substr(3)})), c.want);
    EXPECT_EQ(HexEncode(View(HmacSha256Secret(c.key, {data}).expose())), c.want);
  }
}

// RFC 5869 appendix A.1 to A.3.
TEST(Hkdf, PublishedVectors) {
  const struct {
    Bytes ikm, salt, info;
    size_t length;
    Bytes prk, okm;
  } cases[] = {
      {Bytes(22, '\x0b'), Range(0, 12), Range(0xf0, 0xf9), 42,
       "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
      {Range(0, 0x4f), Range(0x60, 0xaf), Range(0xb0, 0xff), 82,
       "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
       "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
       "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
      {Bytes(22, '\x0b'), "", "", 42,
       "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
  };
  for (const auto& c : cases) {
    const Secret<32> prk = HkdfExtract(c.salt, {c.ikm});
    EXPECT_EQ(HexEncode(View(prk.expose())), c.prk);
    std::vector<uint8_t> okm(c.length);
    ASSERT_TRUE(HkdfExpand(View(prk.expose()), {c.info}, okm).ok());
    EXPECT_EQ(HexEncode(View(std::span<const uint8_t>(okm))), c.okm);
    const Secret<42> whole = Hkdf<42>(c.salt, c.ikm, c.info);
    EXPECT_EQ(HexEncode(View(whole.expose())), c.okm.substr(0, 84));
  }
}

TEST(Hkdf, RefusesMoreThan255Blocks) {
  std::vector<uint8_t> out(255 * 32);
  EXPECT_TRUE(HkdfExpand("key", {}, out).ok());
  out.push_back(0);
  EXPECT_FALSE(HkdfExpand("key", {}, out).ok());
}

}  // namespace
}  // namespace sluis::crypto
