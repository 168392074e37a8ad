#include "server/partnership/field_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace sluis::partnership {
namespace {

TEST(FieldRulesTest, IdsAreLowerCaseHostNames) {
  for (const char* id : {"abc", "caw-de-overzet.example", "a.b", "pz-3.drie-sluizen.example"}) {
    EXPECT_TRUE(IsId(id)) << id;
  }
  EXPECT_TRUE(IsId(std::string(120, 'a')));
  EXPECT_FALSE(IsId(std::string(121, 'a')));
  for (const char* id : {"", "ab", "Abc", "a..b", ".abc", "abc.", "-abc", "abc-", "a-.b", "a.-b",
                         "a_b", "a b", "a/b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(IsId(id)) << id;
  }
}

TEST(FieldRulesTest, NamesAreOneVisibleLine) {
  for (const char* name : {"a", "Gemeente Lindervaart", "CAW \"De Overzet\"",
                           "Commune d\xe2\x80\x99"
                           "\xc3\x89tang",
                           "\xf0\x9f\x8c\xb1"}) {
    EXPECT_TRUE(IsNameForPeople(name)) << name;
  }
  const struct {
    const char* what;
    std::string name;
  } wrong[] = {
      {"empty", ""},
      {"space in front", " a"},
      {"space behind", "a "},
      {"line end", "a\nb"},
      {"escape", "a\x1b[31mb"},
      {"NUL", std::string("a\0b", 3)},
      {"delete", "a\x7f"},
      {"C1 control", "a\xc2\x9b"},
      {"soft hyphen",
       "a\xc2\xad"
       "b"},
      {"zero width space",
       "a\xe2\x80\x8b"
       "b"},
      {"right to left mark",
       "a\xe2\x80\x8f"
       "b"},
      {"line separator",
       "a\xe2\x80\xa8"
       "b"},
      {"right to left override",
       "a\xe2\x80\xae"
       "b"},
      {"word joiner",
       "a\xe2\x81\xa0"
       "b"},
      {"isolate",
       "a\xe2\x81\xa6"
       "b"},
      {"byte order mark",
       "\xef\xbb\xbf"
       "a"},
      {"tag character", "a\xf3\xa0\x81\xa1"},
      {"lone continuation", "a\x80"},
      {"cut short", "a\xe2\x80"},
      {"overlong", "\xc0\xaf"},
      {"overlong of three", "\xe0\x80\xaf"},
      {"surrogate", "\xed\xa0\x80"},
      {"beyond Unicode", "\xf4\x90\x80\x80"},
      {"no UTF-8", "\xff"},
  };
  for (const auto& [what, name] : wrong) EXPECT_FALSE(IsNameForPeople(name)) << what;
}

TEST(FieldRulesTest, NamesAreCountedInCharacters) {
  std::string longest;
  for (int i = 0; i < 120; ++i) longest += "\xc3\xa9";
  EXPECT_TRUE(IsNameForPeople(longest));
  EXPECT_FALSE(IsNameForPeople(longest + "e"));
}

TEST(FieldRulesTest, AddressesCanBeDialled) {
  for (const char* address : {"node.example:8444", "localhost:1", "127.0.0.1:65535", "[::1]:8444",
                              "[2001:db8::1]:8444"}) {
    EXPECT_TRUE(IsAddress(address)) << address;
  }
  for (const char* address : {"",
                              "node.example",
                              ":8444",
                              "node.example:",
                              "node.example:0",
                              "node.example:08444",
                              "node.example:65536",
                              "node.example:123456",
                              "node.example:8x",
                              "node.example:-1",
                              "Node.example:8444",
                              "node example:8444",
                              "0.0.0.0:8444",
                              "[::]:8444",
                              "::1:8444",
                              "[::1:8444",
                              "[]:8444",
                              "[node]:8444",
                              "http://node:8444",
                              "node.example:8444\n"}) {
    EXPECT_FALSE(IsAddress(address)) << address;
  }
  EXPECT_TRUE(IsAddress(std::string(253, 'a') + ":1"));
  EXPECT_FALSE(IsAddress(std::string(254, 'a') + ":1"));
}

TEST(FieldRulesTest, ThereAreThreeKinds) {
  for (const char* kind : {"municipality", "police-zone", "welfare"}) EXPECT_TRUE(IsKind(kind));
  for (const char* kind : {"", "police", "Welfare", "welfare "}) EXPECT_FALSE(IsKind(kind)) << kind;
}

}  // namespace
}  // namespace sluis::partnership
