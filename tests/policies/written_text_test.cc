// What browsers and spreadsheets are given.
#include "policies/written_text.h"

#include <gtest/gtest.h>

namespace sluis::policies {
namespace {

TEST(WrittenText, HtmlIsTextInElementsAndAttributes) {
  EXPECT_EQ(HtmlText("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(HtmlText("een\nregel\r\tverder"), "een regel  verder");
  EXPECT_EQ(HtmlText("om\xE2\x80\xAE gekeerd\xE2\x81\xA9"), "om? gekeerd?");
  EXPECT_EQ(HtmlText("caf\xC3\xA9 \xE2\x80\x93 \xE2\x82\xAC 5"),
            "caf\xC3\xA9 \xE2\x80\x93 \xE2\x82\xAC 5");
}

TEST(WrittenText, CellsAreQuotedWhereTheyMust) {
  EXPECT_EQ(CsvLine({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvLine({"a,b", "a;b", "a\"b", "a\nb", "a\rb"}),
            "\"a,b\",\"a;b\",\"a\"\"b\",\"a\nb\",\"a\rb\"\r\n");
}

TEST(WrittenText, NoCellIsAFormula) {
  for (const char* cell : {"=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1"}) {
    EXPECT_EQ(CsvLine({cell}), "'" + std::string(cell) + "\r\n");
  }
  EXPECT_EQ(CsvLine({"\n=1", "\r=1"}), "\"'\n=1\",\"'\r=1\"\r\n");
  EXPECT_EQ(CsvLine({"=HYPERLINK(\"x\";\"y\")"}), "\"'=HYPERLINK(\"\"x\"\";\"\"y\"\")\"\r\n");
  EXPECT_EQ(CsvLine({"a=b", "1-2", "a@b", " ", "'x"}), "a=b,1-2,a@b, ,'x\r\n");
}

}  // namespace
}  // namespace sluis::policies
