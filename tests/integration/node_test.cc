// The real daemon as its operator and its users meet it: reload, health, a second instance, many
// hands at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "client/lib/calls.h"
#include "client/lib/verifier.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using ::testing::HasSubstr;

constexpr char kNarrowerPack[] = R"(sluis: 1
pack:
  id: node.test
  layer: node
  version: 1
  extends: [{id: livc-r.vaartland, version: 1}]
  valid: {from: 2026-09-01, until: 2027-08-31}
rules:
  - id: F-TEST
    effect: forbid
    do: {action: record}
    because: {nl: "dit kan niet omdat de proef het zo wil"}
)";

class NodeTest : public ::testing::Test {
 protected:
  NodeTest() { person_.emplace(organisation_.MakePerson("noor.w")); }

  client::Calls CallsOf(const test::Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_->port()));
  }
  void Start() {
    node_ = std::make_unique<test::NodeProcess>(organisation_.config_file());
    ASSERT_TRUE(node_->started()) << node_->Errors();
  }
  void StartWithPeople() {
    Start();
    organisation_.Admit(node_->port(), *person_, {"maatschappelijk-werker"});
  }
  client::Result<node::v1::RecordSignalResponse> Record() {
    node::v1::RecordSignalRequest request;
    *request.mutable_context() = test::Intake();
    *request.mutable_signal() = test::PersonSignal();
    return CallsOf(*person_).Do(request);
  }
  // Asks again and again until the daemon has done what a signal asked of it. Never waits for a
  // time to pass; the bound only ends a hang.
  template <typename Condition>
  bool Eventually(Condition condition) {
    for (int i = 0; i < 100'000; ++i) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  std::string Export() {
    const test::Person officer = organisation_.MakePerson("dpo");
    organisation_.Admit(node_->port(), officer, {"privacy-officer"});
    node::v1::ExportLogRequest request;
    *request.mutable_context() = test::Oversight();
    request.set_reason("nazicht door de proef");
    std::string bytes;
    const auto failed = CallsOf(officer).Export(request, [&bytes](const auto& piece) {
      bytes += piece.data();
      return client::Step();
    });
    EXPECT_FALSE(failed.has_value());
    return bytes;
  }

  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  std::optional<test::Person> person_;
  std::unique_ptr<test::NodeProcess> node_;
};

TEST_F(NodeTest, ReloadTakesANarrowerPackIntoForceWhole) {
  StartWithPeople();
  ASSERT_TRUE(Record().ok());
  std::ofstream(folder_.path() + "/narrow.yaml") << kNarrowerPack;
  std::ifstream in(organisation_.config_file());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t at = text.find("loopback:");
  ASSERT_NE(at, std::string::npos);
  std::ofstream(organisation_.config_file()) << text.insert(at, "  node: narrow.yaml\n");
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return !Record().ok(); })) << node_->Errors();
  const auto refused = Record();
  ASSERT_FALSE(refused.ok());
  ASSERT_NE(refused.failure().refusal, nullptr);
  EXPECT_THAT(refused.failure().refusal->because(0).text(), HasSubstr("de proef het zo wil"));
}

TEST_F(NodeTest, ReloadOfAWrongConfigurationChangesNothing) {
  StartWithPeople();
  organisation_.WriteConfig("surprise: yes\n");
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return node_->Errors().find("surprise") != std::string::npos; }));
  EXPECT_TRUE(Record().ok());
}

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
  EXPECT_THAT(metrics->body, HasSubstr("sluis_serving 1"));
  EXPECT_THAT(metrics->body, HasSubstr("SignalService.RecordSignal"));
  EXPECT_EQ(metrics->body.find("noor"), std::string::npos);
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
