#include "server/core/collect_offers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "server/core/acceptance.h"
#include "server/core/outbox.h"
#include "server/core/received_exchange.h"
#include "server/core/release_question.h"
#include "server/core/status_lists.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/envelope/user_signature.h"

namespace sluis::core {
namespace {

using envelope::Fault;
using peer::v1::Offer;
using peer::v1::RefusalReason;
using record::v1::ReceivedExchange;

constexpr std::string_view kRefused = "refused";

// Why a record is not taken, and what the rules said when they were asked.
struct NotTaken {
  RefusalReason reason;
  std::string_view code;
  std::optional<Answer> answer = {};
};

// What the rules permit: the entry of the collection, and the conditions.
struct Permitted {
  Entry entry;
  std::string accepted;
};

using Ruled = std::variant<Permitted, NotTaken>;

// Everything that deciding about each of the records has in common.
struct Deciding {
  const Call& call;
  const partnership::Member& sender;
  envelope::UserSignatureVerifier verifier;
  record::v1::MandateStatus status;
  // What the rules said to what they may read of an Offer: role, attributes and conditions.
  std::map<std::string, Ruled, std::less<>> ruled = {};
  // What was asked last, as a key of the above; kept for its memory.
  std::string asked = {};
};

enum class Before { kNew, kSame, kReplayed };

// Whether this exchange id was used before, by either side.
absl::StatusOr<Before> SeenBefore(const View& view, const std::string& sender,
                                  const std::string& exchange_id, const crypto::Hash& digest) {
  absl::StatusOr<ReceivedRow> held = ReadReceived(view, exchange_id);
  if (held.ok()) {
    const bool same =
        held->row.sender() == sender && held->row.offer_digest() == crypto::View(digest);
    return same ? Before::kSame : Before::kReplayed;
  }
  if (!absl::IsNotFound(held.status())) return held.status();
  const absl::StatusOr<bool> used = IsUsed(view, sender, exchange_id);
  if (!used.ok()) return used.status();
  return *used ? Before::kReplayed : Before::kNew;
}

struct Taken {
  const Permitted& permitted;
  uint64_t expires_at_s = 0;
};

struct Waits {};

NotTaken BySignature(const absl::Status& fault) {
  const std::optional<Fault> why = envelope::FaultOf(fault);
  if (why == Fault::kStatementWindow) {
    return {peer::v1::REFUSAL_REASON_EXPIRED, RefusalWord(peer::v1::REFUSAL_REASON_EXPIRED)};
  }
  return {peer::v1::REFUSAL_REASON_SIGNATURE, RefusalWord(peer::v1::REFUSAL_REASON_SIGNATURE)};
}

Ruled AskRules(const Deciding& deciding, const peer::v1::Terms& terms, const std::string& role) {
  Answer answer =
      AskAccept(deciding.call, {.terms = &terms, .sender = &deciding.sender, .role = role});
  if (!answer.permitted()) {
    const std::string_view code = RefusalCode(answer);
    return NotTaken{peer::v1::REFUSAL_REASON_RULE, code, std::move(answer)};
  }
  if (WithholdsWhatItStates(answer.decision, terms)) {
    return NotTaken{peer::v1::REFUSAL_REASON_RULE, "withheld", std::move(answer)};
  }
  const std::optional<peer::v1::Conditions> accepted =
      AcceptedConditions(deciding.call, answer.decision, terms.conditions());
  if (!accepted) return NotTaken{peer::v1::REFUSAL_REASON_RULE, "conditions", std::move(answer)};
  return Permitted{
      EntryAbout(deciding.call, answer, record::v1::OPERATION_COLLECTION, record::v1::OUTCOME_DONE),
      accepted->SerializeAsString()};
}

// The rules read nothing of an Offer but these: records alike in them are asked about once.
const Ruled& Rule(Deciding& deciding, const peer::v1::Terms& terms, const std::string& role) {
  std::string& key = deciding.asked;
  key.clear();
  crypto::AppendLp(key, role);
  for (const record::v1::AttributeValue& attribute : terms.attributes()) {
    crypto::AppendLp(key, attribute.name());
    crypto::AppendLp(key, attribute.value());
  }
  // Ends the attributes: no name is empty.
  crypto::AppendLp(key, {});
  terms.conditions().AppendToString(&key);
  auto found = deciding.ruled.find(key);
  if (found == deciding.ruled.end()) {
    peer::v1::Terms read;
    *read.mutable_attributes() = terms.attributes();
    *read.mutable_conditions() = terms.conditions();
    found = deciding.ruled.emplace(key, AskRules(deciding, read, role)).first;
  }
  return found->second;
}

std::variant<Taken, NotTaken, Waits> Judge(Deciding& deciding, const Offer& offer,
                                           const peer::v1::Terms& terms) {
  const peer::v1::Binding& binding = offer.binding();
  envelope::SignedAct act{
      binding.partnership(), binding.sender(), binding.recipient(), "share", {}};
  std::copy_n(binding.exchange_id().begin(), act.item.exchange.size(), act.item.exchange.begin());
  act.item.case_token = terms.case_token();
  act.item.fields_root = envelope::FieldsRoot(offer.fields());
  act.item.conditions = envelope::ConditionsDigest(terms.conditions());
  const absl::StatusOr<envelope::VerifiedPerson> person =
      deciding.verifier.Verify(offer.user(), act, deciding.status, deciding.call.now_us);
  if (envelope::FaultOf(person.status()) == Fault::kStatusBehind) return Waits{};
  if (!person.ok()) return BySignature(person.status());
  if (!SaysTheSame(*person->statement, terms)) {
    return BySignature(envelope::Refuse(Fault::kStatement));
  }
  const Ruled& ruled = Rule(deciding, terms, person->statement->role());
  if (const auto* not_taken = std::get_if<NotTaken>(&ruled)) return *not_taken;
  return Taken{std::get<Permitted>(ruled), person->statement->expires_at_s()};
}

ReceivedExchange RowOf(const Call& call, const std::string& sender, const PeerLeaf& leaf) {
  const peer::v1::Binding& binding = envelope::BindingOf(leaf.proof.leaf);
  ReceivedExchange row;
  row.set_exchange_id(binding.exchange_id());
  row.set_sender(sender);
  row.set_offer_proof(leaf.proof.Serialise());
  row.set_offer_digest(std::string(crypto::View(leaf.digest)));
  row.set_exercise(call.terms->exercise);
  row.set_received_at_us(call.now_us);
  return row;
}

// The rows of an exchange that is new here, in either direction.
void WriteNew(const ReceivedExchange& row, Effect& effect) {
  RequireUnused(row.sender(), row.exchange_id(), effect);
  effect.rows.push_back({ReceivedKey(row.exchange_id()), row.SerializeAsString()});
  effect.rows.push_back({ReceivedOrderKey(row.received_at_us(), row.exchange_id()), std::string()});
  if (row.exercise()) effect.rows.push_back({ExerciseKey(row.exchange_id()), std::string()});
}

Effect Refused(const Call& call, ReceivedExchange row, const peer::v1::Terms& terms,
               const NotTaken& why) {
  Effect effect;
  const bool denied = why.answer && why.answer->decision.outcome == policies::Outcome::kDeny;
  const record::v1::Outcome outcome =
      denied ? record::v1::OUTCOME_DENIED : record::v1::OUTCOME_REFUSED;
  effect.entry = why.answer ? EntryAbout(call, *why.answer, record::v1::OPERATION_REFUSAL, outcome)
                            : EntryOf(call, record::v1::OPERATION_REFUSAL, outcome);
  effect.entry.act.set_refusal(std::string(why.code));
  effect.entry.counterpart = ReceiverPart(row, call.terms->partnership, envelope::kKindOffer,
                                          row.offer_digest(), kRefused);
  row.set_state(record::v1::RECEIVED_STATE_REFUSED);
  row.set_reason(std::string(RefusalWord(why.reason)));
  ForgetTerms(row);
  WriteNew(row, effect);
  Owe(row, peer::v1::ENVELOPE_KIND_REFUSAL, call.now_us, terms.case_token(), effect);
  return effect;
}

// An entry and nothing else: the id was used before, and nothing of the exchange that has it is
// touched; or no more of what is refused is kept.
Effect EntryOnly(const Call& call, const ReceivedExchange& row, std::string_view code) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal(std::string(code));
  effect.entry.counterpart = ReceiverPart(row, call.terms->partnership, envelope::kKindOffer,
                                          row.offer_digest(), kRefused);
  return effect;
}

}  // namespace

const Method& CollectOffers::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<Plan> CollectOffers::Decide(const Call& call, View& view) {
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const partnership::Member* member = manifest.Find(sender_);
  if (member == nullptr || sender_ != call.peer) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  absl::StatusOr<record::v1::MandateStatus> status = ReadPartnerStatus(view, sender_);
  if (!status.ok()) return status.status();
  Deciding deciding{
      call,
      *member,
      {manifest.partnership, sender_, MandateKeysOf(*member, call.today), call.signatures},
      *std::move(status)};

  Plan plan;
  size_t waiting = 0;
  bool above_quota = false;
  bool again = false;
  absl::Status unreadable;
  SecretWrite secret;
  std::optional<size_t> keeps_secret;
  for (const PeerLeaf& leaf : leaves_) {
    const Offer* offer = std::get_if<Offer>(&leaf.proof.leaf);
    if (offer == nullptr) {
      return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    }
    const std::string& id = offer->binding().exchange_id();
    absl::StatusOr<Before> before = SeenBefore(view, sender_, id, leaf.digest);
    if (absl::IsDataLoss(before.status())) {
      unreadable.Update(before.status());
      continue;
    }
    if (!before.ok()) return before.status();
    if (*before == Before::kSame) continue;
    ReceivedExchange row = RowOf(call, sender_, leaf);
    if (*before == Before::kReplayed) {
      plan.refused_parts.push_back(plan.effects.size());
      plan.effects.push_back(EntryOnly(call, row, RefusalWord(peer::v1::REFUSAL_REASON_REPLAYED)));
      continue;
    }
    const peer::v1::Terms& terms = leaf.proof.terms;
    auto judged = Judge(deciding, *offer, terms);
    if (std::holds_alternative<Waits>(judged)) {
      ++waiting;
      continue;
    }
    if (const auto* not_taken = std::get_if<NotTaken>(&judged)) {
      if (!quota_->MayKeepRefused(sender_, call.now_us)) {
        again = true;
        plan.refused_parts.push_back(plan.effects.size());
        plan.effects.push_back(EntryOnly(call, row, not_taken->code));
        continue;
      }
      plan.effects.push_back(Refused(call, std::move(row), terms, *not_taken));
      continue;
    }
    const Taken& taken = std::get<Taken>(judged);
    if (!quota_->MayTake(sender_, leaf.proof.leaf_bytes.size(), call.now_us)) {
      ++waiting;
      above_quota = true;
      continue;
    }
    if (!keeps_secret) {
      crypto::hpke::KeyPair pair = crypto::hpke::GenerateKeyPair(random_);
      secret.public_key = pair.public_key;
      secret.private_key =
          std::make_shared<const crypto::hpke::PrivateKey>(std::move(pair.private_key));
      keeps_secret = plan.effects.size();
    }
    Effect& effect = plan.effects.emplace_back();
    effect.entry = taken.permitted.entry;
    effect.entry.counterpart = envelope::AcceptedPart(*offer, leaf.digest).SerializeAsString();
    row.set_state(record::v1::RECEIVED_STATE_COLLECTED);
    row.set_accepted(taken.permitted.accepted);
    row.set_sealing_key(std::string(crypto::View(secret.public_key)));
    // As long as the sender's clock may lag behind, its key may still be in time.
    row.set_expires_at_s(taken.expires_at_s + envelope::kMaxSkewSeconds);
    secret.expires_at_s = std::max(secret.expires_at_s, row.expires_at_s());
    WriteNew(row, effect);
    Owe(row, peer::v1::ENVELOPE_KIND_RECEIPT, call.now_us, terms.case_token(), effect);
  }
  if (keeps_secret) plan.effects[*keeps_secret].secret = std::move(secret);
  if (plan.effects.empty() && waiting > 0 && unreadable.ok()) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition,
                      above_quota ? kQuota : kStatusBehind);
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [refused = plan.refusal || again, waiting,
                unreadable](std::span<const ledger::Logged>) {
    if (!unreadable.ok()) return unreadable;
    if (refused) return absl::PermissionDeniedError(std::string(kToPeer));
    return waiting > 0 ? ComeAgain() : absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
