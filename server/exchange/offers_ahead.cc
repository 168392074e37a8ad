#include "server/exchange/offers_ahead.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "server/core/release_again.h"
#include "server/core/sent_exchange.h"

namespace sluis::exchange {
namespace {

// With the thread that asks as many as the machine runs at once.
size_t ThreadsBeside() {
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  return std::min(processors - 1, OffersAhead::kMostThreads);
}

MadeOffer MakeOne(const Owed& owed, const core::Call& call, const core::View& view,
                  const ledger::LogReader& log, core::PeopleStanding& people) {
  const absl::StatusOr<core::SentRow> sent = core::ReadSent(view, owed.id());
  if (!sent.ok()) return sent.status();
  absl::StatusOr<peer::v1::Offer> kept = core::OwnOfferOf(*sent);
  if (!kept.ok()) return kept.status();
  const auto again = core::AskAgain(call, view, sent->row, *kept, &people);
  if (!again.ok()) return again.status();
  if (!again->permitted()) return std::optional<std::string>();
  auto offer = core::OfferOf(log, *sent, *std::move(kept));
  if (!offer.ok()) return offer.status();
  return std::optional<std::string>(std::move(offer->bytes));
}

}  // namespace

OffersAhead::OffersAhead() : team_(ThreadsBeside()) {}

MadeOffer OffersAhead::Look::At(std::span<const Owed> owed, size_t place, size_t most,
                                const std::function<bool(const Owed&)>& goes_along) {
  if (place < from_ || place - from_ >= made_.size()) {
    const std::span<const Owed> rest = owed.subspan(place);
    const size_t end = std::min({most, next_, rest.size()});
    size_t count = 1;
    while (count < end && rest[count].kind == peer::v1::ENVELOPE_KIND_OFFER &&
           goes_along(rest[count])) {
      ++count;
    }
    made_ = offers_.Make(rest.first(count), call_, view_, log_);
    from_ = place;
    // All of these were looked at when more are asked for.
    if (count == next_) next_ = std::min(2 * next_, kMost);
  }
  return std::move(made_[place - from_]);
}

std::vector<MadeOffer> OffersAhead::Make(std::span<const Owed> owed, const core::Call& call,
                                         const core::View& view, const ledger::LogReader& log) {
  std::vector<MadeOffer> made(owed.size());
  core::PeopleStanding people;
  team_.Each(made.size(), [&](size_t i) { made[i] = MakeOne(owed[i], call, view, log, people); });
  return made;
}

}  // namespace sluis::exchange
