#include "server/core/store_keys.h"

#include <map>
#include <optional>
#include <set>
#include <variant>

#include "server/core/acceptance.h"
#include "server/core/judge_leaf.h"
#include "server/core/quarantine.h"
#include "server/core/received_content.h"
#include "server/core/received_correction.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
#include "server/core/release_question.h"
#include "server/core/sealing_key.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/key_wrap.h"
#include "server/envelope/user_signature.h"

namespace sluis::core {
namespace {

using peer::v1::Key;
using record::v1::ReceivedExchange;

constexpr std::string_view kKindKey = "key";
constexpr std::string_view kOpened = "opened";
constexpr std::string_view kQuarantined = "unopenable";
constexpr std::string_view kRefused = "refused";

std::string Text(const crypto::Hash& digest) { return std::string(crypto::View(digest)); }

// The wrapping keys of one envelope, by the one-time key to which they were sealed.
class Unwrappers {
 public:
  Unwrappers(const View& view, const std::vector<PeerLeaf>& leaves) : view_(view) {
    for (const PeerLeaf& leaf : leaves) keys_.push_back(std::get<Key>(leaf.proof.leaf));
  }

  // Refuse(kWrap) when the one-time key is gone: nothing unwraps under it any more.
  absl::StatusOr<const envelope::KeyUnwrapper*> For(const std::string& public_key) {
    auto found = opened_.find(public_key);
    if (found == opened_.end()) {
      found = opened_.emplace(public_key, Open(public_key)).first;
    }
    if (!found->second.ok()) return found->second.status();
    return &*found->second;
  }

 private:
  absl::StatusOr<envelope::KeyUnwrapper> Open(const std::string& public_key) {
    absl::StatusOr<OpenedSealingKey> held = OpenSealingKey(view_, public_key);
    if (absl::IsNotFound(held.status())) return envelope::Refuse(envelope::Fault::kWrap);
    if (!held.ok()) return held.status();
    return envelope::KeyUnwrapper::Open(keys_, held->private_key);
  }

  const View& view_;
  std::vector<Key> keys_;
  std::map<std::string, absl::StatusOr<envelope::KeyUnwrapper>> opened_;
};

// The exchange that a Key is for, when it is waited for.
struct Awaited {
  ReceivedRow held;
  StoredOffer offer;
};
struct HereAlready {};
struct NotAwaited {};

absl::StatusOr<std::variant<Awaited, HereAlready, NotAwaited>> FindAwaited(
    const View& view, const std::string& sender, const Key& key, uint64_t now_us,
    const GivenReceipts& receipts) {
  absl::StatusOr<ReceivedRow> held = ReadReceived(view, key.binding().exchange_id());
  if (absl::IsNotFound(held.status())) return NotAwaited{};
  if (!held.ok()) return held.status();
  const ReceivedExchange& row = held->row;
  if (row.sender() != sender || row.offer_digest() != key.offer_digest()) return NotAwaited{};
  if (!row.key_proof().empty() || !row.refused_key_digest().empty()) return HereAlready{};
  // Of what was erased nothing is opened again.
  if (row.state() == record::v1::RECEIVED_STATE_ERASED) return HereAlready{};
  if (row.state() != record::v1::RECEIVED_STATE_COLLECTED ||
      row.expires_at_s() < now_us / 1'000'000) {
    return NotAwaited{};
  }
  absl::StatusOr<StoredOffer> offer = OfferOf(row);
  if (!offer.ok()) return offer.status();
  if (!envelope::CheckAnswers(envelope::Leaf(key), offer->offer().binding()).ok()) {
    return NotAwaited{};
  }
  // The answer names this receipt too: only one that was given can be answered for.
  const absl::StatusOr<envelope::ExchangeId> id =
      crypto::ToFixed<envelope::kExchangeIdBytes>(row.exchange_id());
  if (!id.ok()) return id.status();
  const absl::StatusOr<std::optional<crypto::Hash>> given = receipts.DigestOf(*id);
  if (!given.ok()) return given.status();
  if (!given->has_value() || Text(**given) != key.receipt_digest()) return NotAwaited{};
  return Awaited{*std::move(held), *std::move(offer)};
}

// Opens what a Key is for. Who it is about is opened only where the conditions, as they hold now,
// name it: the key of it is not even unwrapped otherwise.
absl::StatusOr<Promised> OpenWith(const Call& call, Unwrappers& unwrappers, const Key& key,
                                  const Awaited& awaited, const peer::v1::Conditions& now) {
  const ReceivedExchange& row = awaited.held.row;
  const absl::StatusOr<crypto::Hash> offer = crypto::ToFixed<32>(row.offer_digest());
  const absl::StatusOr<crypto::Hash> receipt = crypto::ToFixed<32>(key.receipt_digest());
  if (!offer.ok() || !receipt.ok()) return envelope::Refuse(envelope::Fault::kWrap);
  const auto unwrapper = unwrappers.For(row.sealing_key());
  if (!unwrapper.ok()) return unwrapper.status();
  const absl::StatusOr<crypto::DataKey> data_key = (*unwrapper)->Unwrap(key, *offer, *receipt);
  if (!data_key.ok()) return data_key.status();
  if (!envelope::NamesIdentity(now.fields())) {
    return OpenPromised(call, *data_key, nullptr, awaited.offer);
  }
  const absl::StatusOr<crypto::DataKey> identity_key =
      (*unwrapper)->UnwrapIdentity(key, *offer, *receipt);
  if (!identity_key.ok()) return identity_key.status();
  return OpenPromised(call, *data_key, &*identity_key, awaited.offer);
}

// No longer allowed: it stays closed, and the sender is told.
Effect NoLonger(const Call& call, const Awaited& awaited, const Answer& answer,
                const crypto::Hash& digest) {
  Effect effect;
  const bool denied = answer.decision.outcome == policies::Outcome::kDeny;
  effect.entry = EntryAbout(call, answer, record::v1::OPERATION_REFUSAL,
                            denied ? record::v1::OUTCOME_DENIED : record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal(answer.permitted() ? std::string("conditions")
                                                  : std::string(RefusalCode(answer)));
  ReceivedExchange after = awaited.held.row;
  effect.entry.counterpart =
      ReceiverPart(after, call.terms->partnership, kKindKey, Text(digest), kRefused);
  after.set_state(record::v1::RECEIVED_STATE_REFUSED);
  after.set_reason(std::string(RefusalWord(peer::v1::REFUSAL_REASON_RULE)));
  after.set_refused_key_digest(Text(digest));
  ForgetTerms(after);
  Owe(after, peer::v1::ENVELOPE_KIND_REFUSAL, call.now_us, awaited.offer.terms.case_token(),
      effect);
  WriteReceived(awaited.held, std::move(after), effect);
  return effect;
}

Effect NotAwaitedEffect(const Call& call, const std::string& sender, const PeerLeaf& leaf) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal(std::string(RefusalWord(peer::v1::REFUSAL_REASON_UNKNOWN)));
  ReceivedExchange about;
  about.set_exchange_id(envelope::BindingOf(leaf.proof.leaf).exchange_id());
  about.set_sender(sender);
  effect.entry.counterpart =
      ReceiverPart(about, call.terms->partnership, kKindKey, Text(leaf.digest), kRefused);
  return effect;
}

}  // namespace

const Method& StoreKeys::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<Plan> StoreKeys::Decide(const Call& call, View& view) {
  const partnership::Member* member = call.terms->manifest->manifest.Find(sender_);
  if (member == nullptr || sender_ != call.peer) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  for (const PeerLeaf& leaf : leaves_) {
    if (!std::holds_alternative<Key>(leaf.proof.leaf)) {
      return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    }
  }
  Unwrappers unwrappers(view, leaves_);
  std::set<std::string> corrected;
  Plan plan;
  const auto store = [&](const PeerLeaf& leaf) -> absl::Status {
    const Key& key = std::get<Key>(leaf.proof.leaf);
    auto found = FindAwaited(view, sender_, key, call.now_us, receipts_);
    if (!found.ok()) return found.status();
    if (std::holds_alternative<HereAlready>(*found)) return absl::OkStatus();
    if (std::holds_alternative<NotAwaited>(*found)) {
      plan.refused_parts.push_back(plan.effects.size());
      plan.effects.push_back(NotAwaitedEffect(call, sender_, leaf));
      return absl::OkStatus();
    }
    const Awaited& awaited = std::get<Awaited>(*found);
    const ReceivedExchange& row = awaited.held.row;
    const absl::StatusOr<record::v1::UserStatement> statement =
        envelope::ReadStatement(awaited.offer.offer().user().statement().statement());
    peer::v1::Conditions accepted;
    if (!statement.ok() || !accepted.ParseFromString(row.accepted())) {
      return absl::DataLossError("a received exchange cannot be read; run the node's doctor");
    }
    const Answer answer = AskAccept(
        call, {.terms = &awaited.offer.terms, .sender = member, .role = statement->role()});
    const std::optional<peer::v1::Conditions> now =
        answer.permitted() ? AcceptedConditions(call, answer.decision, accepted) : std::nullopt;
    if (!now) {
      plan.effects.push_back(NoLonger(call, awaited, answer, leaf.digest));
      return absl::OkStatus();
    }
    absl::StatusOr<Promised> content = OpenWith(call, unwrappers, key, awaited, *now);
    // What is no finding about the message is a fault of this node: it comes again.
    if (!content.ok() && !envelope::FaultOf(content.status())) return content.status();

    Effect& effect = plan.effects.emplace_back();
    effect.entry =
        EntryAbout(call, answer, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    effect.entry.counterpart =
        ReceiverPart(row, call.terms->partnership, kKindKey, Text(leaf.digest),
                     content.ok() ? kOpened : kQuarantined);
    ReceivedExchange after = row;
    after.set_key_proof(leaf.proof.Serialise());
    after.set_receipt_digest(key.receipt_digest());
    if (content.ok()) {
      crypto::FixedBytes<kRecordIdBytes> id{};
      random_.Fill(id);
      after.set_state(record::v1::RECEIVED_STATE_OPENED);
      after.set_record_id(std::string(crypto::View(id)));
      effect.record =
          RecordOf(call, row, awaited.offer, *now, content->content, std::string(crypto::View(id)));
      effect.record->identity = std::move(content->identity);
      absl::Status tags =
          KeepTags(call, view, tag_key_, row.sender(), std::move(content->tags), effect);
      if (!tags.ok()) return tags;
      effect.entry.subject.add_record_ids(after.record_id());
      effect.entry.subject.set_version(1);
    } else {
      after.set_state(record::v1::RECEIVED_STATE_QUARANTINED);
      after.set_reason(std::string(UnopenableWord(ReasonOf(content.status()))));
      effect.rows.push_back({QuarantineKey(call.today, after), std::string()});
    }
    Owe(row, content.ok() ? peer::v1::ENVELOPE_KIND_OPENED : peer::v1::ENVELOPE_KIND_UNOPENABLE,
        call.now_us, awaited.offer.terms.case_token(), effect);
    WriteReceived(awaited.held, std::move(after), effect);
    if (!content.ok()) return absl::OkStatus();
    return AddCorrected(call, view, row, awaited.offer.terms, corrected, plan);
  };
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    const absl::Status stored = JudgeLeaf([&] { return store(leaf); }, plan, unreadable);
    if (!stored.ok()) return stored;
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [refused = plan.refusal, unreadable](std::span<const ledger::Logged>) {
    if (!unreadable.ok()) return unreadable;
    return refused ? absl::PermissionDeniedError(std::string(kToPeer)) : absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
