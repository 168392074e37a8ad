#include "server/evaluation/parts.h"

#include "crypto/secret.h"
#include "server/envelope/canonical.h"
#include "server/evaluation/limits.h"
#include "server/ledger/part.h"

namespace sluis::evaluation {
namespace {

record::v1::CounterpartPart PartOf(const AskedEntry& entry, std::string_view side,
                                   std::string_view outcome) {
  record::v1::CounterpartPart out;
  out.set_exchange_id(std::string(crypto::View(entry.request_id)));
  out.set_side(std::string(side));
  out.set_kind(std::string(kKind));
  out.set_partnership(entry.partnership);
  out.set_outcome(std::string(outcome));
  out.set_key_id(std::string(crypto::View(entry.key_id)));
  out.set_element_count(entry.count);
  out.set_blinded_digest(std::string(crypto::View(entry.blinded_digest)));
  return out;
}

}  // namespace

record::v1::CounterpartPart AskerPart(const AskedEntry& entry, std::string_view outcome) {
  return PartOf(entry, kSideAsker, outcome);
}

std::optional<AskedEntry> ReadAskerPart(crypto::BytesView counterpart) {
  record::v1::CounterpartPart part;
  if (!envelope::ReadCanonical(counterpart, ledger::kMaxPartBytes, part)) return std::nullopt;
  const auto id = crypto::ToFixed<16>(part.exchange_id());
  const auto key_id = crypto::ToFixed<32>(part.key_id());
  const auto blinded = crypto::ToFixed<32>(part.blinded_digest());
  if (!id.ok() || !key_id.ok() || !blinded.ok()) return std::nullopt;
  AskedEntry out{part.partnership(), *id, *key_id, part.element_count(), *blinded};
  // Nothing else may stand in it: one entry, one part.
  if (AskerPart(out, kOutcomeAsked).SerializeAsString() != counterpart) return std::nullopt;
  return out;
}

AskedEntry EntryOf(const peer::v1::EvaluationRequest& request, uint32_t count) {
  AskedEntry out;
  out.partnership = request.partnership();
  // Of form, or there would be no request.
  out.request_id = crypto::ToFixed<16>(request.request_id()).value();
  out.key_id = crypto::ToFixed<32>(request.key_id()).value();
  out.count = count;
  out.blinded_digest = BlindedDigest(request.persons());
  return out;
}

record::v1::CounterpartPart HolderPart(const Request& request, uint32_t count,
                                       std::string_view outcome) {
  record::v1::CounterpartPart out = PartOf(EntryOf(request.body, count), kSideHolder, outcome);
  out.set_peer(request.body.asker());
  out.set_message_digest(std::string(crypto::View(request.digest)));
  out.set_peer_leaf_hash(request.body.leaf_hash());
  return out;
}

record::v1::CounterpartPart ActPart(const HolderAct& act) {
  record::v1::CounterpartPart out;
  out.set_exchange_id(std::string(act.request_id));
  out.set_side(std::string(kSideHolder));
  out.set_kind(std::string(act.kind));
  out.set_peer(std::string(act.asker));
  out.set_partnership(std::string(act.partnership));
  out.set_message_digest(std::string(act.digest));
  out.set_outcome(std::string(act.outcome));
  out.set_key_id(std::string(act.key_id));
  return out;
}

void WipeSubject(record::v1::SubjectPart& subject) {
  for (record::v1::EvaluatedPerson& person : *subject.mutable_evaluated()) {
    for (record::v1::EvaluatedInput& input : *person.mutable_inputs()) {
      crypto::Wipe(*input.mutable_kind());
      crypto::Wipe(*input.mutable_identifier());
      crypto::Wipe(*input.mutable_blind());
    }
  }
  subject.clear_evaluated();
}

}  // namespace sluis::evaluation
