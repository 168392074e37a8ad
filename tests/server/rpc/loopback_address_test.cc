#include "server/rpc/loopback_address.h"

#include <gtest/gtest.h>

namespace sluis::rpc {
namespace {

TEST(LoopbackAddressTest, TakesBothFamiliesWithAPort) {
  for (const char* text :
       {"127.0.0.1:9464", "[127.0.0.1]:9464", "127.9.9.9:0", "127.0.0.1:65535"}) {
    EXPECT_TRUE(ParseLoopbackAddress(text).ok()) << text;
  }
  const auto v6 = ParseLoopbackAddress("[::1]:9464");
  ASSERT_TRUE(v6.ok()) << v6.status();
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 9464);
}

TEST(LoopbackAddressTest, RefusesWhatIsOffTheMachineOrNoAddress) {
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "0.0.0.0:1", "10.0.0.1:1", "[::]:1",
                           "localhost:1", "128.0.0.1:1", "127.0.0.1:65536", "127.0.0.1:1x",
                           "127.0.0.1: 1", "127.0.0.1:+1", "[]:1", "127.1:1"}) {
    const auto parsed = ParseLoopbackAddress(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find("loopback address"), std::string::npos);
  }
}

TEST(LoopbackAddressTest, AnEndingBehindANulIsNotCutOff) {
  using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)
  EXPECT_FALSE(ParseLoopbackAddress("127.0.0.1\0.partner.example:1"sv).ok());
}

TEST(LoopbackAddressTest, MinusZeroIsNoPort) {
  EXPECT_FALSE(ParseLoopbackAddress("127.0.0.1:-0").ok());
}

}  // namespace
}  // namespace sluis::rpc
