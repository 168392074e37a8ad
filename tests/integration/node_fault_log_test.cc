// What a caller is told in general only ("look in the log of the node") stands in that log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "client/lib/calls.h"
#include "crypto/bytes.h"
#include "server/node.h"
#include "server/storage/clock.h"
#include "server/storage/rocksdb_store.h"
#include "tests/support/organisation.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class NodeFaultLogTest : public ::testing::Test {
 protected:
  NodeFaultLogTest() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "caught", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)));
  }
  ~NodeFaultLogTest() override {
    node_.reset();
    spdlog::set_default_logger(before_);
  }

  void Start() {
    auto config = server::ReadConfig(organisation_.config_file());
    ASSERT_TRUE(config.ok()) << config.status();
    auto node =
        server::Node::Start(*std::move(config), storage::SystemClock(), crypto::SystemRandom());
    ASSERT_TRUE(node.ok()) << node.status();
    node_ = *std::move(node);
  }
  // The row of a registered person is there and is none.
  void DamageRowOf(const test::Person& person) {
    node_.reset();
    auto store = storage::OpenRocksDbStore(organisation_.data_folder() + "/ledger");
    ASSERT_TRUE(store.ok()) << store.status();
    const std::string key = "u" + person.user_id;
    const auto row = (*store)->Get(key);
    ASSERT_TRUE(row.ok() && row->has_value());
    const std::string damaged = (*row)->substr(0, 8) + "\xff";
    ASSERT_EQ((*store)->Apply(std::vector<storage::Write>{{key, damaged}}), absl::OkStatus());
  }
  template <typename Request>
  bool Does(const test::Person& person, const Request& request) {
    return client::Calls(organisation_.EndpointOf(person, node_->user_port())).Do(request).ok();
  }
  // Stops the node, so that no thread of it writes any more.
  std::string Log() {
    node_.reset();
    spdlog::default_logger()->flush();
    return lines_.str();
  }

  std::ostringstream lines_;
  const std::shared_ptr<spdlog::logger> before_;
  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  const test::Person person_ = organisation_.MakePerson("lotte.maes");
  std::unique_ptr<server::Node> node_;
};

TEST_F(NodeFaultLogTest, AFailedBackupLeftNothingInTheLog) {
  Start();
  EXPECT_TRUE(Does(organisation_.administrator(), node::v1::CreateBackupRequest()));
  const std::string key_file = organisation_.data_folder() + "/kek-1";
  {
    std::fstream file(key_file, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(-1, std::ios::end);
    file.put('?');
    ASSERT_TRUE(file.good());
  }
  // Named after the second, and this one may be that of the first.
  std::filesystem::remove_all(folder_.PathOf("backup"));
  EXPECT_FALSE(Does(organisation_.administrator(), node::v1::CreateBackupRequest()));
  EXPECT_THAT(Log(), HasSubstr("RegisterService.CreateBackup: "));
}

TEST_F(NodeFaultLogTest, AStatusOrCheckpointThatFailedLeftNothingInTheLog) {
  Start();
  organisation_.Admit(node_->user_port(), person_, {"maatschappelijk-werker"});
  EXPECT_TRUE(Does(person_, node::v1::GetStatusRequest()));
  EXPECT_TRUE(Does(person_, node::v1::GetCheckpointRequest()));
  DamageRowOf(person_);
  Start();
  EXPECT_FALSE(Does(person_, node::v1::GetStatusRequest()));
  EXPECT_FALSE(Does(person_, node::v1::GetCheckpointRequest()));
  const std::string log = Log();
  EXPECT_THAT(log, HasSubstr("StatusService.GetStatus: "));
  EXPECT_THAT(log, HasSubstr("LogService.GetCheckpoint: "));
}

TEST_F(NodeFaultLogTest, SomebodyWhoMayNotAskIsNoFaultOfTheNode) {
  Start();
  EXPECT_FALSE(Does(person_, node::v1::GetStatusRequest()));
  EXPECT_FALSE(Does(person_, node::v1::GetCheckpointRequest()));
  EXPECT_THAT(Log(), Not(HasSubstr("Service.Get")));
}

}  // namespace
}  // namespace sluis
