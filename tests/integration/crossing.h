#ifndef SLUIS_TESTS_INTEGRATION_CROSSING_H_
#define SLUIS_TESTS_INTEGRATION_CROSSING_H_

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "server/core/export_log.h"
#include "server/core/received_exchange.h"
#include "server/core/status_lists.h"
#include "tests/support/linked_node.h"
#include "tests/support/sharing_node.h"

namespace sluis::tests {

inline constexpr char kWelfare[] = "caw-de-overzet.example";

// A welfare organisation and a municipality that exchange records, in one process, step by step.
struct Crossing {
  Crossing() {
    welfare.With(city);
    welfare.Join();
    city.Follow(welfare);
    // What a heartbeat brings along: the sender's list of revoked mandates.
    const auto snapshot = welfare.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare.h.ledger->keyring());
    const auto status = view.ReadMandateStatus();
    std::promise<absl::Status> done;
    city.h.executor->RunAsPeer(
        kWelfare, std::make_shared<core::PutPartnerStatus>(kWelfare, kWelfare, **status),
        [&done](absl::Status answered) { done.set_value(std::move(answered)); });
    EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  }

  void Advance(std::chrono::microseconds by) {
    welfare.h.clock.Advance(by);
    city.h.clock.Advance(by);
  }
  // A share whose cooling-off time is over.
  std::string Due() {
    const std::string id = welfare.Shared(welfare.Recorded());
    Advance(std::chrono::hours(4));
    return id;
  }
  void SendFromWelfare() { EXPECT_EQ(from_welfare.Round(), absl::OkStatus()); }
  void SendFromCity() { EXPECT_EQ(from_city.Round(), absl::OkStatus()); }
  // Offer, Receipt, Key, Opened.
  void Cross() {
    SendFromWelfare();
    SendFromCity();
    SendFromWelfare();
    SendFromCity();
  }
  record::v1::SentState Sent(const std::string& id) { return welfare.Row(id).row.state(); }
  record::v1::ReceivedExchange Received(const std::string& id) {
    const auto snapshot = city.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, city.h.ledger->keyring());
    const auto row = core::ReadReceived(view, id);
    return row.ok() ? row->row : record::v1::ReceivedExchange();
  }

  static std::string Rest(core::ExportStream& stream) {
    std::string bytes;
    for (;;) {
      auto piece = stream.Next();
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || !*piece) return bytes;
      EXPECT_LE((*piece)->size(), size_t{256} << 10);
      bytes += **piece;
    }
  }
  static std::string ExportFor(CoreHarness& h, const std::string& partner) {
    h.ledger->Tick();
    core::ExportStream stream(*h.ledger, h.ledger->checkpoint(), partner);
    return Rest(stream);
  }

  SharingNode welfare;
  ExchangeNode city{{{kWelfare, "welfare"}, {kPolice, "police-zone"}},
                    {.organisation = kCity, .kind = "municipality", .seed = 12}};
  InProcessNetwork network;
  LinkedNode from_welfare{welfare, network};
  LinkedNode from_city{city, network};
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_INTEGRATION_CROSSING_H_
