#include "server/core/release_keys.h"

#include <optional>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "server/core/judge_leaf.h"
#include "server/core/refusal.h"
#include "server/core/release_again.h"
#include "server/core/stop_share.h"
#include "server/envelope/fault.h"
#include "server/envelope/receipt_proof.h"

namespace sluis::core {
namespace {

constexpr std::string_view kKindReceipt = "receipt";
constexpr char kBadReceipt[] = "receipt";
constexpr char kFork[] = "log";

std::string Text(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

// What a receipt that was verified shows of the partner's log.
std::optional<ShownLog> ShownBy(const peer::v1::Receipt& receipt) {
  const absl::StatusOr<crypto::UnverifiedNote> note =
      crypto::ParseUnverifiedNote(receipt.checkpoint());
  if (!note.ok()) return std::nullopt;
  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::ParseCheckpointText(note->text);
  if (!checkpoint.ok()) return std::nullopt;
  return ShownLog{crypto::LeafHash(receipt.log_leaf()), checkpoint->head};
}

// Whether this very receipt was followed before.
bool IsFollowed(const record::v1::SentExchange& row, const PeerLeaf& leaf) {
  if (row.receipt_proof().empty()) return false;
  const absl::StatusOr<envelope::RecordProof> followed =
      envelope::ReadRecordProof(row.receipt_proof());
  return followed.ok() && envelope::LeafDigest(followed->leaf_bytes) == leaf.digest;
}

}  // namespace

const Method& ReleaseKeys::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<std::string> ReleaseKeys::Judge(const Call& call, const PeerLeaf& leaf,
                                               const TravellingOffer& offer) {
  const auto& receipt = std::get<peer::v1::Receipt>(leaf.proof.leaf);
  if (!envelope::CheckAnswers(leaf.proof.leaf, offer.offer.binding()).ok()) return kBadReceipt;
  const std::string origin = LogOriginOf(sender_);
  const partnership::Member* partner = call.terms->manifest->manifest.Find(sender_);
  if (partner == nullptr) return kBadReceipt;
  for (const partnership::Key* key : partner->KeysFor(crypto::KeyPurpose::kLog, call.today)) {
    const absl::StatusOr<crypto::VerifierKey> log_key =
        crypto::VerifierKey::Create(origin, key->public_key);
    if (!log_key.ok()) continue;
    const absl::StatusOr<envelope::ProvenReceipt> proven =
        envelope::VerifyReceipt(receipt, offer.offer, offer.bytes, *log_key);
    if (!proven.ok()) continue;
    crypto::TreeHead seen;
    if (offer.offer.seen_size() > 0) {
      const auto root = crypto::ToFixed<32>(offer.offer.seen_root());
      if (!root.ok()) return kBadReceipt;
      seen = {offer.offer.seen_size(), *root};
    }
    // Kept before the key is owed: what was given on this head cannot be forgotten.
    const absl::Status taken = heads_.Take(proven->checkpoint, receipt.checkpoint(), seen);
    if (taken.ok()) return std::string();
    if (envelope::FaultOf(taken)) return kFork;
    return taken;
  }
  return kBadReceipt;
}

absl::Status ReleaseKeys::Follow(const Call& call, View& view, const PeerLeaf& leaf, Plan& plan) {
  const peer::v1::Binding& binding = envelope::BindingOf(leaf.proof.leaf);
  absl::StatusOr<SentRow> sent = ReadSent(view, binding.exchange_id());
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  if (!sent.ok() || sent->row.recipient() != sender_ ||
      !std::holds_alternative<peer::v1::Receipt>(leaf.proof.leaf)) {
    AddUnknown(call, sender_, leaf, kKindReceipt, plan);
    return absl::OkStatus();
  }
  if (IsFollowed(sent->row, leaf) || IsEnded(sent->row.state())) return absl::OkStatus();
  absl::StatusOr<TravellingOffer> offer = OfferOf(view, call.terms->organisation, *sent);
  if (!offer.ok()) return offer.status();
  absl::StatusOr<ReleaseAgain> again = AskAgain(call, view, sent->row, ReleaseStep::kKey);
  if (!again.ok()) return again.status();
  absl::StatusOr<std::string> wrong = Judge(call, leaf, *offer);
  if (!wrong.ok()) return wrong.status();
  if (!wrong->empty()) again->stopped_by = *wrong;
  if (!again->permitted()) {
    plan.effects.push_back(Stopped(call, *sent, *again, true));
    return absl::OkStatus();
  }
  Effect& effect = plan.effects.emplace_back(
      EffectOf(again->as_person, again->act, record::v1::OPERATION_DISCLOSURE));
  record::v1::SentExchange after = sent->row;
  after.set_state(record::v1::SENT_STATE_RELEASED);
  after.set_receipt_proof(leaf.proof.Serialise());
  after.set_offer_digest(Text(envelope::LeafDigest(offer->bytes)));
  effect.entry.counterpart =
      SenderPart(after, call.terms->partnership, kKindReceipt, crypto::View(leaf.digest), {},
                 ShownBy(std::get<peer::v1::Receipt>(leaf.proof.leaf)));
  WriteSent(*sent, std::move(after), peer::v1::ENVELOPE_KIND_KEY, call.now_us, effect);
  return absl::OkStatus();
}

absl::StatusOr<Plan> ReleaseKeys::Decide(const Call& call, View& view) {
  Plan plan;
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    const absl::Status followed =
        JudgeLeaf([&] { return Follow(call, view, leaf, plan); }, plan, unreadable);
    if (!followed.ok()) return followed;
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [unreadable](std::span<const ledger::Logged>) { return unreadable; };
  return plan;
}

}  // namespace sluis::core
