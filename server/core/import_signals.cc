#include "server/core/import_signals.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/record_signal.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;

// The same bytes for the same row, whatever the line it stands on.
std::string RowBytes(const record::v1::Signal& signal) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    signal.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// Record ids of rows that are there already, by the bytes of the row.
absl::StatusOr<std::map<std::string, std::string>> FindImported(
    const View& view, uint64_t now_us, const std::vector<std::string>& rows) {
  std::vector<std::pair<std::string, std::string>> imports;
  const auto today = static_cast<uint32_t>(now_us / kDayUs);
  const uint32_t first = today > kImportDays ? today - kImportDays : 0;
  absl::Status scanned =
      view.VisitImports(first, [&](std::string_view record_id, std::string_view sealed) {
        imports.emplace_back(record_id, sealed);
        return true;
      });
  if (!scanned.ok()) return scanned;
  std::map<std::string, std::string> found;
  for (const auto& [record_id, sealed] : imports) {
    absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(record_id);
    // Erased since, it may be written down anew. One that cannot be read matches nothing, and must
    // not keep everybody from importing.
    if (absl::IsNotFound(record.status()) || absl::IsDataLoss(record.status())) continue;
    if (!record.ok()) return record.status();
    for (const std::string& row : rows) {
      if (MatchesImportRow((*record)->keys.data, record_id, sealed, row)) {
        found.emplace(row, record_id);
      }
    }
  }
  return found;
}

}  // namespace

const Method& ImportSignals::method() const {
  static const Method& method = MethodNamed("SignalService.ImportSignals");
  return method;
}

absl::StatusOr<Plan> ImportSignals::Decide(const Call& call, View& view) {
  if (request_.rows_size() < 1 || request_.rows_size() > kMaxImportRows) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "import 1 to 50 rows: a table meeting, not a register", "rows"});
  }
  std::vector<std::string> rows;
  for (const node::v1::ImportRow& row : request_.rows()) rows.push_back(RowBytes(row.signal()));
  absl::StatusOr<std::map<std::string, std::string>> imported =
      FindImported(view, call.now_us, rows);
  if (!imported.ok()) return imported.status();

  absl::StatusOr<uint64_t> last_import = view.StampOf(LastImportKey());
  if (!last_import.ok()) return last_import.status();
  bool marked = false;
  std::optional<Entry> ground;

  Plan plan;
  auto results = std::make_shared<std::vector<node::v1::ImportRowResult>>();
  // Which effect belongs to which result.
  std::vector<size_t> effect_of;
  constexpr size_t kNoEffect = ~size_t{0};
  bool any_good = false;
  for (int i = 0; i < request_.rows_size(); ++i) {
    const std::string& bytes = rows[static_cast<size_t>(i)];
    node::v1::ImportRowResult& result = results->emplace_back();
    result.set_line(request_.rows(i).line());
    effect_of.push_back(kNoEffect);
    // The rules are asked first: whoever may not import learns nothing of what is there.
    auto planned = PlanNewSignal(call, "import", request_.rows(i).signal(), nullptr, random_);
    const auto there = imported->find(bytes);
    if (auto* fresh = std::get_if<NewSignal>(&planned); fresh && there != imported->end()) {
      // It names a record: not to be told once the caller may no longer know.
      any_good = true;
      result.set_outcome(node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE);
      result.set_record_id(there->second);
      if (!ground) ground.emplace(std::move(fresh->effect.entry));
      continue;
    }
    effect_of.back() = plan.effects.size();
    if (auto* fresh = std::get_if<NewSignal>(&planned)) {
      result.set_outcome(node::v1::IMPORT_ROW_OUTCOME_RECORDED);
      result.set_record_id(fresh->record_id);
      fresh->effect.record->import_row = bytes;
      (*imported)[bytes] = fresh->record_id;
      any_good = true;
      if (!std::exchange(marked, true)) {
        fresh->effect.preconditions.push_back({LastImportKey(), *last_import});
        fresh->effect.rows.push_back({LastImportKey(), std::string()});
      }
      plan.effects.push_back(std::move(fresh->effect));
      continue;
    }
    auto& refused = std::get<NotRecorded>(planned);
    result.set_outcome(node::v1::IMPORT_ROW_OUTCOME_REFUSED);
    result.set_field(refused.refusal.field);
    const bool by_rule = refused.answer && !refused.answer->permitted();
    *result.mutable_refusal() =
        by_rule ? DetailOf(call, *refused.answer) : DetailOf(refused.refusal);
    Plan refusal = by_rule ? DecisionRefusalPlan(call, *refused.answer, nullptr)
                           : RefusalPlan(call, std::move(refused.refusal));
    plan.refused_parts.push_back(plan.effects.size());
    plan.effects.push_back(std::move(refusal.effects[0]));
  }
  // A table of which no row is good is a refusal of its caller as a whole.
  plan.refusal = !any_good;
  if (plan.effects.empty()) {
    // Nothing new is an act as well, on the ground on which the first row would have been taken.
    Entry& entry = plan.effects.emplace_back().entry;
    entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
    *entry.act.mutable_rule_ids() = ground->act.rule_ids();
    entry.decision = ground->decision;
  }
  plan.reply = [this, results, effect_of](std::span<const ledger::Logged> logged) {
    for (size_t i = 0; i < results->size(); ++i) {
      node::v1::ImportRowResult& result = *response_.add_results();
      result = std::move((*results)[i]);
      // Refusals gathered into one entry share it.
      if (effect_of[i] != kNoEffect) {
        *result.mutable_log_receipt() =
            LogReceiptOf(logged[std::min(effect_of[i], logged.size() - 1)]);
      }
    }
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
