// Heads of partners' logs that an administrator set aside, because that partner was put back from a
// copy: rows H of the ledger, one for each act.
//
// Guarantee: a known head that was set aside counts as none, whenever the store of the heads is
// written; nothing that was shared before is held against the partner. Not guaranteed: that the
// partner lost what it says it lost. Thread-safety: pure. Errors: those of the store; DATA_LOSS for
// a row that cannot be read. Source: docs/formats.md, row H and "Which head".
#ifndef SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_
#define SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/core/partner_heads.h"
#include "server/core/view.h"
#include "server/ledger/effect.h"

namespace sluis::core {

// The row that sets aside that head of the partner's log.
std::string SetAsideKey(std::string_view partner, const crypto::TreeHead& head);
ledger::RowWrite SetAsideRow(std::string_view partner, const crypto::TreeHead& head,
                             uint64_t accepted_at_us);

absl::StatusOr<bool> IsSetAside(const View& view, std::string_view partner,
                                const crypto::TreeHead& head);
// Whether it is, and no other head took its place since: one act is for one other log.
absl::StatusOr<bool> StaysSetAside(const View& view, const PartnerHeads& heads,
                                   std::string_view partner, const crypto::TreeHead& head);

// When a head of that partner's log was last set aside, microseconds since the epoch, UTC; 0 when
// never. What was shared with it before may name a head that it lost.
absl::StatusOr<uint64_t> LastSetAsideUs(const View& view, std::string_view partner);

// The newest head known of the partner's log; nothing before the first, or when it was set aside.
absl::StatusOr<std::optional<crypto::TreeHead>> KnownHeadOf(const View& view,
                                                            const PartnerHeads& heads,
                                                            std::string_view partner);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SET_ASIDE_HEAD_H_
