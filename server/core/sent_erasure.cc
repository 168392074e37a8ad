#include "server/core/sent_erasure.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/core/outbox.h"
#include "server/core/person_statement.h"
#include "server/core/stop_share.h"
#include "server/envelope/leaf.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

using peer::v1::Erasure;
using record::v1::SentExchange;

constexpr std::string_view kKindErasure = "erasure";
constexpr std::string_view kErased = "erased";
constexpr std::string_view kHeld = "held";
constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
// A partner that names a later review is asked again then all the same.
constexpr uint64_t kMostDays = 3660;

absl::Status Unreadable() {
  return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
}

// What the row says of it, with everything that a message of the exchange repeats.
absl::StatusOr<Erasure> ErasureOf(const SentExchange& row, const SentBinding& bound) {
  Erasure asked;
  if (!asked.ParseFromString(row.erasure())) return Unreadable();
  *asked.mutable_binding() = bound.offer;
  asked.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
  asked.set_offer_digest(std::string(crypto::View(bound.offer_digest)));
  asked.set_step(peer::v1::ERASURE_STEP_ASKED);
  return asked;
}

void LeaveThePersonOut(Erasure& asked) {
  asked.set_reason(peer::v1::ERASURE_REASON_NODE);
  asked.clear_user();
}

// Whether `digest` is that of what was asked, in either name.
bool IsOfAsked(Erasure asked, std::string_view digest) {
  const auto matches = [&] {
    return crypto::View(envelope::LeafDigest(asked.SerializeAsString())) == digest;
  };
  if (matches()) return true;
  LeaveThePersonOut(asked);
  return matches();
}

// The day after the review, at this time of the day; tomorrow when it is over.
uint64_t AfterReview(const Call& call, const std::string& review_on) {
  uint64_t days = 1;
  for (std::string day = storage::AddDays(call.today, 1); day <= review_on && days < kMostDays;
       ++days) {
    day = storage::AddDays(day, 1);
  }
  return call.now_us + days * kDayUs;
}

}  // namespace

bool MayBeThere(const SentExchange& row) { return !row.receipt_proof().empty(); }

bool IsErasureOverdue(const SentExchange& row, uint64_t now_us) {
  if (row.state() == record::v1::SENT_STATE_ERASING) {
    return row.erased_at_us() + kErasureAnswerUs <= now_us;
  }
  return row.state() == record::v1::SENT_STATE_HELD && now_us >= kErasureAnswerUs &&
         row.erasure_day() < storage::LegalDay(now_us - kErasureAnswerUs);
}

absl::StatusOr<size_t> OverdueErasures(const View& view, std::string_view partner,
                                       uint64_t now_us) {
  size_t overdue = 0;
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitOutbox(view, partner, [&](const OwedRow& owed) {
    if (owed.kind != peer::v1::ENVELOPE_KIND_ERASURE) return true;
    const absl::StatusOr<SentRow> sent = ReadSent(view, owed.id);
    // One that cannot be read may be: it must not keep the alarm quiet.
    if (sent.ok() ? IsErasureOverdue(sent->row, now_us) : absl::IsDataLoss(sent.status()))
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

absl::StatusOr<std::string> AskedErasure(const Call& call, const View& view, const SentRow& sent) {
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, sent);
  if (!bound.ok()) return bound.status();
  absl::StatusOr<Erasure> asked = ErasureOf(sent.row, *bound);
  if (!asked.ok()) return asked.status();
  if (asked->has_user()) {
    const absl::StatusOr<bool> holds = SignatureHolds(call, view, asked->user());
    if (!holds.ok()) return holds.status();
    if (!*holds) LeaveThePersonOut(*asked);
  }
  return asked->SerializeAsString();
}

absl::Status FollowErasure(const Call& call, const View& view, const std::string& sender,
                           const PeerLeaf& leaf, Plan& plan) {
  const auto& answer = std::get<Erasure>(leaf.proof.leaf);
  const absl::StatusOr<SentRow> sent = ReadSent(view, answer.binding().exchange_id());
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  const auto refuse = [&] {
    AddUnknown(call, sender, leaf, kKindErasure, plan);
    return absl::OkStatus();
  };
  if (!sent.ok() || sent->row.recipient() != sender) return refuse();
  const bool held_before = sent->row.state() == record::v1::SENT_STATE_HELD;
  if (sent->row.state() == record::v1::SENT_STATE_ERASED) return absl::OkStatus();
  if (!held_before && sent->row.state() != record::v1::SENT_STATE_ERASING) return refuse();
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, *sent);
  if (!bound.ok()) return bound.status();
  const absl::StatusOr<Erasure> asked = ErasureOf(sent->row, *bound);
  if (!asked.ok()) return asked.status();
  if (!envelope::CheckAnswers(leaf.proof.leaf, bound->offer).ok() ||
      answer.offer_digest() != asked->offer_digest() || !IsOfAsked(*asked, answer.asked_digest())) {
    return refuse();
  }
  const bool done = answer.step() == peer::v1::ERASURE_STEP_DONE;
  if (!done && held_before && sent->row.erasure_day() == answer.day()) return absl::OkStatus();

  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  SentExchange after = sent->row;
  after.set_state(done ? record::v1::SENT_STATE_ERASED : record::v1::SENT_STATE_HELD);
  after.set_erasure_day(answer.day());
  after.set_answer_proof(leaf.proof.Serialise());
  effect.entry.counterpart = SenderPart(after, call.terms->partnership, kKindErasure,
                                        crypto::View(leaf.digest), done ? kErased : kHeld);
  // While it is held the question stays: it is asked once more after the review.
  WriteSent(*sent, std::move(after),
            done ? peer::v1::ENVELOPE_KIND_UNSPECIFIED : peer::v1::ENVELOPE_KIND_ERASURE,
            done ? 0 : AfterReview(call, answer.day()), effect);
  return absl::OkStatus();
}

}  // namespace sluis::core
