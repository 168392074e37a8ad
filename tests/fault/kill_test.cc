// The real daemon under load, killed without warning again and again. A kill leaves the page cache,
// so this shows that no answer runs ahead of its entry and that every start recovers; what a power
// cut takes, crash_test shows. SLUIS_KILLS sets how often.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <thread>

#include "tests/fault/daemon_world.h"
#include "tests/support/seeded_random.h"

namespace sluis::fault {
namespace {

constexpr int kAuthors = 4;
constexpr int kKillsPerNode = 50;

int Kills() {
  const char* wanted = std::getenv("SLUIS_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 20;
}

// Counts answers, so that the kill comes after so many of them and not after so much time.
class AnswerCount {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void WaitFor(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// Works until the node does not answer any more.
void Work(DaemonWorld& world, Author& author, uint64_t seed, AnswerCount& answers) {
  tests::SeededRandom random(seed);
  for (;;) {
    std::vector<OwnRecord>& own = author.records();
    OwnRecord* any = own.empty() ? nullptr : &own[random.Below(own.size())];
    const uint64_t dice = random.Below(40);
    bool done = true;
    if (any == nullptr || any->erased || dice < 16) {
      done = author.Record();
    } else if (dice < 26) {
      done = author.Amend(*any);
    } else if (dice < 37) {
      done = author.Open(*any);
    } else if (dice < 38) {
      done = author.Erase(*any);
    } else {
      if (!world.SeeCheckpoint(author.calls())) return;
      continue;
    }
    // A refusal by rule is an answer too: nobody is to be refused here but by the node's end.
    if (!done && author.failure()->refusal == nullptr) return;
    answers.Add();
  }
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(KillTest, NothingAcknowledgedIsLost) {
  tests::SeededRandom random(20);
  std::unique_ptr<DaemonWorld> world;
  for (int kill = 0; kill < Kills(); ++kill) {
    if (kill % kKillsPerNode == 0) {
      world = std::make_unique<DaemonWorld>(kAuthors);
      ASSERT_TRUE(world->Start()) << world->node().Errors();
      world->AdmitAll();
    }
    AnswerCount answers;
    std::vector<std::thread> threads;
    for (Author& author : world->authors()) {
      threads.emplace_back(Work, std::ref(*world), std::ref(author), random.Below(UINT32_MAX),
                           std::ref(answers));
    }
    answers.WaitFor(static_cast<int>(1 + random.Below(60)));
    EXPECT_EQ(world->node().Signal(SIGKILL), -SIGKILL);
    for (std::thread& thread : threads) thread.join();
    // Now and then it is killed again before anyone has asked anything.
    if (random.Below(4) == 0) {
      ASSERT_TRUE(world->Start()) << world->node().Errors();
      world->End(SIGKILL);
    }
    ASSERT_TRUE(world->Start()) << world->node().Errors();
    ASSERT_EQ(Lines(world->Check()), "") << "kill " << kill;
  }
  EXPECT_EQ(world->End(SIGTERM), 0);
}

}  // namespace
}  // namespace sluis::fault
