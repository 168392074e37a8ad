#include "server/core/asked_evaluation.h"

#include <algorithm>
#include <utility>

#include "crypto/bytes.h"
#include "server/core/erasure.h"
#include "server/core/received_tags.h"
#include "server/evaluation/parts.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"
#include "server/ledger/sealed_parts.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

using ledger::RowKey;
using ledger::Table;

constexpr size_t kRequestIdBytes = 16;

std::string PersonKey(std::string_view record) {
  return RowKey(Table::kAskedOf, crypto::Lp(record));
}

// Keys of rows that begin so.
absl::Status AddRows(const View& view, const std::string& prefix, std::vector<std::string>& rows) {
  return view.snapshot().Scan(prefix, storage::PrefixEnd(prefix),
                              [&rows](std::string_view key, std::string_view) {
                                rows.emplace_back(key);
                                return true;
                              });
}

void Append(Forgotten more, Forgotten& all) {
  std::move(more.keys.begin(), more.keys.end(), std::back_inserter(all.keys));
  std::move(more.rows.begin(), more.rows.end(), std::back_inserter(all.rows));
}

}  // namespace

std::string AskedKey(std::string_view request_id) {
  return RowKey(Table::kAskedEvaluation, request_id);
}

std::string AskedOfKey(std::string_view record, std::string_view request_id) {
  std::string key = PersonKey(record);
  key += request_id;
  return key;
}

std::string EvaluationAnswersKey(std::string_view request_id) {
  return RowKey(Table::kEvaluationAnswers, request_id);
}

std::string ElementsOf(std::string_view record) {
  return RowKey(Table::kElement, crypto::Lp(record));
}

void AddAsked(const Call& call, std::string_view request_id, crypto::BytesView key_id,
              const std::vector<std::string>& records, Effect& effect) {
  record::v1::AskedEvaluation row;
  row.set_version(1);
  row.set_last_day(evaluation::DayOf(call.now_us / evaluation::kUsPerSecond) + kOpenableDays);
  row.set_exercise(call.terms->exercise);
  row.set_key_id(std::string(key_id));
  row.set_begun_s(call.now_us / evaluation::kUsPerSecond);
  for (const std::string& record : records) {
    row.add_record_ids(record);
    NotePerson(record, effect);
    effect.rows.push_back({AskedOfKey(record, request_id), std::string()});
  }
  effect.rows.push_back({AskedKey(request_id), row.SerializeAsString()});
  if (row.exercise()) effect.rows.push_back({ExerciseKey(request_id), std::string()});
}

void NotePerson(std::string_view record, Effect& effect) {
  effect.rows.push_back({PersonKey(record), std::string()});
}

absl::StatusOr<AskedRow> ReadAsked(const View& view, std::string_view request_id) {
  const absl::StatusOr<ledger::Row> stored =
      ledger::ReadRow(view.snapshot(), view.keyring(), AskedKey(request_id));
  if (!stored.ok()) return stored.status();
  if (stored->stamp == ledger::kAbsent) return absl::NotFoundError("nothing is kept of it");
  AskedRow asked;
  asked.stamp = stored->stamp;
  if (!asked.row.ParseFromString(stored->value) || asked.row.version() != 1) {
    return absl::DataLossError(
        "a row of an evaluation that was begun cannot be read; run the node's doctor");
  }
  return asked;
}

absl::StatusOr<std::optional<ledger::KeyRef>> SubjectKeyOf(const View& view, uint64_t index) {
  // The name of a log is for opening parts; none is opened here.
  const ledger::LogReader reader({}, view.snapshot(), view.keyring());
  const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(index);
  if (!entry.ok()) return entry.status();
  const absl::StatusOr<ledger::SealedParts> parts = ledger::ParseSealedParts(entry->sealed);
  if (!parts.ok()) return absl::DataLossError(parts.status().message());
  if (parts->subject.bucket == 0) {
    return absl::DataLossError("an entry that began an evaluation has no subject part");
  }
  const absl::StatusOr<std::optional<uint64_t>> erased = view.keyring().ErasedBy(parts->subject);
  if (!erased.ok()) return erased.status();
  if (erased->has_value()) return std::nullopt;
  return parts->subject;
}

absl::StatusOr<Forgotten> ForgottenOf(const View& view, std::string_view request_id,
                                      const AskedRow& asked) {
  const absl::StatusOr<std::optional<ledger::KeyRef>> key = SubjectKeyOf(view, asked.index());
  if (!key.ok()) return key.status();
  Forgotten out;
  if (*key) out.keys.push_back(**key);
  out.rows = {AskedKey(request_id), EvaluationAnswersKey(request_id)};
  for (const std::string& record : asked.row.record_ids()) {
    out.rows.push_back(AskedOfKey(record, request_id));
  }
  if (asked.row.exercise()) out.rows.push_back(ExerciseKey(request_id));
  const absl::Status added = AddRows(view, RowKey(Table::kWrongAnswer, request_id), out.rows);
  if (!added.ok()) return added;
  return out;
}

absl::StatusOr<Forgotten> ForgottenWith(const View& view, std::string_view record) {
  const std::string person = PersonKey(record);
  const absl::StatusOr<uint64_t> stamp = view.StampOf(person);
  if (!stamp.ok()) return stamp.status();
  Forgotten out;
  out.rests_on.push_back({person, *stamp});
  // Everything that is to be forgotten with a record was noted with it.
  if (*stamp == ledger::kAbsent) return out;
  std::vector<std::string> requests;
  if (const auto found = AddRows(view, person, requests); !found.ok()) return found;
  for (const std::string& row : requests) {
    if (row == person) {
      out.rows.push_back(row);
      continue;
    }
    if (row.size() != person.size() + kRequestIdBytes) {
      return absl::DataLossError("a row of evaluations cannot be read; run the node's doctor");
    }
    const std::string_view id = std::string_view(row).substr(person.size());
    const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
    absl::StatusOr<Forgotten> one =
        asked.ok() ? ForgottenOf(view, id, *asked) : absl::StatusOr<Forgotten>(asked.status());
    if (one.ok()) {
      Append(*std::move(one), out);
      continue;
    }
    // What cannot be read must not keep a person from being forgotten where it can.
    if (!absl::IsDataLoss(one.status()) && !absl::IsNotFound(one.status())) return one.status();
  }
  if (const auto added = AddRows(view, ElementsOf(record), out.rows); !added.ok()) return added;
  absl::StatusOr<std::vector<std::string>> tags = TagRowsOf(view, record, true);
  if (!tags.ok()) return tags.status();
  std::move(tags->begin(), tags->end(), std::back_inserter(out.rows));
  return out;
}

void AddForgotten(const Call& call, const Forgotten& forgotten, Effect& effect) {
  effect.erase.insert(effect.erase.end(), forgotten.keys.begin(), forgotten.keys.end());
  if (!forgotten.keys.empty()) {
    effect.entry.act.set_erased_everywhere_on(ErasedEverywhereOn(call));
  }
  for (const std::string& row : forgotten.rows) effect.rows.push_back({row, std::nullopt});
  effect.preconditions.insert(effect.preconditions.end(), forgotten.rests_on.begin(),
                              forgotten.rests_on.end());
}

std::string AboutRequest(const Call& call, std::string_view request_id, std::string_view kind,
                         std::string_view outcome) {
  record::v1::CounterpartPart part;
  part.set_exchange_id(std::string(request_id));
  part.set_side(std::string(evaluation::kSideAsker));
  part.set_kind(std::string(kind));
  part.set_partnership(call.terms->partnership);
  part.set_outcome(std::string(outcome));
  return part.SerializeAsString();
}

}  // namespace sluis::core
