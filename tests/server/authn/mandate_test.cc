#include "server/authn/mandate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/support/person.h"
#include "tests/support/seeded_random.h"

namespace sluis::authn {
namespace {

using record::v1::Mandate;
using record::v1::MandateStatus;

constexpr char kOrganisation[] = "caw-de-overzet.example";
constexpr uint64_t kNowUs = 1'791'183'600'000'000;
constexpr uint64_t kNowS = kNowUs / 1'000'000;
constexpr uint64_t kDay = 24 * 3600;

class MandateTest : public ::testing::Test {
 protected:
  Mandate Good() {
    return tests::MandateOf(kOrganisation, person_, {"maatschappelijk-werker"}, kNowUs, random_);
  }
  MandateStatus Status(std::vector<std::string> revoked, uint64_t number = 1) {
    MandateStatus status;
    status.set_organisation(kOrganisation);
    status.set_number(number);
    std::sort(revoked.begin(), revoked.end());
    for (const std::string& id : revoked) status.add_revoked(id);
    return status;
  }

  tests::SeededRandom random_{3};
  tests::Person person_ = tests::MakePerson(kOrganisation, "jan", random_);
  crypto::SigningKey key_ = crypto::SigningKey::Generate(random_);
  MandateVerifier verifier_{kOrganisation, key_.public_key()};
};

TEST_F(MandateTest, GoodOneVerifiesAgainAndAgain) {
  const auto signed_mandate = tests::SignMandate(Good(), key_);
  for (int i = 0; i < 3; ++i) {
    const auto mandate = verifier_.Verify(signed_mandate);
    ASSERT_TRUE(mandate.ok()) << mandate.status();
    EXPECT_EQ(mandate->user_id(), "jan");
  }
}

TEST_F(MandateTest, EachIllFormedOneIsRefused) {
  const std::pair<const char*, std::function<void(Mandate&)>> wrong[] = {
      {"no id", [](Mandate& m) { m.clear_mandate_id(); }},
      {"short id", [](Mandate& m) { m.set_mandate_id(std::string(15, 'x')); }},
      {"long id", [](Mandate& m) { m.set_mandate_id(std::string(17, 'x')); }},
      {"no organisation", [](Mandate& m) { m.clear_organisation(); }},
      {"other organisation", [](Mandate& m) { m.set_organisation("politie.example"); }},
      {"no user", [](Mandate& m) { m.clear_user_id(); }},
      {"user with a capital", [](Mandate& m) { m.set_user_id("Jan"); }},
      {"no key", [](Mandate& m) { m.clear_signing_key(); }},
      {"short key", [](Mandate& m) { m.set_signing_key(std::string(31, 'x')); }},
      {"no role", [](Mandate& m) { m.clear_roles(); }},
      {"nine roles",
       [](Mandate& m) {
         while (m.roles_size() < 9) m.add_roles("casemanager");
       }},
      {"ends before it begins", [](Mandate& m) { m.set_not_after_s(m.not_before_s() - 1); }},
      {"ends when it begins", [](Mandate& m) { m.set_not_after_s(m.not_before_s()); }},
      {"91 days", [](Mandate& m) { m.set_not_after_s(m.not_before_s() + 91 * kDay); }},
      {"90 days and a second",
       [](Mandate& m) { m.set_not_after_s(m.not_before_s() + 90 * kDay + 1); }},
      {"all of time",
       [](Mandate& m) {
         m.set_not_before_s(0);
         m.set_not_after_s(~uint64_t{0});
       }},
      {"pseudonym without partnership", [](Mandate& m) { m.set_pseudonym(std::string(16, 'x')); }},
      {"partnership without pseudonym", [](Mandate& m) { m.set_partnership("vaartland"); }},
      {"short pseudonym",
       [](Mandate& m) {
         m.set_partnership("vaartland");
         m.set_pseudonym("x");
       }},
      {"both for the own node and for peers",
       [](Mandate& m) {
         m.set_partnership("vaartland");
         m.set_pseudonym(std::string(16, 'x'));
       }},
      {"for peers, with a short pseudonym",
       [](Mandate& m) {
         m.clear_user_id();
         m.set_partnership("vaartland");
         m.set_pseudonym("x");
       }},
      {"too long", [](Mandate& m) { m.set_partnership(std::string(5000, 'x')); }},
  };
  for (const auto& [name, spoil] : wrong) {
    Mandate mandate = Good();
    spoil(mandate);
    EXPECT_EQ(verifier_.Verify(tests::SignMandate(mandate, key_)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
  Mandate longest = Good();
  longest.set_not_after_s(longest.not_before_s() + 90 * kDay);
  EXPECT_TRUE(verifier_.Verify(tests::SignMandate(longest, key_)).ok());
}

TEST_F(MandateTest, OneForPeersNamesAPseudonymOnly) {
  Mandate mandate = Good();
  mandate.clear_user_id();
  mandate.set_partnership("vaartland.example");
  mandate.set_pseudonym(std::string(16, 'x'));
  const auto verified = verifier_.Verify(tests::SignMandate(mandate, key_));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->pseudonym(), std::string(16, 'x'));
}

TEST_F(MandateTest, OnlyTheMandateKeySigns) {
  const crypto::SigningKey other = crypto::SigningKey::Generate(random_);
  const auto good = tests::SignMandate(Good(), key_);
  ASSERT_TRUE(verifier_.Verify(good).ok());

  std::vector<record::v1::SignedMandate> wrong;
  wrong.push_back(tests::SignMandate(Good(), other));
  wrong.push_back(tests::SignMandate(Good(), person_.signing_key));
  wrong.push_back(good);
  wrong.back().clear_signature();
  wrong.push_back(good);
  wrong.back().mutable_signature()->pop_back();
  wrong.push_back(good);
  wrong.back().mutable_signature()->push_back('\0');
  wrong.push_back(good);
  wrong.back().mutable_signature()->at(10) ^= 1;
  wrong.push_back(good);
  wrong.back().mutable_mandate()->push_back('\0');
  // Signed under the label of a status list, and without one.
  wrong.push_back(good);
  wrong.back().set_signature(
      std::string(crypto::View(key_.Sign(crypto::Lp("sluis/mandate-status/v1") + good.mandate()))));
  wrong.push_back(good);
  wrong.back().set_signature(std::string(crypto::View(key_.Sign(good.mandate()))));
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(verifier_.Verify(wrong[i]).status().code(), absl::StatusCode::kPermissionDenied) << i;
  }
  record::v1::SignedMandate garbage;
  garbage.set_mandate("\xff\xff\xff");
  garbage.set_signature(
      std::string(crypto::View(key_.Sign(crypto::Lp("sluis/mandate/v1") + garbage.mandate()))));
  EXPECT_EQ(verifier_.Verify(garbage).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(MandateTest, StatusListTable) {
  const std::string a(16, 'a'), b(16, 'b');
  EXPECT_TRUE(verifier_.Verify(tests::SignStatus(Status({}), key_)).ok());
  EXPECT_TRUE(verifier_.Verify(tests::SignStatus(Status({a, b}), key_)).ok());
  EXPECT_EQ(verifier_.Verify(tests::SignStatus(Status({a}), person_.signing_key)).status().code(),
            absl::StatusCode::kPermissionDenied);

  std::vector<std::pair<const char*, MandateStatus>> wrong;
  wrong.emplace_back("number 0", Status({a}, 0));
  wrong.emplace_back("other organisation", Status({a}));
  wrong.back().second.set_organisation("politie.example");
  wrong.emplace_back("short id", Status({"a"}));
  wrong.emplace_back("not sorted", Status({}));
  wrong.back().second.add_revoked(b);
  wrong.back().second.add_revoked(a);
  wrong.emplace_back("an id twice: the next list would seem to forget one", Status({a, a}));
  wrong.emplace_back("10,001 ids", Status({}));
  for (uint32_t i = 0; i < 10'001; ++i) {
    std::string id(12, 'i');
    crypto::AppendU32(id, i);
    wrong.back().second.add_revoked(id);
  }
  for (const auto& [name, status] : wrong) {
    EXPECT_EQ(verifier_.Verify(tests::SignStatus(status, key_)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
  MandateStatus full = wrong.back().second;
  full.mutable_revoked()->RemoveLast();
  EXPECT_TRUE(verifier_.Verify(tests::SignStatus(full, key_)).ok());
}

TEST_F(MandateTest, InForceFromFirstToLastSecondUnlessRevoked) {
  const Mandate mandate = Good();
  const auto at = [&](uint64_t second, const MandateStatus& status = {}) {
    return InForce(mandate, status, second * 1'000'000);
  };
  EXPECT_FALSE(at(mandate.not_before_s() - 1));
  EXPECT_TRUE(at(mandate.not_before_s()));
  EXPECT_TRUE(at(kNowS));
  EXPECT_TRUE(at(mandate.not_after_s()));
  EXPECT_FALSE(at(mandate.not_after_s() + 1));
  EXPECT_TRUE(at(kNowS, Status({std::string(16, 'a'), std::string(16, 'z')})));
  EXPECT_FALSE(
      at(kNowS, Status({std::string(16, 'a'), mandate.mandate_id(), std::string(16, 'z')})));
}

TEST_F(MandateTest, DigestNamesContentAndSignature) {
  const auto mandate = tests::SignMandate(Good(), key_);
  auto other = mandate;
  other.mutable_signature()->at(0) ^= 1;
  EXPECT_NE(MandateDigest(mandate), MandateDigest(other));
  // The border between the two is part of the digest.
  record::v1::SignedMandate left, right;
  left.set_mandate("ab");
  left.set_signature("c");
  right.set_mandate("a");
  right.set_signature("bc");
  EXPECT_NE(MandateDigest(left), MandateDigest(right));
}

}  // namespace
}  // namespace sluis::authn
