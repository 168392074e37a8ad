#ifndef SLUIS_SERVER_CORE_ERASURE_H_
#define SLUIS_SERVER_CORE_ERASURE_H_

#include <string>

#include "server/core/call.h"
#include "server/core/plan.h"

namespace sluis::core {

// Makes `effect` destroy the keys of the record and leave its tombstone. Returns the day from which
// no copy of the old keys exists anywhere (YYYY-MM-DD, legal time), which the act part states too.
std::string AddErasure(const Call& call, const OpenedRecord& record, Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASURE_H_
