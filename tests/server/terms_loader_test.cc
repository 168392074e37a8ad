#include "server/terms_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "crypto/key_file.h"
#include "crypto/random.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

using ::testing::HasSubstr;

class TermsLoaderTest : public ::testing::Test {
 protected:
  TermsLoaderTest() {
    const std::string packs = tests::InSources("/policies/packs/");
    config_.organisation = "caw-de-overzet.example";
    config_.kind = "welfare";
    config_.statutory_pack = packs + "statutory.be.yaml";
    config_.partnership_pack = packs + "livc-r.vaartland.yaml";
  }

  std::string Write(const std::string& name, std::string_view text, mode_t mode = 0600) {
    const std::string path = folder_.PathOf(name);
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  void WriteKey(crypto::KeyPurpose purpose, const std::string& not_after, mode_t mode = 0600) {
    const auto text = crypto::FormatKeyFile(
        {purpose, not_after, crypto::SigningKey::Generate(crypto::SystemRandom())});
    ASSERT_TRUE(text.ok());
    config_.log_key_file = Write("log.key", crypto::View(text->expose()), mode);
  }
  // Why the log key is refused on 15 January 2026; empty when it is not.
  std::string KeyRefusal() {
    const absl::Status status = LoadLogKey(config_, "2026-01-15").status();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_THAT(std::string(status.message()), HasSubstr("log.key")) << "name the file";
    }
    return std::string(status.message());
  }

  tests::TempFolder folder_;
  Config config_;
};

TEST_F(TermsLoaderTest, ALogKeyServesUpToAndOnItsLastDay) {
  WriteKey(crypto::KeyPurpose::kLog, "2026-01-15");
  EXPECT_EQ(KeyRefusal(), "");
  WriteKey(crypto::KeyPurpose::kLog, "2026-01-14");
  EXPECT_THAT(KeyRefusal(), HasSubstr("ended on 2026-01-14"));
}

TEST_F(TermsLoaderTest, AKeyThatOthersCanReadIsRefused) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0601}) {
    WriteKey(crypto::KeyPurpose::kLog, "2199-12-31", mode);
    EXPECT_THAT(KeyRefusal(), HasSubstr("chmod 600")) << mode;
  }
  WriteKey(crypto::KeyPurpose::kLog, "2199-12-31", 0400);
  EXPECT_EQ(KeyRefusal(), "");
}

TEST_F(TermsLoaderTest, AKeyOfAnotherPurposeIsRefused) {
  for (const auto purpose :
       {crypto::KeyPurpose::kIdentity, crypto::KeyPurpose::kWitness, crypto::KeyPurpose::kReceipt,
        crypto::KeyPurpose::kMandate, crypto::KeyPurpose::kSigning}) {
    WriteKey(purpose, "2199-12-31");
    EXPECT_THAT(KeyRefusal(), HasSubstr("is not the log key"));
  }
}

TEST_F(TermsLoaderTest, WhatIsNoKeyFileIsRefusedWithoutItsText) {
  config_.log_key_file = Write("log.key", "geheim");
  EXPECT_THAT(KeyRefusal(), HasSubstr("is not a key file"));
  EXPECT_EQ(KeyRefusal().find("geheim"), std::string::npos);
  config_.log_key_file = folder_.PathOf("no-log.key");
  EXPECT_THAT(KeyRefusal(), HasSubstr("cannot read"));
  EXPECT_THAT(KeyRefusal(), HasSubstr("name a file that is there, readable by the node"));
  config_.log_key_file = Write("log.key", std::string(1 << 20, 'x'));
  EXPECT_THAT(KeyRefusal(), HasSubstr("bytes that it may have; name the right file"));
}

TEST_F(TermsLoaderTest, MakesTermsOfTheShippedPacks) {
  const auto terms = LoadTerms(config_);
  ASSERT_TRUE(terms.ok()) << terms.status();
  EXPECT_EQ((*terms)->organisation, config_.organisation);
  EXPECT_EQ((*terms)->configuration_digest, config_.digest);
}

TEST_F(TermsLoaderTest, APackThatCannotBeReadIsRefusedByItsName) {
  config_.node_pack = Write("own.yaml", "sluis: 1\npack: [\n");
  EXPECT_THAT(std::string(LoadTerms(config_).status().message()), HasSubstr("own.yaml:"));
  config_.node_pack = Write("own.yaml", std::string(kMaxPackBytes + 1, '#'));
  EXPECT_THAT(std::string(LoadTerms(config_).status().message()), HasSubstr("longer"));
  config_.node_pack = folder_.PathOf("missing.yaml");
  EXPECT_THAT(std::string(LoadTerms(config_).status().message()), HasSubstr("missing.yaml"));
}

TEST_F(TermsLoaderTest, AFirstAdministratorThatIsNoRequestIsRefused) {
  config_.first_administrator_request = Write("first.request", "no request");
  EXPECT_THAT(std::string(LoadFirstAdministrator(config_).status().message()),
              HasSubstr("is not a user request"));
  config_.first_administrator_request = Write("first.request", std::string(16385, '\0'));
  EXPECT_THAT(std::string(LoadFirstAdministrator(config_).status().message()), HasSubstr("longer"));
}

}  // namespace
}  // namespace sluis::server
