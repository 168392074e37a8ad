#ifndef SLUIS_SERVER_CORE_PARTNER_HEADS_H_
#define SLUIS_SERVER_CORE_PARTNER_HEADS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"

namespace sluis::core {

// What a partner sends along to tie a head to the one known here: a consistency proof between the
// head of that size and the one shown, from the smaller to the larger. Not believed before it is
// verified.
struct HeadBridge {
  uint64_t known_size = 0;
  std::vector<crypto::Hash> consistency;
};

// A head of a partner's log, as a message shows it. Borrows what it views.
struct ShownHead {
  // Its signature was verified.
  crypto::Checkpoint checkpoint = {};
  // The signed note that it is from.
  std::string_view note = {};
  // The head that it was proven to extend; of size 0: it was proven from nothing.
  crypto::TreeHead proven_from = {};
  // Nothing when the partner sent none.
  const HeadBridge* bridge = nullptr;
  // The known head when an administrator set it aside (set_aside_head.h); of size 0: none was.
  crypto::TreeHead set_aside = {};
  // The head that took the place of the one set aside, by the ledger, where the store of the heads
  // does not know that (it was put back from a copy); of size 0: none did.
  crypto::TreeHead instead = {};
  // The record that shows it, with its proof: kept when the head contradicts another.
  std::string_view evidence = {};
};

// The newest head that this node has seen of each partner's log. A seam: the heads are kept beside
// the ledger, because two idle nodes must not make each other's logs grow.
//
// Thread-safe.
class PartnerHeads {
 public:
  virtual ~PartnerHeads() = default;

  // The newest head of that log; nothing before the first.
  virtual absl::StatusOr<std::optional<crypto::TreeHead>> Of(std::string_view origin) const = 0;

  // Whether this head was set aside once and another one took its place: it was that act's, and
  // when it is known again, it is known like any other.
  virtual absl::StatusOr<bool> WasReplaced(std::string_view origin,
                                           const crypto::TreeHead& head) const = 0;

  // True when the head is, or is proven to be of one log with, the one known here, or is the first.
  // It is durable then, so that nothing given on the strength of it can be forgotten. False when
  // nothing proves that: nothing may be given, and nothing is held against it. Saying the same
  // again changes nothing. A known head that was set aside counts as none, or as the one that took
  // its place, and is kept as evidence with what was held against it once another takes its place.
  // envelope::Fault::kLog when it contradicts the one that was kept: both are then evidence, and
  // nothing may be given.
  virtual absl::StatusOr<bool> Take(const ShownHead& shown) = 0;

  // A head that a signed message shows and fails to tie to an earlier one that this node named to
  // the partner. Keeps it, with the one known here, as evidence. Refuse(envelope::Fault::kLog) once
  // that is done.
  virtual absl::Status Contradict(const ShownHead& shown) = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PARTNER_HEADS_H_
