// A member that hides its newest list of revoked mandates from one partner: the others tell it.

#include <gtest/gtest.h>

#include <string>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/core/status_lists.h"
#include "sluis/record/v1/mandate.pb.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

constexpr size_t kHides = FiveNodes::kOverzet;
constexpr size_t kDeceived = FiveNodes::kLindervaart;
constexpr size_t kTold = FiveNodes::kHeidezoom;

class ExchangeHiddenListTest : public ::testing::Test {
 protected:
  ExchangeHiddenListTest() { five_.Exchange(); }

  std::string Organisation(size_t at) { return five_.node(at).organisation(); }
  // What is owed goes its way, and no heartbeat along with it.
  void Deliver() {
    for (bool moved = true; moved;) {
      moved = false;
      for (const size_t at : {kHides, kDeceived}) {
        EXPECT_EQ(five_.node(at).Round(), absl::OkStatus());
      }
      while (five_.network().Step()) moved = true;
    }
  }
  // Shared with the deceived partner, and what became of it there.
  record::v1::ReceivedExchange Shared() {
    const std::string id = five_.Shared(kHides, kDeceived, About::kPlace, "een hangplek");
    Deliver();
    sent_ = id;
    record::v1::ReceivedExchange row;
    five_.node(kDeceived).Look([&](const core::View& view) {
      const auto received = core::ReadReceived(view, id);
      EXPECT_TRUE(received.ok()) << received.status();
      if (received.ok()) row = received->row;
    });
    return row;
  }
  record::v1::SentExchange Sent() {
    record::v1::SentExchange row;
    five_.node(kHides).Look([&](const core::View& view) {
      const auto sent = core::ReadSent(view, sent_);
      if (sent.ok()) row = sent->row;
    });
    return row;
  }
  // Number of the newest list of the member that hides, as that node holds it.
  uint64_t Held(size_t at) {
    uint64_t number = 0;
    five_.node(at).Look([&](const core::View& view) {
      const auto lists = core::HeldStatuses(view);
      ASSERT_TRUE(lists.ok()) << lists.status();
      for (const core::HeldStatus& list : *lists) {
        if (list.organisation == Organisation(kHides)) number = list.number;
      }
    });
    return number;
  }
  // Shows one partner a list in which the person's mandate is revoked; the own node knows of none,
  // so that everything else that it says is as before.
  void RevokeFor(size_t partner) {
    record::v1::Mandate mandate;
    ASSERT_TRUE(mandate.ParseFromString(five_.person(kHides).mandate().mandate()));
    record::v1::MandateStatus status;
    status.set_organisation(Organisation(kHides));
    status.set_number(2);
    status.add_revoked(mandate.mandate_id());
    status.set_issued_at_s(five_.node(kHides).clock.NowUs() / 1'000'000);
    peer::v1::HeartbeatRequest request;
    const partnership::Manifest& manifest = five_.manifest().manifest;
    request.set_organisation(Organisation(kHides));
    request.set_lowest_version(1);
    request.set_highest_version(1);
    request.set_partnership(manifest.partnership);
    request.set_manifest_version(manifest.version);
    request.set_manifest_digest(std::string(crypto::View(manifest.digest)));
    *request.mutable_mandate_status() = tests::SignStatus(
        status, five_.node(kHides).member().keys.at(crypto::KeyPurpose::kMandate));
    five_.network()
        .PeersOf(Organisation(kHides))
        ->Heartbeat(Organisation(partner), request,
                    [](absl::StatusOr<peer::v1::HeartbeatResponse> answer) {
                      EXPECT_TRUE(answer.ok()) << answer.status();
                    });
  }

  FiveNodes five_{9};
  std::string sent_;
};

TEST_F(ExchangeHiddenListTest, ARevokedPersonIsRefusedOnceAnotherMemberHandsTheListOn) {
  ASSERT_EQ(Shared().state(), record::v1::RECEIVED_STATE_OPENED) << "while nobody is revoked";
  RevokeFor(kTold);
  ASSERT_EQ(Held(kTold), 2u);
  ASSERT_EQ(Held(kDeceived), 1u);
  EXPECT_EQ(Shared().state(), record::v1::RECEIVED_STATE_OPENED) << "as long as it is hidden";

  five_.node(kHides).Heartbeat();
  EXPECT_EQ(Held(kDeceived), 1u) << "who hides it says nothing of it";
  five_.node(kDeceived).Heartbeat();
  ASSERT_EQ(Held(kDeceived), 2u) << "but the other member does";

  const uint64_t before = five_.node(kDeceived).ledger().size();
  const record::v1::ReceivedExchange refused = Shared();
  EXPECT_EQ(refused.state(), record::v1::RECEIVED_STATE_REFUSED);
  EXPECT_EQ(refused.reason(), "signature");
  EXPECT_EQ(refused.record_id(), "") << "nothing of it can be read";
  EXPECT_EQ(five_.node(kDeceived).ledger().size(), before + 1) << "and it is on record";
  EXPECT_EQ(Sent().state(), record::v1::SENT_STATE_REFUSED);
  EXPECT_EQ(Sent().reason(), "signature");

  // What is older does not come back.
  five_.Exchange();
  EXPECT_EQ(Held(kDeceived), 2u);
  EXPECT_EQ(Shared().state(), record::v1::RECEIVED_STATE_REFUSED);
}

}  // namespace
}  // namespace sluis::fault
