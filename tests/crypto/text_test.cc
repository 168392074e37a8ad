#include "crypto/text.h"

#include <gtest/gtest.h>

namespace sluis::crypto::text {
namespace {

TEST(ParseDecimal, OneSpellingPerNumber) {
  EXPECT_EQ(ParseDecimal("0"), 0u);
  EXPECT_EQ(ParseDecimal("10"), 10u);
  EXPECT_EQ(ParseDecimal("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "1e3", "1.0",
                          "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(ParseDecimal(bad).has_value()) << bad;
  }
}

TEST(IsNoteText, TakesUtf8WithoutControls) {
  EXPECT_TRUE(IsNoteText("plain\ntext\n"));
  EXPECT_TRUE(IsNoteText("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf"));
  EXPECT_TRUE(IsNoteText("\x7f")) << "the format forbids only what lies below U+0020";
  const BytesView bad[] = {
      BytesView("\0", 1),  // NUL
      "\r",
      "\t",
      "\x1f",  // controls
      "\xff",
      "\x80",  // no leading byte
      "\xc3",
      "\xe2\x82",  // cut short
      "\xc3(",     // no continuation
      "\xc0\x80",
      "\xc1\xbf",  // overlong
      "\xe0\x9f\xbf",
      "\xf0\x8f\xbf\xbf",
      "\xed\xa0\x80",      // surrogate
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf8\x88\x80\x80\x80",
  };
  for (BytesView text : bad) EXPECT_FALSE(IsNoteText(text)) << HexEncode(text);
}

TEST(IsKeyName, RefusesSpacesPlusAndControls) {
  EXPECT_TRUE(IsKeyName("example.com/log"));
  EXPECT_TRUE(IsKeyName("caf\xc3\xa9"));
  EXPECT_TRUE(IsKeyName(std::string(255, 'a')));
  EXPECT_FALSE(IsKeyName(std::string(256, 'a')));
  for (const char* bad : {"", "a b", "a+b", "a\nb", "a\tb", "a\x01",
                          "a\xc2\x85"
                          "b",
                          "a\xc2\xa0"
                          "b",
                          "a\xe1\x9a\x80"
                          "b",
                          "a\xe2\x80\x83"
                          "b",
                          "a\xe2\x80\xa8"
                          "b",
                          "a\xe2\x80\xaf"
                          "b",
                          "a\xe2\x81\x9f"
                          "b",
                          "a\xe3\x80\x80"
                          "b",
                          "\xff"}) {
    EXPECT_FALSE(IsKeyName(bad)) << HexEncode(bad);
  }
}

TEST(TakeLine, NeedsALineFeed) {
  std::string_view rest = "one\n\ntwo";
  EXPECT_EQ(TakeLine(rest), "one");
  EXPECT_EQ(TakeLine(rest), "");
  EXPECT_FALSE(TakeLine(rest).has_value());
  EXPECT_EQ(rest, "two");
}

}  // namespace
}  // namespace sluis::crypto::text
