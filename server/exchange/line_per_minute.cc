#include "server/exchange/line_per_minute.h"

namespace sluis::exchange {

uint64_t LinePerMinute::More(const std::string& partner,
                             std::chrono::steady_clock::time_point now) {
  std::lock_guard lock(mutex_);
  const auto [found, is_first] = told_.try_emplace(partner, Told{now, 0});
  Told& told = found->second;
  if (!is_first && now - told.at < std::chrono::minutes(1)) {
    ++told.since;
    return 0;
  }
  const uint64_t count = told.since + 1;
  told = {now, 0};
  return count;
}

}  // namespace sluis::exchange
