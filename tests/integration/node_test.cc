// The real daemon as its operator and its users meet it: health, a second instance, many hands at
// once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <chrono>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "client/lib/verifier.h"
#include "tests/integration/node_fixture.h"

namespace sluis {
namespace {

using test::NodeTest;
using ::testing::HasSubstr;

TEST_F(NodeTest, AWrongConfigurationDoesNotStartAndNamesFileLineAndKey) {
  organisation_.WriteConfig("surprise: yes\n");
  test::NodeProcess node(organisation_.config_file());
  EXPECT_FALSE(node.started());
  EXPECT_EQ(node.Wait(), 2);
  EXPECT_THAT(node.Errors(), HasSubstr("sluisd.yaml:"));
  EXPECT_THAT(node.Errors(), HasSubstr("surprise"));
}

TEST_F(NodeTest, TwoInstancesNeverShareAFolder) {
  Start();
  test::NodeProcess second(organisation_.config_file());
  EXPECT_FALSE(second.started());
  EXPECT_EQ(second.Wait(), 3);
}

TEST_F(NodeTest, HealthAndMetricsAreOnLoopbackAndNameNobody) {
  StartWithPeople();
  ASSERT_TRUE(Record().ok());
  httplib::Client http("127.0.0.1", node_->loopback_port());
  const auto health = http.Get("/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  const auto metrics = http.Get("/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->body, HasSubstr("\nsluis_serving 1\n"));
  EXPECT_THAT(metrics->body, HasSubstr("sluis_checkpoints_held_back 0"));
  EXPECT_THAT(metrics->body, HasSubstr("SignalService.RecordSignal"));
  EXPECT_EQ(metrics->body.find("noor"), std::string::npos);
}

TEST_F(NodeTest, CallsOverCertificatesThatNameNobodyAreCounted) {
  StartWithPeople();
  const auto count = [this] {
    httplib::Client http("127.0.0.1", node_->loopback_port());
    const auto metrics = http.Get("/metrics");
    const std::string name = "\nsluis_unknown_peers_total ";
    const size_t at = metrics ? metrics->body.find(name) : std::string::npos;
    return at == std::string::npos ? -1 : std::stoi(metrics->body.substr(at + name.size()));
  };
  node::v1::ListSignalsRequest list;
  *list.mutable_context() = test::Intake();
  EXPECT_FALSE(CallsOf(organisation_.MakePerson("sam.claes")).Do(list).ok());
  EXPECT_EQ(count(), 1) << "a user who is not registered";
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const test::Person node = organisation_.MakePersonWith(
      "sam.claes", {.uri = client::NodeUri(organisation_.id()), .dns = {}, .ips = {}},
      organisation_.ca(), now_s.count(), 1);
  EXPECT_FALSE(CallsOf(node).Do(list).ok());
  EXPECT_EQ(count(), 2) << "a certificate that is no user's";
  list.mutable_context()->set_role("privacy-officer");
  EXPECT_FALSE(CallsOf(*person_).Do(list).ok());
  EXPECT_EQ(count(), 2) << "somebody known who may not";
  EXPECT_FALSE(CallsOf(node).Do(node::v1::GetStatusRequest()).ok());
  EXPECT_EQ(count(), 3) << "health is no exception";
}

TEST_F(NodeTest, DrainsOnTermAndGoesOnWhereItWas) {
  StartWithPeople();
  const auto recorded = Record();
  ASSERT_TRUE(recorded.ok());
  EXPECT_EQ(node_->Signal(SIGTERM), 0);
  Start();
  node::v1::OpenSignalRequest open;
  *open.mutable_context() = test::Intake();
  open.set_record_id(recorded->record_id());
  const auto opened = CallsOf(*person_).Do(open);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->view().content().subject_ref(), "dossier-1");
}

TEST_F(NodeTest, ManyHandsAtOnceEachHaveTheirEntryAndTheLogVerifies) {
  StartWithPeople();
  constexpr int kThreads = 6;
  constexpr int kEach = 25;
  std::mutex mutex;
  std::set<std::string> leaf_hashes;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      client::Calls calls = CallsOf(*person_);
      for (int n = 0; n < kEach; ++n) {
        node::v1::RecordSignalRequest request;
        *request.mutable_context() = test::Intake();
        *request.mutable_signal() = test::PersonSignal();
        const auto recorded = calls.Do(request);
        if (!recorded.ok()) continue;
        std::lock_guard lock(mutex);
        leaf_hashes.insert(recorded->log_receipt().leaf_hash());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(leaf_hashes.size(), static_cast<size_t>(kThreads * kEach));

  client::Calls calls = CallsOf(*person_);
  for (const std::string& leaf_hash : leaf_hashes) {
    node::v1::GetProofRequest request;
    request.set_leaf_hash(leaf_hash);
    // The next checkpoint covers it within a tick.
    ASSERT_TRUE(Eventually([&] { return calls.Do(request).ok(); }));
  }
  std::istringstream bytes(Export());
  const absl::StatusOr<client::VerifyReport> report = client::VerifyExport(bytes);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->ok());
  EXPECT_GE(report->entries, static_cast<uint64_t>(kThreads * kEach));
}

}  // namespace
}  // namespace sluis
