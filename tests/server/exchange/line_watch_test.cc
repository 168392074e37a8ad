#include "server/exchange/line_watch.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <string>

namespace sluis::exchange {
namespace {

using std::chrono::system_clock;

// A port at which somebody listens and says nothing, or nobody any more.
class Port {
 public:
  Port() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, any, size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    EXPECT_EQ(getsockname(socket_, any, &size), 0);
    at_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Port() { Close(); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  void Close() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }
  std::shared_ptr<grpc::Channel> Dialled() const {
    return grpc::CreateChannel(at_, grpc::InsecureChannelCredentials());
  }

 private:
  int socket_;
  std::string at_;
};

std::future<bool> Watch(LineWatch& watch, const std::shared_ptr<grpc::Channel>& channel,
                        system_clock::time_point until) {
  auto said = std::make_shared<std::promise<bool>>();
  watch.WhenConnected(channel, until, [said](bool connected) { said->set_value(connected); });
  return said->get_future();
}

const auto kLater = system_clock::now() + std::chrono::hours(1);

TEST(LineWatchTest, WhereNobodyListensThatIsSaid) {
  Port port;
  const auto channel = port.Dialled();
  port.Close();
  LineWatch watch;
  EXPECT_FALSE(Watch(watch, channel, kLater).get());
}

TEST(LineWatchTest, WhoListensAndSaysNothingIsWaitedForUntilItsTime) {
  const Port port;
  LineWatch watch;
  const auto until = system_clock::now() + std::chrono::milliseconds(300);
  EXPECT_FALSE(Watch(watch, port.Dialled(), until).get());
  EXPECT_GE(system_clock::now(), until);
}

TEST(LineWatchTest, WhatIsWatchedWhenItEndsIsAnswered) {
  const Port port;
  LineWatch watch;
  std::future<bool> first = Watch(watch, port.Dialled(), kLater);
  watch.Stop();
  EXPECT_FALSE(first.get());
}

}  // namespace
}  // namespace sluis::exchange
