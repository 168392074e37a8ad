// The rows of tasks, of what tasks were opened about, and of who is away.
//
// Guarantee: what is read was written by this node with an entry; task ids are random and the keys
// of the rows say neither who nor what. Not guaranteed: that what a task is about is still there
// (keep_tasks.h looks). Thread-safety: pure. Errors: NOT_FOUND when there is none, DATA_LOSS when a
// row cannot be read. Source: docs/formats.md, rows T, J and U.
#ifndef SLUIS_SERVER_CORE_TASK_ROWS_H_
#define SLUIS_SERVER_CORE_TASK_ROWS_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "sluis/record/v1/tasks.pb.h"

namespace sluis::core {

inline constexpr size_t kTaskIdBytes = 16;

std::string TaskKey(std::string_view task_id);
std::string TaskMarkKey(record::v1::TaskKind kind, std::string_view source);
std::string AbsenceKey(std::string_view absence_id);

struct TaskRow {
  record::v1::StoredTask task;
  uint64_t stamp = 0;
};
absl::StatusOr<TaskRow> ReadTask(const View& view, std::string_view task_id);
// In the order of their ids, until `visit` returns false. One that cannot be read is passed over:
// it must not keep the others from being seen.
absl::Status VisitTasks(const View& view, const std::function<bool(const TaskRow&)>& visit);

// All that can be read.
absl::StatusOr<std::vector<record::v1::StoredTask>> AllTasks(const View& view);

struct TaskMarkRow {
  std::string key;
  record::v1::TaskMark mark;
  uint64_t stamp = 0;
};
absl::Status VisitTaskMarks(const View& view, const std::function<bool(const TaskMarkRow&)>& visit);

struct AbsenceRow {
  std::string key;
  record::v1::StoredAbsence absence;
  uint64_t stamp = 0;
};
absl::Status VisitAbsences(const View& view, const std::function<bool(const AbsenceRow&)>& visit);
// Who stands in today, by the user id of who is away, with the row that says so.
absl::StatusOr<std::map<std::string, AbsenceRow>> AbsentOn(const View& view,
                                                           std::string_view today);

// A task with a fresh id, opened now by nobody.
record::v1::StoredTask NewTask(const Call& call, record::v1::TaskKind kind, std::string role,
                               std::string due_day, crypto::Random& random);
// Writes a new one; `effect` is the act that opens it.
void AddTask(const record::v1::StoredTask& task, Effect& effect);

// An act on a task: the entry says which one by the digest of its id, and in the words of a fixed
// list what became of it; the record that it is about, while it can be read, is its subject.
Effect TaskEffect(const Call& call, const View& view, const record::v1::StoredTask& task,
                  std::string_view what);
// Writes it as it is now, or ends it; provided that it is as it was read.
void WriteTask(const TaskRow& before, const record::v1::StoredTask& after, Effect& effect);
void DropTask(const TaskRow& before, Effect& effect);

// Words for entries: the last part of the name of an enumerator, in lower case.
std::string WordOf(record::v1::TaskKind kind);
std::string WordOf(record::v1::TaskOutcome outcome);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TASK_ROWS_H_
