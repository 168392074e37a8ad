#include "server/exchange/line_watch.h"

#include <algorithm>
#include <utility>

namespace sluis::exchange {
namespace {

// How long a watch goes on at most once this is to end.
constexpr std::chrono::milliseconds kLookAgain{250};

}  // namespace

struct LineWatch::Watched {
  std::shared_ptr<grpc::Channel> channel;
  std::chrono::system_clock::time_point until;
  std::function<void(bool)> done;
};

LineWatch::LineWatch()
    : thread_([this] {
        void* tag = nullptr;
        // False only says that nothing changed in time.
        bool changed = false;
        while (changes_.Next(&tag, &changed)) {
          Look(std::unique_ptr<Watched>(static_cast<Watched*>(tag)));
        }
      }) {}

void LineWatch::WhenConnected(std::shared_ptr<grpc::Channel> channel,
                              std::chrono::system_clock::time_point until,
                              std::function<void(bool)> done) {
  Look(std::make_unique<Watched>(Watched{std::move(channel), until, std::move(done)}));
}

void LineWatch::Look(std::unique_ptr<Watched> watched) {
  const grpc_connectivity_state state = watched->channel->GetState(/*try_to_connect=*/true);
  if (state == GRPC_CHANNEL_READY) return watched->done(true);
  const auto now = std::chrono::system_clock::now();
  if (state != GRPC_CHANNEL_TRANSIENT_FAILURE && state != GRPC_CHANNEL_SHUTDOWN &&
      now < watched->until) {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      grpc::Channel& channel = *watched->channel;
      const auto deadline = std::min(
          watched->until,
          now + std::chrono::duration_cast<std::chrono::system_clock::duration>(kLookAgain));
      channel.NotifyOnStateChange(state, deadline, &changes_, watched.release());
      return;
    }
  }
  watched->done(false);
}

void LineWatch::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    changes_.Shutdown();
  }
  thread_.join();
}

}  // namespace sluis::exchange
