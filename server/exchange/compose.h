// Leaves of the messages that a node owes, made from its row of the exchange and the log.
//
// Guarantee: an Offer is a function of its row and the log, so that it is the same bytes however
// often it is sent; a Receipt shows the checkpoint given and no later state of the log. Not
// guaranteed: that the rules still allow it; who sends decides first. Thread-safety: pure.
// Errors: DATA_LOSS for a row or an entry that cannot be read.
// Source: docs/formats.md, proto/sluis/peer/v1/exchange.proto. The Offer itself: core::OfferOf.
#ifndef SLUIS_SERVER_EXCHANGE_COMPOSE_H_
#define SLUIS_SERVER_EXCHANGE_COMPOSE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/core/received_exchange.h"
#include "server/exchange/acknowledgements.h"
#include "server/ledger/ledger.h"
#include "server/ledger/reader.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::exchange {

// The Receipt under this checkpoint; nothing while it does not cover the entry of the collection.
absl::StatusOr<std::optional<peer::v1::Receipt>> ComposeReceipt(
    const core::ReceivedRow& received, const ledger::ShownCheckpoint& shown,
    const ledger::LogReader& log);

// The Receipt to be sent now, and the size of the head that it shows: the one that was given, byte
// for byte, because a Key may be under way that names it; else a new one. What was given is of no
// use any more when it does not come out the same: of another Offer, or of entries that a restored
// log has lost. Nothing while no head covers the entry of the collection.
struct ReceiptLeaf {
  std::string leaf;
  uint64_t head_size = 0;
  bool fresh = false;  // not given before
};
absl::StatusOr<std::optional<ReceiptLeaf>> ReceiptToGive(
    const core::ReceivedRow& received, const std::optional<Acknowledgements::Given>& given,
    const ledger::ShownCheckpoint& shown, const ledger::LogReader& log);

// The answers with which an exchange ends at its recipient.
absl::StatusOr<peer::v1::Opened> ComposeOpened(const core::ReceivedRow& received);
absl::StatusOr<peer::v1::Unopenable> ComposeUnopenable(const core::ReceivedRow& received);
absl::StatusOr<peer::v1::Refusal> ComposeRefusal(const core::ReceivedRow& received,
                                                 uint64_t manifest_version);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_COMPOSE_H_
