#include "server/core/list_sent.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/page_token.h"
#include "server/core/record_act.h"
#include "server/core/sent_correction.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/record_proof.h"
#include "server/envelope/terms.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kMaxPage = 500;
// Records looked at for one page; the page token goes on from there.
constexpr uint32_t kMaxLookedAt = 2000;
// A place in the order of records: time and id.
constexpr size_t kPlaceBytes = 8 + kRecordIdBytes;

void AddHandedOver(const record::v1::SentExchange& row, node::v1::SentSummary& summary) {
  for (const std::string& bytes : row.notice_proofs()) {
    const absl::StatusOr<envelope::RecordProof> proof = envelope::ReadRecordProof(bytes);
    const auto* notice = proof.ok() ? std::get_if<peer::v1::Notice>(&proof->leaf) : nullptr;
    if (notice == nullptr) continue;
    node::v1::HandedOver& once = *summary.add_handed_over();
    once.set_at_s(notice->handed_over_at_s());
    *once.mutable_scope() = notice->scope();
    once.set_barred(notice->barred());
  }
}

node::v1::SentSummary SummaryOf(const record::v1::SentExchange& row, uint64_t now_us) {
  node::v1::SentSummary summary;
  summary.set_exchange_id(row.exchange_id());
  summary.set_record_id(row.record_id());
  summary.set_recipient(row.recipient());
  summary.set_state(ShownState(row, now_us));
  summary.set_due_at_us(row.due_at_us());
  summary.set_expires_at_s(row.expires_at_s());
  summary.set_shared_at_us(row.shared_at_us());
  summary.set_retention_until(row.retention_until());
  summary.set_tell_contributor_until(row.tell_contributor_until());
  summary.set_reason(IsClosing(row) ? "closing" : row.reason());
  summary.set_exercise(row.exercise());
  summary.set_corrected_by(row.corrected_by());
  summary.set_erasure_day(row.erasure_day());
  summary.set_erasure_overdue(IsErasureOverdue(row, now_us));
  summary.set_partner_may_have_it(MayBeThere(row) && row.erasure().empty());
  AddHandedOver(row, summary);
  peer::v1::Offer offer;
  if (offer.ParseFromString(row.offer())) {
    summary.set_partnership(offer.binding().partnership());
    const absl::StatusOr<peer::v1::Terms> terms = envelope::ReadTerms(offer.terms());
    if (terms.ok()) {
      summary.set_case_token(terms->case_token());
      summary.set_corrects(terms->corrects());
    }
  }
  return summary;
}

// Whether the partner has, or is about to have, an earlier version than this node.
bool IsOutdated(const record::v1::SentExchange& row, uint32_t version) {
  return row.record_version() < version && (row.state() == record::v1::SENT_STATE_RELEASED ||
                                            row.state() == record::v1::SENT_STATE_OPENED);
}

// One page while it is filled.
struct Filling {
  const Call& call;
  const View& view;
  size_t page = 0;
  node::v1::ListSentResponse shown = {};
  std::vector<ledger::Precondition> unchanged = {};
  absl::Status fault = absl::OkStatus();

  bool full() const { return static_cast<size_t>(shown.sent_size()) >= page; }

  // Adds the exchanges of one record that the caller may list, from just after `after`. The last
  // one added when the page is full before the record's end; nothing otherwise.
  std::optional<std::string> Add(std::string_view record_id, std::string_view after) {
    std::vector<SentRow> rows;
    const std::string position =
        after.empty() ? std::string() : std::string(record_id) + std::string(after);
    fault = VisitSent(view, record_id, position, [&](std::string_view, const SentRow& sent) {
      rows.push_back(sent);
      return true;
    });
    if (!fault.ok() || rows.empty()) return std::nullopt;
    const absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(record_id);
    if (absl::IsNotFound(record.status()) || absl::IsDataLoss(record.status())) return std::nullopt;
    if (!record.ok()) {
      fault = record.status();
      return std::nullopt;
    }
    if (!Ask(call, "list", FactsOf(call, **record)).permitted()) return std::nullopt;
    unchanged.push_back({RecordKey(record_id), (*record)->stamp});
    for (const SentRow& sent : rows) {
      if (full()) return shown.sent(shown.sent_size() - 1).exchange_id();
      node::v1::SentSummary& summary = *shown.add_sent();
      summary = SummaryOf(sent.row, call.now_us);
      summary.set_outdated(IsOutdated(sent.row, (*record)->row.version()));
      unchanged.push_back({SentKey(sent.row.exchange_id()), sent.stamp});
    }
    return std::nullopt;
  }
};

// Of what was erased here no record is left that a rule could look at: whoever may list at all sees
// to whom it went and what the partner answers. Goes on just after `after`.
absl::Status AddErased(Filling& filling, std::string_view record_id, std::string_view after,
                       const std::function<void(std::string_view)>& go_on) {
  uint32_t looked_at = 0;
  return VisitSent(filling.view, record_id, after,
                   [&](std::string_view position, const SentRow& sent) {
                     if (!sent.row.erasure().empty()) {
                       *filling.shown.add_sent() = SummaryOf(sent.row, filling.call.now_us);
                       filling.unchanged.push_back({SentKey(sent.row.exchange_id()), sent.stamp});
                     }
                     if (++looked_at < kMaxLookedAt && !filling.full()) return true;
                     go_on(position);
                     return false;
                   });
}

Refusal BadRequest() {
  return {absl::StatusCode::kInvalidArgument, "bad_request",
          "ask at most 500 rows, of one record id or of all", ""};
}

}  // namespace

const Method& ListSent::method() const {
  static const Method& method = MethodNamed("ExchangeService.ListSent");
  return method;
}

absl::StatusOr<Plan> ListSent::Decide(const Call& call, View& view) {
  const uint32_t page = request_.page_size() == 0 ? kDefaultPage : request_.page_size();
  const std::string& only = request_.record_id();
  if (page > kMaxPage || (!only.empty() && only.size() != kRecordIdBytes)) {
    return RefusalPlan(call, BadRequest());
  }
  const std::string filter = FilterOf(request_);
  // Place of the record where the list stopped, and the exchange if it stopped within one.
  std::string place, within, erased_after;
  if (!request_.page_token().empty()) {
    absl::StatusOr<std::string> position = call.pages->Open(call, filter, request_.page_token());
    if (!position.ok() || position->size() < kPlaceBytes) return RefusalPlan(call, StalePage());
    erased_after = *position;
    place = position->substr(0, kPlaceBytes);
    within = position->substr(kPlaceBytes);
  }
  // Whether the caller may list at all; then record by record.
  Answer answer = Ask(call, "list", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);

  Filling filling{.call = call, .view = view, .page = page};
  const auto go_on = [&](const std::string& position) {
    filling.shown.set_next_page_token(call.pages->Seal(call, filter, position));
  };
  bool stopped = request_.erased();
  if (request_.erased()) {
    const absl::Status added =
        AddErased(filling, only, erased_after,
                  [&](std::string_view position) { go_on(std::string(position)); });
    if (!added.ok()) return added;
  }
  if (!stopped && (!only.empty() || !within.empty())) {
    const std::string record_id = only.empty() ? place.substr(8) : only;
    const auto last = filling.Add(record_id, within);
    if (last) {
      go_on((place.empty() ? std::string(8, '\0') + record_id : place) + *last);
      stopped = true;
    }
  }
  if (only.empty() && !stopped) {
    uint32_t looked_at = 0;
    absl::Status scanned = view.VisitRecordsNewestFirst(
        place, [&](std::string_view position, std::string_view record_id) {
          const auto last = filling.Add(record_id, {});
          if (!filling.fault.ok()) return false;
          if (last) go_on(std::string(position) + *last);
          if (last) return false;
          if (++looked_at < kMaxLookedAt && !filling.full()) return true;
          go_on(std::string(position));
          return false;
        });
    if (!scanned.ok()) return scanned;
  }
  if (!filling.fault.ok()) return filling.fault;

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.preconditions = std::move(filling.unchanged);
  auto shown = std::make_shared<node::v1::ListSentResponse>(std::move(filling.shown));
  for (const node::v1::SentSummary& sent : shown->sent()) {
    const auto& named = effect.entry.subject.record_ids();
    if (named.empty() || named[named.size() - 1] != sent.record_id()) {
      effect.entry.subject.add_record_ids(sent.record_id());
    }
  }
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
