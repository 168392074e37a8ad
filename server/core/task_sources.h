// What the node finds by itself that somebody has to see to.
//
// Keys that stop because their holders changed, for who administers the node, and received content
// that is quarantined, for who supervises. Telling a contributor is opened with the share
// (share_signal). Guarantee: costs what there is of these, however much else there is.
// Thread-safety: pure. Errors: those of the store.
#ifndef SLUIS_SERVER_CORE_TASK_SOURCES_H_
#define SLUIS_SERVER_CORE_TASK_SOURCES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/task_rows.h"
#include "server/core/view.h"

namespace sluis::core {

// Working days in which somebody looks at what is quarantined.
inline constexpr int kQuarantineWorkingDays = 5;

struct WantedTask {
  record::v1::TaskMark mark;
  std::string role;
  std::string due_day;
};
// At most `most` for which there is no mark yet.
absl::StatusOr<std::vector<WantedTask>> WantedTasks(const Call& call, const View& view,
                                                    size_t most);

// Whether what the mark is about is still there.
absl::StatusOr<bool> IsThere(const View& view, const record::v1::TaskMark& mark);

// Whether what an open task is about is not there any more. What cannot be read is.
absl::StatusOr<bool> IsGone(const View& view, const record::v1::StoredTask& task);

// The last day on which a contributor is told in time, of the day that the rules gave.
std::string TellingDay(const std::string& until);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TASK_SOURCES_H_
