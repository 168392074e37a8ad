// What ends in an exchange with time, and what is forgotten of those that have ended.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/exchange_upkeep.h"
#include "server/core/outbox.h"
#include "server/core/quarantine.h"
#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/core/stop_share.h"
#include "server/core/view.h"
#include "server/exchange_link.h"

namespace sluis::server {
namespace {

constexpr size_t kExpiredPerRound = 256;
constexpr size_t kForgottenPerRound = 4096;

// Whether something may still come or go in that exchange; what cannot be read may.
bool InUse(const core::View& view, const partnership::Manifest& manifest, std::string_view id) {
  for (const partnership::Member& member : manifest.members) {
    const auto owed = view.StampOf(core::OutboxKey(member.organisation, id));
    if (!owed.ok() || *owed != ledger::kAbsent) return true;
  }
  const auto sent = core::ReadSent(view, id);
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return true;
  if (sent.ok() && !core::IsEnded(sent->row.state())) return true;
  const auto received = core::ReadReceived(view, id);
  if (!received.ok()) return !absl::IsNotFound(received.status());
  return received->row.state() == record::v1::RECEIVED_STATE_COLLECTED;
}

}  // namespace

absl::Status ExchangeLink::EndQuarantined() {
  std::vector<std::string> due;
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    const core::View view(*snapshot, parts_.ledger.keyring());
    auto found = core::QuarantinedPastRetention(view, storage::LegalDay(parts_.clock.NowUs()),
                                                kExpiredPerRound);
    if (!found.ok()) return found.status();
    due = *std::move(found);
  }
  if (due.empty()) return absl::OkStatus();
  return parts_.executor.RunAsNodeAndWait(std::make_shared<core::EndQuarantine>(std::move(due)));
}

absl::Status ExchangeLink::EndSent(const core::Terms& terms) {
  std::vector<std::pair<std::string, bool>> over;  // and whether the partner can be told
  {
    const auto snapshot = parts_.ledger.store().NewSnapshot();
    const core::View view(*snapshot, parts_.ledger.keyring());
    const auto due = core::SentPastWindow(view, parts_.clock.NowUs(), kExpiredPerRound);
    if (!due.ok()) return due.status();
    for (const std::string& exchange : *due) {
      const auto sent = core::ReadSent(view, exchange);
      if (!sent.ok()) continue;
      const bool is_partner = terms.manifest->manifest.Find(sent->row.recipient()) != nullptr;
      // Opened there in time and only the answer is missing, or its time was over there: either way
      // there is nothing to take back.
      const auto id = crypto::ToFixed<envelope::kExchangeIdBytes>(exchange);
      const bool key_taken = id.ok() && acknowledgements_.KeyWasTaken(*id);
      over.emplace_back(exchange, is_partner && !key_taken);
    }
  }
  absl::Status first = absl::OkStatus();
  for (auto& [exchange, told] : over) {
    const absl::Status ended = parts_.executor.RunAsNodeAndWait(
        std::make_shared<core::StopShare>(std::move(exchange), told));
    // The outbox was first.
    if (!absl::IsFailedPrecondition(ended)) first.Update(ended);
  }
  return first;
}

absl::Status ExchangeLink::ForgetEnded(const core::Terms& terms) {
  // Before the snapshot: what is kept of an exchange is kept after its rows were written.
  auto kept = acknowledgements_.Kept(forgotten_until_, kForgottenPerRound);
  if (!kept.ok()) return kept.status();
  const bool more = kept->size() == kForgottenPerRound;
  forgotten_until_ = more ? std::string(crypto::View(kept->back())) : std::string();
  std::vector<envelope::ExchangeId> remembered = outbound_.Remembered();
  const auto snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  for (auto* exchanges : {&*kept, &remembered}) {
    std::erase_if(*exchanges, [&](const envelope::ExchangeId& exchange) {
      return InUse(view, terms.manifest->manifest, crypto::View(exchange));
    });
  }
  outbound_.Forget(remembered);
  return kept->empty() ? absl::OkStatus() : acknowledgements_.Forget(*kept);
}

}  // namespace sluis::server
