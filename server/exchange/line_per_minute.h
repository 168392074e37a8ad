// How often a partner that does something again and again may write into the log of the node.
//
// Guarantee: one line for each partner and minute, which tells of all since the last one. Not
// guaranteed: that the last ones are told of, when nothing follows them. Thread-safe. Bounded by
// the number of members of the manifest, who alone get as far as being counted.
#ifndef SLUIS_SERVER_EXCHANGE_LINE_PER_MINUTE_H_
#define SLUIS_SERVER_EXCHANGE_LINE_PER_MINUTE_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluis::exchange {

class LinePerMinute {
 public:
  // Counts one more of this partner. How many a line is to tell of now; 0 for no line.
  uint64_t More(const std::string& partner, std::chrono::steady_clock::time_point now);

 private:
  struct Told {
    std::chrono::steady_clock::time_point at;
    uint64_t since = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Told> told_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_LINE_PER_MINUTE_H_
