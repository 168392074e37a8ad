// What is wrong at a partner and cannot be corrected there now: the partner is told that much.

#include <memory>
#include <string>
#include <vector>

#include "server/core/sent_correction.h"
#include "server/core/sent_exchange.h"
#include "server/exchange/outbound.h"

namespace sluis::exchange {

bool Outbound::WasTurnedDown(const envelope::ExchangeId& exchange) const {
  std::lock_guard lock(mutex_);
  const auto found = parked_.find(exchange);
  // What waits for a list of revoked mandates was not turned down.
  return found != parked_.end() && found->second.pause == std::chrono::seconds(0) &&
         parts_.clock.Monotonic() < found->second.until;
}

absl::Status Outbound::CloseCorrected(const std::string& partner, const core::Terms& terms) {
  {
    std::lock_guard lock(mutex_);
    if (terms.may_exchange && parked_.empty()) return absl::OkStatus();
  }
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  const auto stands_still = [&](const Owed& owed) {
    if (owed.kind != peer::v1::ENVELOPE_KIND_OFFER && owed.kind != peer::v1::ENVELOPE_KIND_KEY) {
      return false;
    }
    if (terms.may_exchange && !WasTurnedDown(owed.exchange)) return false;
    std::lock_guard lock(mutex_);
    return !told_.contains(owed.exchange);
  };
  const auto owed = rows_.To(view, partner, parts_.clock.NowUs(), stands_still);
  if (!owed.ok()) return owed.status();
  absl::Status first = absl::OkStatus();
  using Close = core::CloseCorrected;
  const auto held_up_by =
      terms.may_exchange ? Close::HeldUpBy::kPartner : Close::HeldUpBy::kSuspension;
  size_t closed = 0;
  for (const Owed& one : *owed) {
    if (closed >= kMostStopped || IsStopping()) break;
    // Who took the key has opened it, or will: the answer to it is all that is missing.
    const bool has_key = one.kind == peer::v1::ENVELOPE_KIND_KEY &&
                         parts_.acknowledgements.KeyWasTaken(one.exchange);
    if (!has_key) {
      const absl::StatusOr<core::SentRow> sent = core::ReadSent(view, one.id());
      const absl::StatusOr<bool> wrong =
          sent.ok() ? core::LeavesWrongVersion(view, *sent) : sent.status();
      first.Update(wrong.status());
      // One that cannot be read is said once; what else is in the way may be gone at the next look.
      const bool lasts = absl::IsDataLoss(wrong.status()) || absl::IsNotFound(wrong.status());
      if (!wrong.ok() && !lasts) continue;
      if (wrong.ok() && *wrong) {
        ++closed;
        const absl::Status told = parts_.executor.RunAsNodeAndWait(
            std::make_shared<Close>(std::string(one.id()), held_up_by));
        if (!told.ok()) {
          // It was taken back or opened just now, or can go: the next look sees that by itself.
          if (!absl::IsFailedPrecondition(told)) first.Update(told);
          continue;
        }
      }
    }
    std::lock_guard lock(mutex_);
    told_.insert(one.exchange);
  }
  return first;
}

}  // namespace sluis::exchange
