#include "server/core/terms.h"

#include <gtest/gtest.h>

#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

// A node whose terms had no entry yet answered people all the same.
TEST(TermsTest, NobodyIsServedBeforeTheTermsAreWrittenDown) {
  tests::CoreHarness h;
  const tests::Person jan = h.Admit("jan", {"maatschappelijk-werker"});
  const std::string id = h.Record(jan, tests::PersonSignal()).record_id;
  const auto recorded = h.terms.Get();
  auto unrecorded = std::make_shared<Terms>(*recorded);
  unrecorded->stamp = ledger::kAbsent;
  h.terms.Set(unrecorded);
  const uint64_t before = h.size();
  const absl::Status status = h.Record(jan, tests::PersonSignal()).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("not written down"), std::string::npos);
  EXPECT_EQ(h.Open(jan, id).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(h.size(), before);
  h.terms.Set(recorded);
  EXPECT_TRUE(h.Open(jan, id).ok());
}

}  // namespace
}  // namespace sluis::core
