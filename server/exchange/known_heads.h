// What this node has seen of its partners' logs: the newest head of each, and pairs of signed heads
// that contradict each other.
//
// It is the small store of the witness: synced, compared before it is written, and never logged,
// because two idle nodes must not make each other's logs grow.
// Guarantee: the head of an origin never goes back and never changes at one size; a signed head
// that contradicts it is kept as evidence, the first of each size, and refused from then on.
// Not guaranteed: that a partner shows others the same (witnesses); that a head which was not
// proven from the one known extends it: such a head is taken for the exchange that it proves and
// moves nothing.
// Thread-safe. Borrows the store, which nothing else writes.
// Errors: those of the store; DATA_LOSS for a row that cannot be read; Refuse(kLog) for a head that
// contradicts.
#ifndef SLUIS_SERVER_EXCHANGE_KNOWN_HEADS_H_
#define SLUIS_SERVER_EXCHANGE_KNOWN_HEADS_H_

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "server/core/partner_heads.h"
#include "server/storage/store.h"

namespace sluis::exchange {

// Two notes of one log that cannot both be true.
struct Contradiction {
  std::string origin;
  std::string known;  // signed note
  std::string shown;  // signed note
};

class KnownHeads final : public core::PartnerHeads {
 public:
  explicit KnownHeads(storage::Store& store) : store_(store) {}

  // The newest head of that log; nothing before the first.
  absl::StatusOr<std::optional<crypto::TreeHead>> Of(std::string_view origin) const override;

  // A head whose signature was verified, proven to extend `proven_from` (an empty head: proven from
  // nothing). Moves the known head when it was proven from that one, or when none is known.
  absl::Status Take(const crypto::Checkpoint& verified, std::string_view note,
                    const crypto::TreeHead& proven_from) override;

  // Everything that was refused, by origin and size.
  absl::StatusOr<std::vector<Contradiction>> Contradictions() const;

 private:
  storage::Store& store_;
  std::mutex mutex_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_KNOWN_HEADS_H_
