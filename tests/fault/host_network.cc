#include "tests/fault/host_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sluis::fault {
namespace {

constexpr char kInterface[] = "wire0";
constexpr size_t kMostPacketBytes = 64 << 10;
// Where the version, the source and the destination of an IPv4 packet stand.
constexpr size_t kDestinationAt = 16;
constexpr size_t kHeaderBytes = 20;

uint32_t AddressNumber(size_t host) {
  return (10u << 24) + (77u << 16) + static_cast<uint32_t>(host) + 1;
}

absl::Status CannotHere(const std::string& what) {
  return absl::FailedPreconditionError(what + ": " + std::strerror(errno));
}

void SetAddress(sockaddr& to, uint32_t number) {
  auto& address = reinterpret_cast<sockaddr_in&>(to);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(number);
}

bool SetUp(int socket, const char* interface, bool up) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCGIFFLAGS, &request) != 0) return false;
  const int flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
  request.ifr_flags = static_cast<short>(flags);
  return ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

// The interface of a host in the namespace that this process is in; -1 and errno when it cannot be.
// Calls the system and nothing else: it runs after a fork too.
int MakeInterface(size_t host) {
  const int tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (tun < 0) return -1;
  ifreq request{};
  std::strncpy(request.ifr_name, kInterface, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool made = socket >= 0 && ::ioctl(tun, TUNSETIFF, &request) == 0;
  if (made) {
    SetAddress(request.ifr_addr, AddressNumber(host));
    made = ::ioctl(socket, SIOCSIFADDR, &request) == 0;
  }
  if (made) {
    SetAddress(request.ifr_netmask, 0xffffff00);
    made = ::ioctl(socket, SIOCSIFNETMASK, &request) == 0;
  }
  made = made && SetUp(socket, kInterface, true) && SetUp(socket, "lo", true);
  const int error = errno;
  if (socket >= 0) ::close(socket);
  if (made) return tun;
  ::close(tun);
  errno = error;
  return -1;
}

bool WriteText(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return written;
}

// This process into a namespace of its own, as root of it when it is not root of the machine.
absl::Status LeaveNetwork() {
  if (::unshare(CLONE_NEWNET) == 0) return absl::OkStatus();
  if (errno != EPERM) return CannotHere("no network namespace can be made");
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return CannotHere("neither root nor allowed to make a user namespace");
  }
  if (!WriteText("/proc/self/setgroups", "deny") ||
      !WriteText("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") ||
      !WriteText("/proc/self/gid_map", "0 " + std::to_string(group) + " 1")) {
    return CannotHere("a user namespace cannot be set up");
  }
  return absl::OkStatus();
}

// One byte and, if it is not -1, one file.
bool SendFile(int socket, char byte, int file) {
  iovec data{&byte, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (file >= 0) {
    message.msg_control = space;
    message.msg_controllen = sizeof(space);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &file, sizeof(int));
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

// The file, or minus the error number that came in its place.
int ReceiveFile(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof(space);
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) return -ECHILD;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) return -static_cast<int>(static_cast<unsigned char>(byte));
  int file = -1;
  std::memcpy(&file, CMSG_DATA(header), sizeof(int));
  return file;
}

// A process that keeps a namespace for as long as it is asked to. It came from a process that may
// have had threads, so it only calls the system.
[[noreturn]] void Keep(size_t host, int control) {
  int tun = -1;
  if (::unshare(CLONE_NEWNET) == 0) tun = MakeInterface(host);
  SendFile(control, static_cast<char>(errno), tun);
  if (tun < 0) ::_exit(1);
  ::close(tun);
  char wanted = 0;
  while (::read(control, &wanted, 1) == 1) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool set = SetUp(socket, kInterface, wanted == 'u');
    ::close(socket);
    if (!SendFile(control, set ? 'y' : 'n', -1)) break;
  }
  ::_exit(0);
}

// Whether a TCP segment carries data. Source: RFC 791, section 3.1; RFC 9293, section 3.1.
bool HasPayload(std::string_view packet) {
  const auto words = [packet](size_t at, int shift) {
    return at < packet.size()
               ? static_cast<size_t>(static_cast<unsigned char>(packet[at]) >> shift & 15) * 4
               : size_t{0};
  };
  const size_t ip = words(0, 0);
  return packet.size() > ip + words(ip + 12, 4);
}

}  // namespace

absl::StatusOr<std::unique_ptr<HostNetwork>> HostNetwork::Make(size_t hosts) {
  if (absl::Status left = LeaveNetwork(); !left.ok()) return left;
  std::unique_ptr<HostNetwork> network(new HostNetwork);
  network->stop_ = ::eventfd(0, EFD_CLOEXEC);
  network->hosts_.resize(hosts);
  network->hosts_[0].tun = MakeInterface(0);
  if (network->hosts_[0].tun < 0) return CannotHere("no interface can be made (/dev/net/tun)");
  for (size_t i = 1; i < hosts; ++i) {
    Host& host = network->hosts_[i];
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      return CannotHere("no socket pair");
    }
    host.control = ends[0];
    host.keeper = ::fork();
    if (host.keeper == 0) {
      ::close(ends[0]);
      // Those before it must see the end of their sockets when this process lets go of them.
      for (size_t before = 1; before < i; ++before) ::close(network->hosts_[before].control);
      Keep(i, ends[1]);
    }
    ::close(ends[1]);
    host.tun = ReceiveFile(host.control);
    if (host.tun < 0) {
      errno = -host.tun;
      return CannotHere("a further namespace cannot be made");
    }
  }
  network->thread_ = std::thread([at = network.get()] { at->Run(); });
  return network;
}

HostNetwork::~HostNetwork() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    static_cast<void>(::write(stop_, &one, sizeof(one)) > 0);
    thread_.join();
  }
  for (const Host& host : hosts_) {
    if (host.tun >= 0) ::close(host.tun);
    if (host.control >= 0) ::close(host.control);
    if (host.keeper > 0) ::waitpid(host.keeper, nullptr, 0);
  }
  ::close(stop_);
}

std::string HostNetwork::AddressOf(size_t host) const {
  return "10.77.0." + std::to_string(host + 1);
}

std::vector<std::string> HostNetwork::EnterCommand(size_t host) const {
  return {"nsenter", "--net=/proc/" + std::to_string(hosts_[host].keeper) + "/ns/net", "--"};
}

void HostNetwork::SetFaults(size_t from, size_t to, const WireFaults& faults) {
  const std::lock_guard lock(mutex_);
  ways_[{from, to}].faults = faults;
}

WireCounts HostNetwork::CountsOf(size_t from, size_t to) const {
  const std::lock_guard lock(mutex_);
  const auto found = ways_.find({from, to});
  return found == ways_.end() ? WireCounts() : found->second.counts;
}

void HostNetwork::SetLink(size_t host, bool up) {
  char done = up ? 'u' : 'd';
  const int control = hosts_[host].control;
  if (::write(control, &done, 1) != 1 || ::read(control, &done, 1) != 1 || done != 'y') {
    throw std::runtime_error("host network: the link does not change");
  }
}

void HostNetwork::Take(size_t from, std::string packet) {
  // Only IPv4 between these hosts; whatever else the kernel tries by itself is dropped.
  if (packet.size() < kHeaderBytes || (static_cast<unsigned char>(packet[0]) >> 4) != 4) return;
  uint32_t destination = 0;
  std::memcpy(&destination, packet.data() + kDestinationAt, sizeof(destination));
  const size_t to = ntohl(destination) - AddressNumber(0);
  if (to >= hosts_.size()) return;
  const std::lock_guard lock(mutex_);
  Way& way = ways_[{from, to}];
  const auto happens = [this](int percent) {
    return static_cast<int>(random_.Below(100)) < percent;
  };
  if (way.faults.cut || (way.faults.mute && HasPayload(packet)) ||
      happens(way.faults.lose_percent)) {
    ++way.counts.lost;
    return;
  }
  auto due = std::chrono::steady_clock::now() + way.faults.delay;
  if (happens(way.faults.overtake_percent)) {
    ++way.counts.overtaken;
    due += kOvertaken;
  }
  if (happens(way.faults.duplicate_percent)) {
    ++way.counts.doubled;
    under_way_.push({due, order_++, from, to, packet});
  }
  under_way_.push({due, order_++, from, to, std::move(packet)});
}

// Hands over what is due; returns in how many milliseconds the next is, -1 for never.
int HostNetwork::Deliver() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  while (!under_way_.empty() && under_way_.top().due <= now) {
    const OnItsWay& next = under_way_.top();
    // A host whose link is down takes nothing.
    if (::write(hosts_[next.to].tun, next.packet.data(), next.packet.size()) > 0) {
      ++ways_[{next.from, next.to}].counts.arrived;
    } else {
      ++ways_[{next.from, next.to}].counts.lost;
    }
    under_way_.pop();
  }
  if (under_way_.empty()) return -1;
  const auto wait = under_way_.top().due - now;
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count() + 1);
}

void HostNetwork::Run() {
  std::vector<pollfd> polled = {{stop_, POLLIN, 0}};
  for (const Host& host : hosts_) polled.push_back({host.tun, POLLIN, 0});
  std::string buffer(kMostPacketBytes, '\0');
  for (;;) {
    const int wait = Deliver();
    if (::poll(polled.data(), polled.size(), wait) < 0 && errno != EINTR) return;
    if ((polled[0].revents & POLLIN) != 0) return;
    for (size_t host = 0; host < hosts_.size(); ++host) {
      for (ssize_t size; (size = ::read(hosts_[host].tun, buffer.data(), buffer.size())) > 0;) {
        Take(host, buffer.substr(0, static_cast<size_t>(size)));
      }
    }
  }
}

}  // namespace sluis::fault
