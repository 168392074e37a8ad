#ifndef SLUIS_SERVER_CORE_GIVEN_RECEIPTS_H_
#define SLUIS_SERVER_CORE_GIVEN_RECEIPTS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/envelope/form.h"

namespace sluis::core {

// The receipt that this node gave in each exchange: one, however often it is sent. A seam: it is
// kept beside the ledger, because a delivery is no act.
//
// Not guaranteed: that it survives what holds it. Thread-safe. Errors: those of the store.
class GivenReceipts {
 public:
  virtual ~GivenReceipts() = default;

  // Digest of its leaf; nothing when none was given, or none is known any more.
  virtual absl::StatusOr<std::optional<crypto::Hash>> DigestOf(
      const envelope::ExchangeId& exchange) const = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_GIVEN_RECEIPTS_H_
