#ifndef SLUIS_TESTS_SUPPORT_LINKED_PAIR_H_
#define SLUIS_TESTS_SUPPORT_LINKED_PAIR_H_

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "server/core/received_exchange.h"
#include "server/core/status_lists.h"
#include "tests/support/linked_node.h"
#include "tests/support/sharing_node.h"

namespace sluis::tests {

inline constexpr char kWelfare[] = "caw-de-overzet.example";

// A welfare organisation that shares with a municipality: two real cores in one partnership, in
// exercise, without sockets, where no time passes by itself.
class LinkedPair : public ::testing::Test {
 protected:
  // Both decide by the shipped packs with these edits.
  explicit LinkedPair(const PackEdits& edits = {})
      : welfare_(HarnessOptions{.pack_edits = edits}),
        city_({{kWelfare, "welfare"}, {kPolice, "police-zone"}},
              {.organisation = kCity, .kind = "municipality", .seed = 12, .pack_edits = edits}) {
    welfare_.With(city_);
    welfare_.Join();
    city_.Follow(welfare_);
    HearStatus();
  }
  // What a heartbeat brings along: the sender's list of revoked mandates.
  void HearStatus() {
    const auto snapshot = welfare_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare_.h.ledger->keyring());
    const auto status = view.ReadMandateStatus();
    ASSERT_TRUE(status.ok() && status->has_value());
    std::promise<absl::Status> done;
    city_.h.executor->RunAsPeer(
        kWelfare, std::make_shared<core::PutPartnerStatus>(kWelfare, kWelfare, **status),
        [&done](absl::Status answered) { done.set_value(std::move(answered)); });
    EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  }
  void Advance(std::chrono::microseconds by) {
    welfare_.h.clock.Advance(by);
    city_.h.clock.Advance(by);
  }
  // A share whose cooling-off time is over.
  std::string Due() { return DueOf(welfare_.Recorded()); }
  std::string DueOf(const std::string& record_id) {
    const std::string id = welfare_.Shared(record_id);
    Advance(std::chrono::hours(4));
    return id;
  }
  void SendFromWelfare() { EXPECT_EQ(from_welfare_.Round(), absl::OkStatus()); }
  void SendFromCity() { EXPECT_EQ(from_city_.Round(), absl::OkStatus()); }
  // Offer, Receipt, Key, Opened.
  void Cross() {
    SendFromWelfare();
    SendFromCity();
    SendFromWelfare();
    SendFromCity();
  }
  record::v1::SentState Sent(const std::string& id) { return welfare_.Row(id).row.state(); }
  record::v1::ReceivedExchange Received(const std::string& id) {
    const auto snapshot = city_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, city_.h.ledger->keyring());
    const auto row = core::ReadReceived(view, id);
    return row.ok() ? row->row : record::v1::ReceivedExchange();
  }

  SharingNode welfare_;
  ExchangeNode city_;
  InProcessNetwork network_;
  LinkedNode from_welfare_{welfare_, network_};
  LinkedNode from_city_{city_, network_};
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LINKED_PAIR_H_
