#include "client/lib/signal_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/places.h"

namespace sluis::client {
namespace {

using ::testing::ElementsAre;

constexpr char kHeader[] =
    "datum;wijk;over;categorie;onlife;bronwijze;feit;risico;grens;kanaal;tlp\r\n";
constexpr char kGood[] =
    "3/11/"
    "2025;Heikant;plaats;zorg;offline;tegengekomen;\"een\r\ntwee\";\"a\nb\";geen;overleg;red\r\n";

SignalRows Read(const std::string& text) {
  const auto table = ReadTable(text, FormColumns());
  if (const auto* remark = std::get_if<Remark>(&table)) {
    ADD_FAILURE() << remark->message.key << " " << remark->field;
    return {};
  }
  return ReadSignalRows(std::get<Table>(table), {"2025-11-21", false});
}

TEST(SignalRowsTest, ListsOfTextsAreLinesOfACellAndStatementsAreNot) {
  const SignalRows rows = Read(std::string(kHeader).append(kGood));
  ASSERT_EQ(rows.good.size(), 1U);
  const auto& content = rows.good[0].signal.content();
  ASSERT_EQ(content.statements_size(), 1);
  EXPECT_EQ(content.statements(0).text(), "een\ntwee");
  EXPECT_THAT(content.risk_factors(), ElementsAre("a", "b"));
}

TEST(SignalRowsTest, BadRowsAreNamedByLineAndFieldAndGoodOnesStay) {
  const SignalRows rows =
      Read(std::string(kHeader) + kGood +
           "3/11/2025;;plaats;zorg;soms;tegengekomen;x;;geen;overleg;red\r\n" + kGood +
           "3/11/2025;x;plaats;zorg;online;tegengekomen;x;;geen;overleg;red;y\r\n");
  ASSERT_EQ(rows.good.size(), 2U);
  EXPECT_EQ(rows.good[0].line, 2U);
  EXPECT_EQ(rows.good[1].line, 6U);
  ASSERT_EQ(rows.remarks.size(), 3U);
  EXPECT_EQ(rows.remarks[0].line, 5U);  // the first row spans three lines
  EXPECT_EQ(rows.remarks[0].sheet_row, 3U);
  EXPECT_EQ(rows.remarks[0].field, "wijk");
  EXPECT_EQ(rows.remarks[1].field, "onlife");
  EXPECT_EQ(rows.remarks[2].line, 9U);
  EXPECT_EQ(rows.remarks[2].message.key, "field.too_many_cells");
}

TEST(SignalRowsTest, TheDocumentedExampleIsGoodUnderASecrecyRegimeToo) {
  std::ifstream file(tests::InSources("/docs/examples/tafel.csv"), std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const auto table = ReadTable(bytes.str(), FormColumns());
  ASSERT_TRUE(std::holds_alternative<Table>(table));
  const SignalRows rows = ReadSignalRows(std::get<Table>(table), {"2025-11-21", true});
  for (const Remark& remark : rows.remarks) {
    ADD_FAILURE() << remark.line << " " << remark.field << " " << remark.message.key;
  }
  ASSERT_EQ(rows.good.size(), 3U);
  EXPECT_TRUE(rows.good[2].signal.marks().secret());
}

}  // namespace
}  // namespace sluis::client
