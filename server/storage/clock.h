#ifndef SLUIS_SERVER_STORAGE_CLOCK_H_
#define SLUIS_SERVER_STORAGE_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace sluis::storage {

// The only source of time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Microseconds since the epoch, UTC. May step back: whoever needs order keeps its own maximum.
  virtual uint64_t NowUs() const = 0;

  // Never steps back; for waiting and for measuring.
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;
};

// The clock of the machine.
Clock& SystemClock();

// Day in legal time, Europe/Brussels, as YYYY-MM-DD, of a moment in microseconds UTC. Summer time
// included.
std::string LegalDay(uint64_t now_us);

// `days` after `day` (may be negative); both YYYY-MM-DD. Empty when `day` is not a date in the
// sense of IsDay, or the result would not be one.
std::string AddDays(const std::string& day, int days);

// Whether `day` is a date of the proleptic Gregorian calendar written YYYY-MM-DD, year 1900 to
// 2199.
bool IsDay(const std::string& day);

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_CLOCK_H_
