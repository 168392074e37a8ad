#include "server/authn/caller.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/authn/user_request.h"
#include "tests/support/person.h"
#include "tests/support/seeded_random.h"

namespace sluis::authn {
namespace {

constexpr char kOrganisation[] = "caw-de-overzet.example";
constexpr uint64_t kNowUs = 1'791'183'600'000'000;

class CallerTest : public ::testing::Test {
 public:
  CallerTest() {
    registered_.user = *VerifyUserRequest(person_.request);
    registered_.user->set_state(record::v1::USER_STATE_ACTIVE);
    mandate_ =
        tests::MandateOf(kOrganisation, person_, {"casemanager", "jeugdreferent"}, kNowUs, random_);
    registered_.mandates.push_back(tests::SignMandate(mandate_, key_));
  }

  absl::StatusOr<Caller> Ask() {
    return Authenticate(person_.facts, registered_, verifier_, kNowUs);
  }
  // Number of mandates the caller is left with.
  size_t Mandates() {
    absl::StatusOr<Caller> caller = Ask();
    EXPECT_TRUE(caller.ok()) << caller.status();
    return caller->mandates.size();
  }
  record::v1::SignedMandateStatus Revoking(const std::string& id) {
    record::v1::MandateStatus status;
    status.set_organisation(kOrganisation);
    status.set_number(1);
    status.add_revoked(id);
    return tests::SignStatus(status, key_);
  }

  tests::SeededRandom random_{9};
  tests::Person person_ = tests::MakePerson(kOrganisation, "jan", random_);
  crypto::SigningKey key_ = crypto::SigningKey::Generate(random_);
  MandateVerifier verifier_{kOrganisation, key_.public_key()};
  record::v1::Mandate mandate_;
  Registered registered_;
};

TEST_F(CallerTest, KnowsWhoCallsAndEachRoleByItself) {
  registered_.user->set_administrator(true);
  const absl::StatusOr<Caller> caller = Ask();
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->user_id, "jan");
  EXPECT_TRUE(caller->administrator);
  EXPECT_EQ(caller->certificate_digest, person_.facts.certificate_digest);
  const Caller::Held* held = caller->MandateFor("jeugdreferent");
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->digest, MandateDigest(registered_.mandates[0]));
  EXPECT_EQ(caller->MandateFor("maatschappelijk-werker"), nullptr);
  EXPECT_EQ(caller->MandateFor(""), nullptr);
}

TEST_F(CallerTest, RefusesWhoIsNotRegisteredOrHasOtherKeys) {
  using Spoil = std::function<void(CallerTest&)>;
  const std::tuple<const char*, absl::StatusCode, Spoil> table[] = {
      {"not registered", absl::StatusCode::kPermissionDenied,
       [](CallerTest& t) { t.registered_.user.reset(); }},
      {"revoked", absl::StatusCode::kPermissionDenied,
       [](CallerTest& t) { t.registered_.user->set_state(record::v1::USER_STATE_REVOKED); }},
      {"no state", absl::StatusCode::kPermissionDenied,
       [](CallerTest& t) { t.registered_.user->set_state(record::v1::USER_STATE_UNSPECIFIED); }},
      {"unknown state", absl::StatusCode::kPermissionDenied,
       [](CallerTest& t) { t.registered_.user->set_state(static_cast<record::v1::UserState>(9)); }},
      {"other key", absl::StatusCode::kUnauthenticated,
       [](CallerTest& t) { t.person_.facts.key_digest[0] ^= 1; }},
      {"no key digest", absl::StatusCode::kUnauthenticated,
       [](CallerTest& t) { t.registered_.user->clear_tls_key_digest(); }},
      {"ended certificate", absl::StatusCode::kUnauthenticated,
       [](CallerTest& t) { t.person_.facts.not_after_s = kNowUs / 1'000'000 - 1; }},
      {"cut key digest", absl::StatusCode::kUnauthenticated,
       [](CallerTest& t) { t.registered_.user->mutable_tls_key_digest()->resize(8); }},
  };
  const Registered good = registered_;
  const CertificateFacts facts = person_.facts;
  for (const auto& [name, code, spoil] : table) {
    registered_ = good;
    person_.facts = facts;
    spoil(*this);
    EXPECT_EQ(Ask().status().code(), code) << name;
  }
}

TEST_F(CallerTest, TakesACertificateInItsLastSecond) {
  person_.facts.not_after_s = kNowUs / 1'000'000;
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(Ask()->certificate_not_after_s, kNowUs / 1'000'000);
}

TEST_F(CallerTest, LeavesOutMandatesThatDoNotHold) {
  const tests::Person other = tests::MakePerson(kOrganisation, "piet", random_);
  const std::pair<const char*, std::function<record::v1::SignedMandate()>> table[] = {
      {"another key signed", [&] { return tests::SignMandate(mandate_, person_.signing_key); }},
      {"expired",
       [&] {
         auto mandate = mandate_;
         mandate.set_not_after_s(kNowUs / 1'000'000 - 1);
         return tests::SignMandate(mandate, key_);
       }},
      {"not yet",
       [&] {
         auto mandate = mandate_;
         mandate.set_not_before_s(kNowUs / 1'000'000 + 1);
         return tests::SignMandate(mandate, key_);
       }},
      {"of another user",
       [&] {
         return tests::SignMandate(
             tests::MandateOf(kOrganisation, other, {"casemanager"}, kNowUs, random_), key_);
       }},
      {"for an earlier signing key",
       [&] {
         auto mandate = mandate_;
         mandate.set_signing_key(other.request.signing_key());
         return tests::SignMandate(mandate, key_);
       }},
      {"garbage", [] { return record::v1::SignedMandate(); }},
  };
  ASSERT_EQ(Mandates(), 1u);
  for (const auto& [name, make] : table) {
    registered_.mandates = {make()};
    EXPECT_EQ(Mandates(), 0u) << name;
    // And does not hide a good one.
    registered_.mandates.push_back(tests::SignMandate(mandate_, key_));
    EXPECT_EQ(Mandates(), 1u) << name;
  }
}

TEST_F(CallerTest, RevokedMandateGivesNothing) {
  registered_.status = Revoking(std::string(16, 'x'));
  EXPECT_EQ(Mandates(), 1u);
  registered_.status = Revoking(mandate_.mandate_id());
  EXPECT_EQ(Mandates(), 0u);
}

TEST_F(CallerTest, ForgedStatusListLeavesOutAllMandates) {
  record::v1::MandateStatus empty;
  empty.set_organisation(kOrganisation);
  empty.set_number(99);
  registered_.status = tests::SignStatus(empty, person_.signing_key);
  EXPECT_EQ(Mandates(), 0u);
}

TEST_F(CallerTest, ClaimsAreOfTheOwnOrganisationAndOfAPerson) {
  CertificateFacts facts;
  facts.uris = {"spiffe://caw-de-overzet.example/user/jan"};
  EXPECT_EQ(*ClaimedUser(facts, kOrganisation), "jan");
  for (const char* uri :
       {"spiffe://politie.example/user/jan", "spiffe://caw-de-overzet.example/node",
        "spiffe://caw-de-overzet.example.evil/user/jan", "spiffe://overzet.example/user/jan"}) {
    facts.uris = {uri};
    EXPECT_EQ(ClaimedUser(facts, kOrganisation).status().code(), absl::StatusCode::kUnauthenticated)
        << uri;
  }
}

}  // namespace
}  // namespace sluis::authn
