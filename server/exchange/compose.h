// Leaves of envelopes, made from what the ledger holds about an exchange.
//
// Guarantee: an Offer is a function of its row and the log: sent again, it is the same bytes. A
// receipt shows the checkpoint given and no later state of the log. Not guaranteed: that the rules
// still allow it (core decides before anything leaves). Thread-safety: pure.
// Errors: DATA_LOSS for a row or an entry that cannot be read; those of the log.
// Source: docs/formats.md, proto/sluis/peer/v1/exchange.proto.
#ifndef SLUIS_SERVER_EXCHANGE_COMPOSE_H_
#define SLUIS_SERVER_EXCHANGE_COMPOSE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "server/ledger/ledger.h"
#include "server/ledger/reader.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::exchange {

// A row of an exchange with its stamp.
template <typename Row>
struct Stamped {
  Row row;
  uint64_t stamp = 0;
};
using SentRow = Stamped<record::v1::SentExchange>;
using ReceivedRow = Stamped<record::v1::ReceivedExchange>;

// The Offer as it travels: that of the row with the leaf hash of the entry about the intent.
absl::StatusOr<std::string> ComposeOffer(const SentRow& sent, const ledger::LogReader& log);

// The Receipt under this checkpoint; nothing while the checkpoint does not cover the entry about
// the collection.
absl::StatusOr<std::optional<std::string>> ComposeReceipt(const ReceivedRow& received,
                                                          const ledger::ShownCheckpoint& shown,
                                                          const ledger::LogReader& log);

// The answers that end an exchange at the recipient.
absl::StatusOr<std::string> ComposeOpened(const ReceivedRow& received);
absl::StatusOr<std::string> ComposeUnopenable(const ReceivedRow& received);
absl::StatusOr<std::string> ComposeRefusal(const ReceivedRow& received, uint64_t manifest_version);

// The words of rows for the closed lists of exchange.proto.
std::string_view UnopenableWord(peer::v1::UnopenableReason reason);
std::string_view RefusalWord(peer::v1::RefusalReason reason);

// What a message of `kind` about this Offer repeats; `turned` when it goes back to its sender.
peer::v1::Binding BindingFor(const peer::v1::Binding& offer, peer::v1::EnvelopeKind kind,
                             bool turned);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_COMPOSE_H_
