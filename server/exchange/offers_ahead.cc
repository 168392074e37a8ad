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

std::vector<MadeOffer> OffersAhead::Make(std::span<const Owed> owed, size_t most,
                                         const core::Call& call, const core::View& view,
                                         const ledger::LogReader& log) {
  most = std::min({most, kMost, owed.size()});
  size_t count = 0;
  while (count < most && owed[count].kind == peer::v1::ENVELOPE_KIND_OFFER) ++count;
  std::vector<MadeOffer> made(count);
  core::PeopleStanding people;
  team_.Each(count, [&](size_t i) { made[i] = MakeOne(owed[i], call, view, log, people); });
  return made;
}

}  // namespace sluis::exchange
