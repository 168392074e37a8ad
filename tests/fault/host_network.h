#ifndef SLUIS_TESTS_FAULT_HOST_NETWORK_H_
#define SLUIS_TESTS_FAULT_HOST_NETWORK_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/seeded_random.h"

namespace sluis::fault {

// What happens to packets on their way from one host to another.
struct WireFaults {
  bool cut = false;  // nothing arrives
  // Nothing that says anything arrives: TCP hears what was received, and the programs hear nothing.
  bool mute = false;
  std::chrono::milliseconds delay{0};
  int lose_percent = 0;
  int duplicate_percent = 0;
  // So many come `kOvertaken` late, so that those after them arrive first.
  int overtake_percent = 0;
};

// What became of the packets of one way so far.
struct WireCounts {
  uint64_t arrived = 0;
  uint64_t lost = 0;
  uint64_t doubled = 0;
  uint64_t overtaken = 0;
};

// Hosts on one machine, each a network namespace with one interface, and the wire between them in
// the hands of the test: what netem does in a kernel that has it, done here packet by packet, so
// that it needs neither that kernel nor iproute2. Host 0 is the calling process itself from Make on
// (and whatever it starts); the others are entered by a command.
//
// Guarantee: nothing of it is outside of the namespaces, which are gone with this and the process.
// Not guaranteed: a way back to the network of the machine. Thread-safe after Make.
class HostNetwork {
 public:
  static constexpr std::chrono::milliseconds kOvertaken{30};

  // Before the process has a second thread. FAILED_PRECONDITION says what the machine does not
  // allow: root, or user namespaces, and /dev/net/tun are needed.
  static absl::StatusOr<std::unique_ptr<HostNetwork>> Make(size_t hosts);
  ~HostNetwork();

  // Dotted; that of host 0 first.
  std::string AddressOf(size_t host) const;
  // Command under which another command runs on that host.
  std::vector<std::string> EnterCommand(size_t host) const;

  // From now on, for packets one way.
  void SetFaults(size_t from, size_t to, const WireFaults& faults);
  WireCounts CountsOf(size_t from, size_t to) const;
  // Takes the interface of a host other than 0 away, or brings it back.
  void SetLink(size_t host, bool up);

 private:
  struct Host {
    int tun = -1;
    int control = -1;  // to the process that keeps the namespace
    pid_t keeper = -1;
  };
  struct Way {
    WireFaults faults;
    WireCounts counts;
  };
  struct OnItsWay {
    std::chrono::steady_clock::time_point due;
    uint64_t order = 0;
    size_t from = 0;
    size_t to = 0;
    std::string packet;
    bool operator>(const OnItsWay& other) const {
      return std::pair(due, order) > std::pair(other.due, other.order);
    }
  };

  HostNetwork() = default;
  void Run();
  void Take(size_t from, std::string packet);
  int Deliver();

  std::vector<Host> hosts_;
  int stop_ = -1;
  tests::SeededRandom random_{41};
  mutable std::mutex mutex_;
  std::map<std::pair<size_t, size_t>, Way> ways_;
  std::priority_queue<OnItsWay, std::vector<OnItsWay>, std::greater<>> under_way_;
  uint64_t order_ = 0;
  std::thread thread_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_HOST_NETWORK_H_
