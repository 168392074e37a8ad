// Offers, decided again and composed, of several at once on several threads.
//
// Guarantee: what is made of one is what deciding it alone would make, against the same snapshot,
// terms and time. Reads only: whoever looks at one ends what may not leave. Not guaranteed: that it
// leaves. Errors are of one Offer and keep no other back: a row or an entry that cannot be read.
// Thread-safe.
#ifndef SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_
#define SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/view.h"
#include "server/exchange/owed.h"
#include "server/exchange/thread_team.h"
#include "server/ledger/reader.h"

namespace sluis::exchange {

// The leaf as it travels; nothing when it may not leave any more.
using MadeOffer = absl::StatusOr<std::optional<std::string>>;

class OffersAhead {
 public:
  // Most that are made before they are looked at.
  static constexpr size_t kMost = 64;
  // Most threads beside the one that asks.
  static constexpr size_t kMostThreads = 3;

  OffersAhead();

  // Those that `owed` begins with, as far as they are Offers; at most `most`, and kMost.
  std::vector<MadeOffer> Make(std::span<const Owed> owed, size_t most, const core::Call& call,
                              const core::View& view, const ledger::LogReader& log);

 private:
  ThreadTeam team_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_
