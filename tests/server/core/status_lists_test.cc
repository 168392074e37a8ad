#include "server/core/status_lists.h"

#include <gtest/gtest.h>

#include "tests/support/person.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::ReceivingNode;

class StatusListsTest : public ::testing::Test {
 protected:
  record::v1::SignedMandateStatus List(uint64_t number, const std::string& revoked = {}) {
    record::v1::MandateStatus status = node_.world.GoodStatus();
    status.set_number(number);
    if (!revoked.empty()) status.add_revoked(revoked);
    return tests::SignStatus(status, node_.world.sender.mandate);
  }
  absl::Status Put(const record::v1::SignedMandateStatus& list,
                   const std::string& whose = "lindervaart.example") {
    return node_.RunAsPeer(
        std::make_shared<PutPartnerStatus>(node_.world.sender.organisation, whose, list));
  }
  record::v1::MandateStatus Held() {
    record::v1::MandateStatus held;
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    View view(*snapshot, node_.h.ledger->keyring());
    held = ReadPartnerStatus(view, node_.world.sender.organisation).value();
    EXPECT_EQ(view.preconditions().size(), 1u) << "what is decided under it depends on it";
    return held;
  }
  bool Differ() {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    return *ListsDiffer(View(*snapshot, node_.h.ledger->keyring()),
                        node_.world.sender.organisation);
  }
  ReceivingNode node_;
};

TEST_F(StatusListsTest, TheNewestIsKeptAndNoOlderOneTakesItsPlace) {
  EXPECT_EQ(Held().number(), 0u);
  ASSERT_EQ(Put(List(7)), absl::OkStatus());
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_ADMINISTRATION);
  ASSERT_EQ(Put(List(8, std::string(16, 'm'))), absl::OkStatus());
  EXPECT_EQ(Held().number(), 8u);
  const uint64_t size = node_.h.size();
  EXPECT_EQ(Put(List(7)), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "nothing is written";
  EXPECT_EQ(Held().number(), 8u);
  ASSERT_EQ(Held().revoked_size(), 1);
}

TEST_F(StatusListsTest, OnlyTheMembersOwnMandateKeyMakesAList) {
  record::v1::MandateStatus status = node_.world.GoodStatus();
  EXPECT_EQ(CodeOf(Put(tests::SignStatus(status, node_.world.sender.identity))), "signature");
  EXPECT_EQ(CodeOf(Put(tests::SignStatus(status, node_.world.third.mandate))), "signature");
  status.set_organisation(node_.world.third.organisation);
  EXPECT_EQ(CodeOf(Put(tests::SignStatus(status, node_.world.sender.mandate))), "signature");
  EXPECT_EQ(CodeOf(Put(List(9), node_.world.third.organisation)), "signature");
  EXPECT_EQ(CodeOf(Put(List(9), "nobody.example")), "no_partner");
  EXPECT_EQ(CodeOf(Put(List(9), node_.h.options.organisation)), "no_partner");
  EXPECT_EQ(CodeOf(node_.RunAsPeer(std::make_shared<PutPartnerStatus>(
                node_.world.third.organisation, node_.world.sender.organisation, List(9)))),
            "no_partner")
      << "who hands it over is whom the connection names";
  EXPECT_EQ(Held().number(), 0u);
}

// Members compared nothing: one showed its revocation to one partner, and hid it from another at
// which the person went on.
TEST_F(StatusListsTest, AListThatIsHiddenHereComesFromAnotherMember) {
  ASSERT_EQ(Put(List(7)), absl::OkStatus());
  const std::string third = node_.world.third.organisation;
  ASSERT_EQ(
      node_.RunAsPeer(std::make_shared<PutPartnerStatus>(third, node_.world.sender.organisation,
                                                         List(8, std::string(16, 'm'))),
                      third),
      absl::OkStatus());
  EXPECT_EQ(Held().number(), 8u);
  EXPECT_EQ(node_.CounterpartOf(node_.h.size() - 1).peer(), third) << "the log says from whom";
  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  const auto held = HeldStatuses(View(*snapshot, node_.h.ledger->keyring()));
  ASSERT_TRUE(held.ok());
  ASSERT_EQ(held->size(), 1u);
  EXPECT_EQ(held->front().organisation, node_.world.sender.organisation);
  EXPECT_EQ(held->front().number, 8u);
}

TEST_F(StatusListsTest, TwoListsOfOneNumberAreOnRecord) {
  ASSERT_EQ(Put(List(8)), absl::OkStatus());
  EXPECT_EQ(CodeOf(Put(List(8, std::string(16, 'm')))), "status_differs");
  EXPECT_EQ(node_.h.Last().act.refusal(), "status_differs");
  EXPECT_EQ(Held().revoked_size(), 0) << "the first one stays";
  const tests::Opened entry = node_.h.Last();
  EXPECT_EQ(entry.counterpart.peer(), node_.world.sender.organisation) << "whose lists differ";
  EXPECT_EQ(entry.counterpart.message_digest().size(), 32u);
  EXPECT_EQ(entry.act.object_digest(), entry.counterpart.message_digest());
  EXPECT_TRUE(Differ());
  ASSERT_EQ(Put(List(9)), absl::OkStatus());
  EXPECT_FALSE(Differ()) << "a newer one settles it";
}

// A list signed by a key that is valid from tomorrow was judged today and never again.
TEST_F(StatusListsTest, AListWasJudgedOnceForAllDays) {
  const record::v1::SignedMandateStatus list = List(9);
  Terms terms = *node_.h.terms.Get();
  const crypto::Hash today = JudgedBy(list, terms, "2026-10-05");
  EXPECT_EQ(JudgedBy(list, terms, "2026-10-05"), today);
  EXPECT_NE(JudgedBy(list, terms, "2026-10-06"), today);
  terms.may_exchange = !terms.may_exchange;
  EXPECT_NE(JudgedBy(list, terms, "2026-10-05"), today);
}

}  // namespace
}  // namespace sluis::core
