#include "server/core/erasure.h"

#include "server/core/view.h"
#include "server/storage/clock.h"

namespace sluis::core {

std::string AddErasure(const Call& call, const OpenedRecord& record, Effect& effect) {
  // Copies of key-encryption keys may live for that many days; the day after, none is left.
  const std::string everywhere = storage::AddDays(call.today, call.terms->key_copy_days + 1);
  effect.entry.act.set_erased_everywhere_on(everywhere);
  effect.record.emplace();
  record::v1::StoredRecord& tombstone = effect.record->row;
  tombstone.set_record_id(record.row.record_id());
  tombstone.set_version(record.row.version());
  tombstone.set_state(record::v1::RECORD_STATE_ERASED);
  effect.rows.push_back(
      {RecordOrderKey(record.body.recorded_at_us(), record.row.record_id()), std::nullopt});
  if (record.row.exercise())
    effect.rows.push_back({ExerciseKey(record.row.record_id()), std::nullopt});
  effect.erase.push_back(record.keys.ref);
  return everywhere;
}

}  // namespace sluis::core
