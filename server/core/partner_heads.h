#ifndef SLUIS_SERVER_CORE_PARTNER_HEADS_H_
#define SLUIS_SERVER_CORE_PARTNER_HEADS_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"

namespace sluis::core {

// The newest head that this node has seen of each partner's log. A seam: the heads are kept beside
// the ledger, because two idle nodes must not make each other's logs grow.
//
// Thread-safe.
class PartnerHeads {
 public:
  virtual ~PartnerHeads() = default;

  // The newest head of that log; nothing before the first.
  virtual absl::StatusOr<std::optional<crypto::TreeHead>> Of(std::string_view origin) const = 0;

  // A head whose signature was verified, proven to extend `proven_from` (of size 0: from nothing).
  // Once OK it is durable, so that nothing given on the strength of it can be forgotten. Saying the
  // same again changes nothing. envelope::Fault::kLog when it contradicts one that was kept: both
  // are then evidence, and nothing may be given.
  virtual absl::Status Take(const crypto::Checkpoint& verified, std::string_view note,
                            const crypto::TreeHead& proven_from) = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PARTNER_HEADS_H_
