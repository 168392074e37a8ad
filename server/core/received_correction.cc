#include "server/core/received_correction.h"

#include <memory>
#include <utility>

namespace sluis::core {
namespace {

constexpr std::string_view kKindCorrection = "correction";
constexpr std::string_view kClosed = "closed";
constexpr char kCorrected[] = "corrected";

}  // namespace

absl::Status AddCorrected(const Call& call, const View& view,
                          const record::v1::ReceivedExchange& opened, const peer::v1::Terms& terms,
                          std::set<std::string>& corrected, Plan& plan) {
  if (terms.corrects().empty() || corrected.contains(terms.corrects())) return absl::OkStatus();
  const absl::StatusOr<ReceivedRow> earlier = ReadReceived(view, terms.corrects());
  if (absl::IsNotFound(earlier.status())) return absl::OkStatus();
  if (!earlier.ok()) return earlier.status();
  if (earlier->row.sender() != opened.sender() ||
      earlier->row.state() != record::v1::RECEIVED_STATE_OPENED) {
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
