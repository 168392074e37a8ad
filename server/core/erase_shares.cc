#include "server/core/erase_shares.h"

#include <utility>
#include <vector>

#include "server/core/person_statement.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"

namespace sluis::core {
namespace {

using peer::v1::EnvelopeKind;
using record::v1::SentExchange;

constexpr char kErased[] = "erased";

absl::StatusOr<std::vector<SentRow>> SharesOf(const View& view, std::string_view record_id,
                                              size_t* unreadable = nullptr) {
  std::vector<SentRow> shares;
  const absl::Status visited = VisitSent(
      view, record_id, {},
      [&](std::string_view, const SentRow& sent) {
        shares.push_back(sent);
        return true;
      },
      unreadable);
  if (!visited.ok()) return visited;
  return shares;
}

// Leaves of the Offer what every message about it repeats. What cannot be read stays as it is: it
// must not keep the record from being erased.
void LeaveBindingOnly(const Call& call, const View& view, const SentRow& sent,
                      SentExchange& after) {
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, sent);
  if (!bound.ok()) return;
  peer::v1::Offer left;
  *left.mutable_binding() = bound->offer;
  after.set_offer(left.SerializeAsString());
  after.set_offer_digest(std::string(crypto::View(bound->offer_digest)));
}

// Ends one that is on its way, with an entry of its own: the log must say of each exchange how it
// ended.
void EndShare(const Call& call, const SentRow& sent, SentExchange after, Plan& plan) {
  after.set_state(record::v1::SENT_STATE_WITHDRAWN);
  after.set_reason(kErased);
  const bool departed = ShownState(sent.row, call.now_us) != record::v1::SENT_STATE_COOLING_OFF;
  EnvelopeKind owed = peer::v1::ENVELOPE_KIND_UNSPECIFIED;
  if (departed) {
    peer::v1::Cancel cancel;
    cancel.set_reason(peer::v1::CANCEL_REASON_RULE);
    after.set_cancel(cancel.SerializeAsString());
    owed = peer::v1::ENVELOPE_KIND_CANCEL;
  }
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_reason(kErased);
  peer::v1::Offer offer;
  offer.ParseFromString(after.offer());
  effect.entry.counterpart = SenderPart(after, call.terms->partnership, EndingKind(departed),
                                        offer.binding().terms_digest());
  WriteSent(sent, std::move(after), owed, call.now_us, effect);
}

// Whether the partner is asked to erase it.
bool AddErasedShare(const Call& call, const View& view, const SentRow& sent,
                    const ErasureSignatures& signatures, Plan& plan, size_t erasing) {
  Effect& effect = plan.effects[erasing];
  SentExchange after = sent.row;
  ForgetKeys(after);
  after.clear_sealed_context();
  LeaveBindingOnly(call, view, sent, after);
  if (MayBeThere(sent.row)) {
    peer::v1::Erasure asked;
    const auto signature = signatures.find(sent.row.exchange_id());
    if (signature == signatures.end()) {
      asked.set_reason(peer::v1::ERASURE_REASON_NODE);
    } else {
      asked.set_reason(peer::v1::ERASURE_REASON_PERSON);
      *asked.mutable_user() = signature->second;
    }
    after.set_erasure(asked.SerializeAsString());
    after.set_erased_at_us(call.now_us);
    after.set_state(record::v1::SENT_STATE_ERASING);
    WriteSent(sent, std::move(after), peer::v1::ENVELOPE_KIND_ERASURE, call.now_us, effect);
    return true;
  }
  if (IsEnded(sent.row.state())) {
    // What is still owed about it, such as a Cancel, stays owed.
    after.set_intent_entry(sent.intent_index() + 1);
    const std::string key = SentKey(after.exchange_id());
    effect.preconditions.push_back({key, sent.stamp});
    effect.rows.push_back({key, after.SerializeAsString()});
    return false;
  }
  EndShare(call, sent, std::move(after), plan);
  return false;
}

// Whether somebody can sign for that partner: it is in the partnership that is in force.
bool CanBeSigned(const Call& call, const SentExchange& row) {
  peer::v1::Offer offer;
  return call.terms->manifest && offer.ParseFromString(row.offer()) &&
         offer.binding().partnership() == call.terms->partnership &&
         call.terms->manifest->manifest.Find(row.recipient()) != nullptr;
}

const node::v1::PartnerErasure* SignedFor(const node::v1::EraseSignalRequest& request,
                                          const std::string& exchange_id) {
  for (const node::v1::PartnerErasure& partner : request.partners()) {
    if (partner.exchange_id() == exchange_id) return &partner;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::variant<ErasureSignatures, Refusal>> VerifyErasureStatements(
    const Call& call, View& view, const node::v1::EraseSignalRequest& request) {
  const absl::StatusOr<std::vector<SentRow>> shares = SharesOf(view, request.record_id());
  if (!shares.ok()) return shares.status();
  ErasureSignatures signatures;
  for (const SentRow& sent : *shares) {
    if (!MayBeThere(sent.row) || !CanBeSigned(call, sent.row)) continue;
    const node::v1::PartnerErasure* partner = SignedFor(request, sent.row.exchange_id());
    if (partner == nullptr) {
      return Refusal{absl::StatusCode::kInvalidArgument, "erasure_unsigned",
                     "partners may have this signal; sign that each of them erases it too",
                     "partners"};
    }
    absl::StatusOr<envelope::StatementItem> item = ItemOf(sent.row);
    // What cannot be read must not keep the record from being erased.
    if (!item.ok()) continue;
    auto verified = VerifyOwnStatement(call, {.statement = partner->statement(),
                                              .mandate = partner->mandate(),
                                              .action = "erase",
                                              .audience = sent.row.recipient(),
                                              .audience_role = {},
                                              .item = *item});
    if (!verified.ok()) return verified.status();
    if (auto* refusal = std::get_if<Refusal>(&*verified)) return std::move(*refusal);
    signatures.emplace(sent.row.exchange_id(),
                       std::move(std::get<OwnStatement>(*verified).signature));
  }
  return signatures;
}

absl::Status ErasedShares::status() const {
  if (unreadable == 0) return absl::OkStatus();
  return absl::DataLossError(
      "the record is erased here, but where it went cannot all be read, so a partner that may have "
      "it was not asked to erase it; run the node's doctor");
}

absl::StatusOr<ErasedShares> AddErasedShares(const Call& call, const View& view,
                                             std::string_view record_id,
                                             const ErasureSignatures& signatures, Plan& plan,
                                             size_t erasing) {
  ErasedShares erased;
  const absl::StatusOr<std::vector<SentRow>> shares = SharesOf(view, record_id, &erased.unreadable);
  if (!shares.ok()) return shares.status();
  for (const SentRow& sent : *shares) {
    if (AddErasedShare(call, view, sent, signatures, plan, erasing)) ++erased.asked;
  }
  return erased;
}

}  // namespace sluis::core
