#include "client/cli/matrix_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace sluis::cli {
namespace {

using policies::Sight;
using ::testing::HasSubstr;
using ::testing::Not;

// No pack can hold such words; whoever shows them does not rely on that.
Matrix Hostile() {
  return {
      "a\"b & <c> 1",
      "00",
      "x='<y>'",
      {"role"},
      {"one, two", "three"},
      {{{"=cmd()"}, "a=1, b=\"2\"\r\n<script>", {Sight::kAsIs, Sight::kCoarser}, {"d=4", "e=5"}},
       {{"plain"}, "c=3", {Sight::kNever, Sight::kNever}, {"", ""}}}};
}

class MatrixViewTest : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_, err_;
  Shell shell_{{in_, out_, err_, "", [] { return int64_t{0}; }}, client::Language::kDutch};
};

TEST_F(MatrixViewTest, CsvQuotesAsRfc4180AndHoldsNoFormula) {
  EXPECT_EQ(MatrixCsv(Hostile()),
            "role,\"one, two\",three,example\r\n"
            "'=cmd(),as_is,coarser,\"a=1, b=\"\"2\"\"\r\n<script>\"\r\n"
            "plain,never,never,c=3\r\n");
}

TEST_F(MatrixViewTest, HtmlEscapesEveryText) {
  const std::string page = MatrixHtml(shell_, Hostile());
  EXPECT_THAT(page,
              HasSubstr("<title>Wie wat kan zien volgens a&quot;b &amp; &lt;c&gt; 1</title>"));
  EXPECT_THAT(page, HasSubstr("x=&#39;&lt;y&gt;&#39;"));
  EXPECT_THAT(page, HasSubstr("<td class=\"coarser\">grover</td>"));
  EXPECT_THAT(page, HasSubstr("lang=\"nl\""));
  for (const char* raw : {"<script>", "<c>", "<y>", "http", "src="}) {
    EXPECT_THAT(page, Not(HasSubstr(raw)));
  }
}

TEST_F(MatrixViewTest, TheTableHasOneMarkPerField) {
  EXPECT_THAT(MatrixTable(shell_, Hostile()), HasSubstr("role    1  2\n"
                                                        "=cmd()  x  ~\n"
                                                        "plain   .  .\n"));
}

TEST_F(MatrixViewTest, NoRowsIsSaidInEveryForm) {
  Matrix none = Hostile();
  none.rows.clear();
  EXPECT_THAT(MatrixTable(shell_, none), HasSubstr("Hier is niets toegelaten."));
  EXPECT_THAT(MatrixHtml(shell_, none), HasSubstr("Hier is niets toegelaten."));
  EXPECT_EQ(MatrixCsv(none), "role,\"one, two\",three,example\r\n");
}

}  // namespace
}  // namespace sluis::cli
