#include "server/partnership/identity_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"

namespace sluis::partnership {
namespace {

using ::testing::ElementsAre;

TEST(IdentityKeysTest, OfEachMemberAndOfNoOtherPurpose) {
  tests::SeededRandom random(13);
  const tests::TestMember a = tests::MakeTestMember("caw-de-overzet.example", random);
  const tests::TestMember b = tests::MakeTestMember("lindervaart.example", random);
  const tests::TestMember* const both[] = {&a, &b};
  const auto manifest = MakeManifest(tests::DraftOf(both), nullptr);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  std::vector<std::string> organisations;
  std::vector<std::string> ids;
  for (const IdentityKey& one : IdentityKeysOf(*manifest)) {
    organisations.push_back(one.organisation);
    ids.push_back(one.key.id());
  }
  EXPECT_THAT(organisations, ElementsAre("caw-de-overzet.example", "lindervaart.example"));
  const auto id_of = [](const tests::TestMember& member) {
    return crypto::KeyId(crypto::KeyPurpose::kIdentity, member.identity().public_key());
  };
  EXPECT_THAT(ids, ElementsAre(id_of(a), id_of(b)));
}

}  // namespace
}  // namespace sluis::partnership
