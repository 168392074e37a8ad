#include "server/core/caller_cache.h"

#include <gtest/gtest.h>

#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

constexpr uint64_t kNowUs = 1'791'183'600'000'000;
constexpr uint64_t kSecondUs = 1'000'000;

std::shared_ptr<KnownCaller> Known(uint32_t number, uint64_t good_until_us) {
  auto known = std::make_shared<KnownCaller>();
  for (size_t i = 0; i < 4; ++i) {
    known->caller.certificate_digest[i] = static_cast<uint8_t>(number >> (8 * i));
  }
  known->good_until_us = good_until_us;
  return known;
}

TEST(CallerCacheTest, RemembersUntilItsTimeAndNotBeforeIt) {
  const auto known = Known(1, kNowUs + 60 * kSecondUs);
  const crypto::Hash digest = known->caller.certificate_digest;
  const auto found_at = [&](uint64_t now_us) {
    CallerCache cache;
    cache.Remember(known);
    return cache.Find(digest, now_us) != nullptr;
  };
  EXPECT_TRUE(found_at(kNowUs));
  EXPECT_TRUE(found_at(kNowUs + 60 * kSecondUs - 1));
  EXPECT_FALSE(found_at(kNowUs + 60 * kSecondUs));
  EXPECT_FALSE(found_at(kNowUs - 1)) << "a clock that stepped back";
  CallerCache cache;
  cache.Remember(known);
  EXPECT_EQ(cache.Find(crypto::Hash{}, kNowUs), nullptr) << "another certificate";
  cache.Forget(digest);
  EXPECT_EQ(cache.Find(digest, kNowUs), nullptr);
}

TEST(CallerCacheTest, IsGoodAtMostAMinuteAndNotBeyondAMandate) {
  authn::Caller caller;
  caller.certificate_not_after_s = kNowUs / kSecondUs + 3600;
  EXPECT_EQ(GoodUntil(caller, kNowUs), kNowUs + 60 * kSecondUs);
  authn::Caller::Held held;
  held.mandate.set_not_after_s(kNowUs / kSecondUs + 3600);
  caller.mandates.push_back(held);
  EXPECT_EQ(GoodUntil(caller, kNowUs), kNowUs + 60 * kSecondUs);
  held.mandate.set_not_after_s(kNowUs / kSecondUs + 10);
  caller.mandates.push_back(held);
  EXPECT_EQ(GoodUntil(caller, kNowUs), kNowUs + 11 * kSecondUs) << "its last second counts";
  caller.certificate_not_after_s = kNowUs / kSecondUs + 4;
  EXPECT_EQ(GoodUntil(caller, kNowUs), kNowUs + 5 * kSecondUs) << "nor beyond the certificate";
}

TEST(CallerCacheTest, IsBounded) {
  CallerCache cache;
  for (uint32_t i = 0; i < 5 * CallerCache::kMaxCallers; ++i) {
    cache.Remember(Known(i, kNowUs + kSecondUs));
  }
  size_t found = 0;
  for (uint32_t i = 0; i < 5 * CallerCache::kMaxCallers; ++i) {
    found += cache.Find(Known(i, 0)->caller.certificate_digest, kNowUs) != nullptr;
  }
  EXPECT_GT(found, 0u);
  EXPECT_LE(found, CallerCache::kMaxCallers);
}

// A mandate ends while its holder is remembered.
TEST(CallerCacheTest, RememberedRoleEndsWithItsMandate) {
  tests::CoreHarness h;
  const tests::Person jan = h.Make("jan");
  ASSERT_EQ(h.AddUser(h.administrator, jan), absl::OkStatus());
  record::v1::Mandate mandate = h.Mandate(jan, {"maatschappelijk-werker"});
  mandate.set_not_after_s(h.clock.NowUs() / kSecondUs + 20);
  ASSERT_EQ(h.AddMandate(h.administrator, tests::SignMandate(mandate, h.mandate_key)),
            absl::OkStatus());
  ASSERT_TRUE(h.Record(jan, tests::PersonSignal()).status.ok());
  h.clock.Advance(std::chrono::seconds(20));
  EXPECT_TRUE(h.Record(jan, tests::PersonSignal()).status.ok());
  h.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(tests::CodeOf(h.Record(jan, tests::PersonSignal()).status), "role_not_held");
}

// A connection goes on after the handshake that looked at the certificate's dates.
TEST(CallerCacheTest, ACertificateThatEndsWhileItsHolderIsRememberedIsRefusedAndLogged) {
  tests::CoreHarness h;
  tests::Person jan = h.Admit("jan", {"maatschappelijk-werker"});
  jan.facts.not_after_s = h.clock.NowUs() / kSecondUs + 20;
  ASSERT_TRUE(h.Record(jan, tests::PersonSignal()).status.ok());
  h.clock.Advance(std::chrono::seconds(20));
  EXPECT_TRUE(h.Record(jan, tests::PersonSignal()).status.ok());
  h.clock.Advance(std::chrono::seconds(1));
  const uint64_t before = h.size();
  const absl::Status refused = h.Record(jan, tests::PersonSignal()).status;
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(tests::CodeOf(refused), "certificate_expired");
  ASSERT_EQ(h.size(), before + 1);
  EXPECT_EQ(h.Last().act.refusal(), "certificate_expired");
  EXPECT_EQ(h.Last().actor.user_id(), "jan");
}

// A role given while its holder is remembered without it.
TEST(CallerCacheTest, NewRoleHoldsAtTheNextCall) {
  tests::CoreHarness h;
  const tests::Person jan = h.Admit("jan", {"maatschappelijk-werker"});
  ASSERT_TRUE(h.Record(jan, tests::PersonSignal()).status.ok());
  ASSERT_EQ(h.AddMandate(h.administrator,
                         tests::SignMandate(h.Mandate(jan, {"casemanager"}), h.mandate_key)),
            absl::OkStatus());
  EXPECT_TRUE(h.Record(jan, tests::PersonSignal(), tests::Intake("casemanager")).status.ok());
}

}  // namespace
}  // namespace sluis::core
