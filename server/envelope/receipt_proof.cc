#include "server/envelope/receipt_proof.h"

#include <algorithm>

#include "crypto/merkle.h"
#include "server/envelope/fault.h"
#include "server/envelope/form.h"
#include "server/envelope/leaf.h"
#include "server/envelope/terms.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"

namespace sluis::envelope {
namespace {

using peer::v1::Offer;
using peer::v1::Receipt;

bool Extends(const crypto::TreeHead& head, const Receipt& receipt, const Offer& offer) {
  if (offer.seen_size() == 0) return receipt.consistency().empty();
  const auto seen_root = crypto::ToFixed<32>(offer.seen_root());
  return seen_root.ok() && crypto::VerifyConsistency({offer.seen_size(), *seen_root}, head,
                                                     ToHashes(receipt.consistency()))
                               .ok();
}

bool CommitsTo(const ledger::Leaf& leaf, const Receipt& receipt, const std::string& origin) {
  const auto salt = crypto::ToFixed<32>(receipt.counterpart_salt());
  return salt.ok() &&
         ledger::Commitment(origin, ledger::Part::kCounterpart, *salt, receipt.counterpart()) ==
             leaf.commitments[ledger::kPartCount - 1];
}

bool SaysAccepted(const Receipt& receipt, const Offer& offer, const crypto::Hash& offer_digest) {
  record::v1::CounterpartPart part;
  const record::v1::CounterpartPart expected = AcceptedPart(offer, offer_digest);
  return part.ParseFromString(receipt.counterpart()) &&
         part.exchange_id() == expected.exchange_id() && part.side() == expected.side() &&
         part.kind() == expected.kind() && part.peer() == expected.peer() &&
         part.partnership() == expected.partnership() &&
         part.message_digest() == expected.message_digest() &&
         part.outcome() == expected.outcome() && part.terms_digest() == expected.terms_digest() &&
         part.peer_leaf_hash() == expected.peer_leaf_hash();
}

}  // namespace

record::v1::CounterpartPart AcceptedPart(const Offer& offer, const crypto::Hash& offer_digest) {
  const peer::v1::Binding& binding = offer.binding();
  record::v1::CounterpartPart part;
  part.set_exchange_id(binding.exchange_id());
  part.set_side(std::string(kSideReceiver));
  part.set_kind(std::string(kKindOffer));
  part.set_peer(binding.sender());
  part.set_partnership(binding.partnership());
  part.set_message_digest(std::string(crypto::View(offer_digest)));
  part.set_outcome(std::string(kOutcomeAccepted));
  part.set_terms_digest(binding.terms_digest());
  part.set_peer_leaf_hash(offer.intent_leaf_hash());
  return part;
}

absl::StatusOr<ProvenReceipt> VerifyReceipt(const Receipt& receipt, const Offer& offer,
                                            crypto::BytesView offer_bytes,
                                            const crypto::VerifierKey& log_key) {
  const crypto::Hash offer_digest = LeafDigest(offer_bytes);
  if (absl::Status answers = CheckAnswers(receipt, offer.binding()); !answers.ok()) return answers;
  if (receipt.offer_digest() != crypto::View(offer_digest)) return Refuse(Fault::kOtherExchange);
  const auto terms = ReadTerms(offer.terms());
  if (!terms.ok()) return terms.status();
  if (!AtLeastAsStrict(receipt.accepted(), terms->conditions())) return Refuse(Fault::kLooser);
  const auto checkpoint = crypto::OpenCheckpoint(receipt.checkpoint(), log_key);
  const auto leaf = ledger::DecodeLeaf(receipt.log_leaf());
  if (!checkpoint.ok() || !leaf.ok() || !Extends(checkpoint->head, receipt, offer) ||
      !crypto::VerifyInclusion(receipt.log_leaf(), leaf->index, checkpoint->head,
                               ToHashes(receipt.inclusion()))
           .ok() ||
      !CommitsTo(*leaf, receipt, checkpoint->origin) ||
      !SaysAccepted(receipt, offer, offer_digest)) {
    return Refuse(Fault::kLog);
  }
  return ProvenReceipt{leaf->index, leaf->logged_at_us, *checkpoint};
}

std::optional<crypto::Checkpoint> ShowsAnotherLog(const Receipt& receipt, const Offer& offer,
                                                  const crypto::VerifierKey& log_key) {
  if (offer.seen_size() == 0) return std::nullopt;
  const auto checkpoint = crypto::OpenCheckpoint(receipt.checkpoint(), log_key);
  if (!checkpoint.ok() || Extends(checkpoint->head, receipt, offer)) return std::nullopt;
  return *checkpoint;
}

}  // namespace sluis::envelope
