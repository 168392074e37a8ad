#include "server/core/query_log.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "server/core/page_token.h"
#include "server/core/signal_check.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"
#include "server/ledger/leaf.h"
#include "server/ledger/reader.h"

namespace sluis::core {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kMaxPage = 500;
// Entries looked at for one page; the page token goes on from there.
constexpr uint64_t kMaxLookedAt = 20000;

template <typename Message>
absl::Status ParsePart(const ledger::OpenedPart& part, Message* message) {
  if (!message->ParseFromString(part.bytes)) {
    return absl::DataLossError("a part of an entry cannot be read; verify an export of the log");
  }
  return absl::OkStatus();
}

template <typename List, typename Value>
bool Holds(const List& list, Value value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// Fills in one row; false when the entry is not one that was asked for.
absl::StatusOr<bool> FillRow(const node::v1::QueryLogRequest& request,
                             const ledger::LogReader& reader, const ledger::StoredEntry& entry,
                             node::v1::LogRow& row) {
  using ledger::OpenedPart;
  using ledger::Part;
  absl::StatusOr<ledger::Leaf> leaf = ledger::DecodeLeaf(entry.leaf);
  if (!leaf.ok()) return absl::DataLossError("a leaf of the log cannot be read");
  row.set_index(entry.index);
  row.set_logged_at_us(leaf->logged_at_us);
  if (leaf->logged_at_us < request.from_us() ||
      (request.until_us() != 0 && leaf->logged_at_us >= request.until_us())) {
    return false;
  }
  absl::StatusOr<OpenedPart> act = reader.Open(entry, Part::kAct);
  if (!act.ok()) return act.status();
  if (act->state == OpenedPart::State::kOpen) {
    absl::Status parsed = ParsePart(*act, row.mutable_act());
    if (!parsed.ok()) return parsed;
  }
  if (!Holds(request.operations(), static_cast<int>(row.act().operation())) ||
      !Holds(request.outcomes(), static_cast<int>(row.act().outcome())) ||
      (!request.purpose().empty() && request.purpose() != row.act().purpose())) {
    return false;
  }
  if (request.open().actor()) {
    absl::StatusOr<OpenedPart> actor = reader.Open(entry, Part::kActor);
    if (!actor.ok()) return actor.status();
    if (actor->state == OpenedPart::State::kOpen) {
      absl::Status parsed = ParsePart(*actor, row.mutable_actor());
      if (!parsed.ok()) return parsed;
    }
    if (!request.user_id().empty() && row.actor().user_id() != request.user_id()) return false;
  }
  if (request.open().subject()) {
    absl::StatusOr<OpenedPart> subject = reader.Open(entry, Part::kSubject);
    if (!subject.ok()) return subject.status();
    row.set_subject_erased(subject->state == OpenedPart::State::kErased);
    if (subject->state == OpenedPart::State::kOpen) {
      absl::Status parsed = ParsePart(*subject, row.mutable_subject());
      if (!parsed.ok()) return parsed;
      // Who it was asked about, and how that was hidden, is for the officer's sample alone.
      evaluation::WipeSubject(*row.mutable_subject());
    }
    const auto& ids = row.subject().record_ids();
    if (!request.record_id().empty() &&
        std::find(ids.begin(), ids.end(), request.record_id()) == ids.end()) {
      return false;
    }
  }
  if (request.open().decision()) {
    absl::StatusOr<OpenedPart> decision = reader.Open(entry, Part::kDecision);
    if (!decision.ok()) return decision.status();
    if (decision->state == OpenedPart::State::kOpen) {
      absl::Status parsed = ParsePart(*decision, row.mutable_decision());
      if (!parsed.ok()) return parsed;
    }
  }
  return true;
}

}  // namespace

std::optional<Refusal> RefuseLook(const std::string& reason, const node::v1::OpenParts& open) {
  if (HoldsRegisterNumber(reason) || HoldsRegisterNumber(open.decision_ref())) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_request",
                   "take the national register number out; it would stay in the log", "reason"};
  }
  if (!IsText(reason, 10, 500)) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_request",
                   "say in 10 to 500 characters why the log is looked into", "reason"};
  }
  const bool needs_decision = open.actor() || open.subject();
  if (needs_decision ? !IsText(open.decision_ref(), 3, 64) : !open.decision_ref().empty()) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_request",
                   "give the reference of the recorded decision exactly when actor or subject "
                   "parts are opened",
                   "open.decision_ref"};
  }
  return std::nullopt;
}

Effect LookOf(const Call& call, const Answer& answer, const std::string& reason,
              const node::v1::OpenParts& open) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.entry.act.set_reason(reason);
  effect.entry.act.set_decision_ref(open.decision_ref());
  return effect;
}

const Method& QueryLog::method() const {
  static const Method& method = MethodNamed("LogService.QueryLog");
  return method;
}

absl::StatusOr<uint64_t> QueryLog::Find(View& view, uint64_t last,
                                        node::v1::QueryLogResponse& shown) const {
  const ledger::LogReader reader(origin_, view.snapshot(), view.keyring());
  absl::StatusOr<uint64_t> size = reader.Size();
  if (!size.ok()) return size.status();
  shown.set_covered(*size);
  last = std::min(last, *size);
  const uint64_t first = last > kMaxLookedAt ? last - kMaxLookedAt : 0;
  const uint32_t page = request_.page_size() == 0 ? kDefaultPage : request_.page_size();
  uint64_t next = first;
  absl::Status fault = absl::OkStatus();
  absl::Status visited = reader.VisitReverse(first, last, [&](const ledger::StoredEntry& entry) {
    node::v1::LogRow row;
    absl::StatusOr<bool> wanted = FillRow(request_, reader, entry, row);
    if (!wanted.ok()) {
      fault = wanted.status();
      return false;
    }
    // A subject that is erased while this is planned is not shown: the answer is planned again. The
    // subject of a longer list lies under a key of its own, which no erasure takes; that of an
    // evaluation goes with each of its records.
    const auto& ids = row.subject().record_ids();
    const bool may_go = *wanted && static_cast<size_t>(ids.size()) <= evaluation::kMaxPersons;
    for (int i = 0; may_go && i < ids.size(); ++i) {
      const std::string key = RecordKey(ids[i]);
      absl::StatusOr<uint64_t> stamp = view.StampOf(key);
      if (!stamp.ok()) {
        fault = stamp.status();
        return false;
      }
      view.Require({key, *stamp});
    }
    if (*wanted) *shown.add_rows() = std::move(row);
    if (shown.rows_size() < static_cast<int>(page)) return true;
    next = entry.index;
    return false;
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return next;
}

absl::StatusOr<Plan> QueryLog::Decide(const Call& call, View& view) {
  if (auto refusal = RefuseLook(request_.reason(), request_.open())) {
    return RefusalPlan(call, *std::move(refusal));
  }
  if (request_.page_size() > kMaxPage ||
      (!request_.user_id().empty() && !request_.open().actor()) ||
      (!request_.record_id().empty() && !request_.open().subject())) {
    return RefusalPlan(
        call, {absl::StatusCode::kInvalidArgument, "bad_request",
               "ask at most 500 rows; a user needs open.actor, a record open.subject", ""});
  }
  const std::string filter = FilterOf(request_);
  uint64_t last = std::numeric_limits<uint64_t>::max();
  if (!request_.page_token().empty()) {
    absl::StatusOr<std::string> position = call.pages->Open(call, filter, request_.page_token());
    if (!position.ok() || !crypto::Reader(*position).U64(&last)) {
      return RefusalPlan(call, StalePage());
    }
  }
  Answer answer = Ask(call, "audit", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);
  auto shown = std::make_shared<node::v1::QueryLogResponse>();
  absl::StatusOr<uint64_t> next = Find(view, last, *shown);
  if (!next.ok()) return next.status();
  if (*next > 0) {
    std::string position;
    crypto::AppendU64(position, *next);
    shown->set_next_page_token(call.pages->Seal(call, filter, position));
  }
  Plan plan;
  plan.effects.push_back(LookOf(call, answer, request_.reason(), request_.open()));
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
