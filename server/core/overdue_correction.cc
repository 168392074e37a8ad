#include "server/core/overdue_correction.h"

#include "server/core/outbox.h"
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

}  // namespace

bool IsCorrectionOverdue(const record::v1::SentExchange& row, uint64_t now_us) {
  if (!IsUnanswered(row.state()) || row.due_at_us() + kCorrectionAnswerUs > now_us) return false;
  peer::v1::Offer offer;
  if (!offer.ParseFromString(row.offer())) return false;
  const auto terms = envelope::ReadTerms(offer.terms());
  return terms.ok() && !terms->corrects().empty();
}

absl::StatusOr<size_t> OverdueCorrections(const View& view, std::string_view partner,
                                          uint64_t now_us) {
  size_t overdue = 0;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitOutbox(view, partner, [&](const OwedRow& owed) {
    if (!MayBeOverdue(owed, now_us)) return true;
    const absl::StatusOr<SentRow> sent = ReadSent(view, owed.id);
    // One that cannot be read may be: it must not keep the alarm quiet.
    if (sent.ok() ? IsCorrectionOverdue(sent->row, now_us) : absl::IsDataLoss(sent.status()))
      ++overdue;
    if (!sent.ok() && !absl::IsNotFound(sent.status()) && !absl::IsDataLoss(sent.status())) {
      fault = sent.status();
    }
    return fault.ok();
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return overdue;
}

}  // namespace sluis::core
