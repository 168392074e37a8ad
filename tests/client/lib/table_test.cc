#include "client/lib/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "client/lib/signal_form.h"
#include "tests/support/places.h"

namespace sluis::client {
namespace {

using ::testing::ElementsAre;

constexpr Column kColumns[] = {
    {"naam", true}, {"tekst"}, {"cliënt_akkoord", false, "client_akkoord"}};

std::variant<Table, Remark> Read(std::string_view bytes) { return ReadTable(bytes, kColumns); }

Table Good(std::string_view bytes) {
  auto result = Read(bytes);
  if (const auto* remark = std::get_if<Remark>(&result)) {
    ADD_FAILURE() << remark->message.key << " at line " << remark->line;
    return {};
  }
  return std::get<Table>(std::move(result));
}

// "key@line" of the refusal.
std::string Refusal(std::string_view bytes) {
  auto result = Read(bytes);
  if (std::holds_alternative<Table>(result)) return "accepted";
  const Remark& remark = std::get<Remark>(result);
  return remark.message.key + "@" + std::to_string(remark.line);
}

TEST(TableTest, ReadsSemicolonsAndCommas) {
  const Table semicolons = Good("naam;tekst\r\na;b,c\r\n");
  EXPECT_THAT(semicolons.header, ElementsAre("naam", "tekst"));
  EXPECT_THAT(semicolons.rows.at(0).cells, ElementsAre("a", "b,c"));
  EXPECT_THAT(Good("naam,tekst\na,b;c\n").rows.at(0).cells, ElementsAre("a", "b;c"));
}

TEST(TableTest, SeparatorIsToldOutsideQuotes) {
  EXPECT_THAT(Good("\"naam\";\"tekst\"\na;b\n").rows.at(0).cells, ElementsAre("a", "b"));
  EXPECT_EQ(Refusal("\"naam,x,y\";tekst\na;b\n"), "table.unknown_column@1");
}

TEST(TableTest, ReadsEveryEncodingOfTheTwoPrograms) {
  const std::string expected = "café – “’t”";
  EXPECT_EQ(Good("naam\ncafé – “’t”\n").rows.at(0).cells.at(0), expected);
  EXPECT_EQ(Good("\xEF\xBB\xBFnaam\ncafé – “’t”\n").rows.at(0).cells.at(0), expected);
  EXPECT_EQ(Good("naam\ncaf\xE9 \x96 \x93\x92t\x94\n").rows.at(0).cells.at(0), expected);
}

TEST(TableTest, ComposesAccentsSoThatHeadersAndTextsCompare) {
  const Table table = Good("naam;clie\xCC\x88nt_akkoord\ncafe\xCC\x81;x\n");
  EXPECT_THAT(table.header, ElementsAre("naam", "cliënt_akkoord"));
  EXPECT_EQ(table.rows.at(0).cells.at(0), "café");
}

TEST(TableTest, HeaderWithoutAccentsCaseOrUnderscore) {
  EXPECT_THAT(Good("NAAM;Client akkoord\na;b\n").header, ElementsAre("naam", "cliënt_akkoord"));
  EXPECT_THAT(Good("Naam;CLIËNT_AKKOORD\na;b\n").header, ElementsAre("naam", "cliënt_akkoord"));
}

TEST(TableTest, QuotedCellsHoldEverything) {
  const Table table = Good("naam;tekst\r\n\"a;\"\"b\"\"\r\nc\";d\r\ne;f\r\n");
  EXPECT_THAT(table.rows.at(0).cells, ElementsAre("a;\"b\"\nc", "d"));
  EXPECT_EQ(table.rows.at(0).line, 2U);
  EXPECT_EQ(table.rows.at(1).line, 4U);
  EXPECT_EQ(table.rows.at(1).sheet_row, 3U);
}

TEST(TableTest, LineEndsAndLastLineWithoutOne) {
  EXPECT_EQ(Good("naam\ra\rb").rows.size(), 2U);
  EXPECT_EQ(Good("naam\na\nb").rows.at(1).line, 3U);
  EXPECT_EQ(Good("naam;tekst\na;").rows.at(0).cells.size(), 2U);
}

TEST(TableTest, EmptyRowsCountAsLinesOnly) {
  const Table table = Good("naam;tekst\n;\n\na;b\n; ;\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows.at(0).line, 4U);
}

TEST(TableTest, CellsLeftOutAreEmptyAndExtraOnesStay) {
  const Table table = Good("naam;tekst;;\na\nb;c;;;\nd;e;f\n");
  EXPECT_THAT(table.rows.at(0).cells, ElementsAre("a", ""));
  EXPECT_THAT(table.rows.at(1).cells, ElementsAre("b", "c"));
  EXPECT_THAT(table.rows.at(2).cells, ElementsAre("d", "e", "f"));
}

TEST(TableTest, FiftyRowsAreAMeetingFiftyOneARegister) {
  std::string text = "naam\n";
  for (int i = 0; i < 50; ++i) text += "rij\n";
  EXPECT_EQ(Good(text).rows.size(), 50U);
  EXPECT_EQ(Good(text + "\n\n").rows.size(), 50U);
  EXPECT_EQ(Refusal(text + "rij\n"), "table.too_many_rows@52");
}

TEST(TableTest, RefusesFiles) {
  EXPECT_EQ(Refusal(""), "table.no_header@1");
  EXPECT_EQ(Refusal("\n\n"), "table.no_header@1");
  EXPECT_EQ(Refusal(";;\na\n"), "table.no_header@1");
  EXPECT_EQ(Refusal("naam;tekst\n"), "table.no_rows@2");
  EXPECT_EQ(Refusal("naam;onzin\na;b\n"), "table.unknown_column@1");
  EXPECT_EQ(Refusal("naam;;tekst\na;b;c\n"), "table.unknown_column@1");
  EXPECT_EQ(Refusal("naam;NAAM\na;b\n"), "table.column_twice@1");
  EXPECT_EQ(Refusal("cliënt_akkoord;client_akkoord;naam\na;b;c\n"), "table.column_twice@1");
  EXPECT_EQ(Refusal("tekst\na\n"), "table.column_missing@1");
  EXPECT_EQ(Refusal("naam;tekst\na;b\n\"c;d\ne;f\n"), "table.quote_open@3");
  EXPECT_EQ(Refusal("naam;tekst\n\"a\"b;c\n"), "table.after_quote@2");
  EXPECT_EQ(Refusal("naam\n\"a\" \n"), "table.after_quote@2");
}

TEST(TableTest, RefusesBytesThatAreNoText) {
  EXPECT_EQ(Refusal("\xFF\xFEn\0a\0"), "table.utf16@0");
  EXPECT_EQ(Refusal(std::string_view("\0naam\na\n", 8)), "table.not_text@0");
  EXPECT_EQ(Refusal("\xEF\xBB\xBFnaam\ncaf\xE9\n"), "table.bad_utf8@0");
  EXPECT_EQ(Refusal("naam\n\x81\n"), "table.not_text@0");
  std::string large = "naam\n" + std::string(kMaxTableBytes, 'a');
  EXPECT_EQ(Refusal(large), "table.too_large@0");
  large.resize(kMaxTableBytes);
  EXPECT_EQ(Good(large).rows.size(), 1U);
}

TEST(TableTest, NamesTheColumnAtFault) {
  const auto result = Read("naam;Onzin\na;b\n");
  EXPECT_EQ(std::get<Remark>(result).field, "Onzin");
}

TEST(TableTest, TheDocumentedExampleIsAccepted) {
  std::ifstream file(tests::InSources("/docs/examples/tafel.csv"), std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const auto result = ReadTable(bytes.str(), FormColumns());
  ASSERT_TRUE(std::holds_alternative<Table>(result)) << std::get<Remark>(result).message.key;
  EXPECT_EQ(std::get<Table>(result).header.size(), FormColumns().size());
  EXPECT_EQ(std::get<Table>(result).rows.size(), 3U);
}

}  // namespace
}  // namespace sluis::client
