#include "server/core/author_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/record_act.h"
#include "tests/support/core_harness.h"

namespace sluis::core {
namespace {

using ::testing::Contains;
using ::testing::Not;

class AuthorModeTest : public ::testing::Test {
 protected:
  const policies::Schema& schema() { return terms_->packs.schema(); }

  // What the rules say to reading this record in that role.
  Answer Read(const record::v1::RecordBody& body, const std::string& role) {
    Call call;
    call.terms = terms_;
    call.caller = caller_;
    call.role = role;
    call.purpose = "signaal-intake";
    call.basis = "vl-livc-2021";
    call.case_ref = "INTAKE";
    call.now_us = h_.clock.NowUs();
    call.today = "2026-10-05";
    OpenedRecord record;
    record.body = body;
    return Ask(call, "read", FactsOf(call, record));
  }

  tests::CoreHarness h_;
  std::shared_ptr<const Terms> terms_ = h_.terms.Get();
  std::shared_ptr<const authn::Caller> caller_ = std::make_shared<authn::Caller>();
};

TEST_F(AuthorModeTest, TheModeKeptWinsOverTheRoleAndAnUnknownOneIsHelping) {
  record::v1::RecordBody body;
  EXPECT_EQ(AuthorMode(schema(), body), "helping");
  body.set_recorded_role("no-such-role");
  EXPECT_EQ(AuthorMode(schema(), body), "helping");
  body.set_recorded_role("information-officer");
  EXPECT_EQ(AuthorMode(schema(), body), "enforcing");
  body.set_author_mode("connecting");
  EXPECT_EQ(AuthorMode(schema(), body), "connecting");
}

TEST_F(AuthorModeTest, WhoHelpsLeavesTheModeForGood) {
  EXPECT_EQ(ModeAfter(schema(), "", "casemanager"), "preventive");
  EXPECT_EQ(ModeAfter(schema(), "preventive", "burgemeester"), "preventive");
  EXPECT_EQ(ModeAfter(schema(), "preventive", "maatschappelijk-werker"), "helping");
  EXPECT_EQ(ModeAfter(schema(), "helping", "casemanager"), "helping");
}

TEST_F(AuthorModeTest, AReceivedRecordStandsUnderTheBasisOfItsSender) {
  record::v1::RecordBody body;
  EXPECT_EQ(ReceivedUnder(schema(), body), "");
  body.mutable_received();
  EXPECT_EQ(ReceivedUnder(schema(), body), "between_helpers") << "not known: the narrowest";
  body.mutable_received()->set_basis("be-458ter");
  EXPECT_EQ(ReceivedUnder(schema(), body), "at_the_table");
  body.mutable_received()->set_basis("vl-livc-2021");
  EXPECT_EQ(ReceivedUnder(schema(), body), "nothing");
}

// What only a helper of another organisation could get was read by everybody of the receiving one.
TEST_F(AuthorModeTest, AReceivedSecretIsReadByWhomItMayBeSharedWith) {
  record::v1::RecordBody body;
  *body.mutable_signal() = tests::PersonSignal();
  body.mutable_signal()->mutable_marks()->set_secret(true);
  body.set_recorded_at_us(h_.clock.NowUs());
  EXPECT_TRUE(Read(body, "casemanager").permitted()) << "written here";
  body.mutable_received();
  EXPECT_THAT(Read(body, "casemanager").decision.forbids, Contains("F-GEHEIM-LEZEN"));
  EXPECT_TRUE(Read(body, "maatschappelijk-werker").permitted());
  body.mutable_received()->set_basis("be-458ter");
  EXPECT_THAT(Read(body, "maatschappelijk-werker").decision.forbids,
              Contains("F-GEHEIM-LEZEN-DOEL"));
  EXPECT_THAT(Read(body, "casemanager").decision.forbids, Not(Contains("F-GEHEIM-LEZEN")));
  body.mutable_signal()->mutable_marks()->set_secret(false);
  EXPECT_TRUE(Read(body, "casemanager").permitted());
}

}  // namespace
}  // namespace sluis::core
