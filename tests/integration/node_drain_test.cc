// The real daemon at SIGTERM: it says so first, and leaves no call between done and answered.

#include <gmock/gmock.h>
#include <signal.h>

#include <atomic>
#include <mutex>

#include "tests/integration/node_fixture.h"
#include "tests/support/health_watch.h"

namespace sluis {
namespace {

using test::NodeTest;

TEST_F(NodeTest, ADrainUnderLoadAnswersWhatIsDoneAndRefusesTheRest) {
  StartWithPeople();
  const auto before = IndexOf(Record());
  ASSERT_TRUE(before);
  constexpr int kThreads = 6;
  std::atomic<uint64_t> answered = 0;
  std::mutex mutex;
  std::vector<client::Result<node::v1::RecordSignalResponse>> all;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      client::Calls calls = CallsOf(*person_);
      node::v1::RecordSignalRequest request;
      *request.mutable_context() = test::Intake();
      *request.mutable_signal() = test::PersonSignal();
      while (true) {
        auto recorded = calls.Do(request);
        const bool done = recorded.ok();
        if (done) ++answered;
        std::lock_guard lock(mutex);
        all.push_back(std::move(recorded));
        if (!done) return;
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return answered >= kThreads; }));
  EXPECT_EQ(node_->Signal(SIGTERM), 0);
  for (std::thread& thread : threads) thread.join();

  Start();
  for (const auto& recorded : all) {
    if (recorded.ok()) {
      EXPECT_TRUE(IndexOf(recorded)) << "answered, so it has its entry";
    } else {
      EXPECT_EQ(recorded.failure().exit, client::Exit::kUnreachable);
      EXPECT_EQ(recorded.failure().refusal, nullptr) << "no rule refused this";
    }
  }
  const auto after = IndexOf(Record());
  ASSERT_TRUE(after);
  EXPECT_EQ(*after - *before - 1, answered.load()) << "and no entry is without its answer";
}

// A call that takes its time holds up the end of the process, not the word that it ends.
TEST_F(NodeTest, SaysThatItDrainsFromTheBegin) {
  StartWithPeople();
  test::HealthWatch watch(organisation_.EndpointOf(*person_, node_->port()), 60);
  ASSERT_EQ(watch.Next(), "serving");
  ASSERT_EQ(::kill(node_->pid(), SIGTERM), 0);
  EXPECT_EQ(watch.Next(), "not serving");
  EXPECT_EQ(Health(), "503 draining\n");
  watch.Cancel();
  EXPECT_EQ(node_->Wait(), 0);
}

}  // namespace
}  // namespace sluis
