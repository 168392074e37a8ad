// The real daemon over a store that is older than a checkpoint it has shown: it says so everywhere
// and does nothing else.

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>

#include "tests/integration/node_fixture.h"

namespace sluis {
namespace {

using test::NodeTest;
using ::testing::HasSubstr;

TEST_F(NodeTest, AnOlderStoreIsSaidInHealthAndAtTheEndAndServesNobody) {
  namespace fs = std::filesystem;
  const fs::path store = organisation_.data_folder() + "/ledger";
  const fs::path kept = folder_.path() + "/kept";
  StartWithPeople();
  ASSERT_EQ(node_->Signal(SIGTERM), 0);
  fs::copy(store, kept, fs::copy_options::recursive);
  Start();
  ASSERT_TRUE(Record().ok());
  ASSERT_EQ(node_->Signal(SIGTERM), 0);
  fs::remove_all(store);
  fs::rename(kept, store);

  Start();
  EXPECT_EQ(Health(), "503 ledger_behind_mark\n");
  const auto status = CallsOf(*person_).Do(node::v1::GetStatusRequest());
  ASSERT_TRUE(status.ok());
  EXPECT_FALSE(status->serving());
  EXPECT_EQ(status->not_serving_reason(), "ledger_behind_mark");
  const auto recorded = Record();
  ASSERT_FALSE(recorded.ok());
  EXPECT_EQ(recorded.failure().exit, client::Exit::kUnreachable);
  EXPECT_EQ(recorded.failure().refusal, nullptr) << "no rule refused this";
  node::v1::ListUsersRequest list;
  EXPECT_FALSE(CallsOf(organisation_.administrator()).Do(list).ok());

  EXPECT_EQ(node_->Signal(SIGTERM), 4);
  EXPECT_THAT(node_->Errors(), HasSubstr("did not serve: the store holds"));
  EXPECT_THAT(node_->Errors(), HasSubstr("put back the newest store"));
}

}  // namespace
}  // namespace sluis
