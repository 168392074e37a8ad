#include "client/lib/signing.h"

#include <gtest/gtest.h>

#include "client/lib/own_files.h"
#include "crypto/random.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

crypto::SigningKey Key() { return crypto::SigningKey::Generate(crypto::SystemRandom()); }

TEST(SigningTest, EachStatementHasItsOwnLabel) {
  const crypto::SigningKey key = Key();
  record::v1::Mandate mandate;
  mandate.set_organisation("caw-de-overzet.example");
  const auto signed_mandate = SignMandate(mandate, key);
  EXPECT_EQ(signed_mandate.mandate(), mandate.SerializeAsString());
  // The bytes of mandate.proto, written out.
  EXPECT_TRUE(crypto::Verify(
      key.public_key(), std::string("\0\0\0\x10sluis/mandate/v1", 20) + signed_mandate.mandate(),
      signed_mandate.signature()));
  record::v1::MandateStatus status;
  status.set_number(3);
  const auto signed_status = SignMandateStatus(status, key);
  EXPECT_TRUE(
      crypto::Verify(key.public_key(),
                     std::string("\0\0\0\x17sluis/mandate-status/v1", 27) + signed_status.status(),
                     signed_status.signature()));
}

TEST(SigningTest, ARequestIsReadBackOnlyAsItWasMade) {
  const tests::TempFolder folder;
  const crypto::SigningKey key = Key();
  const auto request = SignUserRequest("an.peeters", "der", key);
  const auto read = [&](const record::v1::UserRequest& one) {
    const std::string path = folder.PathOf("request");
    EXPECT_FALSE(WriteOver(path, one.SerializeAsString(), FileMode::kPublic).has_value());
    return ReadUserRequest(path).ok();
  };
  EXPECT_TRUE(read(request));
  for (const auto& change : std::vector<void (*)(record::v1::UserRequest*)>{
           [](auto* one) { one->set_user_id("jan.peeters"); },
           [](auto* one) { one->set_certificate_request("des"); },
           [](auto* one) { one->mutable_signature()->pop_back(); },
           [](auto* one) { one->clear_signature(); },
           [](auto* one) { one->mutable_signing_key()->back() ^= 1; },
           [](auto* one) { one->set_signing_key("short"); },
           // What moves between two fields is another statement.
           [](auto* one) {
             one->set_user_id("an.peeter");
             one->set_certificate_request("sder");
           }}) {
    record::v1::UserRequest changed = request;
    change(&changed);
    EXPECT_FALSE(read(changed)) << changed.ShortDebugString();
  }
  EXPECT_FALSE(read(SignUserRequest("An Peeters", "der", key))) << "no user id";
}

TEST(SigningTest, Identifiers) {
  EXPECT_TRUE(IsUserId("an.peeters"));
  EXPECT_TRUE(IsUserId("a1"));
  for (const char* id : {"", "a", "1a", "An", "an peeters", "an/peeters", ".an"}) {
    EXPECT_FALSE(IsUserId(id)) << id;
  }
  EXPECT_FALSE(IsUserId(std::string(33, 'a')));
  EXPECT_TRUE(IsOrganisationId("caw-de-overzet.example"));
  for (const char* id :
       {"", "ab", "a..b", ".ab", "ab.", "-ab", "ab-", "a.-b", "AB.c", "a b", "a/b"}) {
    EXPECT_FALSE(IsOrganisationId(id)) << id;
  }
}

}  // namespace
}  // namespace sluis::client
