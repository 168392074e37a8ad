// The disk runs full under the real daemon, on a small file system in a mount namespace of its own:
// below the low-water mark it refuses and says so, gives up its ballast, and resumes by itself when
// there is room; nothing acknowledged is lost, also when the last byte goes in the middle of work.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/fault/daemon_world.h"
#include "tests/support/health_watch.h"

namespace sluis::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kLowWater = 64 * kMiB;

void ReplaceInFile(const std::string& path, const std::string& from, const std::string& to) {
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  std::ofstream(path) << text.replace(at, from.size(), to);
}

class DiskFullTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Before any thread: a namespace is the thread's.
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0) << "needs the right to a mount namespace of its own";
    ASSERT_EQ(::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    world_ = std::make_unique<DaemonWorld>(2);
    data_ = world_->folder() + "/data";
    std::filesystem::create_directories(data_);
    ASSERT_EQ(::mount("tmpfs", data_.c_str(), "tmpfs", 0, "size=256m,mode=0700"), 0);
    const std::string config = world_->organisation().config_file();
    ReplaceInFile(config, "low_water_mb: 1\n", "low_water_mb: 64\n");
    ReplaceInFile(config, "ballast_mb: 1\n", "ballast_mb: 8\n");
    ASSERT_TRUE(world_->Start()) << world_->node().Errors();
    world_->AdmitAll();
    for (Author& author : world_->authors()) ASSERT_TRUE(author.Record());
  }
  void TearDown() override {
    if (world_ && world_->running()) world_->End(SIGTERM);
    ::umount2(data_.c_str(), MNT_DETACH);
  }

  uint64_t Free() const {
    struct statvfs facts {};
    EXPECT_EQ(::statvfs(data_.c_str(), &facts), 0);
    return static_cast<uint64_t>(facts.f_bavail) * facts.f_frsize;
  }
  // Takes space until so much is left.
  void LeaveFree(uint64_t bytes) {
    const uint64_t free = Free();
    ASSERT_GT(free, bytes);
    const std::string name = data_ + "/taken" + std::to_string(takers_++);
    const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(::posix_fallocate(fd, 0, static_cast<off_t>(free - bytes)), 0);
    ::close(fd);
  }
  void GiveBack() {
    while (takers_ > 0) std::filesystem::remove(data_ + "/taken" + std::to_string(--takers_));
  }
  bool HasBallast() const { return std::filesystem::exists(data_ + "/ballast"); }
  // The daemon looks at the disk at each tick.
  template <typename Condition>
  static bool Until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::string HealthNow() { return Health(world_->node().loopback_port()); }
  std::string Violations() {
    std::string text;
    for (const std::string& violation : world_->Check()) text += violation + "\n";
    return text;
  }

  std::unique_ptr<DaemonWorld> world_;
  std::string data_;
  int takers_ = 0;
};

TEST_F(DiskFullTest, RefusesBelowTheMarkAndResumesByItself) {
  ASSERT_TRUE(Until([&] { return HasBallast(); }));
  EXPECT_THAT(HealthNow(), StartsWith("200"));
  // Ends sooner than the next housekeeping, which comes once a minute.
  test::HealthWatch watch(
      world_->organisation().EndpointOf(world_->authors()[0].person(), world_->node().port()), 40);
  ASSERT_EQ(watch.Next(), "serving");

  LeaveFree(kLowWater / 2);
  ASSERT_TRUE(Until([&] { return HealthNow().starts_with("503"); })) << HealthNow();
  EXPECT_THAT(HealthNow(), HasSubstr("disk_low"));
  EXPECT_EQ(watch.Next(), "not serving");
  EXPECT_TRUE(HasBallast()) << "not needed yet";
  Author& author = world_->authors()[0];
  EXPECT_FALSE(author.Record());
  EXPECT_EQ(author.failure()->exit, client::Exit::kUnreachable);
  EXPECT_EQ(author.failure()->refusal, nullptr) << "no rule refused this";
  EXPECT_FALSE(author.Open(author.records()[0])) << "no consultation without an entry";

  LeaveFree(kLowWater / 8);
  ASSERT_TRUE(Until([&] { return !HasBallast(); }));
  EXPECT_THAT(HealthNow(), HasSubstr("disk_low"));

  GiveBack();
  ASSERT_TRUE(Until([&] { return HealthNow().starts_with("200"); })) << HealthNow();
  EXPECT_EQ(watch.Next(), "serving");
  EXPECT_TRUE(HasBallast()) << "made again";
  EXPECT_TRUE(author.Record());
  EXPECT_EQ(Violations(), "");
}

TEST_F(DiskFullTest, ADiskFullInTheMiddleOfWorkTakesNothingAcknowledged) {
  std::atomic<bool> stop = false;
  std::atomic<int> recorded = 0;
  std::vector<std::thread> threads;
  for (Author& author : world_->authors()) {
    threads.emplace_back([&] {
      while (!stop && author.Record()) ++recorded;
    });
  }
  ASSERT_TRUE(Until([&] { return recorded > 20; }));
  LeaveFree(0);
  // It ends, or refuses; both are right.
  EXPECT_TRUE(Until([&] { return !HealthNow().starts_with("200"); }));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  const bool ended = HealthNow().empty();
  GiveBack();
  if (ended) {
    EXPECT_EQ(world_->End(0), 70);
    ASSERT_TRUE(world_->Start()) << world_->node().Errors();
  }
  ASSERT_TRUE(Until([&] { return HealthNow().starts_with("200"); })) << HealthNow();
  EXPECT_EQ(Violations(), "");
}

}  // namespace
}  // namespace sluis::fault
