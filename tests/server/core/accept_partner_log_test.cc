#include "server/core/accept_partner_log.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/core/open_signal.h"
#include "server/core/release_keys.h"
#include "server/core/set_aside_head.h"
#include "server/core/share_signal.h"
#include "server/envelope/fault.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::kCity;
using tests::kPolice;
using tests::SharingNode;

const crypto::TreeHead kSeen{9, crypto::Sha256("what the city had shown")};
const crypto::TreeHead kAccepted{5, crypto::Sha256("what took its place")};

class AcceptPartnerLogTest : public ::testing::Test {
 protected:
  AcceptPartnerLogTest() { node_.heads.heads[LogOriginOf(kCity)] = kSeen; }

  absl::Status Accept(const std::string& partner, uint64_t size,
                      const std::string& reason = "teruggezet") {
    node::v1::AcceptPartnerLogRequest request;
    request.set_partner(partner);
    request.set_known_size(size);
    request.set_reason(reason);
    return node_.h.Run(node_.h.administrator,
                       std::make_shared<AcceptPartnerLog>(request, response_, node_.heads));
  }
  template <typename Read>
  auto Look(const Read& read) {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    return read(View(*snapshot, node_.h.ledger->keyring()));
  }
  absl::Status ReceiptOf(const std::string& id) {
    return node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, node_.Receipt(id), node_.heads));
  }
  bool Known() {
    return Look([&](const View& view) { return *KnownHeadOf(view, node_.heads, kCity); })
        .has_value();
  }

  SharingNode node_;
  node::v1::AcceptPartnerLogResponse response_;
};

TEST_F(AcceptPartnerLogTest, OneEntryWithTheReasonAndOneRowSetTheHeadAside) {
  ASSERT_TRUE(Known());
  const uint64_t before = node_.h.size();
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), before + 1);
  const tests::Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(entry.act.reason(), "teruggezet");
  EXPECT_EQ(entry.act.object_digest(), crypto::View(crypto::Sha256(SetAsideKey(kCity, kSeen))));
  EXPECT_EQ(response_.size(), 9u);
  EXPECT_EQ(response_.root(), crypto::View(kSeen.root));
  EXPECT_EQ(response_.log_receipt().leaf_hash(), crypto::View(entry.leaf_hash));
  EXPECT_FALSE(Known());
  EXPECT_TRUE(*Look([](const View& view) { return IsSetAside(view, kCity, kSeen); }));
  EXPECT_EQ(*Look([](const View& view) { return LastSetAsideUs(view, kCity); }),
            node_.h.clock.NowUs());
  EXPECT_EQ(node_.heads.heads.at(LogOriginOf(kCity)), kSeen) << "the store beside is not written";
  // Another head, of another root or of another partner, is not touched by that.
  const crypto::TreeHead other{9, crypto::Sha256("another")};
  EXPECT_FALSE(*Look([&](const View& view) { return IsSetAside(view, kCity, other); }));
  EXPECT_FALSE(*Look([](const View& view) { return IsSetAside(view, kPolice, kSeen); }));
  EXPECT_EQ(*Look([](const View& view) { return LastSetAsideUs(view, kPolice); }), 0u);
}

TEST_F(AcceptPartnerLogTest, WhatNobodyDecidedAboutIsRefused) {
  const std::pair<absl::Status, const char*> table[] = {
      {Accept(kCity, 8), "other_log_size"},
      {Accept(kCity, 10), "other_log_size"},
      {Accept(kPolice, 9), "no_known_log"},
      {Accept("iemand-anders.example", 9), "no_partner"},
      {Accept(node_.h.options.organisation, 9), "no_partner"},
      {Accept(kCity, 9, "x"), "bad_request"}};
  for (const auto& [status, code] : table) EXPECT_EQ(CodeOf(status), code);
  EXPECT_TRUE(Known());
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  EXPECT_EQ(CodeOf(Accept(kCity, 9)), "no_known_log") << "once";
}

TEST_F(AcceptPartnerLogTest, AnOfferMadeAfterItNamesNoHead) {
  EXPECT_EQ(node_.Offer(node_.Shared(node_.Recorded())).offer.seen_size(), 9u);
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  EXPECT_EQ(node_.Offer(node_.Shared(node_.Recorded())).offer.seen_size(), 0u);
}

// Decided before the head was set aside and written after it, an Offer named the head that the
// partner had lost: its receipt could not be believed.
TEST_F(AcceptPartnerLogTest, AShareOnItsWayNamedTheHeadThatWasSetAside) {
  const std::string record = node_.Recorded();
  const auto preview = node_.Preview(record);
  ASSERT_TRUE(preview.ok()) << preview.status();
  const node::v1::ShareSignalRequest request = node_.Signed(record, *preview);
  node::v1::AcceptPartnerLogRequest accept;
  accept.set_partner(kCity);
  accept.set_known_size(9);
  accept.set_reason("teruggezet");
  node::v1::OpenSignalRequest look;
  *look.mutable_context() = tests::Intake();
  look.set_record_id(record);
  node::v1::OpenSignalResponse opened;
  // So that the administrator is remembered as they are now, and planned once.
  node_.h.Admit("els", {"casemanager"});
  // One entry is being written; acceptance and share wait behind it and fall into one group.
  node_.h.store.Hold();
  auto first = node_.h.RunLater(node_.jan.facts, std::make_shared<OpenSignal>(look, opened));
  node_.h.store.WaitUntilHeld();
  auto accepted =
      node_.h.RunLater(node_.h.administrator.facts,
                       std::make_shared<AcceptPartnerLog>(accept, response_, node_.heads));
  auto shared = node_.h.RunLater(
      node_.jan.facts,
      std::make_shared<ShareSignal>(request, node_.shared,
                                    ShareTools{node_.h.random, node_.case_key, node_.heads}));
  node_.h.store.Release();
  EXPECT_EQ(first.get(), absl::OkStatus());
  EXPECT_EQ(accepted.get(), absl::OkStatus());
  ASSERT_EQ(shared.get(), absl::OkStatus());
  EXPECT_EQ(node_.Offer(request.exchange_id()).offer.seen_size(), 0u);
}

// It was counted against the partner, though an administrator knows that it lost that head.
TEST_F(AcceptPartnerLogTest, WhatWasSharedBeforeEndsAndIsNotHeldAgainstThePartner) {
  const auto receipt_of = [this](const std::string& id) {
    return node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, node_.Receipt(id), node_.heads));
  };
  const std::string before = node_.Shared(node_.Recorded());
  ASSERT_EQ(node_.Offer(before).offer.seen_size(), 9u);
  const std::string same = node_.Shared(node_.Recorded());
  node_.h.clock.Advance(std::chrono::hours(5));
  ASSERT_EQ(receipt_of(same), absl::OkStatus());
  EXPECT_EQ(node_.Row(same).row.reason(), "log");
  EXPECT_EQ(node_.heads.evidence.size(), 1u);
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  ASSERT_EQ(receipt_of(before), absl::OkStatus());
  EXPECT_EQ(node_.Row(before).row.state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(before).row.reason(), "log");
  EXPECT_EQ(node_.heads.evidence.size(), 1u);
}

// It forgave whatever came of what was shared before, also what contradicts the log that was
// accepted.
TEST_F(AcceptPartnerLogTest, OnlyWhatTheSetAsideHeadExplainsIsForgiven) {
  const std::string before = node_.Shared(node_.Recorded());
  const std::string other = node_.Shared(node_.Recorded());
  ASSERT_EQ(node_.Offer(before).offer.seen_size(), 9u);
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  node_.h.clock.Advance(std::chrono::hours(5));
  // Another head took the place of the one set aside, and what is shown is not of that log.
  node_.heads.replaced = true;
  node_.heads.heads[LogOriginOf(kCity)] = kAccepted;
  node_.heads.answer = envelope::Refuse(envelope::Fault::kLog);
  ASSERT_EQ(ReceiptOf(before), absl::OkStatus());
  EXPECT_EQ(node_.Row(before).row.reason(), "log");
  EXPECT_EQ(node_.heads.evidence.size(), 1u) << "another log than the one accepted";
  // What is of that log is explained by what was lost.
  node_.heads.answer = absl::OkStatus();
  ASSERT_EQ(ReceiptOf(other), absl::OkStatus());
  EXPECT_EQ(node_.Row(other).row.reason(), "log");
  EXPECT_EQ(node_.heads.evidence.size(), 1u);
}

TEST_F(AcceptPartnerLogTest, AHeadThatTheSetAsideOneDoesNotExtendIsNotForgiven) {
  const auto lost = [this](const crypto::TreeHead& head, uint64_t shared_at_us) {
    return *Look([&](const View& view) { return MayBeLost(view, kCity, head, shared_at_us); });
  };
  const uint64_t now = node_.h.clock.NowUs();
  EXPECT_FALSE(lost(kSeen, now)) << "nothing was accepted";
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  EXPECT_TRUE(lost(kSeen, now));
  EXPECT_TRUE(lost({4, crypto::Sha256("earlier")}, now));
  EXPECT_FALSE(lost(kSeen, now + 1)) << "shared after it";
  EXPECT_FALSE(lost({9, crypto::Sha256("another")}, now));
  EXPECT_FALSE(lost({10, crypto::Sha256("later")}, now));
}

// The store of the heads, put back from a copy, knew the head that was set aside and not that
// another one had taken its place: the next head, of whatever log, was taken without a proof.
TEST_F(AcceptPartnerLogTest, AStoreOfHeadsThatIsPutBackDoesNotOpenTheActAgain) {
  ASSERT_EQ(Accept(kCity, 9), absl::OkStatus());
  const std::string id = node_.Shared(node_.Recorded());
  node_.h.clock.Advance(std::chrono::hours(5));
  node_.heads.replaced = true;  // by the head that this receipt shows
  ASSERT_EQ(ReceiptOf(id), absl::OkStatus());
  ASSERT_EQ(node_.Row(id).row.state(), record::v1::SENT_STATE_RELEASED);
  const crypto::TreeHead shown = node_.heads.heads[LogOriginOf(kCity)];
  ASSERT_NE(shown, kSeen);
  EXPECT_EQ(*Look([](const View& view) { return LastSetAsideUs(view, kCity); }),
            node_.h.clock.NowUs() - 5 * 3600ull * 1'000'000);

  node_.heads.replaced = false;
  node_.heads.heads[LogOriginOf(kCity)] = kSeen;
  const KnownLog known =
      *Look([&](const View& view) { return KnownLogOf(view, node_.heads, kCity); });
  EXPECT_EQ(known.head, shown);
  EXPECT_EQ(known.set_aside, kSeen);
  EXPECT_EQ(known.instead, shown);
  EXPECT_EQ(node_.Offer(node_.Shared(node_.Recorded())).offer.seen_size(), shown.size);
}

}  // namespace
}  // namespace sluis::core
