// What this node has seen of its partners' logs: the newest head of each, and pairs of signed heads
// that contradict each other.
//
// It is the small store of the witness: synced, compared before it is written, and never logged,
// because two idle nodes must not make each other's logs grow.
// Guarantee: the head of an origin never goes back and never changes at one size; every head that
// was taken is of one log with all taken before it, unless an administrator set the known one
// aside, which is then kept with all that was held against it, as evidence of that act; a signed
// head that contradicts the known one is kept as evidence, the first of each size and
// kEvidencePerLog at most, and refused. Not guaranteed: that a partner shows others the same
// (witnesses). Thread-safe. Borrows the store, whose other rows are the receipts given. Errors:
// those of the store; DATA_LOSS for a row that cannot be read; Refuse(kLog) for a head that
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
  std::string known;  // signed note; empty when none was known any more
  std::string shown;  // signed note
  // Serialised sluis.peer.v1.RecordProof of the message that showed it; empty in rows from before.
  std::string record;
};

class KnownHeads final : public core::PartnerHeads {
 public:
  // More of one log show nothing new, and whoever signs them could fill a disk.
  static constexpr size_t kEvidencePerLog = 16;

  explicit KnownHeads(storage::Store& store) : store_(store) {}

  // The newest head of that log; nothing before the first.
  absl::StatusOr<std::optional<crypto::TreeHead>> Of(std::string_view origin) const override;
  absl::StatusOr<bool> WasReplaced(std::string_view origin,
                                   const crypto::TreeHead& head) const override;

  // Moves the known head when the one shown is proven to extend it, when none is known, or when the
  // known one was set aside.
  absl::StatusOr<bool> Take(const core::ShownHead& shown) override;
  absl::Status Contradict(const core::ShownHead& shown) override;

  // Everything that was refused, by origin and size, and was not put away when the known head was
  // replaced.
  absl::StatusOr<std::vector<Contradiction>> Contradictions() const;

 private:
  // The writes that put away what is known and what was held against it, for the head shown.
  absl::StatusOr<std::vector<storage::Write>> PutAway(const crypto::TreeHead& known,
                                                      std::string_view known_note,
                                                      const core::ShownHead& shown) const;
  // Whether the head shown is, or is proven to be, of one log with that one; Refuse(kLog), once it
  // is kept, when it is shown not to be. Called under the lock.
  absl::StatusOr<bool> IsOneLog(const crypto::TreeHead& known, std::string_view known_note,
                                const core::ShownHead& shown);
  // Refuse(kLog) once it is kept. Called under the lock.
  absl::Status KeepEvidence(std::string_view known_note, const core::ShownHead& shown);

  storage::Store& store_;
  std::mutex mutex_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_KNOWN_HEADS_H_
