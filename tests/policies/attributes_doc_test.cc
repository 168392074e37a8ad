// docs/attributes.md and the packs say the same about every attribute.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <vector>

#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

// The rows of the table whose first cell is a name in backquotes.
std::map<std::string, std::vector<std::string>> Rows(const std::string& text) {
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t from = cell.find_first_not_of(' '), to = cell.find_last_not_of(' ');
      cells.push_back(from == std::string::npos ? "" : cell.substr(from, to - from + 1));
    }
    const std::string name = cells[0].substr(1, cells[0].size() - 2);
    EXPECT_TRUE(rows.emplace(name, cells).second) << name << " stands twice in the table";
  }
  return rows;
}

std::string TypeText(const Schema& schema, const Attribute& attribute) {
  switch (attribute.type) {
    case ValueType::kBool:
      return "bool";
    case ValueType::kVocabulary:
      return schema.vocabularies[attribute.vocabulary].name;
    case ValueType::kInteger:
      return "int " + std::to_string(attribute.minimum) + "-" + std::to_string(attribute.maximum);
  }
  return {};
}

TEST(AttributesDoc, IsCompleteAndTrue) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  auto rows = Rows(ReadSourceFile("docs/attributes.md"));
  for (const Attribute& attribute : packs->schema().attributes) {
    const auto row = rows.find(attribute.name);
    ASSERT_NE(row, rows.end()) << attribute.name << " is missing in docs/attributes.md";
    const std::vector<std::string>& cells = row->second;
    ASSERT_EQ(cells.size(), 8U) << attribute.name;
    EXPECT_EQ(cells[1], TypeText(packs->schema(), attribute)) << attribute.name;
    EXPECT_EQ(cells[2], attribute.optional ? "yes" : "no") << attribute.name;
    for (std::size_t side = 0; side < kSides; ++side) {
      EXPECT_EQ(cells[3 + side], SourceName(attribute.sources[side])) << attribute.name;
    }
    EXPECT_FALSE(cells[6].empty()) << attribute.name;
    EXPECT_TRUE(cells[7].find("refused") != std::string::npos) << attribute.name;
    rows.erase(row);
  }
  for (const auto& [name, cells] : rows) ADD_FAILURE() << name << " is not an attribute of a pack";
}

}  // namespace
}  // namespace sluis::policies
