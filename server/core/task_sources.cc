#include "server/core/task_sources.h"

#include <optional>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "server/calendar/working_days.h"
#include "server/core/ceremony_rows.h"
#include "server/core/key_use.h"
#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/core/task_access.h"
#include "server/ledger/row.h"
#include "server/ledger/sealed_row.h"
#include "server/storage/clock.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::core {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr std::string_view kKeyLabel = "sluis/task-key/v1";
// Day and exchange id behind the letter of the table.
constexpr size_t kDayBytes = 10;
constexpr size_t kExchangeBytes = 16;

// Names the key and its day: one that stops anew is a task anew. Nothing while nobody has to do
// anything about it.
std::optional<std::string> SourceOf(const record::v1::StoredKey& key) {
  record::v1::KeyPackage package;
  if (key.stops_s() == 0 || key.stops_why() == kStopsRolled ||
      !package.ParseFromString(key.package())) {
    return std::nullopt;
  }
  std::string about;
  crypto::AppendLp(about, kKeyLabel);
  crypto::AppendLp(about, package.key_id());
  crypto::AppendU64(about, key.stops_s());
  return std::string(crypto::View(crypto::Sha256(about)));
}

absl::StatusOr<bool> HasMark(const View& view, const record::v1::TaskMark& mark) {
  const absl::StatusOr<uint64_t> stamp = view.StampOf(TaskMarkKey(mark.kind(), mark.source()));
  if (!stamp.ok()) return stamp.status();
  return *stamp != ledger::kAbsent;
}

// Collects what has no mark yet.
class Collected {
 public:
  Collected(const View& view, size_t most) : view_(view), most_(most) {}

  // False when it is enough.
  bool Add(WantedTask wanted) {
    const absl::StatusOr<bool> marked = HasMark(view_, wanted.mark);
    if (!marked.ok()) fault_ = marked.status();
    if (marked.ok() && !*marked) found_.push_back(std::move(wanted));
    return fault_.ok() && found_.size() < most_;
  }
  const absl::Status& fault() const { return fault_; }
  std::vector<WantedTask> Take() { return std::move(found_); }

 private:
  const View& view_;
  const size_t most_;
  std::vector<WantedTask> found_;
  absl::Status fault_ = absl::OkStatus();
};

WantedTask Wanted(record::v1::TaskKind kind, std::string source, std::string_view row_key) {
  WantedTask wanted;
  wanted.mark.set_kind(kind);
  wanted.mark.set_row_key(std::string(row_key));
  wanted.mark.set_source(std::move(source));
  return wanted;
}

// Whether a share came to nothing, so that there is nothing to tell.
bool CameToNothing(record::v1::SentState state) {
  return state == record::v1::SENT_STATE_REFUSED || state == record::v1::SENT_STATE_WITHDRAWN ||
         state == record::v1::SENT_STATE_STOPPED || state == record::v1::SENT_STATE_EXPIRED;
}

}  // namespace

absl::StatusOr<std::vector<WantedTask>> WantedTasks(const Call& call, const View& view,
                                                    size_t most) {
  Collected collected(view, most);
  absl::Status visited = VisitPinnedRows(view, [&](const PinnedRow& one) {
    std::optional<std::string> source = SourceOf(one.row);
    if (!source) return true;
    WantedTask wanted = Wanted(record::v1::TASK_KIND_KEY, *std::move(source), one.key);
    wanted.role = kAdministers;
    // From that day on it is not used: the day before is the last.
    wanted.due_day = calendar::WorkingDayOnOrBefore(
        storage::AddDays(storage::LegalDay(one.row.stops_s() * kSecondUs), -1));
    return collected.Add(std::move(wanted));
  });
  if (!visited.ok()) return visited;
  const std::string prefix = ledger::RowKey(ledger::Table::kQuarantine);
  visited = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        if (key.size() != 1 + kDayBytes + kExchangeBytes) return true;
        WantedTask wanted =
            Wanted(record::v1::TASK_KIND_QUARANTINE, std::string(key.substr(1 + kDayBytes)), key);
        wanted.role = kSupervisor;
        wanted.due_day = calendar::AddWorkingDays(call.today, kQuarantineWorkingDays);
        return collected.Add(std::move(wanted));
      });
  if (!visited.ok()) return visited;
  if (!collected.fault().ok()) return collected.fault();
  return collected.Take();
}

absl::StatusOr<bool> IsThere(const View& view, const record::v1::TaskMark& mark) {
  const absl::StatusOr<ledger::Row> row =
      ledger::ReadRow(view.snapshot(), view.keyring(), mark.row_key());
  // What cannot be read may be put back.
  if (absl::IsDataLoss(row.status())) return true;
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return false;
  if (mark.kind() != record::v1::TASK_KIND_KEY) return true;
  record::v1::StoredKey key;
  return key.ParseFromString(row->value) && SourceOf(key) == mark.source();
}

absl::StatusOr<bool> IsGone(const View& view, const record::v1::StoredTask& task) {
  if (task.kind() == record::v1::TASK_KIND_TELL_CONTRIBUTOR) {
    const absl::StatusOr<SentRow> sent = ReadSent(view, task.source());
    if (absl::IsDataLoss(sent.status())) return false;
    if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
    if (!sent.ok() || CameToNothing(sent->row.state())) return true;
  }
  // Of a record that is erased nobody can be told anything, nor can it be looked at.
  if (task.record_id().empty()) return false;
  const absl::StatusOr<record::v1::StoredRecord> record = view.ReadRecordRow(task.record_id());
  if (absl::IsDataLoss(record.status())) return false;
  if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
  return !record.ok() || record->state() == record::v1::RECORD_STATE_ERASED;
}

std::string TellingDay(const std::string& until) {
  const std::string day = calendar::WorkingDayOnOrBefore(until);
  return day.empty() ? until : day;
}

}  // namespace sluis::core
