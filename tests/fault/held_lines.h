#ifndef SLUIS_TESTS_FAULT_HELD_LINES_H_
#define SLUIS_TESTS_FAULT_HELD_LINES_H_

#include <compare>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluis::fault {

// Lines between daemons of this machine: each carries TCP connections to one daemon, whose port may
// change, and all of them can be stopped at one piece of what they carry. So a daemon can be killed
// after any message and before the next, however fast the machine is. Thread-safe.
class HeldLines {
 public:
  explicit HeldLines(size_t lines);
  ~HeldLines();
  HeldLines(const HeldLines&) = delete;
  HeldLines& operator=(const HeldLines&) = delete;

  // Where this line is reached on 127.0.0.1.
  int port(size_t line) const { return lines_[line].port; }
  // Where its connections go from now on. Those asked for meanwhile wait.
  void LeadTo(size_t line, int port);

  // Where the next piece is kept: the line, and whether it comes from the daemon that the line
  // leads to, so that it answers.
  struct Place {
    size_t line = 0;
    bool answer = false;
    auto operator<=>(const Place&) const = default;
  };

  // Holds the next piece and everything after it, over all lines and both directions. A piece is
  // what one read gives: as a rule one message. What was held before goes on first.
  void HoldNext();
  // Nothing while nothing is held.
  std::optional<Place> held() const;
  // What is held never arrives: every connection ends. New ones pass, on lines that lead anywhere;
  // until LeadTo none does.
  void EndAll();

 private:
  struct Line {
    int listener = -1;
    int port = 0;
    int leads_to = 0;  // 0: nowhere yet
  };
  // Who asked for it, and the daemon that the line leads to.
  struct Connection {
    size_t line = 0;
    int ends[2] = {-1, -1};
    // Read from `kept_from` and not handed over.
    std::string kept;
    int kept_from = 0;
  };

  void Run();
  void Accept(size_t line);
  // False when the connection is over.
  bool Carry(Connection& connection, int from);
  // Makes the thread look anew.
  void Changed();

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
  std::list<Connection> connections_;
  bool hold_next_ = false;
  std::optional<Place> held_;
  bool stopping_ = false;
  uint64_t changes_ = 0;
  int wake_ = -1;
  std::thread thread_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_HELD_LINES_H_
