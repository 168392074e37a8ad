// How an envelope is filled: what is owed, decided again, and made into leaves.

#include <algorithm>
#include <set>
#include <utility>

#include "server/core/received_erasure.h"
#include "server/core/release_again.h"
#include "server/core/sent_cancel.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "server/core/shared_identity.h"
#include "server/core/stop_share.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"
#include "server/exchange/compose.h"
#include "server/exchange/outbound.h"
#include "server/exchange/releases.h"
#include "server/ledger/reader.h"

namespace sluis::exchange {
namespace {

// Room for heads, signatures and framing below the 1 MiB of an envelope.
constexpr size_t kMostBytes = 900 << 10;

// Most messages that one look passes by because they go into an envelope of their own.
constexpr size_t kMostPassedBy = 16;

// Whether the Offer names a head that the own log of `size` entries has not, or has otherwise: what
// its sender saw was lost since.
absl::StatusOr<bool> NamesLostHead(const core::ReceivedRow& received, const ledger::LogReader& log,
                                   uint64_t size) {
  const absl::StatusOr<core::StoredOffer> offered = core::OfferOf(received.row);
  if (!offered.ok()) return offered.status();
  const peer::v1::Offer& offer = offered->offer();
  if (offer.seen_size() == 0 || offer.seen_size() > size) return offer.seen_size() > size;
  const absl::StatusOr<crypto::TreeHead> head = log.Head(offer.seen_size());
  if (!head.ok()) return head.status();
  return crypto::View(head->root) != offer.seen_root();
}

}  // namespace

struct Outbound::Packing {
  Parcel parcel;
  size_t bytes = 0;
  size_t stopped = 0;
  // The message looked at just now may leave, and not in this envelope.
  bool left_behind = false;
  // It was left behind because there is no room.
  bool full = false;
  // The one-time key that all receipts, or all keys, of an envelope share.
  std::string sealing_key;
  std::vector<Release> releases;
  // Exchanges of the notices in it: an envelope names each once.
  std::set<std::string> noticed;
  ledger::ShownCheckpoint shown;
  const ledger::LogReader* log = nullptr;

  bool Fits(size_t more) {
    full = parcel.exchanges.size() >= envelope::kMaxLeaves ||
           (!parcel.exchanges.empty() && bytes + more > kMostBytes);
    left_behind = full;
    return !full;
  }
  // Whether this one-time key may join; the first one decides.
  bool Joins(const std::string& key) {
    if (parcel.exchanges.empty()) sealing_key = key;
    left_behind = sealing_key != key;
    return !left_behind;
  }
  // Whether a receipt under the head of this size may join: one proof ties all of them to what the
  // partner knows.
  bool JoinsHead(uint64_t size) {
    if (parcel.exchanges.empty()) parcel.head_size = size;
    left_behind = parcel.head_size != size;
    return !left_behind;
  }
  bool Take(const Owed& owed, std::string leaf) {
    if (!Fits(leaf.size())) return false;
    bytes += leaf.size();
    parcel.exchanges.push_back(owed.exchange);
    parcel.newest_us = std::max(parcel.newest_us, owed.not_before_us);
    parcel.leaves.push_back(std::move(leaf));
    return true;
  }
};

bool Outbound::IsSettled(const Owed& owed) const {
  const bool erasure = owed.kind == peer::v1::ENVELOPE_KIND_ERASURE;
  if (!IsFinal(owed.kind) && !erasure) return false;
  const auto taken = parts_.acknowledgements.Of(owed.exchange, owed.kind);
  if (!taken.ok() || !taken->has_value()) return false;
  // A Cancel may come to be owed anew.
  if (!erasure) return (*taken)->at_us >= owed.not_before_us;
  // What is asked waits for its answer, and of the answers only the last one ends anything.
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  const absl::StatusOr<core::ReceivedRow> received = core::ReadReceived(view, owed.id());
  if (!received.ok() || received->row.state() != record::v1::RECEIVED_STATE_ERASED) return false;
  const absl::StatusOr<std::string> answer = core::ErasureAnswer(received->row);
  return answer.ok() && (*taken)->leaf_digest == envelope::LeafDigest(*answer);
}

absl::StatusOr<std::vector<Owed>> Outbound::Outstanding(const std::string& partner) const {
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  return rows_.To(view, partner, parts_.clock.NowUs(),
                  [this](const Owed& owed) { return !IsSettled(owed); });
}

absl::StatusOr<std::vector<Owed>> Outbound::Settled(const std::string& partner) const {
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.ledger.store().NewSnapshot();
  const core::View view(*snapshot, parts_.ledger.keyring());
  size_t unreadable = 0;
  auto settled = rows_.To(
      view, partner, parts_.clock.NowUs(), [this](const Owed& owed) { return IsSettled(owed); },
      &unreadable);
  // Here and not at every look: it stays until somebody mends it.
  if (unreadable > 0) {
    parts_.fault(absl::DataLossError("a row of the outbox cannot be read; run the node's doctor"));
  }
  return settled;
}

absl::StatusOr<Outbound::Parcel> Outbound::Pack(const std::string& partner,
                                                const std::shared_ptr<const core::Terms>& terms) {
  core::Call call;
  call.terms = terms;
  call.now_us = parts_.clock.NowUs();
  call.today = storage::LegalDay(call.now_us);
  // Before the snapshot: what it covers is then surely in it.
  Packing packing;
  packing.shown = parts_.ledger.checkpoint();
  const std::unique_ptr<storage::Snapshot> snapshot = parts_.ledger.store().NewSnapshot();
  core::View view(*snapshot, parts_.ledger.keyring());
  if (terms->active()) view.HideRecordsOfExercise();
  const ledger::LogReader log(parts_.ledger.origin(), *snapshot, parts_.ledger.keyring());
  packing.log = &log;
  std::set<std::string> waiting;  // cases of which something stays behind
  const auto hold_up = [&waiting](const Owed& one) {
    if (!one.case_token.empty()) waiting.insert(one.case_token);
  };
  // What cannot leave now must not fill the window.
  const auto may_leave = [&](const Owed& one) {
    if (!terms->may_exchange && !envelope::CrossesSuspension(one.kind)) return false;
    if (StandingOf(one.exchange) == Standing::kParked) {
      hold_up(one);
      return false;
    }
    // No head covers the entry of the collection, which wrote what is owed.
    if (one.kind == peer::v1::ENVELOPE_KIND_RECEIPT && one.stamp > packing.shown.size) return false;
    // An erasure is asked, answered and answered again by messages of one kind: see AddErasure.
    if (one.kind != peer::v1::ENVELOPE_KIND_ERASURE && TakenLately(one)) return false;
    return !IsSettled(one);
  };
  const absl::StatusOr<std::vector<Owed>> owed = rows_.To(view, partner, call.now_us, may_leave);
  if (!owed.ok()) return owed.status();

  const auto goes_along = [&](const Owed& one) {
    return StandingOf(one.exchange) == Standing::kFree && !waiting.contains(one.case_token);
  };
  OffersAhead::Look offers(offers_, call, view, log);
  absl::Status first = absl::OkStatus();
  size_t passed_by = 0;
  for (size_t at = 0; at < owed->size(); ++at) {
    const Owed& one = (*owed)[at];
    // All others would be decided again for nothing: it is done anew before they leave.
    if (packing.full || packing.stopped >= kMostStopped || IsStopping()) break;
    const Standing standing = StandingOf(one.exchange);
    // What ends something waits for nothing.
    if (!IsFinal(one.kind) && waiting.contains(one.case_token)) continue;
    Parcel& parcel = packing.parcel;
    if (!parcel.exchanges.empty() && (parcel.kind != one.kind || standing == Standing::kAlone)) {
      hold_up(one);
      continue;
    }
    parcel.kind = one.kind;
    const size_t room =
        standing == Standing::kAlone ? 1 : envelope::kMaxLeaves - parcel.exchanges.size();
    // One row that cannot be read must not keep the others here.
    const absl::StatusOr<bool> added =
        one.kind == peer::v1::ENVELOPE_KIND_OFFER
            ? AddOffer(one, offers.At(*owed, at, room, goes_along), packing)
            : Add(one, call, view, packing);
    first.Update(added.status());
    if (std::exchange(packing.left_behind, false)) {
      hold_up(one);
      // Those of one envelope are owed since the same moment: the others would be looked at for
      // nothing, for each envelope again.
      if (++passed_by >= kMostPassedBy) break;
    }
    if (added.ok() && *added && standing == Standing::kAlone) break;
  }
  if (!packing.releases.empty()) {
    auto leaves = KeyLeaves(packing.releases, packing.sealing_key, parts_.random);
    if (!leaves.ok()) return leaves.status();
    packing.parcel.leaves = *std::move(leaves);
  }
  if (packing.parcel.kind == peer::v1::ENVELOPE_KIND_RECEIPT && !packing.parcel.leaves.empty()) {
    auto proof = HeadProofFor(partner, packing);
    if (!proof.ok()) return proof.status();
    packing.parcel.head_proof = *std::move(proof);
  }
  // Nothing leaves that would wake the next look.
  if (packing.parcel.leaves.empty() && packing.stopped >= kMostStopped) parts_.wake();
  if (packing.parcel.leaves.empty() && !first.ok()) return first;
  if (!first.ok()) parts_.fault(first);
  return std::move(packing.parcel);
}

absl::StatusOr<bool> Outbound::Add(const Owed& owed, const core::Call& call, const core::View& view,
                                   Packing& packing) {
  if (owed.kind == peer::v1::ENVELOPE_KIND_KEY) return AddKey(owed, call, view, packing);
  if (owed.kind == peer::v1::ENVELOPE_KIND_CANCEL) return AddCancel(owed, call, view, packing);
  if (owed.kind == peer::v1::ENVELOPE_KIND_ERASURE) return AddErasure(owed, call, view, packing);
  if (owed.kind == peer::v1::ENVELOPE_KIND_NOTICE) return AddNotice(owed, packing);
  if (owed.kind == peer::v1::ENVELOPE_KIND_CEREMONY) return packing.Take(owed, owed.leaf);
  const absl::StatusOr<core::ReceivedRow> received = core::ReadReceived(view, owed.id());
  if (!received.ok()) return received.status();
  switch (owed.kind) {
    case peer::v1::ENVELOPE_KIND_RECEIPT:
      return AddReceipt(owed, *received, packing);
    case peer::v1::ENVELOPE_KIND_OPENED: {
      NoteFollowed(received->row.sender());
      const auto opened = ComposeOpened(*received);
      if (!opened.ok()) return opened.status();
      return packing.Take(owed, opened->SerializeAsString());
    }
    case peer::v1::ENVELOPE_KIND_UNOPENABLE: {
      const auto unopenable = ComposeUnopenable(*received);
      if (!unopenable.ok()) return unopenable.status();
      return packing.Take(owed, unopenable->SerializeAsString());
    }
    case peer::v1::ENVELOPE_KIND_REFUSAL: {
      const auto refusal = ComposeRefusal(*received, call.terms->manifest_version);
      if (!refusal.ok()) return refusal.status();
      return packing.Take(owed, refusal->SerializeAsString());
    }
    default:
      return absl::DataLossError("a row of the outbox names a kind that nobody sends");
  }
}

absl::StatusOr<bool> Outbound::AddReceipt(const Owed& owed, const core::ReceivedRow& received,
                                          Packing& packing) {
  if (!packing.Joins(received.row.sealing_key())) return false;
  const auto given = parts_.acknowledgements.ReceiptOf(owed.exchange);
  if (!given.ok()) return given.status();
  auto receipt = ReceiptToGive(received, *given, packing.shown, *packing.log);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value()) return false;
  if (!packing.JoinsHead((*receipt)->head_size)) return false;
  if (!packing.Take(owed, std::move((*receipt)->leaf))) return false;
  if ((*receipt)->fresh) {
    // Only said: what the sender names may be made up, and what is given does not hang on it.
    const auto lost = NamesLostHead(received, *packing.log, packing.shown.size);
    if (lost.ok() && *lost) NoteLongerLog(received.row.sender());
  }
  return true;
}

absl::StatusOr<std::optional<peer::v1::HeadProof>> Outbound::HeadProofFor(
    const std::string& partner, const Packing& packing) {
  uint64_t known = 0;
  {
    std::lock_guard lock(mutex_);
    known = partners_[partner].known_size;
  }
  const uint64_t size = packing.parcel.head_size;
  std::optional<peer::v1::HeadProof> proof;
  if (size == 0 || known == 0 || known == size) return proof;
  if (known > packing.shown.size) {
    NoteLongerLog(partner);
    return proof;
  }
  const auto hashes = packing.log->ConsistencyProof(std::min(known, size), std::max(known, size));
  if (!hashes.ok()) return hashes.status();
  proof.emplace().set_known_size(known);
  for (const crypto::Hash& hash : *hashes) {
    proof->add_consistency(std::string(crypto::View(hash)));
  }
  return proof;
}

absl::StatusOr<bool> Outbound::AddCancel(const Owed& owed, const core::Call& call,
                                         const core::View& view, Packing& packing) {
  const absl::StatusOr<core::SentRow> sent = core::ReadSent(view, owed.id());
  if (!sent.ok()) return sent.status();
  absl::StatusOr<std::string> leaf = core::OwedCancel(call, view, *sent);
  if (!leaf.ok()) return leaf.status();
  return packing.Take(owed, *std::move(leaf));
}

absl::StatusOr<bool> Outbound::AddErasure(const Owed& owed, const core::Call& call,
                                          const core::View& view, Packing& packing) {
  absl::StatusOr<std::string> leaf = std::string();
  const absl::StatusOr<core::SentRow> sent = core::ReadSent(view, owed.id());
  if (sent.ok()) {
    leaf = core::AskedErasure(call, view, *sent);
  } else if (absl::IsNotFound(sent.status())) {
    const absl::StatusOr<core::ReceivedRow> received = core::ReadReceived(view, owed.id());
    if (!received.ok()) return received.status();
    leaf = core::ErasureAnswer(received->row);
  } else {
    return sent.status();
  }
  if (!leaf.ok()) return leaf.status();
  // This very message is not sent again once it was taken, unless it came to be owed anew.
  const auto taken = parts_.acknowledgements.Of(owed.exchange, owed.kind);
  if (taken.ok() && taken->has_value() && (*taken)->leaf_digest == envelope::LeafDigest(*leaf) &&
      (*taken)->at_us >= owed.not_before_us) {
    return false;
  }
  return packing.Take(owed, *std::move(leaf));
}

absl::StatusOr<bool> Outbound::AddNotice(const Owed& owed, Packing& packing) {
  peer::v1::Notice notice;
  if (!notice.ParseFromString(owed.leaf)) {
    return absl::DataLossError("a notice in the outbox cannot be read; run the node's doctor");
  }
  packing.left_behind = !packing.noticed.insert(notice.binding().exchange_id()).second;
  if (packing.left_behind) return false;
  return packing.Take(owed, owed.leaf);
}

absl::Status Outbound::Stop(const Owed& owed, bool released, Packing& packing) {
  ++packing.stopped;
  const auto taken = parts_.acknowledgements.Of(owed.exchange, peer::v1::ENVELOPE_KIND_OFFER);
  // A delivery whose answer was lost may have arrived. Only what was never tried is surely not
  // there, and what an earlier process tried is not known.
  bool departed = released || !taken.ok() || taken->has_value() || owed.not_before_us < started_us_;
  {
    std::lock_guard lock(mutex_);
    departed = departed || tried_.contains(owed.exchange);
  }
  absl::Status stopped = parts_.executor.RunAsNodeAndWait(
      std::make_shared<core::StopShare>(std::string(owed.id()), departed));
  if (stopped.ok()) ++progress_;
  return stopped;
}

absl::StatusOr<bool> Outbound::AddOffer(const Owed& owed, MadeOffer made, Packing& packing) {
  if (!made.ok()) return made.status();
  if (!made->has_value()) {
    const absl::Status stopped = Stop(owed, false, packing);
    return stopped.ok() ? absl::StatusOr<bool>(false) : stopped;
  }
  return packing.Take(owed, **std::move(made));
}

absl::StatusOr<bool> Outbound::AddKey(const Owed& owed, const core::Call& call,
                                      const core::View& view, Packing& packing) {
  const absl::StatusOr<core::SentRow> sent = core::ReadSent(view, owed.id());
  if (!sent.ok()) return sent.status();
  const auto proof = envelope::ReadRecordProof(sent->row.receipt_proof());
  if (!proof.ok()) return proof.status();
  const auto* receipt = std::get_if<peer::v1::Receipt>(&proof->leaf);
  if (receipt == nullptr) return absl::DataLossError("a stored receipt cannot be read");
  if (!packing.Fits(0) || !packing.Joins(receipt->sealing_key())) return false;
  absl::StatusOr<peer::v1::Offer> kept = core::OwnOfferOf(*sent);
  if (!kept.ok()) return kept.status();
  const auto again = core::AskAgain(call, view, sent->row, *kept);
  if (!again.ok()) return again.status();
  if (!again->permitted()) {
    // A Key that was taken was used there while both permits held, and its answer is owed, or it
    // came too late: nothing is to be taken back, and no Key goes out again.
    if (parts_.acknowledgements.KeyWasTaken(owed.exchange)) return false;
    absl::Status stopped = Stop(owed, true, packing);
    if (!stopped.ok()) return stopped;
    return false;
  }
  const auto offer = core::OfferOf(*packing.log, *sent, *std::move(kept));
  if (!offer.ok()) return offer.status();
  auto share = core::OpenShare(again->act.record->keys.data, sent->row);
  if (!share.ok()) return share.status();
  Release release{offer->offer.binding(), envelope::LeafDigest(offer->bytes),
                  envelope::LeafDigest(proof->leaf_bytes), std::move(share->key)};
  // Who did not sign for it gets nothing to open it with.
  if (envelope::NamesIdentity(receipt->accepted().fields())) {
    absl::StatusOr<crypto::DataKey> identity_key =
        core::OpenIdentityKey(view, again->act.record->row, sent->row);
    if (!identity_key.ok()) return identity_key.status();
    release.identity_key = *std::move(identity_key);
  }
  packing.parcel.exchanges.push_back(owed.exchange);
  packing.releases.push_back(std::move(release));
  return true;
}

}  // namespace sluis::exchange
