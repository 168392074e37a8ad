// The real daemon with an index of leaf hashes that is wrong: it can be made again from the log.

#include <gmock/gmock.h>
#include <signal.h>

#include "crypto/bytes.h"
#include "server/storage/rocksdb_store.h"
#include "tests/integration/node_fixture.h"

namespace sluis {
namespace {

using test::NodeTest;

TEST_F(NodeTest, AWrongIndexIsMadeAgainWithRebuildIndex) {
  StartWithPeople();
  const auto recorded = Record();
  const auto index = IndexOf(recorded);
  ASSERT_TRUE(index);
  ASSERT_EQ(node_->Signal(SIGTERM), 0);
  {
    auto derived = storage::OpenRocksDbStore(organisation_.data_folder() + "/derived");
    ASSERT_TRUE(derived.ok()) << derived.status();
    // It says that it has read more than the log holds.
    std::string far;
    crypto::AppendU64(far, 1'000'000);
    ASSERT_EQ((*derived)->Apply(std::vector<storage::Write>{{"u", far}}), absl::OkStatus());
  }
  Start({"--rebuild-index"});
  EXPECT_EQ(IndexOf(recorded), index);
  EXPECT_TRUE(IndexOf(Record())) << "and it goes on from there";
}

}  // namespace
}  // namespace sluis
