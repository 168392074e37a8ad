// Two real daemons, each in a network namespace of its own, over a wire that loses, delays, doubles
// and reorders packets, and is cut: each signal crosses, once, and both logs say the same. Where
// the machine allows no namespaces it fails, unless SLUIS_WITHOUT=namespaces is set.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string_view>

#include "tests/fault/exchange_site.h"
#include "tests/fault/host_network.h"

namespace sluis::fault {
namespace {

// Host 0 is that of the people, this process.
constexpr size_t kCare = 1;
constexpr size_t kTown = 2;
constexpr int kPeerPort = 7443;
constexpr WireFaults kCut{.cut = true};

class ExchangeNetworkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = HostNetwork::Make(3);
    if (made.ok()) {
      network = made->release();
    } else {
      why_not = std::string(made.status().message());
    }
  }
  static void TearDownTestSuite() {
    delete network;
    network = nullptr;
  }

  void SetUp() override {
    if (network == nullptr) {
      const char* without = std::getenv("SLUIS_WITHOUT");
      if (without != nullptr && std::string_view(without) == "namespaces") {
        GTEST_SKIP() << "SLUIS_WITHOUT says so: " << why_not;
      }
      FAIL() << "needs network namespaces: " << why_not
             << "; where there are none, set SLUIS_WITHOUT=namespaces and say so with the results";
    }
    pair_.emplace(Place{network->AddressOf(kCare), network->EnterCommand(kCare)},
                  Place{network->AddressOf(kTown), network->EnterCommand(kTown)});
    for (ExchangeSite* site : {&pair_->care, &pair_->town}) {
      site->Admit();
      site->Join(kPeerPort);
    }
    const auto at = [](size_t host) {
      return std::vector<std::string>{network->AddressOf(host) + ":" + std::to_string(kPeerPort)};
    };
    pair_->Start({{pair_->care.id(), at(kCare)}, {pair_->town.id(), at(kTown)}});
  }
  void TearDown() override {
    if (network != nullptr) SetWire({});
  }

  static void SetWire(const WireFaults& faults) {
    network->SetFaults(kCare, kTown, faults);
    network->SetFaults(kTown, kCare, faults);
  }
  // What became of the packets between the two daemons, both ways together.
  static WireCounts Counts() {
    WireCounts sum = network->CountsOf(kCare, kTown);
    const WireCounts back = network->CountsOf(kTown, kCare);
    sum.arrived += back.arrived;
    sum.lost += back.lost;
    sum.doubled += back.doubled;
    sum.overtaken += back.overtaken;
    return sum;
  }
  std::string Share() {
    ++shared_;
    return pair_->care.Share(pair_->care.Record(), pair_->town.id());
  }
  record::v1::SentState StateAtCare(const std::string& exchange) {
    return pair_->care.Sent()[exchange];
  }
  void Finishes(const std::string& exchange) {
    EXPECT_TRUE(Eventually([&] { return pair_->Finished(exchange); }))
        << "at care it stands at " << StateAtCare(exchange);
  }
  // Signals cross while the wire has these faults, until the faults have been met.
  void CrossWith(const WireFaults& faults, const std::function<uint64_t(const WireCounts&)>& met) {
    const uint64_t before = met(Counts());
    SetWire(faults);
    do Finishes(Share());
    while (met(Counts()) == before && !HasFailure());
    SetWire({});
  }
  // All that was shared is in both logs, once.
  void AllMatchedOnce() {
    EXPECT_THAT(pair_->Verdicts(),
                ::testing::ElementsAreArray(std::vector<std::string>(shared_, "matched opened")));
    EXPECT_EQ(pair_->town.Received().size(), shared_);
    EXPECT_EQ(pair_->care.Sent().size(), shared_);
    EXPECT_EQ(pair_->care.End(SIGTERM), 0);
    EXPECT_EQ(pair_->town.End(SIGTERM), 0);
  }

  // Of the process: it is in the namespace of the people for good.
  static HostNetwork* network;
  static std::string why_not;
  std::optional<ExchangePair> pair_;
  size_t shared_ = 0;
};

HostNetwork* ExchangeNetworkTest::network = nullptr;
std::string ExchangeNetworkTest::why_not;

TEST_F(ExchangeNetworkTest, DelayLossDoublesAndDisorderChangeNothing) {
  CrossWith({.delay = std::chrono::milliseconds(120)},
            [](const WireCounts& counts) { return counts.arrived; });
  CrossWith({.lose_percent = 15}, [](const WireCounts& counts) { return counts.lost; });
  CrossWith({.duplicate_percent = 100}, [](const WireCounts& counts) { return counts.doubled; });
  CrossWith({.overtake_percent = 30}, [](const WireCounts& counts) { return counts.overtaken; });
  CrossWith({.delay = std::chrono::milliseconds(40),
             .lose_percent = 10,
             .duplicate_percent = 20,
             .overtake_percent = 20},
            [](const WireCounts& counts) {
              return std::min({counts.lost, counts.doubled, counts.overtaken});
            });
  AllMatchedOnce();
}

TEST_F(ExchangeNetworkTest, APartitionHealsByItself) {
  SetWire(kCut);
  const uint64_t before = Counts().lost;
  const std::string exchange = Share();
  // Its cooling-off time is over, and care tried.
  EXPECT_TRUE(Eventually([&] {
    return Counts().lost > before && StateAtCare(exchange) == record::v1::SENT_STATE_OFFERED;
  }));
  EXPECT_TRUE(pair_->town.Received().empty());
  SetWire({});
  Finishes(exchange);
  AllMatchedOnce();
}

TEST_F(ExchangeNetworkTest, AnOfferWhoseAnswerIsLostIsTakenOnce) {
  // A first one, so that they are connected both ways. Without any packet back TCP would send again
  // what lies in front of the Offer, for ever, and not the Offer.
  Finishes(Share());
  network->SetFaults(kTown, kCare, {.mute = true});
  const std::string exchange = Share();
  EXPECT_TRUE(Eventually([&] { return pair_->town.Received().contains(exchange); }));
  EXPECT_EQ(StateAtCare(exchange), record::v1::SENT_STATE_OFFERED);
  network->SetFaults(kTown, kCare, {});
  Finishes(exchange);
  AllMatchedOnce();
}

TEST_F(ExchangeNetworkTest, AShareWaitsForALinkThatIsDown) {
  network->SetLink(kTown, false);
  const uint64_t before = Counts().lost;
  const std::string exchange = Share();
  EXPECT_TRUE(Eventually([&] {
    return Counts().lost > before && StateAtCare(exchange) == record::v1::SENT_STATE_OFFERED;
  }));
  network->SetLink(kTown, true);
  Finishes(exchange);
  AllMatchedOnce();
}

}  // namespace
}  // namespace sluis::fault
