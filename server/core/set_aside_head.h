// Heads of partners' logs that an administrator set aside, because that partner was put back from a
// copy: rows H of the ledger, one for each act.
//
// Guarantee: a known head that was set aside counts as none, whenever the store of the heads is
// written, until another took its place: the row says which, so that a store of the heads that is
// put back does not open the act again. What was shared before is not held against the partner for
// a head that it may have lost by that. Not guaranteed: that the partner lost what it says it lost.
// Thread-safety: pure. Errors: those of the store; DATA_LOSS for a row that cannot be read. Source:
// docs/formats.md, row H and "Which head".
#ifndef SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_
#define SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/core/partner_heads.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/ledger/effect.h"

namespace sluis::core {

// The row that sets aside that head of the partner's log.
std::string SetAsideKey(std::string_view partner, const crypto::TreeHead& head);
ledger::RowWrite SetAsideRow(std::string_view partner, const crypto::TreeHead& head,
                             uint64_t accepted_at_us);

absl::StatusOr<bool> IsSetAside(const View& view, std::string_view partner,
                                const crypto::TreeHead& head);

// Whether an act after `shared_at_us` explains that the partner's log does not extend `head`, which
// an Offer of then names: the head that was set aside is this one, or a later one of that log.
absl::StatusOr<bool> MayBeLost(const View& view, std::string_view partner,
                               const crypto::TreeHead& head, uint64_t shared_at_us);

// When a head of that partner's log was last set aside, microseconds since the epoch, UTC; 0 when
// never. What was shared with it before may name a head that it lost.
absl::StatusOr<uint64_t> LastSetAsideUs(const View& view, std::string_view partner);

// What counts as known of a partner's log, by the ledger and the store of the heads together.
struct KnownLog {
  // Nothing before the first head, or when it was set aside and none took its place.
  std::optional<crypto::TreeHead> head;
  // What ShownHead says of them; of size 0 otherwise.
  crypto::TreeHead set_aside = {};
  crypto::TreeHead instead = {};
};
absl::StatusOr<KnownLog> KnownLogOf(const View& view, const PartnerHeads& heads,
                                    std::string_view partner);
// Its head.
absl::StatusOr<std::optional<crypto::TreeHead>> KnownHeadOf(const View& view,
                                                            const PartnerHeads& heads,
                                                            std::string_view partner);

// Adds to an effect about that partner that another head took the place of the one set aside last,
// once the store of the heads says so and the row does not.
absl::Status AddReplaced(const View& view, const PartnerHeads& heads, std::string_view partner,
                         Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_
