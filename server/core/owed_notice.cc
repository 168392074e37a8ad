#include "server/core/owed_notice.h"

#include <utility>

#include "server/core/outbox.h"
#include "server/core/received_exchange.h"
#include "server/envelope/leaf.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kDayUs = 24ull * 3600 * kSecondUs;

// The first moment after the last day, at this time of the day: a bar that ends on the day on which
// a clock is set back is over an hour later rather than an hour too soon.
uint64_t AfterBar(const Call& call, const std::string& barred_until) {
  uint64_t at_us = call.now_us;
  while (storage::LegalDay(at_us) <= barred_until) at_us += kDayUs;
  return at_us;
}

}  // namespace

absl::StatusOr<std::string> OweNotice(const Call& call, const View& view,
                                      const Compelled& compelled, crypto::Random& random,
                                      Effect& effect) {
  const absl::StatusOr<ReceivedRow> received = ReadReceived(view, compelled.exchange_id);
  if (absl::IsNotFound(received.status())) {
    return absl::DataLossError("the exchange by which a record came is gone; put the node back");
  }
  if (!received.ok()) return received.status();
  const record::v1::ReceivedExchange& row = received->row;
  const absl::StatusOr<KeptOffer> offer = KeptOfferOf(row);
  if (!offer.ok()) return offer.status();

  peer::v1::Notice notice;
  *notice.mutable_binding() = offer->binding;
  notice.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_NOTICE);
  notice.mutable_binding()->set_sender(offer->binding.recipient());
  notice.mutable_binding()->set_recipient(row.sender());
  notice.set_offer_digest(row.offer_digest());
  notice.set_handed_over_at_s(call.now_us / kSecondUs);
  *notice.mutable_scope() = compelled.scope;
  notice.set_barred(!compelled.barred_until.empty());

  record::v1::OwedMessage owed;
  owed.set_kind(peer::v1::ENVELOPE_KIND_NOTICE);
  owed.set_not_before_us(notice.barred() ? AfterBar(call, compelled.barred_until) : call.now_us);
  owed.set_leaf(notice.SerializeAsString());
  const envelope::ExchangeId id = random.Array<envelope::kExchangeIdBytes>();
  std::string key = OutboxKey(row.sender(), crypto::View(id));
  effect.preconditions.push_back({key, ledger::kAbsent});
  effect.rows.push_back({std::move(key), owed.SerializeAsString()});
  // What is owed about something made up goes with the exercise, found by a mark of its own: the
  // exchange does not name it.
  if (row.exercise()) effect.rows.push_back({ExerciseKey(crypto::View(id)), row.sender()});
  if (!notice.barred()) {
    const crypto::Hash digest = envelope::LeafDigest(owed.leaf());
    effect.entry.counterpart =
        ReceiverPart(row, call.terms->partnership, kKindNotice, crypto::View(digest), kCompelled);
  }
  return storage::LegalDay(owed.not_before_us());
}

}  // namespace sluis::core
