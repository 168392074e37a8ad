#ifndef SLUIS_SERVER_CORE_PROJECTION_H_
#define SLUIS_SERVER_CORE_PROJECTION_H_

#include <string>
#include <string_view>
#include <vector>

#include "policies/decision.h"
#include "server/core/record.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// What a decision lets one caller see of a record: fields that no rule granted stay empty,
// generalised ones are coarsened, and a step that cannot be computed from the stored value removes
// the field. A field name that the record does not have is ignored, so that a pack can never widen
// what is shown; nor is one that did not travel with a received record. With such a record goes on
// what terms it is held, whatever is granted.
record::v1::SignalView Project(const OpenedRecord& record, const policies::Decision& decision);

// Names of the fields that Project shows, in the order of the decision, whose they are.
std::vector<std::string_view> ShownFields(const OpenedRecord& record,
                                          const policies::Decision& decision);

// Names of the fields of the content and of who wrote it down, in the order of the record: the
// `fields` of the shipped packs but `identity`, which is never in a view (core/open_identity).
std::vector<std::string> FieldNames();

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PROJECTION_H_
