#include "server/core/task_rows.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "server/ledger/row.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

constexpr std::string_view kMarkLabel = "sluis/task-mark/v1";

absl::Status Unreadable() {
  return absl::DataLossError("a row of a task cannot be read; run the node's doctor");
}

// `prefix` ends where the words begin.
std::string LastWords(std::string name, std::string_view prefix) {
  name.erase(0, std::min(name.size(), prefix.size()));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

// Rows of one table, opened and parsed; what cannot be is passed over.
template <typename Message>
absl::Status VisitRows(
    const View& view, ledger::Table table,
    const std::function<bool(std::string_view key, Message message, uint64_t stamp)>& visit) {
  const std::string prefix = ledger::RowKey(table);
  return view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        Message message;
        if (!row.ok() || !message.ParseFromString(row->value)) return true;
        return visit(key, std::move(message), row->stamp);
      });
}

}  // namespace

std::string TaskKey(std::string_view task_id) {
  return ledger::RowKey(ledger::Table::kTask, task_id);
}

std::string TaskMarkKey(record::v1::TaskKind kind, std::string_view source) {
  std::string about;
  crypto::AppendLp(about, kMarkLabel);
  crypto::AppendU32(about, static_cast<uint32_t>(kind));
  crypto::AppendLp(about, source);
  return ledger::RowKey(ledger::Table::kTaskMark, crypto::View(crypto::Sha256(about)));
}

std::string AbsenceKey(std::string_view absence_id) {
  return ledger::RowKey(ledger::Table::kAbsence, absence_id);
}

absl::StatusOr<TaskRow> ReadTask(const View& view, std::string_view task_id) {
  if (task_id.size() != kTaskIdBytes) return absl::NotFoundError("there is no such task");
  absl::StatusOr<ledger::Row> row =
      ledger::ReadRow(view.snapshot(), view.keyring(), TaskKey(task_id));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such task");
  TaskRow read;
  if (!read.task.ParseFromString(row->value) || read.task.task_id() != task_id) {
    return Unreadable();
  }
  read.stamp = row->stamp;
  return read;
}

absl::Status VisitTasks(const View& view, const std::function<bool(const TaskRow&)>& visit) {
  return VisitRows<record::v1::StoredTask>(
      view, ledger::Table::kTask,
      [&](std::string_view key, record::v1::StoredTask task, uint64_t stamp) {
        if (key != TaskKey(task.task_id())) return true;
        return visit({std::move(task), stamp});
      });
}

absl::StatusOr<std::vector<record::v1::StoredTask>> AllTasks(const View& view) {
  std::vector<record::v1::StoredTask> tasks;
  const absl::Status visited = VisitTasks(view, [&](const TaskRow& row) {
    tasks.push_back(row.task);
    return true;
  });
  if (!visited.ok()) return visited;
  return tasks;
}

absl::Status VisitTaskMarks(const View& view,
                            const std::function<bool(const TaskMarkRow&)>& visit) {
  return VisitRows<record::v1::TaskMark>(
      view, ledger::Table::kTaskMark,
      [&](std::string_view key, record::v1::TaskMark mark, uint64_t stamp) {
        return visit({std::string(key), std::move(mark), stamp});
      });
}

absl::Status VisitAbsences(const View& view, const std::function<bool(const AbsenceRow&)>& visit) {
  return VisitRows<record::v1::StoredAbsence>(
      view, ledger::Table::kAbsence,
      [&](std::string_view key, record::v1::StoredAbsence absence, uint64_t stamp) {
        return visit({std::string(key), std::move(absence), stamp});
      });
}

absl::StatusOr<std::map<std::string, AbsenceRow>> AbsentOn(const View& view,
                                                           std::string_view today) {
  std::map<std::string, AbsenceRow> absent;
  const absl::Status visited = VisitAbsences(view, [&](const AbsenceRow& row) {
    if (row.absence.from_day() <= today && today <= row.absence.until_day()) {
      absent.emplace(row.absence.user_id(), row);
    }
    return true;
  });
  if (!visited.ok()) return visited;
  return absent;
}

record::v1::StoredTask NewTask(const Call& call, record::v1::TaskKind kind, std::string role,
                               std::string due_day, crypto::Random& random) {
  crypto::FixedBytes<kTaskIdBytes> id{};
  random.Fill(id);
  record::v1::StoredTask task;
  task.set_task_id(std::string(crypto::View(id)));
  task.set_kind(kind);
  task.set_role(std::move(role));
  task.set_opened_at_us(call.now_us);
  task.set_due_day(std::move(due_day));
  task.set_exercise(call.terms->exercise);
  return task;
}

void AddTask(const record::v1::StoredTask& task, Effect& effect) {
  const std::string key = TaskKey(task.task_id());
  effect.preconditions.push_back({key, ledger::kAbsent});
  effect.rows.push_back({key, task.SerializeAsString()});
  if (task.exercise()) effect.rows.push_back({ExerciseKey(task.task_id()), std::string()});
}

Effect TaskEffect(const Call& call, const View& view, const record::v1::StoredTask& task,
                  std::string_view what) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(task.task_id()))));
  effect.entry.act.set_reason(WordOf(task.kind()) + ": " + std::string(what));
  if (task.record_id().empty()) return effect;
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(task.record_id());
  if (!record.ok()) return effect;
  AddSubject(**record, effect.entry);
  effect.preconditions.push_back({RecordKey(task.record_id()), (*record)->stamp});
  effect.about = *std::move(record);
  return effect;
}

void WriteTask(const TaskRow& before, const record::v1::StoredTask& after, Effect& effect) {
  const std::string key = TaskKey(before.task.task_id());
  effect.preconditions.push_back({key, before.stamp});
  effect.rows.push_back({key, after.SerializeAsString()});
}

void DropTask(const TaskRow& before, Effect& effect) {
  const std::string key = TaskKey(before.task.task_id());
  effect.preconditions.push_back({key, before.stamp});
  effect.rows.push_back({key, std::nullopt});
  if (before.task.exercise()) {
    effect.rows.push_back({ExerciseKey(before.task.task_id()), std::nullopt});
  }
}

std::string WordOf(record::v1::TaskKind kind) {
  return LastWords(record::v1::TaskKind_Name(kind), "TASK_KIND_");
}

std::string WordOf(record::v1::TaskOutcome outcome) {
  return LastWords(record::v1::TaskOutcome_Name(outcome), "TASK_OUTCOME_");
}

}  // namespace sluis::core
