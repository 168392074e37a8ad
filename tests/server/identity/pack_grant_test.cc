#include "server/identity/pack_grant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;

GrantTerms Terms() {
  crypto::Hash digest{};
  digest[0] = 7;
  return {.pack_digest = digest,
          .rule = "zoek-op-klank",
          .asker = "ann",
          .approver = "bob",
          .scope = *KeyScope::Of("p", "q"),
          .case_reference = "case-1"};
}

template <typename Change>
std::string RefusalAfter(Change change) {
  GrantTerms terms = Terms();
  change(terms);
  return std::string(PackGrant::Of(std::move(terms)).status().message());
}

TEST(PackGrantTest, SaysWhatWasGranted) {
  const auto grant = PackGrant::Of(Terms());
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->terms().pack_digest, Terms().pack_digest);
  EXPECT_EQ(grant->terms().rule, "zoek-op-klank");
  EXPECT_EQ(grant->terms().asker, "ann");
  EXPECT_EQ(grant->terms().approver, "bob");
  EXPECT_TRUE(grant->Covers(*KeyScope::Of("p", "q"), "case-1").ok());
}

TEST(PackGrantTest, NeedsAPackARuleAndACase) {
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.pack_digest = {}; }), HasSubstr("pack"));
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.rule = ""; }), HasSubstr("rule"));
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.case_reference = ""; }),
              HasSubstr("case"));
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.case_reference.assign(256, 'x'); }),
              HasSubstr("255"));
}

TEST(PackGrantTest, NeedsTwoUsersAndNotTwoSpellingsOfOne) {
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.asker = ""; }), HasSubstr("who asks"));
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.approver = ""; }),
              HasSubstr("who approves"));
  EXPECT_THAT(RefusalAfter([](GrantTerms& terms) { terms.approver = "ann"; }),
              HasSubstr("two persons"));
  for (const char* spelling : {"Ann", "ann ", " ann", "a", "\u0430nn", "1ann"}) {
    EXPECT_THAT(RefusalAfter([&](GrantTerms& terms) { terms.approver = spelling; }),
                HasSubstr("id of a user"))
        << spelling;
  }
}

static_assert(!std::is_default_constructible_v<PackGrant>);
static_assert(!std::is_copy_constructible_v<PackGrant> && !std::is_copy_assignable_v<PackGrant>);
static_assert(std::is_nothrow_move_constructible_v<PackGrant>);

}  // namespace
}  // namespace sluis::identity
