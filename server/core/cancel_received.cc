#include "server/core/cancel_received.h"

#include <array>
#include <variant>

#include "server/core/judge_leaf.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
#include "server/core/status_lists.h"
#include "server/envelope/fault.h"
#include "server/envelope/user_signature.h"

namespace sluis::core {
namespace {

using envelope::Fault;
using peer::v1::Cancel;
using record::v1::ReceivedExchange;

constexpr std::string_view kKindCancel = "cancel";
constexpr std::string_view kClosed = "closed";
constexpr std::string_view kRefused = "refused";

// By place, as in the closed list.
constexpr std::array<std::string_view, 6> kReasons = {"",     "withdrawn", "expired",
                                                      "rule", "receipt",   "corrected"};
static_assert(kReasons.size() == peer::v1::CancelReason_ARRAYSIZE);

bool HasEnded(record::v1::ReceivedState state) {
  return state != record::v1::RECEIVED_STATE_COLLECTED &&
         state != record::v1::RECEIVED_STATE_OPENED &&
         state != record::v1::RECEIVED_STATE_QUARANTINED;
}

// OK when no person need stand behind it: where the terms are gone nothing is left to be closed.
absl::Status CheckPerson(envelope::UserSignatureVerifier& verifier, const Cancel& cancel,
                         const ReceivedExchange& row, const KeptOffer& kept,
                         const record::v1::MandateStatus& status, uint64_t now_us) {
  if (cancel.reason() != peer::v1::CANCEL_REASON_WITHDRAWN || !kept.has_terms) {
    return absl::OkStatus();
  }
  const absl::StatusOr<StoredOffer> offer = OfferOf(row);
  if (!offer.ok()) return offer.status();
  return verifier
      .Verify(cancel.user(), ActAbout(cancel.binding(), offer->terms, "withdraw"), status, now_us)
      .status();
}

}  // namespace

const Method& CancelReceived::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<Plan> CancelReceived::Decide(const Call& call, View& view) {
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const partnership::Member* member = manifest.Find(sender_);
  if (member == nullptr || sender_ != call.peer) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  absl::StatusOr<record::v1::MandateStatus> status = ReadPartnerStatus(view, sender_);
  if (!status.ok()) return status.status();
  envelope::UserSignatureVerifier verifier(manifest.partnership, sender_,
                                           MandateKeysOf(*member, call.today), call.signatures);
  Plan plan;
  size_t waiting = 0;
  const auto refuse = [&](const ReceivedExchange& row, const PeerLeaf& leaf,
                          std::string_view code) {
    plan.refused_parts.push_back(plan.effects.size());
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
    effect.entry.act.set_refusal(std::string(code));
    effect.entry.counterpart = ReceiverPart(row, call.terms->partnership, kKindCancel,
                                            crypto::View(leaf.digest), kRefused);
  };
  const auto take = [&](const PeerLeaf& leaf) -> absl::Status {
    const Cancel* cancel = &std::get<Cancel>(leaf.proof.leaf);
    absl::StatusOr<ReceivedRow> held = ReadReceived(view, cancel->binding().exchange_id());
    if (absl::IsNotFound(held.status())) return absl::OkStatus();
    if (!held.ok()) return held.status();
    const ReceivedExchange& row = held->row;
    // Of what was erased no Offer is left, and nothing to take back.
    if (row.state() == record::v1::RECEIVED_STATE_ERASED) return absl::OkStatus();
    const absl::StatusOr<KeptOffer> kept = KeptOfferOf(row);
    if (!kept.ok()) return kept.status();
    if (row.sender() != sender_ || row.offer_digest() != cancel->offer_digest() ||
        !envelope::CheckAnswers(leaf.proof.leaf, kept->binding).ok()) {
      ReceivedExchange about;
      about.set_exchange_id(cancel->binding().exchange_id());
      about.set_sender(sender_);
      refuse(about, leaf, RefusalWord(peer::v1::REFUSAL_REASON_UNKNOWN));
      return absl::OkStatus();
    }
    if (HasEnded(row.state())) return absl::OkStatus();
    const absl::Status person = CheckPerson(verifier, *cancel, row, *kept, *status, call.now_us);
    if (absl::IsDataLoss(person)) return person;
    if (envelope::FaultOf(person) == Fault::kStatusBehind) {
      ++waiting;
      return absl::OkStatus();
    }
    if (!person.ok()) {
      refuse(row, leaf, RefusalWord(peer::v1::REFUSAL_REASON_SIGNATURE));
      return absl::OkStatus();
    }

    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.entry.counterpart =
        ReceiverPart(row, call.terms->partnership, kKindCancel, crypto::View(leaf.digest), kClosed);
    if (row.state() == record::v1::RECEIVED_STATE_OPENED) {
      absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(row.record_id());
      // One that was erased meanwhile is closed already.
      if (!record.ok() && !absl::IsNotFound(record.status())) return record.status();
      if (record.ok()) {
        AddSubject(**record, effect.entry);
        effect.about = *record;
        effect.preconditions.push_back({RecordKey(row.record_id()), (*record)->stamp});
        effect.record.emplace();
        effect.record->row = (*record)->row;
        effect.record->row.set_state(record::v1::RECORD_STATE_WITHDRAWN);
        effect.record->body = (*record)->body;
        const absl::Status gone = ForgetTags(view, effect.record->row, effect);
        if (!gone.ok()) return gone;
      }
    } else {
      // Neither a receipt nor a finding is of use to the sender now; that it was opened still is.
      Owe(row, peer::v1::ENVELOPE_KIND_UNSPECIFIED, 0, {}, effect);
    }
    ReceivedExchange after = row;
    after.set_state(record::v1::RECEIVED_STATE_CANCELLED);
    after.set_reason(std::string(kReasons.at(static_cast<size_t>(cancel->reason()))));
    // A record that was opened stays, closed, until its own end.
    if (!effect.record) ForgetTerms(after);
    WriteReceived(*held, std::move(after), effect);
    return absl::OkStatus();
  };
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    if (!std::holds_alternative<Cancel>(leaf.proof.leaf)) {
      return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    }
    const absl::Status taken = JudgeLeaf([&] { return take(leaf); }, plan, unreadable);
    if (!taken.ok()) return taken;
  }
  if (plan.effects.empty() && waiting > 0 && unreadable.ok()) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, kStatusBehind);
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [again = waiting > 0, refused = plan.refusal,
                unreadable](std::span<const ledger::Logged>) {
    if (!unreadable.ok()) return unreadable;
    if (refused) return absl::PermissionDeniedError(std::string(kToPeer));
    // A cancel has no answer: only one that is not accepted comes again.
    if (again) return ComeAgain();
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
