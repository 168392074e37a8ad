#include "client/lib/text.h"

#include <gtest/gtest.h>

namespace sluis::client {
namespace {

TEST(TextTest, DaysAsBelgiansWriteThem) {
  EXPECT_EQ(ParseDay("03/11/2025"), "2025-11-03");
  EXPECT_EQ(ParseDay("3/1/2025"), "2025-01-03");
  EXPECT_EQ(ParseDay("2025-11-03"), "2025-11-03");
  EXPECT_EQ(ParseDay("29/02/2024"), "2024-02-29");
}

TEST(TextTest, RefusesWhatIsNoDay) {
  for (const char* text :
       {"", "3/11/25", "29/02/2025", "31/04/2025", "11/13/2025", "0/1/2025", "1/0/2025",
        "03-11-2025", "2025/11/03", "3/11/2025 ", "2025-1-3", "2025-11-03T", "1/1/1899", "a/b/cccc",
        "+1/11/2025", "003/11/2025", "3//2025", "3/11/20251", "2025-11-3x"}) {
    EXPECT_FALSE(ParseDay(text).has_value()) << text;
  }
}

TEST(TextTest, LegalTimeIsThatOfBrussels) {
  EXPECT_EQ(LegalDay(1751320800), "2025-07-01");  // 2025-06-30T22:00:00Z, summer time
  EXPECT_EQ(LegalDay(1751320799), "2025-06-30");
  EXPECT_EQ(LegalDay(1764543600), "2025-12-01");  // 2025-11-30T23:00:00Z, winter time
  EXPECT_EQ(LegalDay(1764543599), "2025-11-30");
  EXPECT_EQ(LegalMinute(1751320800), "01/07/2025 00:00");
}

TEST(TextTest, ADayBeginsAtMidnightInBrussels) {
  EXPECT_EQ(DayBegin("2025-07-01"), 1751320800);
  EXPECT_EQ(DayBegin("2025-12-01"), 1764543600);
}

TEST(TextTest, TidyComposesTrimsAndEndsLinesOneWay) {
  EXPECT_EQ(Tidy(" \xC2\xA0 cafe\xCC\x81 \t"), "café");
  EXPECT_EQ(Tidy("a\r\nb\rc\n\n"), "a\nb\nc");
  EXPECT_EQ(Tidy("\xEF\xBB\xBF"), "");
  EXPECT_EQ(Tidy("👍 ok"), "👍 ok");
}

TEST(TextTest, LengthCountsCodePoints) {
  EXPECT_EQ(Length("café"), 4U);
  EXPECT_EQ(Length("👍"), 1U);
}

TEST(TextTest, FindsControlCharacters) {
  EXPECT_FALSE(HasControl("a\nb é 👍"));
  EXPECT_TRUE(HasControl("a\tb"));
  EXPECT_TRUE(HasControl("a\x7F"));
  EXPECT_TRUE(HasControl("a\xC2\x85"));  // next line, a control of the second block
  EXPECT_TRUE(HasControl("\x1B[31m"));
}

TEST(TextTest, Utf8) {
  EXPECT_TRUE(IsUtf8("é"));
  EXPECT_FALSE(IsUtf8("\xE9"));
  EXPECT_FALSE(IsUtf8("\xC0\xAF"));      // overlong
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));  // surrogate
}

TEST(TextTest, Windows1252HasFiveHoles) {
  EXPECT_EQ(FromWindows1252("\x80"), "€");
  EXPECT_FALSE(FromWindows1252("\x81").has_value());
  EXPECT_FALSE(FromWindows1252("\x9D").has_value());
}

}  // namespace
}  // namespace sluis::client
