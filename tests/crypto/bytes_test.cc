#include "crypto/bytes.h"

#include <gtest/gtest.h>

namespace sluis::crypto {
namespace {

TEST(Bytes, IntegersAreBigEndianAndReadBack) {
  Bytes out;
  AppendU8(out, 0x01);
  AppendU16(out, 0x0203);
  AppendU32(out, 0x04050607);
  AppendU64(out, 0x08090a0b0c0d0e0f);
  EXPECT_EQ(HexEncode(out), "0102030405060708090a0b0c0d0e0f");

  Reader reader(out);
  uint8_t a = 0;
  uint16_t b = 0;
  uint32_t c = 0;
  uint64_t d = 0;
  EXPECT_TRUE(reader.U8(&a) && reader.U16(&b) && reader.U32(&c) && reader.U64(&d));
  EXPECT_EQ(a, 0x01);
  EXPECT_EQ(b, 0x0203);
  EXPECT_EQ(c, 0x04050607u);
  EXPECT_EQ(d, 0x08090a0b0c0d0e0fu);
  EXPECT_TRUE(reader.done());
}

TEST(Bytes, LengthPrefixMakesConcatenationUnambiguous) {
  EXPECT_EQ(HexEncode(Lp("ab")), "000000026162");
  EXPECT_EQ(HexEncode(Lp("")), "00000000");
  EXPECT_NE(Lp("a") + Lp("bc"), Lp("ab") + Lp("c"));
}

TEST(Reader, RefusesToReadPastTheEndAndStaysFailed) {
  Reader reader(BytesView("\x01\x02", 2));
  uint32_t wide = 7;
  uint8_t narrow = 7;
  EXPECT_FALSE(reader.U32(&wide));
  EXPECT_EQ(wide, 7u);
  EXPECT_FALSE(reader.U8(&narrow)) << "a failed reader must not continue";
  EXPECT_EQ(narrow, 7);
  EXPECT_FALSE(reader.done());
}

TEST(Reader, BoundsLengthPrefixedStrings) {
  const Bytes three = Lp("abc");
  BytesView out;
  EXPECT_TRUE(Reader(three).Lp(3, &out));
  EXPECT_EQ(out, "abc");
  EXPECT_FALSE(Reader(three).Lp(2, &out)) << "longer than allowed";
  EXPECT_FALSE(Reader(BytesView(three).substr(0, 6)).Lp(3, &out)) << "cut short";
  EXPECT_FALSE(Reader(BytesView("\xff\xff\xff\xff", 4)).Lp(SIZE_MAX, &out));
}

TEST(Reader, AnUnreadRestIsNotDone) {
  Reader reader("ab");
  BytesView out;
  EXPECT_TRUE(reader.Fixed(1, &out));
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(reader.remaining(), 1u);
}

TEST(ToFixed, TakesTheExactLengthOnly) {
  EXPECT_TRUE(ToFixed<3>("abc").ok());
  EXPECT_EQ(View(ToFixed<3>("abc").value()), "abc");
  EXPECT_FALSE(ToFixed<3>("ab").ok());
  EXPECT_FALSE(ToFixed<3>("abcd").ok());
}

TEST(Hex, BothCasesInLowerCaseOut) {
  EXPECT_EQ(HexDecode("00fFAa").value(), Bytes("\x00\xff\xaa", 3));
  EXPECT_EQ(HexEncode(Bytes("\x00\xff\xaa", 3)), "00ffaa");
  EXPECT_EQ(HexDecode("").value(), "");
  for (const char* bad : {"0", "0g", "g0", "0x00", " 00", "00 ", "0\n"}) {
    EXPECT_FALSE(HexDecode(bad).ok()) << bad;
  }
}

// RFC 4648 section 10.
TEST(Base64, PublishedVectorsBothWays) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(Base64Encode(plain), encoded);
    ASSERT_TRUE(Base64Decode(encoded).ok()) << encoded;
    EXPECT_EQ(Base64Decode(encoded).value(), plain);
  }
}

TEST(Base64, OneSpellingPerValue) {
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8=\n",
                          " Zm8=", "Zm 8=", "Zm8=Zm8=", "_-8=", "====", "=",
                          "Zm9v====", "Z===", "Zm9v\n", "\xff\xff\xff\xfe",
                          "AA\xc1"
                          "A",
                          "\xda"
                          "m9v"}) {
    EXPECT_FALSE(Base64Decode(bad).ok()) << bad;
  }
}

TEST(ConstantTimeEqual, ComparesLengthAndContent) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

}  // namespace
}  // namespace sluis::crypto
