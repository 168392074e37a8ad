#include "crypto/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sluis::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr KeyPurpose kAll[] = {KeyPurpose::kLog,     KeyPurpose::kIdentity, KeyPurpose::kWitness,
                               KeyPurpose::kReceipt, KeyPurpose::kMandate,  KeyPurpose::kSigning,
                               KeyPurpose::kCase};

std::string TextOf(KeyPurpose purpose, uint8_t fill = 7) {
  Secret<32> seed;
  std::fill(seed.mutable_span().begin(), seed.mutable_span().end(), fill);
  const KeyFile file{purpose, "2027-02-28", SigningKey::FromSeed(std::move(seed))};
  const auto text = FormatKeyFile(file);
  EXPECT_TRUE(text.ok());
  return std::string(View(text->expose()));
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(KeyFileTest, BytesAreThoseOfTheDocumentedFormat) {
  EXPECT_EQ(TextOf(KeyPurpose::kLog),
            "sluis-key/v1\n"
            "purpose: log\n"
            "id: " +
                KeyId(KeyPurpose::kLog, ParseKeyFile(TextOf(KeyPurpose::kLog))->key.public_key()) +
                "\nnot-after: 2027-02-28\n"
                "seed: BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
}

TEST(KeyFileTest, WhatIsWrittenIsReadForEveryPurpose) {
  for (const KeyPurpose purpose : kAll) {
    const auto file = ParseKeyFile(TextOf(purpose));
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->purpose, purpose);
    EXPECT_EQ(file->not_after, "2027-02-28");
    EXPECT_EQ(View(file->key.seed().expose()), std::string(32, 7));
    EXPECT_EQ(file->id().size(), 16U);
    EXPECT_EQ(KeyPurposeOf(KeyPurposeName(purpose)), purpose);
  }
}

TEST(KeyFileTest, IdsDifferByPurposeAndKey) {
  std::set<std::string> ids;
  for (const KeyPurpose purpose : kAll) {
    for (const uint8_t fill : {uint8_t{1}, uint8_t{2}}) {
      ids.insert(ParseKeyFile(TextOf(purpose, fill))->id());
    }
  }
  EXPECT_EQ(ids.size(), 2 * std::size(kAll));
}

TEST(KeyFileTest, RefusesEverythingElse) {
  const std::string good = TextOf(KeyPurpose::kMandate);
  for (const std::string& bad :
       {std::string(),
        std::string("\n"),
        good + "\n",
        good + "x: y\n",
        " " + good,
        good.substr(0, good.size() - 1),
        Replaced(good, "v1", "v2"),
        Replaced(good, "mandate", "log"),  // a seed moved to another purpose
        Replaced(good, "mandate", "anything"),
        Replaced(good, "purpose: ", "purpose:"),
        Replaced(good, "2027-02-28", "2027-02-29"),
        Replaced(good, "2027-02-28", "28/02/2027"),
        Replaced(good, "2027-02-28", "202a-02-28"),
        Replaced(good, "BwcH", "BwcI"),
        Replaced(good, "BwcH", ""),
        Replaced(good, "BwcH", "B!cH"),
        Replaced(good, "c=", "c"),
        Replaced(good, "\n", "\r\n"),
        Replaced(good, "id: ", "Id: "),
        good + std::string(kMaxKeyFileBytes, ' ')}) {
    EXPECT_EQ(ParseKeyFile(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(KeyFileTest, RefusalsHoldNothingOfTheFile) {
  const auto status = ParseKeyFile(Replaced(TextOf(KeyPurpose::kLog), "log", "receipt")).status();
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("BwcH")));
}

TEST(KeyFileTest, ADayThatDoesNotExistIsNotWritten) {
  Secret<32> seed;
  EXPECT_FALSE(
      FormatKeyFile({KeyPurpose::kLog, "2027-13-01", SigningKey::FromSeed(std::move(seed))}).ok());
}

}  // namespace
}  // namespace sluis::crypto
