#include "server/rpc/loopback_http.h"

#include <gtest/gtest.h>
#include <httplib.h>

namespace sluis::rpc {
namespace {

auto Serve(const std::string& address, LoopbackHttp::Health health = {true, ""}) {
  return LoopbackHttp::Start(
      address, [health] { return health; }, [] { return std::string("sluis_serving 1\n"); });
}

TEST(LoopbackHttpTest, ListensOnLoopbackOnly) {
  for (const char* address :
       {"0.0.0.0:0", "192.168.1.10:0", "10.0.0.1:0", "128.0.0.1:0", "[::]:0", "[fe80::1]:0", ":0",
        "localhost:0", "127.0.0.1.example:0", "127.1:0"}) {
    EXPECT_EQ(Serve(address).status().code(), absl::StatusCode::kInvalidArgument) << address;
  }
}

TEST(LoopbackHttpTest, TakesNoAddressWithoutAPort) {
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536",
                              "127.0.0.1:-1", "127.0.0.1:80 ", "127.0.0.1:99999999999999999999"}) {
    EXPECT_EQ(Serve(address).status().code(), absl::StatusCode::kInvalidArgument) << address;
  }
}

TEST(LoopbackHttpTest, AnyAddressOfTheLoopbackNetworkWillDo) {
  for (const char* address : {"127.0.0.1:0", "127.8.9.10:0"}) {
    const auto server = Serve(address);
    ASSERT_TRUE(server.ok()) << server.status();
    EXPECT_GT((*server)->port(), 0);
  }
}

TEST(LoopbackHttpTest, SaysWhetherItServesAndWhyNot) {
  const auto well = Serve("127.0.0.1:0");
  const auto low = Serve("127.0.0.1:0", {false, "disk_low"});
  ASSERT_TRUE(well.ok() && low.ok());
  const auto yes = httplib::Client("127.0.0.1", (*well)->port()).Get("/healthz");
  ASSERT_TRUE(yes);
  EXPECT_EQ(yes->status, 200);
  EXPECT_EQ(yes->body, "serving\n");
  const auto no = httplib::Client("127.0.0.1", (*low)->port()).Get("/healthz");
  ASSERT_TRUE(no);
  EXPECT_EQ(no->status, 503);
  EXPECT_EQ(no->body, "disk_low\n");
}

// A body was read whole before the path was looked at: anybody on the machine could fill the
// memory of the node.
TEST(LoopbackHttpTest, ReadsNoBody) {
  const auto server = Serve("127.0.0.1:0");
  ASSERT_TRUE(server.ok());
  httplib::Client client("127.0.0.1", (*server)->port());
  // A body that never comes: whoever reads it waits, and the answer below does not.
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "PRI", "OPTIONS"}) {
    httplib::Request request;
    request.method = method;
    request.path = "/metrics";
    request.set_header("Content-Length", "400000000");
    const auto answer = client.send(request);
    ASSERT_TRUE(answer) << method;
    EXPECT_EQ(answer->status, 405) << method;
    EXPECT_EQ(answer->get_header_value("Connection"), "close") << method;
  }
  EXPECT_EQ(client.Get("/healthz")->status, 200);
}

TEST(LoopbackHttpTest, ShowsMetricsAndNothingElse) {
  const auto server = Serve("127.0.0.1:0");
  ASSERT_TRUE(server.ok());
  httplib::Client client("127.0.0.1", (*server)->port());
  const auto metrics = client.Get("/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->body, "sluis_serving 1\n");
  for (const char* path : {"/", "/metrics/", "/healthz/..", "/debug"}) {
    const auto other = client.Get(path);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->status, 404) << path;
  }
}

TEST(LoopbackHttpTest, APortThatIsTakenIsAnError) {
  const auto first = Serve("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second = Serve("127.0.0.1:" + std::to_string((*first)->port()));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace sluis::rpc
