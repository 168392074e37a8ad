#include "server/core/release_keys.h"

#include <algorithm>
#include <optional>

#include "absl/strings/cord.h"
#include "crypto/checkpoint.h"
#include "crypto/hpke.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "server/core/judge_leaf.h"
#include "server/core/refusal.h"
#include "server/core/release_again.h"
#include "server/core/sent_correction.h"
#include "server/core/set_aside_head.h"
#include "server/core/shared_tags.h"
#include "server/core/stop_share.h"
#include "server/envelope/fault.h"
#include "server/envelope/receipt_proof.h"
#include "server/ledger/reader.h"
#include "sluis/peer/v1/peer.pb.h"

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

// Whether it ended in a way that keeps the key here, so that the partner is to let it go.
bool EndedWithoutKey(const record::v1::SentExchange& row) {
  return row.receipt_proof().empty() && (row.state() == record::v1::SENT_STATE_WITHDRAWN ||
                                         row.state() == record::v1::SENT_STATE_STOPPED ||
                                         row.state() == record::v1::SENT_STATE_EXPIRED);
}

// The answer that asks for the receipts again, tied to the head of that size.
absl::Status ProveFrom(uint64_t known_size) {
  peer::v1::PeerRefusal detail;
  detail.set_code("head");
  detail.set_known_size(known_size);
  absl::Status status = absl::FailedPreconditionError("prove this head from the one known here");
  status.SetPayload(kRefusalPayload, absl::Cord(detail.SerializeAsString()));
  return status;
}

}  // namespace

const Method& ReleaseKeys::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<bool> ReleaseKeys::SawLostHead(const View& view, const SentRow& sent,
                                              const peer::v1::Offer& offer) const {
  const absl::StatusOr<crypto::Hash> root = crypto::ToFixed<32>(offer.seen_root());
  if (!root.ok()) return false;
  return MayBeLost(view, sender_, {offer.seen_size(), *root}, sent.row.shared_at_us());
}

absl::StatusOr<std::optional<std::string>> ReleaseKeys::Judge(const Call& call, const View& view,
                                                              const PeerLeaf& leaf,
                                                              const SentRow& sent,
                                                              const TravellingOffer& offer) {
  const auto& receipt = std::get<peer::v1::Receipt>(leaf.proof.leaf);
  const auto sealing_key = crypto::ToFixed<32>(receipt.sealing_key());
  // Nothing can be sealed to some keys, and one of them would hold up all keys of its envelope.
  if (!sealing_key.ok() || !crypto::hpke::CheckPublicKey(*sealing_key).ok()) return kBadReceipt;
  if (!envelope::CheckAnswers(leaf.proof.leaf, offer.offer.binding()).ok()) return kBadReceipt;
  const std::string origin = LogOriginOf(sender_);
  const partnership::Member* partner = call.terms->manifest->manifest.Find(sender_);
  if (partner == nullptr) return kBadReceipt;
  for (const partnership::Key* key : partner->KeysFor(crypto::KeyPurpose::kLog, call.today)) {
    const absl::StatusOr<crypto::VerifierKey> log_key =
        crypto::VerifierKey::Create(origin, key->public_key);
    if (!log_key.ok()) continue;
    const std::string evidence = leaf.proof.Serialise();
    ShownHead shown{.checkpoint = {},
                    .note = receipt.checkpoint(),
                    .proven_from = {},
                    .bridge = bridge_ ? &*bridge_ : nullptr,
                    .set_aside = known_.set_aside,
                    .instead = known_.instead,
                    .evidence = evidence};
    const absl::StatusOr<envelope::ProvenReceipt> proven =
        envelope::VerifyReceipt(receipt, offer.offer, offer.bytes, *log_key);
    if (!proven.ok()) {
      const auto other = envelope::ShowsAnotherLog(receipt, offer.offer, *log_key);
      if (!other) continue;
      shown.checkpoint = *other;
      const absl::StatusOr<bool> lost = SawLostHead(view, sent, offer.offer);
      if (!lost.ok()) return lost.status();
      if (!*lost) {
        const absl::Status kept = heads_.Contradict(shown);
        if (envelope::FaultOf(kept)) return kFork;
        return kept;
      }
      // An administrator knows that it lost that head, and has said nothing of another log than the
      // one that took its place.
      if (known_.set_aside.size > 0 && known_.instead.size == 0) return kFork;
      const absl::StatusOr<bool> of_this_log = heads_.Take(shown);
      if (of_this_log.ok()) return *of_this_log ? std::optional<std::string>(kFork) : std::nullopt;
      if (envelope::FaultOf(of_this_log.status())) return kFork;
      return of_this_log.status();
    }
    shown.checkpoint = proven->checkpoint;
    if (offer.offer.seen_size() > 0) {
      const auto root = crypto::ToFixed<32>(offer.offer.seen_root());
      if (!root.ok()) return kBadReceipt;
      shown.proven_from = {offer.offer.seen_size(), *root};
    }
    // Kept before the key is owed: what was given on this head cannot be forgotten.
    const absl::StatusOr<bool> taken = heads_.Take(shown);
    if (taken.ok()) return *taken ? std::optional<std::string>("") : std::nullopt;
    if (envelope::FaultOf(taken.status())) return kFork;
    return taken.status();
  }
  return kBadReceipt;
}

absl::Status ReleaseKeys::TellAgain(const Call& call, const View& view, const PeerLeaf& leaf,
                                    const SentRow& sent, Plan& plan) const {
  if (!EndedWithoutKey(sent.row) || sent.row.told_again()) return absl::OkStatus();
  const absl::StatusOr<SentBinding> bound = SentBindingOf(view, call.terms->organisation, sent);
  if (!bound.ok()) return bound.status();
  if (!envelope::CheckAnswers(leaf.proof.leaf, bound->offer).ok() ||
      std::get<peer::v1::Receipt>(leaf.proof.leaf).offer_digest() != Text(bound->offer_digest)) {
    return absl::OkStatus();
  }
  absl::StatusOr<Effect> again = CancelledAgain(call, view, sent, *bound);
  if (!again.ok()) return again.status();
  plan.effects.push_back(*std::move(again));
  return absl::OkStatus();
}

absl::Status ReleaseKeys::Follow(const Call& call, View& view, const PeerLeaf& leaf, bool& unproven,
                                 Plan& plan) {
  const peer::v1::Binding& binding = envelope::BindingOf(leaf.proof.leaf);
  absl::StatusOr<SentRow> sent = ReadSent(view, binding.exchange_id());
  if (!sent.ok() && !absl::IsNotFound(sent.status())) return sent.status();
  if (!sent.ok() || sent->row.recipient() != sender_ ||
      !std::holds_alternative<peer::v1::Receipt>(leaf.proof.leaf)) {
    AddUnknown(call, sender_, leaf, kKindReceipt, plan);
    return absl::OkStatus();
  }
  if (IsEnded(sent->row.state())) return TellAgain(call, view, leaf, *sent, plan);
  // The Key names the receipt that was followed, and may be under way.
  if (sent->row.state() == record::v1::SENT_STATE_RELEASED) return absl::OkStatus();
  const ledger::LogReader log(LogOriginOf(call.terms->organisation), view.snapshot(),
                              view.keyring());
  absl::StatusOr<peer::v1::Offer> kept = OwnOfferOf(*sent);
  if (!kept.ok()) return kept.status();
  absl::StatusOr<TravellingOffer> offer = OfferOf(log, *sent, *std::move(kept));
  if (!offer.ok()) return offer.status();
  absl::StatusOr<ReleaseAgain> again = AskAgain(call, view, sent->row, offer->offer);
  if (!again.ok()) return again.status();
  absl::StatusOr<std::optional<std::string>> wrong = Judge(call, view, leaf, *sent, *offer);
  if (!wrong.ok()) return wrong.status();
  if (!*wrong && again->permitted()) {
    unproven = true;
    return absl::OkStatus();
  }
  if (*wrong && !(*wrong)->empty()) again->stopped_by = **wrong;
  if (!again->permitted()) {
    plan.effects.push_back(Stopped(call, *sent, *again, true));
    return AddClosedEarlier(call, view, *sent, plan);
  }
  Effect& effect = plan.effects.emplace_back(
      EffectOf(again->as_person, again->act, record::v1::OPERATION_DISCLOSURE));
  const auto& accepted = std::get<peer::v1::Receipt>(leaf.proof.leaf).accepted();
  if (envelope::NamesIdentity(accepted.fields())) {
    effect.entry.act.add_scope(envelope::kIdentityField);
  }
  if (!sent->row.tag_kinds().empty()) effect.entry.act.add_scope(kTagsScope);
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
  absl::Status answer;
  bool unproven = false;
  absl::StatusOr<KnownLog> log = KnownLogOf(view, heads_, sender_);
  if (!log.ok()) return log.status();
  known_ = *std::move(log);
  for (const PeerLeaf& leaf : leaves_) {
    const absl::Status followed =
        JudgeLeaf([&] { return Follow(call, view, leaf, unproven, plan); }, plan, answer);
    if (!followed.ok()) return followed;
  }
  if (unproven) {
    const auto known = KnownHeadOf(view, heads_, sender_);
    if (!known.ok()) return known.status();
    answer = ProveFrom(*known ? (*known)->size : 0);
  }
  for (size_t at = plan.effects.size(); at-- > 0;) {
    // One that is gathered with others writes nothing.
    if (std::count(plan.refused_parts.begin(), plan.refused_parts.end(), at) > 0) continue;
    const absl::Status added = AddReplaced(view, heads_, sender_, plan.effects[at]);
    if (!added.ok()) return added;
    break;
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [answer](std::span<const ledger::Logged>) { return answer; };
  return plan;
}

}  // namespace sluis::core
