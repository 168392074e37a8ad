#include "server/core/overdue_correction.h"

#include <set>
#include <string>

#include "server/core/outbox.h"
#include "server/core/sent_correction.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/terms.h"

namespace sluis::core {
namespace {

bool IsUnanswered(record::v1::SentState state) {
  return state == record::v1::SENT_STATE_COOLING_OFF || state == record::v1::SENT_STATE_OFFERED ||
         state == record::v1::SENT_STATE_RELEASED || state == record::v1::SENT_STATE_EXPIRED;
}

// An Offer is owed from the moment that it may leave, so that its row tells without the other.
bool MayBeOverdue(const OwedRow& owed, uint64_t now_us) {
  if (owed.MayBe(peer::v1::ENVELOPE_KIND_KEY) || owed.kind == peer::v1::ENVELOPE_KIND_CANCEL) {
    return true;
  }
  return owed.kind == peer::v1::ENVELOPE_KIND_OFFER &&
         owed.not_before_us + kCorrectionAnswerUs <= now_us;
}

// The exchange that this one corrects; empty for none.
std::string CorrectsOf(const record::v1::SentExchange& row) {
  peer::v1::Offer offer;
  if (!offer.ParseFromString(row.offer())) return {};
  const auto terms = envelope::ReadTerms(offer.terms());
  return terms.ok() ? terms->corrects() : std::string();
}

bool IsLate(const record::v1::SentExchange& row, uint64_t now_us) {
  return IsUnanswered(row.state()) && row.due_at_us() + kCorrectionAnswerUs <= now_us;
}

}  // namespace

bool IsCorrectionOverdue(const record::v1::SentExchange& row, uint64_t now_us) {
  return IsLate(row, now_us) && !CorrectsOf(row).empty();
}

absl::StatusOr<size_t> OverdueCorrections(const View& view, std::string_view partner,
                                          uint64_t now_us) {
  size_t overdue = 0;
  std::set<std::string> counted;  // wrong versions, by their exchange
  std::set<std::string> untold;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitOutbox(view, partner, [&](const OwedRow& owed) {
    if (!MayBeOverdue(owed, now_us)) return true;
    const absl::StatusOr<SentRow> sent = ReadSent(view, owed.id);
    // One that cannot be read may be: it must not keep the alarm quiet.
    if (absl::IsDataLoss(sent.status())) ++overdue;
    if (!sent.ok()) {
      if (!absl::IsNotFound(sent.status()) && !absl::IsDataLoss(sent.status())) {
        fault = sent.status();
      }
      return fault.ok();
    }
    if (IsClosing(sent->row) && owed.not_before_us + kCorrectionAnswerUs <= now_us) {
      untold.emplace(owed.id);
    }
    if (!IsCorrectionOverdue(sent->row, now_us)) return true;
    ++overdue;
    counted.insert(CorrectsOf(sent->row));
    return fault.ok();
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  // The correction itself is counted once, however much of it is overdue.
  for (const std::string& wrong : untold) overdue += counted.contains(wrong) ? 0 : 1;
  return overdue;
}

}  // namespace sluis::core
