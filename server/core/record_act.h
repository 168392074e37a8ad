#ifndef SLUIS_SERVER_CORE_RECORD_ACT_H_
#define SLUIS_SERVER_CORE_RECORD_ACT_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "server/core/question.h"
#include "server/core/refusal.h"
#include "server/core/view.h"

namespace sluis::core {

// A permitted act on one existing record.
struct RecordAct {
  std::shared_ptr<const OpenedRecord> record;
  Answer answer;
};

// Opens the record and asks the rules. The second alternative is the refusal: no such record,
// erased, or not permitted. An error is a fault of the node.
absl::StatusOr<std::variant<RecordAct, Plan>> AskAbout(const Call& call, const View& view,
                                                       const std::string& record_id,
                                                       std::string_view action);

// The first half of it: no such record, or erased, is the second alternative.
absl::StatusOr<std::variant<std::shared_ptr<const OpenedRecord>, Plan>> OpenFor(
    const Call& call, const View& view, const std::string& record_id);

// The refusals of an id that is none, and of a record that is not there.
Plan BadRecordId(const Call& call);
Plan NoSuchRecord(const Call& call);

// What the rules may know about an opened record, for this caller.
RecordFacts FactsOf(const Call& call, const OpenedRecord& record);

// The effect of the act so far: entry with decision and subject, and the precondition that the
// record is unchanged.
Effect EffectOf(const Call& call, const RecordAct& act, record::v1::Operation operation);

// A refusal about an existing record: its subject part lies under the record's own key.
Plan RefuseAbout(const Call& call, const RecordAct& act, Refusal refusal,
                 record::v1::Outcome outcome = record::v1::OUTCOME_REFUSED);

// A refusal when `reason` has not `least` to 500 characters; nothing when it is well-formed.
std::optional<Refusal> RefuseReason(const std::string& reason, size_t least);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECORD_ACT_H_
