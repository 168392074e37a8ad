// Offers, decided again and composed, of several at once on several threads.
//
// Guarantee: what is made of one is what deciding it alone would make, against the same snapshot,
// terms and time. Reads only: whoever looks at one ends what may not leave. Of one look at an
// outbox few are made ahead at first, then ever more, and none that could not go along with the one
// looked at: what a partner turned down or what is large, of which one or a few leave, is not made
// over and over for nothing. Not guaranteed: that it leaves. Errors are of one Offer and keep no
// other back: a row or an entry that cannot be read. Thread-safe, but for a look.
#ifndef SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_
#define SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_

#include <cstddef>
#include <functional>
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
  // Most that are made before they are looked at, the first time and ever.
  static constexpr size_t kFirst = 8;
  static constexpr size_t kMost = 64;
  // Most threads beside the one that asks.
  static constexpr size_t kMostThreads = 3;

  // One look at an outbox, under the terms and at the time of one call. Everything is borrowed. Not
  // thread-safe.
  class Look {
   public:
    Look(OffersAhead& offers, const core::Call& call, const core::View& view,
         const ledger::LogReader& log)
        : offers_(offers), call_(call), view_(view), log_(log) {}

    // The Offer owed at that place; each place once, and places ascend. When it was not made yet it
    // is now, with those that follow: no more than `most` together, and up to the first that is no
    // Offer or that does not go along.
    MadeOffer At(std::span<const Owed> owed, size_t place, size_t most,
                 const std::function<bool(const Owed&)>& goes_along);

   private:
    OffersAhead& offers_;
    const core::Call& call_;
    const core::View& view_;
    const ledger::LogReader& log_;
    std::vector<MadeOffer> made_;
    size_t from_ = 0;  // place of the first of them
    size_t next_ = kFirst;
  };

  OffersAhead();

 private:
  // All of `owed`, which are Offers.
  std::vector<MadeOffer> Make(std::span<const Owed> owed, const core::Call& call,
                              const core::View& view, const ledger::LogReader& log);

  ThreadTeam team_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_OFFERS_AHEAD_H_
