// What a sender does about a version that is wrong at a partner.
//
// A correction is a share that names the earlier one, and opening it closes that one there. While
// the correction cannot reach the partner, because nothing may be exchanged here or because the
// partner does not take it, the partner is told by a Cancel that its version is wrong: taking back
// crosses a suspension, content does not. The share stays owed and follows by itself, decided again
// like every other, or ends with its window. One that ends without being opened, unless a person
// takes it back, tells the same with the write that ends it. Thread-safety: pure. Errors: DATA_LOSS
// for a row that cannot be read. Source: docs/formats.md, "Correction".
#ifndef SLUIS_SERVER_CORE_SENT_CORRECTION_H_
#define SLUIS_SERVER_CORE_SENT_CORRECTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "server/core/sent_exchange.h"
#include "server/core/use_case.h"
#include "server/core/view.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// Whether `earlier` brought that partner a version below `version` of that record which it opened:
// a share of this version may correct it.
bool CanBeCorrected(const record::v1::SentExchange& earlier, std::string_view record_id,
                    std::string_view recipient, uint32_t version);

// Whether there is such a share.
absl::StatusOr<bool> HasWrongVersion(const View& view, std::string_view record_id,
                                     std::string_view recipient, uint32_t version);

// Whether the partner was told that this version is wrong, and nothing took its place yet.
bool IsClosing(const record::v1::SentExchange& row);

// Whether the share is a correction on its way whose earlier version the partner can still read, as
// far as is known here, and was not told of.
absl::StatusOr<bool> LeavesWrongVersion(const View& view, const SentRow& share);

// Makes the Cancel owed that tells so: an act of the node, with one entry about the earlier
// exchange, once. Refused with `not_due` when the correction ended, is in its cooling-off time, or
// leaves nothing wrong there; and when it was held up by a suspension that is over. That the
// partner does not take it is known to whoever runs this alone.
class CloseCorrected : public UseCase {
 public:
  enum class HeldUpBy { kSuspension, kPartner };
  // `exchange_id`: of the correction.
  CloseCorrected(std::string exchange_id, HeldUpBy held_up_by)
      : exchange_id_(std::move(exchange_id)), held_up_by_(held_up_by) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string exchange_id_;
  const HeldUpBy held_up_by_;
};

// Adds the same to a plan that ends the correction before it was opened, for another reason than
// that a person took it back: the partner refused it, could not open it, or it was stopped here.
// Whoever turns a correction down must not keep what it corrects by that. Nothing when it leaves
// nothing wrong there, or another part of the plan closes that already.
absl::Status AddClosedEarlier(const Call& call, const View& view, const SentRow& share, Plan& plan);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SENT_CORRECTION_H_
