#include "server/core/list_received.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "server/core/page_token.h"
#include "server/core/received_correction.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
#include "server/core/record_act.h"
#include "server/envelope/terms.h"

namespace sluis::core {
namespace {

using node::v1::ReceivedSummary;

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kMaxPage = 500;
// Exchanges looked at for one page; the page token goes on from there. It does so too where an
// entry names no more records (received_tags.h).
constexpr uint32_t kMaxLookedAt = 2000;

bool ShowsCategory(const policies::Decision& decision) {
  return std::any_of(decision.granted.begin(), decision.granted.end(), [](const auto& field) {
    return field.name == "category" && field.treatment.kind == policies::Treatment::Kind::kKeep;
  });
}

ReceivedSummary SummaryOf(const record::v1::ReceivedExchange& row) {
  ReceivedSummary summary;
  summary.set_exchange_id(row.exchange_id());
  summary.set_sender(row.sender());
  summary.set_state(row.state());
  summary.set_received_at_us(row.received_at_us());
  peer::v1::Conditions accepted;
  if (accepted.ParseFromString(row.accepted())) {
    summary.set_retention_until(accepted.retention_until());
    summary.set_tlp(accepted.marks().tlp());
  }
  if (row.state() == record::v1::RECEIVED_STATE_QUARANTINED) summary.set_reason(row.reason());
  if (AwaitsCorrection(row)) summary.set_reason("wrong");
  summary.set_exercise(row.exercise());
  summary.set_corrected_by(row.corrected_by());
  const absl::StatusOr<StoredOffer> offer = OfferOf(row);
  if (offer.ok()) summary.set_corrects(offer->terms.corrects());
  return summary;
}

}  // namespace

const Method& ListReceived::method() const {
  static const Method& method = MethodNamed("ExchangeService.ListReceived");
  return method;
}

absl::StatusOr<Plan> ListReceived::Decide(const Call& call, View& view) {
  const uint32_t page = request_.page_size() == 0 ? kDefaultPage : request_.page_size();
  if (page > kMaxPage) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "ask at most 500 rows", "page_size"});
  }
  const std::string filter = FilterOf(request_);
  std::string before;
  if (!request_.page_token().empty()) {
    absl::StatusOr<std::string> position = call.pages->Open(call, filter, request_.page_token());
    if (!position.ok()) return RefusalPlan(call, StalePage());
    before = *std::move(position);
  }
  Answer answer = Ask(call, "list", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);

  auto shown = std::make_shared<node::v1::ListReceivedResponse>();
  std::map<std::string, uint64_t> unchanged;
  SamePersons others(call, view);
  std::set<std::string> named;  // rows and others: each stands in the entry
  bool full = false;            // the page ends before the row that was looked at last
  std::string last;
  uint32_t looked_at = 0;
  absl::Status fault = absl::OkStatus();
  // The summary, when this caller may see it.
  const auto summary_of = [&](const ReceivedRow& received) -> std::optional<ReceivedSummary> {
    const record::v1::ReceivedExchange& row = received.row;
    if (row.state() == record::v1::RECEIVED_STATE_REFUSED) return std::nullopt;
    if (row.exercise() && call.terms->active()) return std::nullopt;
    ReceivedSummary summary = SummaryOf(row);
    if (row.record_id().empty()) {
      const absl::StatusOr<StoredOffer> offer = OfferOf(row);
      if (offer.ok() && ShowsCategory(answer.decision)) {
        summary.set_category(
            std::string(envelope::AttributeOf(offer->terms, "record.category").value_or("")));
      }
      return summary;
    }
    absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(row.record_id());
    if (!record.ok()) {
      if (!absl::IsNotFound(record.status()) && !absl::IsDataLoss(record.status())) {
        fault = record.status();
      }
      return std::nullopt;
    }
    const Answer about = Ask(call, "list", FactsOf(call, **record));
    if (!about.permitted()) return std::nullopt;
    summary.set_record_id(row.record_id());
    summary.set_retention_until((*record)->row.retention_until());
    if (ShowsCategory(about.decision)) {
      summary.set_category((*record)->body.signal().content().category());
    }
    const bool is_new = named.insert(row.record_id()).second;
    absl::StatusOr<SamePersons::Found> same = others.Of(**record, named);
    if (!same.ok()) {
      fault = same.status();
      return std::nullopt;
    }
    // The next page has room for what is named beside it.
    if (same->cut && !shown->received().empty()) {
      if (is_new) named.erase(row.record_id());
      full = true;
      return std::nullopt;
    }
    unchanged.emplace(RecordKey(row.record_id()), (*record)->stamp);
    for (node::v1::SamePerson& one : same->records) {
      named.insert(one.record_id());
      *summary.add_same_person() = std::move(one);
    }
    return summary;
  };
  absl::Status scanned = VisitReceivedNewestFirst(
      view, before, [&](std::string_view position, const ReceivedRow& received) {
        std::optional<ReceivedSummary> summary = summary_of(received);
        if (!fault.ok()) return false;
        if (full) {
          shown->set_next_page_token(call.pages->Seal(call, filter, last));
          return false;
        }
        if (summary) {
          *shown->add_received() = *std::move(summary);
          unchanged.emplace(ReceivedKey(received.row.exchange_id()), received.stamp);
        }
        last = position;
        if (++looked_at < kMaxLookedAt && shown->received_size() < static_cast<int>(page) &&
            named.size() < kMaxNamed) {
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
  unchanged.insert(others.unchanged().begin(), others.unchanged().end());
  for (const auto& [key, stamp] : unchanged) effect.preconditions.push_back({key, stamp});
  // Those of the list first, then those that it names beside them.
  for (const ReceivedSummary& summary : shown->received()) {
    if (named.erase(summary.record_id()) != 0) {
      effect.entry.subject.add_record_ids(summary.record_id());
    }
  }
  for (const std::string& id : named) effect.entry.subject.add_record_ids(id);
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
