#include "server/core/received_erasure.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "server/core/outbox.h"
#include "server/core/received_tags.h"
#include "server/core/sealing_key.h"
#include "server/envelope/fault.h"
#include "server/envelope/leaf.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

using peer::v1::Erasure;
using record::v1::ReceivedExchange;

constexpr std::string_view kKindErasure = "erasure";
constexpr std::string_view kErased = "erased";
constexpr std::string_view kHeld = "held";
constexpr std::string_view kRefused = "refused";

std::string Text(const crypto::Hash& digest) { return std::string(crypto::View(digest)); }

// The Erasure that asked, and the digest by which the answer names it.
struct Asked {
  Erasure erasure;
  crypto::Hash digest{};
};

absl::StatusOr<Asked> AskedOf(const ReceivedExchange& row) {
  absl::StatusOr<envelope::RecordProof> proof = envelope::ReadRecordProof(row.erasure_proof());
  if (!proof.ok() || !std::holds_alternative<Erasure>(proof->leaf)) {
    return absl::DataLossError("a received exchange cannot be read; run the node's doctor");
  }
  return Asked{std::get<Erasure>(proof->leaf), envelope::LeafDigest(proof->leaf_bytes)};
}

void Refuse(const Call& call, const std::string& sender, const PeerLeaf& leaf,
            peer::v1::RefusalReason reason, Plan& plan) {
  plan.refused_parts.push_back(plan.effects.size());
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal(std::string(RefusalWord(reason)));
  ReceivedExchange about;
  about.set_exchange_id(envelope::BindingOf(leaf.proof.leaf).exchange_id());
  about.set_sender(sender);
  effect.entry.counterpart = ReceiverPart(about, call.terms->partnership, kKindErasure,
                                          crypto::View(leaf.digest), kRefused);
}

// Day from which no copy of what opens the content exists, where no record is left to erase: the
// one-time key may wait for others of its envelope, and dies with its window at the latest.
absl::StatusOr<std::string> DayWithoutRecord(const Call& call, const View& view,
                                             const ReceivedExchange& row) {
  const int copies = call.terms->key_copy_days + 1;
  const absl::StatusOr<HeldSealingKey> held = ReadSealingKey(view, row.sealing_key());
  if (absl::IsNotFound(held.status())) return storage::AddDays(call.today, copies);
  if (!held.ok()) return held.status();
  const uint64_t until_us = held->row.expires_at_s() * 1'000'000;
  return storage::AddDays(storage::LegalDay(std::max(until_us, call.now_us)), copies + 1);
}

// Nothing is left of the exchange but what the sender asked, and the answer to it is owed.
void EndErased(const Call& call, const ReceivedRow& received, std::string asked_proof,
               const crypto::Hash& asked, const std::string& day, Effect& effect) {
  ReceivedExchange after = received.row;
  effect.entry.counterpart =
      ReceiverPart(after, call.terms->partnership, kKindErasure, crypto::View(asked), kErased);
  after.set_state(record::v1::RECEIVED_STATE_ERASED);
  after.set_erasure_proof(std::move(asked_proof));
  after.set_erasure_day(day);
  after.clear_offer_proof();
  after.clear_accepted();
  after.clear_key_proof();
  after.clear_reason();
  Owe(after, peer::v1::ENVELOPE_KIND_ERASURE, call.now_us, {}, effect);
  WriteReceived(received, std::move(after), effect);
}

// A hold keeps it: closed to reading, and the sender is told until when.
absl::Status Suspend(const Call& call, const View& view, const ReceivedRow& received,
                     const Erasable& record, const PeerLeaf& leaf, Plan& plan) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_HELD);
  ReceivedExchange after = received.row;
  effect.entry.counterpart =
      ReceiverPart(after, call.terms->partnership, kKindErasure, crypto::View(leaf.digest), kHeld);
  effect.preconditions.push_back({RecordKey(record.row.record_id()), record.stamp});
  const absl::Status gone = ForgetTags(view, record.row, effect);
  if (!gone.ok()) return gone;
  if (record.opened) {
    AddSubject(*record.opened, effect.entry);
    effect.about = record.opened;
    effect.record.emplace();
    effect.record->row = record.row;
    effect.record->row.set_state(record::v1::RECORD_STATE_WITHDRAWN);
    effect.record->body = record.opened->body;
  }
  after.set_state(record::v1::RECEIVED_STATE_HELD);
  after.set_erasure_proof(leaf.proof.Serialise());
  after.set_erasure_day(record.row.hold().review_on());
  Owe(after, peer::v1::ENVELOPE_KIND_ERASURE, call.now_us, {}, effect);
  WriteReceived(received, std::move(after), effect);
  plan.effects.push_back(std::move(effect));
  return absl::OkStatus();
}

// Whether it is the sender of the Offer who asks, about this Offer.
bool MayAsk(const ReceivedExchange& row, const KeptOffer& kept, const ErasureAsker& asker,
            const PeerLeaf& leaf) {
  return row.sender() == asker.sender &&
         row.offer_digest() == std::get<Erasure>(leaf.proof.leaf).offer_digest() &&
         envelope::CheckAnswers(leaf.proof.leaf, kept.binding).ok();
}

// Answers that there is nothing here. The row keeps an Offer of before from being collected now,
// and is in no list.
absl::Status EndUnknown(const Call& call, const View& view, const ErasureAsker& asker,
                        const PeerLeaf& leaf, Plan& plan) {
  const auto& asked = std::get<Erasure>(leaf.proof.leaf);
  ReceivedExchange row;
  row.set_exchange_id(asked.binding().exchange_id());
  row.set_sender(asker.sender);
  row.set_offer_digest(asked.offer_digest());
  row.set_exercise(call.terms->exercise);
  row.set_received_at_us(call.now_us);
  const absl::StatusOr<std::string> day = DayWithoutRecord(call, view, row);
  if (!day.ok()) return day.status();
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  RequireUnused(asker.sender, row.exchange_id(), effect);
  if (row.exercise()) effect.rows.push_back({ExerciseKey(row.exchange_id()), std::string()});
  EndErased(call, {.row = std::move(row), .stamp = ledger::kAbsent}, leaf.proof.Serialise(),
            leaf.digest, *day, effect);
  return absl::OkStatus();
}

bool IsCopy(const ReceivedExchange& row, const PeerLeaf& leaf) {
  if (row.state() == record::v1::RECEIVED_STATE_ERASED) return true;
  if (row.state() != record::v1::RECEIVED_STATE_HELD) return false;
  const absl::StatusOr<Asked> before = AskedOf(row);
  return before.ok() && before->digest == leaf.digest;
}

}  // namespace

absl::StatusOr<bool> TakeErasure(const Call& call, const View& view, const ErasureAsker& asker,
                                 const PeerLeaf& leaf, Plan& plan) {
  const auto& asked = std::get<Erasure>(leaf.proof.leaf);
  const auto refuse = [&](peer::v1::RefusalReason reason) {
    Refuse(call, asker.sender, leaf, reason, plan);
    return true;
  };
  // One that cannot be read must not keep the others of its envelope from being erased.
  const auto refuse_or = [&](const absl::Status& fault) -> absl::StatusOr<bool> {
    if (!absl::IsNotFound(fault) && !absl::IsDataLoss(fault)) return fault;
    return refuse(peer::v1::REFUSAL_REASON_UNKNOWN);
  };
  const absl::StatusOr<ReceivedRow> held = ReadReceived(view, asked.binding().exchange_id());
  if (absl::IsNotFound(held.status())) {
    const absl::StatusOr<bool> used = IsUsed(view, asker.sender, asked.binding().exchange_id());
    if (!used.ok()) return used.status();
    if (*used || !asker.kept.MayKeepRefused(asker.sender, call.now_us)) {
      return refuse(peer::v1::REFUSAL_REASON_UNKNOWN);
    }
    const absl::Status ended = EndUnknown(call, view, asker, leaf, plan);
    if (!ended.ok()) return ended;
    return true;
  }
  if (!held.ok()) return refuse_or(held.status());
  const ReceivedExchange& row = held->row;
  if (row.sender() == asker.sender && IsCopy(row, leaf)) return true;
  if (row.state() == record::v1::RECEIVED_STATE_ERASED) {
    return refuse(peer::v1::REFUSAL_REASON_UNKNOWN);
  }
  const absl::StatusOr<KeptOffer> kept = KeptOfferOf(row);
  if (!kept.ok()) return refuse_or(kept.status());
  if (!MayAsk(row, *kept, asker, leaf)) return refuse(peer::v1::REFUSAL_REASON_UNKNOWN);
  // Where the terms are gone so is the record: nothing hangs on who asks.
  if (asked.reason() == peer::v1::ERASURE_REASON_PERSON && kept->has_terms) {
    const absl::StatusOr<StoredOffer> offer = OfferOf(row);
    if (!offer.ok()) return refuse_or(offer.status());
    const absl::Status person =
        asker.verifier
            .Verify(asked.user(), ActAbout(asked.binding(), offer->terms, "erase"), asker.status,
                    call.now_us)
            .status();
    if (envelope::FaultOf(person) == envelope::Fault::kStatusBehind) return false;
    if (!person.ok()) return refuse(peer::v1::REFUSAL_REASON_SIGNATURE);
  }

  std::optional<Erasable> record;
  if (!row.record_id().empty()) {
    absl::StatusOr<Erasable> found = FindErasable(view, row.record_id());
    if (found.ok()) record = *std::move(found);
    if (record) record->exchange.reset();  // its row is written below
    if (!found.ok() && !absl::IsNotFound(found.status())) return refuse_or(found.status());
  }
  if (record && record->row.has_hold()) {
    const absl::Status held_back = Suspend(call, view, *held, *record, leaf, plan);
    if (!held_back.ok()) return held_back;
    return true;
  }
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  absl::StatusOr<std::string> day = std::string();
  if (record) {
    day = AddErasure(call, *record, effect);
  } else {
    day = DayWithoutRecord(call, view, row);
  }
  if (!day.ok()) return day.status();
  EndErased(call, *held, leaf.proof.Serialise(), leaf.digest, *day, effect);
  plan.effects.push_back(std::move(effect));
  return true;
}

absl::StatusOr<bool> AddErasureThatWaited(const Call& call, const View& view,
                                          const OpenedRecord& record, Effect& effect) {
  if (!record.body.has_received()) return false;
  const absl::StatusOr<ReceivedRow> held = ReadReceived(view, record.body.received().exchange_id());
  if (absl::IsNotFound(held.status())) return false;
  if (!held.ok()) return held.status();
  if (held->row.state() != record::v1::RECEIVED_STATE_HELD) return false;
  const absl::StatusOr<Asked> asked = AskedOf(held->row);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<Erasable> erasable = FindErasable(view, record.row.record_id());
  if (!erasable.ok()) return erasable.status();
  erasable->exchange.reset();  // its row is written here
  const std::string day = AddErasure(call, *erasable, effect);
  EndErased(call, *held, held->row.erasure_proof(), asked->digest, day, effect);
  return true;
}

absl::StatusOr<std::string> ErasureAnswer(const ReceivedExchange& row) {
  const absl::StatusOr<Asked> asked = AskedOf(row);
  if (!asked.ok()) return asked.status();
  Erasure answer;
  *answer.mutable_binding() = asked->erasure.binding();
  answer.mutable_binding()->set_sender(asked->erasure.binding().recipient());
  answer.mutable_binding()->set_recipient(asked->erasure.binding().sender());
  answer.set_offer_digest(asked->erasure.offer_digest());
  answer.set_step(row.state() == record::v1::RECEIVED_STATE_HELD ? peer::v1::ERASURE_STEP_HELD
                                                                 : peer::v1::ERASURE_STEP_DONE);
  answer.set_day(row.erasure_day());
  answer.set_asked_digest(Text(asked->digest));
  return answer.SerializeAsString();
}

}  // namespace sluis::core
