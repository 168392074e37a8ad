#include "server/authn/identity.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluis::authn {
namespace {

absl::StatusOr<Identity> Of(std::vector<std::string> uris) { return IdentityOf(uris); }

TEST(IdentityTest, ReadsUserAndNode) {
  const auto user = Of({"spiffe://caw-de-overzet.example/user/jan.janssens"});
  ASSERT_TRUE(user.ok()) << user.status();
  EXPECT_EQ(user->organisation, "caw-de-overzet.example");
  EXPECT_EQ(user->user_id, "jan.janssens");
  const auto node = Of({"spiffe://caw-de-overzet.example/node"});
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(node->user_id, "");
  EXPECT_EQ(UserUri("a.example", "jan"), "spiffe://a.example/user/jan");
  EXPECT_EQ(NodeUri("a.example"), "spiffe://a.example/node");
  EXPECT_TRUE(Of({UserUri("a.example", "jan")}).ok());
  EXPECT_TRUE(Of({NodeUri("a.example")}).ok());
}

TEST(IdentityTest, RefusesEverythingElse) {
  using std::string_literals::operator""s;
  const std::string user = "spiffe://a.example/user/jan";
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {""},
      {user, user},
      {user, "https://a.example/"},
      {"https://a.example/", user},
      {"https://a.example/user/jan"},
      {"SPIFFE://a.example/user/jan"},
      {"Spiffe://a.example/user/jan"},
      {"spiffe:/a.example/user/jan"},
      {"spiffe:a.example/user/jan"},
      {" spiffe://a.example/user/jan"},
      {"spiffe://a.example/user/jan "},
      {"spiffe://a.example/user/jan\n"},
      {"spiffe://a.example/user/jan\0"s},
      {"spiffe://a.example\0.evil/user/jan"s},
      {"spiffe://a.example"},
      {"spiffe://a.example/"},
      {"spiffe:///user/jan"},
      {"spiffe://A.example/user/jan"},
      {"spiffe://a.example:443/user/jan"},
      {"spiffe://jan@a.example/user/jan"},
      {"spiffe://a..example/user/jan"},
      {"spiffe://.a.example/user/jan"},
      {"spiffe://a.example./user/jan"},
      {"spiffe://-a.example/user/jan"},
      {"spiffe://a-.example/user/jan"},
      {"spiffe://a.example-/user/jan"},
      {"spiffe://a_b.example/user/jan"},
      {"spiffe://a%2eexample/user/jan"},
      {"spiffe://\xc3\xa9.example/user/jan"},
      {"spiffe://ab/user/jan"},
      {"spiffe://" + std::string(121, 'a') + "/user/jan"},
      {"spiffe://a.example/user"},
      {"spiffe://a.example/user/"},
      {"spiffe://a.example/user//jan"},
      {"spiffe://a.example//user/jan"},
      {"spiffe://a.example/user/jan/"},
      {"spiffe://a.example/user/jan/admin"},
      {"spiffe://a.example/user/Jan"},
      {"spiffe://a.example/user/j"},
      {"spiffe://a.example/user/1jan"},
      {"spiffe://a.example/user/.jan"},
      {"spiffe://a.example/user/-jan"},
      {"spiffe://a.example/user/jan_j"},
      {"spiffe://a.example/user/j%61n"},
      {"spiffe://a.example/user/jan?role=admin"},
      {"spiffe://a.example/user/jan#node"},
      {"spiffe://a.example/user/" + std::string(33, 'a')},
      {"spiffe://a.example/USER/jan"},
      {"spiffe://a.example/users/jan"},
      {"spiffe://a.example/node/"},
      {"spiffe://a.example/node/user/jan"},
      {"spiffe://a.example/nodes"},
      {"spiffe://a.example/Node"},
  };
  ASSERT_GE(wrong.size(), 30u);
  for (const auto& uris : wrong) {
    const auto identity = IdentityOf(uris);
    EXPECT_EQ(identity.status().code(), absl::StatusCode::kUnauthenticated)
        << (uris.empty() ? "nothing" : uris[0]);
  }
}

TEST(IdentityTest, KnowsTheBoundsOfIds) {
  EXPECT_TRUE(IsUserId("ab"));
  EXPECT_TRUE(IsUserId(std::string(32, 'a')));
  EXPECT_TRUE(IsUserId("a1.b-2"));
  EXPECT_TRUE(IsOrganisationId("abc"));
  EXPECT_TRUE(IsOrganisationId(std::string(120, 'a')));
  EXPECT_TRUE(IsOrganisationId("politie-3.drie-sluizen.example"));
  EXPECT_FALSE(IsOrganisationId(""));
}

}  // namespace
}  // namespace sluis::authn
