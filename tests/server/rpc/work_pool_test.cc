#include "server/rpc/work_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace sluis::rpc {
namespace {

TEST(WorkPoolTest, DoesJobsInTheirOrderOnAnotherThread) {
  std::vector<int> done;
  std::thread::id worker;
  {
    WorkPool pool;
    for (int i = 0; i < 100; ++i) {
      pool.Post([&, i] {
        done.push_back(i);
        worker = std::this_thread::get_id();
      });
    }
  }
  ASSERT_EQ(done.size(), 100u) << "the destructor finishes what was posted";
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<size_t>(i)], i);
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(WorkPoolTest, PostingDoesNotWaitForAJobThatTakesLong) {
  std::promise<void> go_on;
  std::promise<void> second;
  WorkPool pool;
  pool.Post([&] { go_on.get_future().wait(); });
  pool.Post([&] { second.set_value(); });
  // Only reached when neither call waited for the first job.
  go_on.set_value();
  second.get_future().wait();
}

TEST(WorkPoolTest, AJobMayPostAnother) {
  std::promise<void> done;
  WorkPool pool;
  pool.Post([&] { pool.Post([&] { done.set_value(); }); });
  done.get_future().wait();
}

}  // namespace
}  // namespace sluis::rpc
