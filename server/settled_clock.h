// Whether the date of the machine may be trusted for what cannot be undone.
//
// What it is: civil time is believed once it has gone on as evenly as the clock that only runs, for
// ten minutes since the process began or since it last stepped. A machine that starts with a wrong
// clock, or whose clock is put wrong while it runs, gets that time to have it put right before
// anything is erased by date.
// Guarantee: a step of more than a minute between two looks makes the time begin again, as do
// smaller ones within a minute that add up to it.
// Not guaranteed: that the date is right after it; nothing here knows another clock.
// Thread-safe. Borrows the clock.
#ifndef SLUIS_SERVER_SETTLED_CLOCK_H_
#define SLUIS_SERVER_SETTLED_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <mutex>

#include "server/storage/clock.h"

namespace sluis::server {

class SettledClock {
 public:
  explicit SettledClock(const storage::Clock& clock);

  // Looks at both clocks. To be asked regularly: a step is seen at the next look.
  bool Look();

 private:
  const storage::Clock& clock_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point running_;
  uint64_t civil_us_;
  std::chrono::steady_clock::time_point even_since_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_SETTLED_CLOCK_H_
