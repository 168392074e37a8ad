#include "policies/pack_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::HasSubstr;

std::string Laid(const std::string& text) {
  const absl::StatusOr<std::string> laid = FormatPack("a.yaml", text);
  EXPECT_TRUE(laid.ok()) << laid.status();
  return laid.ok() ? *laid : "";
}

std::string Refusal(const std::string& text) {
  const absl::StatusOr<std::string> laid = FormatPack("a.yaml", text);
  EXPECT_FALSE(laid.ok());
  return std::string(laid.status().message());
}

// The words behind every "# " of a text.
std::size_t Comments(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1)) {
    ++count;
  }
  return count;
}

TEST(PackFormatTest, ThePacksOfThisTreeKeepDigestAndComments) {
  for (const std::string_view path :
       {kStatutoryPack, kPartnershipPack, kNodePack, kAboveExample, kExamplePack}) {
    const std::string text = ReadSourceFile(path);
    const std::string laid = Laid(text);
    EXPECT_EQ(Laid(laid), laid) << path;
    EXPECT_EQ(ParsePack("a", laid)->digest, ParsePack("a", text)->digest) << path;
    EXPECT_GT(Comments(text), 0U) << path;
    EXPECT_EQ(Comments(laid), Comments(text)) << path;
  }
}

TEST(PackFormatTest, IsAsSaid) {
  EXPECT_EQ(Laid("# first\r\n\r\n\r\n\r\nb:   'it''s'   # beside\n"
                 "a: {x: [1,2],   y: \"z\"}\n"
                 "rules:\n"
                 "      # above\n"
                 "      - id:   A\n"
                 "        # of when\n"
                 "        when: {  }\n"
                 "\n"
                 "      - {id: B, to: [c , # why c\n"
                 "          d]}   # of B\n"
                 "e:\n"
                 "# last"),
            "# first\n"
            "\n"
            "b: \"it's\"  # beside\n"
            "a:\n"
            "  x: [1, 2]\n"
            "  y: z\n"
            "rules:\n"
            "  # above\n"
            "  - id: A\n"
            "    # of when\n"
            "    when: {}\n"
            "\n"
            "  - id: B\n"
            "    to:\n"
            "      - c  # why c\n"
            "      - d  # of B\n"
            "e: ~\n"
            "# last\n");
}

TEST(PackFormatTest, WhatIsNoCommentIsNotTakenForOne) {
  const std::string text =
      "a: \"x # y\"\nb: 'it''s # z'\nc: d#e\nf: don't # 'g'\nh: \"\\\" # i\"  # j\n";
  EXPECT_EQ(
      Laid(text),
      "a: \"x # y\"\nb: \"it's # z\"\nc: \"d#e\"\nf: \"don't\"  # 'g'\nh: \"\\\" # i\"  # j\n");
}

// Words that YAML takes for something else than text.
TEST(PackFormatTest, QuotesThatMatterStay) {
  EXPECT_EQ(Laid("a: [\"null\", \"~\", null, \"\", 'yes', \"a: b\", \"-\", \"- c\", \"{\", é]\n"),
            "a:\n  - \"null\"\n  - \"~\"\n  - ~\n  - \"\"\n  - \"yes\"\n  - \"a: b\"\n  - \"-\"\n"
            "  - \"- c\"\n  - \"{\"\n  - \"é\"\n");
}

TEST(PackFormatTest, LongBracketsAreBrokenBetweenWords) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += (i == 0 ? "" : ", ") + std::string("word") + "x";
  const std::string laid = Laid("a:\n  b: [" + words + "]\n");
  EXPECT_THAT(laid, HasSubstr(",\n      wordx"));
  for (std::size_t at = 0; at < laid.size();) {
    const std::size_t end = laid.find('\n', at);
    EXPECT_LE(end - at, 100U);
    at = end + 1;
  }
}

TEST(PackFormatTest, WhatCannotBeLaidOutIsRefusedWithItsPlace) {
  EXPECT_EQ(Refusal("a: b\nc: |\n  # no comment\n"),
            "a.yaml:2:4: a text in block style cannot be laid out: write it in quotes");
  EXPECT_THAT(Refusal("a: [\n"), HasSubstr("a.yaml:2:1: not valid YAML"));
  EXPECT_EQ(Refusal("- a\n"), "a.yaml:1:1: a pack must be a mapping of keys to values");
  EXPECT_THAT(Refusal(""), HasSubstr("a.yaml:1:1"));
}

}  // namespace
}  // namespace sluis::policies
