// The rows of what this node owes its partners, as the index of what is still to come of exchanges,
// and the rows by which an exchange id counts as used.
//
// Guarantee: an exchange that was received and waits for its key owes its receipt, one that was
// sent and has not ended owes its Offer or its key: the row goes with the effect that ends it.
// Whoever looks for those that wait reads these rows, and none of exchanges that have ended. Not
// guaranteed: an order in time. Thread-safety: pure. Errors: those of the store. Source:
// docs/formats.md, row O.
#ifndef SLUIS_SERVER_CORE_OUTBOX_H_
#define SLUIS_SERVER_CORE_OUTBOX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/partnership/manifest.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::core {

// Row of what is owed to a partner about an exchange, or of one Notice.
std::string OutboxKey(std::string_view partner, std::string_view exchange_id);

// An exchange id serves once, in either direction: whether anything here has it.
absl::StatusOr<bool> IsUsed(const View& view, std::string_view partner,
                            std::string_view exchange_id);
// Makes `effect` hold only while nothing has it.
void RequireUnused(std::string_view partner, std::string_view exchange_id, Effect& effect);

// One row; the view lives during the visit only.
struct OwedRow {
  // Of the exchange; of a Notice its own.
  std::string_view id;
  // Unspecified when the value cannot be read: it may be of any kind.
  peer::v1::EnvelopeKind kind = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  // When it may leave, microseconds since the epoch, UTC; 0 when the value cannot be read.
  uint64_t not_before_us = 0;

  bool MayBe(peer::v1::EnvelopeKind wanted) const {
    return kind == wanted || kind == peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  }
};

// Visits what is owed to `partner`, or to everybody when it is empty, until `visit` returns false.
absl::Status VisitOutbox(const View& view, std::string_view partner,
                         const std::function<bool(const OwedRow&)>& visit);

// Organisations that something is owed to and that this manifest does not list, sorted. Costs a
// read for each organisation, however much is owed to it.
absl::StatusOr<std::vector<std::string>> FormerPartners(const View& view,
                                                        const partnership::Manifest& manifest);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OUTBOX_H_
