#include "tests/fault/held_lines.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>

namespace sluis::fault {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void WithoutDelay(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Few bytes go each way at a time, so that a daemon that does not read cannot stop the others.
bool SendAll(int socket, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

HeldLines::HeldLines(size_t lines)
    : lines_(lines), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  for (Line& line : lines_) {
    line.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    if (::bind(line.listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(line.listener, SOMAXCONN) != 0 ||
        ::getsockname(line.listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("held lines: cannot listen");
    }
    line.port = ntohs(address.sin_port);
  }
  thread_ = std::thread([this] { Run(); });
}

HeldLines::~HeldLines() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    Changed();
  }
  thread_.join();
  EndAll();
  for (const Line& line : lines_) ::close(line.listener);
  ::close(wake_);
}

void HeldLines::Changed() {
  ++changes_;
  const uint64_t one = 1;
  if (::write(wake_, &one, sizeof(one)) < 0) throw std::runtime_error("held lines: no wake");
}

void HeldLines::LeadTo(size_t line, int port) {
  const std::lock_guard lock(mutex_);
  lines_[line].leads_to = port;
  Changed();
}

void HeldLines::HoldNext() {
  const std::lock_guard lock(mutex_);
  held_.reset();
  hold_next_ = true;
  for (Connection& connection : connections_) {
    if (connection.kept.empty()) continue;
    // One that has ended meanwhile is found at the next look.
    SendAll(connection.ends[1 - connection.kept_from], connection.kept.data(),
            connection.kept.size());
    connection.kept.clear();
  }
  Changed();
}

std::optional<HeldLines::Place> HeldLines::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

void HeldLines::EndAll() {
  const std::lock_guard lock(mutex_);
  for (const Connection& connection : connections_) {
    for (const int end : connection.ends) ::close(end);
  }
  connections_.clear();
  for (Line& line : lines_) line.leads_to = 0;
  hold_next_ = false;
  held_.reset();
  Changed();
}

void HeldLines::Accept(size_t line) {
  const int near = ::accept4(lines_[line].listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(lines_[line].leads_to);
  if (::connect(far, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(near);
    ::close(far);
    return;
  }
  WithoutDelay(near);
  WithoutDelay(far);
  connections_.push_back({.line = line, .ends = {near, far}, .kept = {}, .kept_from = 0});
}

bool HeldLines::Carry(Connection& connection, int from) {
  char piece[1 << 16];
  const ssize_t size = ::recv(connection.ends[from], piece, sizeof(piece), MSG_DONTWAIT);
  if (size <= 0) return false;
  if (hold_next_) {
    hold_next_ = false;
    held_ = Place{connection.line, from == 1};
    connection.kept.assign(piece, static_cast<size_t>(size));
    connection.kept_from = from;
    return true;
  }
  return SendAll(connection.ends[1 - from], piece, static_cast<size_t>(size));
}

void HeldLines::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::vector<pollfd> polled = {{wake_, POLLIN, 0}};
    for (const Line& line : lines_) {
      const bool open = !held_ && line.leads_to != 0;
      polled.push_back({open ? line.listener : -1, POLLIN, 0});
    }
    // While all is held only the end of somebody is of interest.
    const short events = held_ ? POLLRDHUP : POLLIN | POLLRDHUP;
    for (const Connection& connection : connections_) {
      for (const int end : connection.ends) polled.push_back({end, events, 0});
    }
    const uint64_t changes = changes_;
    lock.unlock();
    ::poll(polled.data(), polled.size(), -1);
    lock.lock();
    if (changes != changes_) {
      // What was polled may be closed by now.
      uint64_t count = 0;
      if (::read(wake_, &count, sizeof(count)) < 0 && errno != EAGAIN) return;
      continue;
    }
    size_t at = 1 + lines_.size();
    for (auto connection = connections_.begin(); connection != connections_.end();) {
      bool going = true;
      for (int end = 0; end < 2; ++end, ++at) {
        const short what = polled[at].revents;
        if (!going || what == 0) continue;
        const bool readable = (what & POLLIN) != 0;
        if (readable && !held_) {
          going = Carry(*connection, end);
        } else if (!readable) {
          going = false;
        }
      }
      if (going) {
        ++connection;
        continue;
      }
      for (const int end : connection->ends) ::close(end);
      connection = connections_.erase(connection);
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      if ((polled[1 + i].revents & POLLIN) != 0 && !held_) Accept(i);
    }
  }
}

}  // namespace sluis::fault
