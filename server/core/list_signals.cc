#include "server/core/list_signals.h"

#include "server/core/page_token.h"
#include "server/core/record_act.h"
#include "server/core/signal_check.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr uint32_t kDefaultPage = 50;
constexpr uint32_t kMaxPage = 200;
// Records looked at for one page: keeps a list with few matches short; the page token goes on from
// there.
constexpr uint32_t kMaxLookedAt = 2000;

// Category and onlife are fields that a rule may withhold; the rest says that the record exists.
node::v1::SignalSummary SummaryOf(const OpenedRecord& record, const policies::Decision& decision) {
  const record::v1::SignalContent& content = record.body.signal().content();
  node::v1::SignalSummary summary;
  summary.set_record_id(record.row.record_id());
  summary.set_version(record.row.version());
  summary.set_state(record.row.state());
  for (const policies::GrantedField& field : decision.granted) {
    if (field.treatment.kind != policies::Treatment::Kind::kKeep) continue;
    if (field.name == "category") summary.set_category(content.category());
    if (field.name == "onlife") summary.set_onlife(content.onlife());
  }
  summary.set_tlp(record.body.signal().marks().tlp());
  summary.set_subject_kind(content.subject_kind());
  summary.set_recorded_on(storage::LegalDay(record.body.recorded_at_us()));
  summary.set_retention_until(record.row.retention_until());
  summary.set_case_ref(record.body.case_ref());
  summary.set_held(record.row.has_hold());
  return summary;
}

}  // namespace

const Method& ListSignals::method() const {
  static const Method& method = MethodNamed("SignalService.ListSignals");
  return method;
}

absl::StatusOr<Plan> ListSignals::Decide(const Call& call, View& view) {
  const uint32_t page = request_.page_size() == 0 ? kDefaultPage : request_.page_size();
  if (page > kMaxPage || (!request_.case_ref().empty() && !IsCaseRef(request_.case_ref()))) {
    return RefusalPlan(
        call,
        {absl::StatusCode::kInvalidArgument, "bad_request",
         "ask at most 200 rows, of a case reference (no national register number) or of all", ""});
  }
  const std::string filter = FilterOf(request_);
  std::string before;
  if (!request_.page_token().empty()) {
    absl::StatusOr<std::string> position = call.pages->Open(call, filter, request_.page_token());
    if (!position.ok()) return RefusalPlan(call, StalePage());
    before = *std::move(position);
  }
  // Whether the caller may list at all; then record by record.
  Answer answer = Ask(call, "list", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);

  auto shown = std::make_shared<node::v1::ListSignalsResponse>();
  std::vector<ledger::Precondition> unchanged;
  uint32_t looked_at = 0;
  absl::Status fault = absl::OkStatus();
  absl::Status scanned = view.VisitRecordsNewestFirst(
      before, [&](std::string_view position, std::string_view record_id) {
        absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(record_id);
        // One row that cannot be read must not keep everybody from all the others.
        if (absl::IsDataLoss(record.status())) {
          shown->set_unreadable(shown->unreadable() + 1);
        } else if (!record.ok() && !absl::IsNotFound(record.status())) {
          fault = record.status();
          return false;
        }
        if (record.ok()) {
          const bool asked_for =
              request_.case_ref().empty() || (*record)->body.case_ref() == request_.case_ref();
          if (asked_for) {
            const Answer about = Ask(call, "list", FactsOf(call, **record));
            if (about.permitted()) {
              *shown->add_signals() = SummaryOf(**record, about.decision);
              // Erased or changed meanwhile, it is not shown: the list is planned again.
              unchanged.push_back({RecordKey(record_id), (*record)->stamp});
            }
          }
        }
        if (++looked_at < kMaxLookedAt && shown->signals_size() < static_cast<int>(page)) {
          return true;
        }
        shown->set_next_page_token(call.pages->Seal(call, filter, position));
        return false;
      });
  if (!scanned.ok()) return scanned;
  if (!fault.ok()) return fault;

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.preconditions = std::move(unchanged);
  for (const node::v1::SignalSummary& summary : shown->signals()) {
    effect.entry.subject.add_record_ids(summary.record_id());
  }
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
