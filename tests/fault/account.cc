#include "tests/fault/account.h"

#include <algorithm>

#include "crypto/hash.h"
#include "server/core/record.h"
#include "server/core/refusal.h"
#include "server/core/view.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::fault {

using ledger::OpenedPart;
using ledger::Part;

// The log as read once, and where each thing stands in it.
struct Account::Entries {
  struct Entry {
    record::v1::ActPart act;
    record::v1::SubjectPart subject;  // empty when not open
    OpenedPart::State subject_state = OpenedPart::State::kMissing;
    uint64_t erased_by = 0;
  };
  std::vector<Entry> entries;
  std::map<crypto::Hash, uint64_t> index_of;
  std::map<std::string, int> of_case;
  std::map<std::pair<std::string, uint32_t>, int> writes_of;  // record and version
};

size_t Account::Begin(Kind kind, const std::string& record_id, uint32_t version) {
  const std::lock_guard lock(mutex_);
  Asked& call = asked_.emplace_back();
  call.kind = kind;
  call.case_ref = "CALL-" + std::to_string(asked_.size());
  call.record_id = record_id;
  call.version = kind == Kind::kRecord ? 1 : version;
  call.text = "Wat " + call.case_ref + " opschreef.";
  return asked_.size() - 1;
}

Account::Asked Account::asked(size_t number) const {
  const std::lock_guard lock(mutex_);
  return asked_[number];
}

void Account::ToldOk(size_t number, const std::string& record_id, const std::string& leaf_hash) {
  const std::lock_guard lock(mutex_);
  Asked& call = asked_[number];
  ++told_;
  call.told_ok = true;
  call.record_id = record_id;
  call.leaf_hash = crypto::ToFixed<32>(leaf_hash).value();
  Record& record = records_[record_id];
  switch (call.kind) {
    case Kind::kRecord:
    case Kind::kAmend:
      if (call.version > record.version) {
        record.version = call.version;
        record.text = call.text;
      }
      break;
    case Kind::kErase:
      record.erased = true;
      break;
    case Kind::kOpen:
      break;
  }
}

void Account::ToldError(size_t number, const absl::Status& status) {
  const auto payload = status.GetPayload(core::kRefusalPayload);
  node::v1::RefusalDetail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return;
  const std::lock_guard lock(mutex_);
  ++told_;
  asked_[number].leaf_hash = crypto::ToFixed<32>(detail.log_receipt().leaf_hash()).value();
}

void Account::Shown(const ledger::ShownCheckpoint& checkpoint) {
  const std::lock_guard lock(mutex_);
  const auto [known, added] = shown_.emplace(checkpoint.size, checkpoint.root);
  if (!added && known->second != checkpoint.root) {
    Violated("two checkpoints of size " + std::to_string(checkpoint.size) + " differ");
  }
}

std::optional<Account::Known> Account::AnyRecord(uint64_t any) const {
  const std::lock_guard lock(mutex_);
  std::vector<Known> alive;
  for (const auto& [record_id, record] : records_) {
    if (!record.erased) alive.push_back({record_id, record.version});
  }
  if (alive.empty()) return std::nullopt;
  return alive[any % alive.size()];
}

uint64_t Account::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

std::vector<std::string> Account::Check(ledger::Ledger& ledger) {
  if (ledger.serving() != ledger::Serving::kServing) {
    Violated("does not serve: " + ledger.serving_detail());
  }
  const std::unique_ptr<storage::Snapshot> snapshot = ledger.store().NewSnapshot();
  Entries entries;
  CheckLog(ledger, *snapshot, entries);
  CheckAnswers(entries);
  CheckRecords(ledger, *snapshot, entries);
  return std::exchange(violations_, {});
}

// No entry twice; every checkpoint shown before is one of this tree; both forms of the tree agree.
void Account::CheckLog(ledger::Ledger& ledger, const storage::Snapshot& snapshot,
                       Entries& entries) {
  const ledger::LogReader reader(ledger.origin(), snapshot, ledger.keyring());
  crypto::CompactRange tree;
  auto next_shown = shown_.begin();
  const auto compare_shown = [&] {
    while (next_shown != shown_.end() && next_shown->first == tree.size()) {
      if (next_shown->second != tree.Root()) {
        Violated("the checkpoint shown of size " + std::to_string(tree.size()) +
                 " is not one of this log");
      }
      ++next_shown;
    }
  };
  compare_shown();
  const absl::Status visited =
      reader.Visit(0, ledger.size(), [&](const ledger::StoredEntry& stored) {
        const crypto::Hash leaf_hash = crypto::LeafHash(stored.leaf);
        tree.Append(leaf_hash);
        compare_shown();
        if (!entries.index_of.emplace(leaf_hash, stored.index).second) {
          Violated("entry " + std::to_string(stored.index) + " is there twice");
        }
        Entries::Entry& entry = entries.entries.emplace_back();
        const absl::StatusOr<OpenedPart> act = reader.Open(stored, Part::kAct);
        const absl::StatusOr<OpenedPart> subject = reader.Open(stored, Part::kSubject);
        if (!act.ok() || act->state != OpenedPart::State::kOpen ||
            !entry.act.ParseFromString(act->bytes) || !subject.ok() ||
            subject->state == OpenedPart::State::kMissing) {
          Violated("entry " + std::to_string(stored.index) + " does not open");
          return true;
        }
        entry.subject_state = subject->state;
        entry.erased_by = subject->erased_by_entry;
        if (subject->state != OpenedPart::State::kOpen) return true;
        entry.subject.ParseFromString(subject->bytes);
        ++entries.of_case[entry.subject.case_ref()];
        if ((entry.act.operation() == record::v1::OPERATION_COLLECTION ||
             entry.act.operation() == record::v1::OPERATION_ALTERATION) &&
            entry.act.outcome() == record::v1::OUTCOME_DONE &&
            ++entries.writes_of[{entry.subject.record_ids(0), entry.subject.version()}] > 1) {
          Violated("entry " + std::to_string(stored.index) + " writes a version again");
        }
        return true;
      });
  if (!visited.ok()) Violated("the log does not read: " + visited.ToString());
  if (next_shown != shown_.end()) {
    Violated("the log is shorter than a checkpoint shown of size " +
             std::to_string(next_shown->first));
  }
  const absl::StatusOr<crypto::TreeHead> rows = reader.Head(tree.size());
  if (!rows.ok() || *rows != tree.Head()) Violated("entries and tiles of the log disagree");
}

// Every answer stands on one entry that stays where it is; no call has two.
void Account::CheckAnswers(const Entries& entries) {
  for (Asked& call : asked_) {
    const auto of_case = entries.of_case.find(call.case_ref);
    const int count = of_case == entries.of_case.end() ? 0 : of_case->second;
    if (count > 1) Violated(call.case_ref + " has " + std::to_string(count) + " entries");
    if (!call.leaf_hash) continue;
    const auto found = entries.index_of.find(*call.leaf_hash);
    if (found == entries.index_of.end()) {
      Violated(call.case_ref + " was answered and its entry is lost");
      continue;
    }
    if (call.index && *call.index != found->second) {
      Violated(call.case_ref + " has moved in the log");
    }
    call.index = found->second;
    const Entries::Entry& entry = entries.entries[found->second];
    if (entry.subject_state == OpenedPart::State::kOpen &&
        entry.subject.case_ref() != call.case_ref) {
      Violated(call.case_ref + " was answered with the entry of another call");
    }
  }
}

void Account::CheckRecords(ledger::Ledger& ledger, const storage::Snapshot& snapshot,
                           const Entries& entries) {
  const std::string prefix = ledger::RowKey(ledger::Table::kRecord);
  std::set<std::string> there;
  const absl::Status scanned = snapshot.Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view value) {
        const std::string record_id(key.substr(prefix.size()));
        there.insert(record_id);
        CheckRecord(ledger, snapshot, entries, record_id, value);
        return true;
      });
  if (!scanned.ok()) Violated("the records do not read: " + scanned.ToString());
  for (const auto& [record_id, record] : records_) {
    if (!there.contains(record_id)) Violated("an acknowledged record is lost: " + record.text);
  }
  for (const auto& [written, count] : entries.writes_of) {
    if (!there.contains(written.first)) Violated("an entry has no record");
  }
}

void Account::CheckRecord(ledger::Ledger& ledger, const storage::Snapshot& snapshot,
                          const Entries& entries, const std::string& record_id,
                          std::string_view stored) {
  const core::View view(snapshot, ledger.keyring());
  const absl::StatusOr<ledger::Row> split = ledger::SplitRow(stored);
  const absl::StatusOr<record::v1::StoredRecord> row = view.ReadRecordRow(record_id);
  if (!split.ok() || !row.ok() || split->stamp == ledger::kAbsent ||
      split->stamp > entries.entries.size()) {
    Violated("a record is stamped with an entry that is not there");
    return;
  }
  const uint64_t written_by = split->stamp - 1;
  const Entries::Entry& writer = entries.entries[written_by];
  const auto opened = view.OpenRecord(record_id);
  const auto known = records_.find(record_id);

  if (row->state() == record::v1::RECORD_STATE_ERASED) {
    if (!absl::IsNotFound(opened.status())) Violated("an erased record is not gone");
    if (writer.act.operation() != record::v1::OPERATION_ERASURE ||
        writer.subject_state != OpenedPart::State::kErased || writer.erased_by != written_by) {
      Violated("a record is erased and entry " + std::to_string(written_by) + " is no erasure");
    }
    // An erasure without an answer may have happened.
    Record& record = records_[record_id];
    const bool asked = std::ranges::any_of(asked_, [&](const Asked& call) {
      return call.kind == Kind::kErase && call.record_id == record_id;
    });
    if (!record.erased && !asked) Violated("a record was erased and nobody asked");
    found_unanswered_ += record.erased ? 0 : 1;
    record.erased = true;
    return;
  }
  if (known != records_.end() && known->second.erased) {
    Violated("an erased record came back");
  }
  if (!opened.ok()) {
    Violated("a record does not open: " + opened.status().ToString());
    return;
  }
  if (writer.subject_state != OpenedPart::State::kOpen || writer.subject.record_ids_size() != 1 ||
      writer.subject.record_ids(0) != record_id || writer.subject.version() != row->version() ||
      writer.subject.sealed_digest() != crypto::View(crypto::Sha256(row->sealed()))) {
    Violated("entry " + std::to_string(written_by) + " does not tell of the record it stamped");
  }
  const std::string text = (*opened)->body.signal().content().statements(0).text();
  if (known != records_.end() && known->second.version == row->version()) {
    if (text != known->second.text) Violated("a record holds other words than acknowledged");
    return;
  }
  if (known != records_.end() && known->second.version > row->version()) {
    Violated("an acknowledged amendment is lost");
    return;
  }
  // A record or an amendment without an answer, which happened.
  const auto from = std::ranges::find_if(asked_, [&](const Asked& call) {
    return call.text == text && call.version == row->version() && !call.leaf_hash &&
           (call.kind == Kind::kRecord || call.record_id == record_id);
  });
  if (from == asked_.end()) {
    Violated("a record holds what nobody asked for");
    return;
  }
  ++found_unanswered_;
  from->record_id = record_id;
  records_[record_id] = {row->version(), text, false};
}

}  // namespace sluis::fault
