#include "server/core/received_correction.h"

#include <memory>
#include <optional>
#include <utility>

#include "server/core/erasure.h"
#include "server/core/received_tags.h"

namespace sluis::core {
namespace {

constexpr std::string_view kKindCorrection = "correction";
constexpr std::string_view kClosed = "closed";
constexpr char kCorrected[] = "corrected";

// Who the earlier version was about goes at once, as it does when an own signal is corrected, and
// with it what would open it again out of the exchange that brought it; where erasure is suspended
// it stays with the rest. What cannot be read does not hold up the correction:
// it goes with its record.
absl::Status DestroyIdentity(const Call& call, const View& view,
                             const record::v1::ReceivedExchange& exchange, Effect& effect) {
  record::v1::StoredRecord& row = effect.record->row;
  if (!row.has_identity() || row.has_hold()) return absl::OkStatus();
  const absl::StatusOr<std::optional<ledger::KeyRef>> key = IdentityKey(view, row);
  if (absl::IsDataLoss(key.status())) return absl::OkStatus();
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::optional<ledger::KeyRef>> one_time = OneTimeKey(view, exchange);
  if (!one_time.ok()) return one_time.status();
  row.clear_identity();
  if (one_time->has_value()) effect.erase.push_back(**one_time);
  if (key->has_value()) effect.erase.push_back(**key);
  if (effect.erase.empty()) return absl::OkStatus();
  effect.entry.act.set_erased_everywhere_on(ErasedEverywhereOn(call));
  return absl::OkStatus();
}

}  // namespace

bool AwaitsCorrection(const record::v1::ReceivedExchange& row) {
  return row.state() == record::v1::RECEIVED_STATE_CANCELLED && !row.record_id().empty() &&
         row.reason() == kCorrected && row.corrected_by().empty();
}

absl::Status AddCorrected(const Call& call, const View& view,
                          const record::v1::ReceivedExchange& opened, const peer::v1::Terms& terms,
                          std::set<std::string>& corrected, Plan& plan) {
  if (terms.corrects().empty() || corrected.contains(terms.corrects())) return absl::OkStatus();
  const absl::StatusOr<ReceivedRow> earlier = ReadReceived(view, terms.corrects());
  if (absl::IsNotFound(earlier.status())) return absl::OkStatus();
  if (!earlier.ok()) return earlier.status();
  if (earlier->row.sender() != opened.sender() ||
      (earlier->row.state() != record::v1::RECEIVED_STATE_OPENED &&
       !AwaitsCorrection(earlier->row))) {
    return absl::OkStatus();
  }
  corrected.insert(terms.corrects());
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.counterpart = ReceiverPart(earlier->row, call.terms->partnership, kKindCorrection,
                                          opened.offer_digest(), kClosed);
  const absl::StatusOr<std::shared_ptr<const OpenedRecord>> record =
      view.OpenRecord(earlier->row.record_id());
  // One that was erased meanwhile is closed already.
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  if (record.ok()) {
    AddSubject(**record, effect.entry);
    effect.about = *record;
    effect.preconditions.push_back({RecordKey(earlier->row.record_id()), (*record)->stamp});
    effect.record.emplace();
    effect.record->row = (*record)->row;
    effect.record->row.set_state(record::v1::RECORD_STATE_WITHDRAWN);
    effect.record->body = (*record)->body;
    // They say who it was about: they go as that does.
    absl::Status tags = ForgetTags(view, effect.record->row, effect);
    if (!tags.ok()) return tags;
    absl::Status gone = DestroyIdentity(call, view, earlier->row, effect);
    if (!gone.ok()) return gone;
  }
  record::v1::ReceivedExchange after = earlier->row;
  after.set_state(record::v1::RECEIVED_STATE_CANCELLED);
  after.set_reason(kCorrected);
  after.set_corrected_by(opened.exchange_id());
  WriteReceived(*earlier, std::move(after), effect);
  plan.effects.push_back(std::move(effect));
  return absl::OkStatus();
}

}  // namespace sluis::core
