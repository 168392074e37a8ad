// Tasks of a node in this process: over mutual TLS, as people and their tools see them, and on a
// clock that the test moves.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/lib/calls.h"
#include "server/node.h"
#include "tests/support/fake_clock.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using std::chrono::minutes;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
constexpr char kWorker[] = "maatschappelijk-werker";

class NodeTasksTest : public ::testing::Test {
 protected:
  NodeTasksTest() {
    organisation_.WriteConfig("");
    auto config = server::ReadConfig(organisation_.config_file());
    EXPECT_TRUE(config.ok()) << config.status();
    auto node = server::Node::Start(*std::move(config), clock_, crypto::SystemRandom());
    EXPECT_TRUE(node.ok()) << node.status();
    node_ = *std::move(node);
    organisation_.Admit(node_->user_port(), person_, {kWorker});
  }

  client::Calls CallsOf(const test::Person& person) {
    return client::Calls(organisation_.EndpointOf(person, node_->user_port()));
  }
  std::string Opened() {
    node::v1::OpenTaskRequest request;
    *request.mutable_context() = test::Intake();
    request.set_kind(record::v1::TASK_KIND_FOLLOW_UP);
    request.set_role(kWorker);
    const auto opened = CallsOf(person_).Do(request);
    EXPECT_TRUE(opened.ok());
    return opened.ok() ? opened->task_id() : "";
  }
  node::v1::CountTasksResponse Count() {
    node::v1::CountTasksRequest request;
    *request.mutable_context() = test::Intake();
    const auto counted = CallsOf(person_).Do(request);
    EXPECT_TRUE(counted.ok());
    return counted.ok() ? *counted : node::v1::CountTasksResponse();
  }
  // Keeps house on that day, once at the step of the clock and once when that has lasted for
  // `settles`, and comes back.
  void KeepHouseOnDay(uint64_t days, std::chrono::microseconds settles) {
    clock_.SetNowUs(start_us_ + days * kDayUs);
    EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
    clock_.Advance(settles);
    EXPECT_EQ(node_->KeepHouse(), absl::OkStatus());
    clock_.SetNowUs(start_us_);
  }

  tests::TempFolder folder_;
  tests::FakeClock clock_{(storage::SystemClock().NowUs() + kDayUs / 2) / kDayUs * kDayUs +
                          kDayUs / 2};
  const uint64_t start_us_ = clock_.NowUs();
  test::Organisation organisation_{folder_.path()};
  const test::Person person_ = organisation_.MakePerson("lotte.maes");
  std::unique_ptr<server::Node> node_;
};

TEST_F(NodeTasksTest, NothingIsLateBeforeTheClockHasSettled) {
  Opened();
  KeepHouseOnDay(20, minutes(9));
  EXPECT_EQ(Count().late(), 0u) << "a clock that was wrong makes nothing late";
  KeepHouseOnDay(20, minutes(10));
  EXPECT_EQ(Count().late(), 1u);
  EXPECT_EQ(Count().late(), 1u) << "and a clock that was set back takes nothing back";
}

// What a watch showed, and how it ended.
struct Watched {
  std::mutex mutex;
  std::vector<uint32_t> unclaimed;
  size_t count() {
    std::lock_guard lock(mutex);
    return unclaimed.size();
  }
};

TEST_F(NodeTasksTest, AWatchShowsChangesAndEndsWithTheRole) {
  Watched watched;
  std::future<client::Step> ended = std::async(std::launch::async, [&] {
    node::v1::WatchTasksRequest request;
    *request.mutable_context() = test::Intake();
    client::Calls calls = CallsOf(person_);
    return calls.Watch(request, [&watched](const node::v1::WatchTasksResponse& now) {
      std::lock_guard lock(watched.mutex);
      watched.unclaimed.push_back(now.unclaimed());
      return client::Step();
    });
  });
  // By what is seen and not by time; a bound on the whole test ends a hang.
  while (watched.count() < 1) std::this_thread::yield();
  const std::string id = Opened();
  while (watched.count() < 2) std::this_thread::yield();
  node::v1::RevokeUserRequest request;
  request.set_user_id("lotte.maes");
  request.set_reason("uit dienst");
  EXPECT_TRUE(CallsOf(organisation_.administrator()).Do(request).ok());
  const client::Step failure = ended.get();
  ASSERT_TRUE(failure.has_value()) << "ended by the node";
  EXPECT_EQ(failure->exit, client::Exit::kNotPermitted);
  EXPECT_EQ(watched.unclaimed, (std::vector<uint32_t>{0, 1}));
}

TEST_F(NodeTasksTest, AStreamDoesNotHoldUpTheEndOfTheNode) {
  Watched watched;
  std::future<client::Step> ended = std::async(std::launch::async, [&] {
    node::v1::WatchTasksRequest request;
    *request.mutable_context() = test::Intake();
    client::Calls calls = CallsOf(person_);
    return calls.Watch(request, [&watched](const node::v1::WatchTasksResponse& now) {
      std::lock_guard lock(watched.mutex);
      watched.unclaimed.push_back(now.unclaimed());
      return client::Step();
    });
  });
  while (watched.count() < 1) std::this_thread::yield();
  node_.reset();
  EXPECT_TRUE(ended.get().has_value());
}

}  // namespace
}  // namespace sluis
