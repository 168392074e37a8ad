// An export of the log made for a partner: who may ask, for whom, and what is logged of it. What is
// in it: tests/integration/partner_export_test.cc.
#include <gtest/gtest.h>

#include "server/core/export_log.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::kCity;
using tests::kPolice;

class ExportForTest : public ::testing::Test {
 protected:
  ExportForTest() {
    *request_.mutable_context() = tests::Oversight();
    request_.set_reason("afstemming met de stad");
    request_.set_organisation(kCity);
    node_.h.ledger->Tick();
  }
  std::string Asked(const tests::Person& who) {
    const ledger::ShownCheckpoint checkpoint = node_.h.ledger->checkpoint();
    return CodeOf(node_.h.Run(
        who, std::make_shared<ExportLog>(request_, node_.h.ledger->origin(), checkpoint)));
  }
  std::string For(const std::string& organisation) {
    request_.set_organisation(organisation);
    return Asked(dpo_);
  }

  tests::SharingNode node_;
  const tests::Person dpo_ = node_.h.Admit("dpo", {"privacy-officer"});
  node::v1::ExportLogRequest request_;
};

TEST_F(ExportForTest, IsLoggedWithTheNameOfThePartner) {
  const uint64_t before = node_.h.size();
  ASSERT_EQ(Asked(dpo_), "ok");
  EXPECT_EQ(node_.h.size(), before + 1);
  const tests::Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_EQ(entry.act.reason(), "afstemming met de stad");
  EXPECT_EQ(entry.act.object_digest().size(), 32u);
  EXPECT_EQ(entry.counterpart.kind(), "export");
  EXPECT_EQ(entry.counterpart.peer(), kCity);
  EXPECT_EQ(entry.counterpart.partnership(), node_.manifest().partnership);
  EXPECT_EQ(entry.counterpart.side(), "");
}

TEST_F(ExportForTest, OneOfOnesOwnNamesNobody) {
  request_.clear_organisation();
  ASSERT_EQ(Asked(dpo_), "ok");
  EXPECT_EQ(node_.h.Last().counterpart.SerializeAsString(), "");
}

TEST_F(ExportForTest, OpensNothingElse) {
  request_.set_closed(true);
  EXPECT_EQ(Asked(dpo_), "bad_request");
  request_.set_closed(false);
  request_.mutable_open()->set_decision(true);
  EXPECT_EQ(Asked(dpo_), "bad_request");
  request_.mutable_open()->Clear();
  request_.mutable_open()->set_subject(true);
  request_.mutable_open()->set_decision_ref("DPO-2026-7");
  EXPECT_EQ(Asked(dpo_), "bad_request");
}

TEST_F(ExportForTest, WhoMayNotLookIntoTheLogMayNotExportItForAPartnerEither) {
  EXPECT_EQ(Asked(node_.jan), "role_not_held");
}

TEST_F(ExportForTest, AnUnknownOrganisationAndTheOwnAreRefusedAndLogged) {
  for (const std::string& organisation :
       {std::string("nergens.example"), std::string("x"), node_.h.options.organisation}) {
    EXPECT_EQ(For(organisation), "no_partner") << organisation;
    EXPECT_EQ(node_.h.Last().act.refusal(), "no_partner");
    EXPECT_EQ(node_.h.Last().counterpart.SerializeAsString(), "");
  }
  EXPECT_EQ(For(kPolice), "ok") << "a member with whom nothing was exchanged";
}

// It left the partnership; what was exchanged before can still be settled.
TEST_F(ExportForTest, AFormerMemberIsKnownFromItsExchanges) {
  node_.Shared(node_.Recorded());
  auto alone = std::make_shared<Terms>(*node_.h.terms.Get());
  alone->manifest = nullptr;
  node_.h.terms.Set(alone);
  EXPECT_EQ(For(kCity), "ok");
  EXPECT_EQ(For(kPolice), "no_partner");
}

}  // namespace
}  // namespace sluis::core
