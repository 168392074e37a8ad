#include "server/core/sent_exchange.h"

#include <utility>

#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "server/core/outbox.h"
#include "server/envelope/leaf.h"
#include "server/envelope/terms.h"
#include "server/ledger/sealed_row.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::core {
namespace {

using record::v1::SentExchange;
using record::v1::SentState;

constexpr std::string_view kShareLabel = "sluis/share-key/v1";
constexpr std::string_view kContextLabel = "sluis/share-context/v1";
constexpr std::string_view kSideSender = "sender";

absl::Status Unreadable() {
  return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
}

std::string DataOf(std::string_view label, std::string_view exchange_id) {
  std::string data;
  crypto::AppendLp(data, label);
  data += exchange_id;
  return data;
}

// Empty when it has none, or its record was erased and nothing of the terms is left.
std::string CaseTokenOf(const SentExchange& row) {
  peer::v1::Offer offer;
  if (!offer.ParseFromString(row.offer())) return {};
  const absl::StatusOr<peer::v1::Terms> terms = envelope::ReadTerms(offer.terms());
  return terms.ok() ? terms->case_token() : std::string();
}

}  // namespace

std::string SentKey(std::string_view exchange_id) {
  return ledger::RowKey(ledger::Table::kSent, exchange_id);
}

std::string SentOfKey(std::string_view record_id, std::string_view exchange_id) {
  std::string rest(record_id);
  rest += exchange_id;
  return ledger::RowKey(ledger::Table::kSentOf, rest);
}

std::string LogOriginOf(std::string_view organisation) {
  return std::string(organisation) + "/log";
}

absl::StatusOr<SentRow> ReadSent(const View& view, std::string_view exchange_id) {
  absl::StatusOr<ledger::Row> row =
      ledger::ReadRow(view.snapshot(), view.keyring(), SentKey(exchange_id));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such exchange");
  SentRow sent;
  sent.stamp = row->stamp;
  if (!sent.row.ParseFromString(row->value) || sent.row.exchange_id() != exchange_id) {
    return Unreadable();
  }
  return sent;
}

absl::StatusOr<peer::v1::Offer> OwnOfferOf(const SentRow& sent) {
  peer::v1::Offer offer;
  if (!offer.ParseFromString(sent.row.offer())) return Unreadable();
  return offer;
}

absl::StatusOr<TravellingOffer> OfferOf(const ledger::LogReader& log, const SentRow& sent) {
  absl::StatusOr<peer::v1::Offer> own = OwnOfferOf(sent);
  if (!own.ok()) return own.status();
  return OfferOf(log, sent, *std::move(own));
}

absl::StatusOr<TravellingOffer> OfferOf(const ledger::LogReader& log, const SentRow& sent,
                                        peer::v1::Offer own) {
  TravellingOffer travelling;
  travelling.offer = std::move(own);
  if (travelling.offer.terms().empty()) return Unreadable();  // its record was erased
  const absl::StatusOr<crypto::Hash> leaf = log.LeafHash(sent.intent_index());
  if (!leaf.ok()) return leaf.status();
  travelling.offer.set_intent_leaf_hash(std::string(crypto::View(*leaf)));
  travelling.bytes = travelling.offer.SerializeAsString();
  return travelling;
}

absl::StatusOr<SentBinding> SentBindingOf(const View& view, std::string_view own_organisation,
                                          const SentRow& sent) {
  absl::StatusOr<peer::v1::Offer> offer = OwnOfferOf(sent);
  if (!offer.ok()) return offer.status();
  if (offer->terms().empty()) {
    const absl::StatusOr<crypto::Hash> digest = crypto::ToFixed<32>(sent.row.offer_digest());
    if (!digest.ok()) return Unreadable();
    return SentBinding{std::move(*offer->mutable_binding()), *digest};
  }
  const ledger::LogReader log(LogOriginOf(own_organisation), view.snapshot(), view.keyring());
  absl::StatusOr<TravellingOffer> whole = OfferOf(log, sent, *std::move(offer));
  if (!whole.ok()) return whole.status();
  return SentBinding{std::move(*whole->offer.mutable_binding()),
                     envelope::LeafDigest(whole->bytes)};
}

absl::Status VisitSent(
    const View& view, std::string_view record_id, std::string_view after,
    const std::function<bool(std::string_view position, const SentRow& sent)>& visit,
    size_t* unreadable) {
  const std::string prefix = ledger::RowKey(ledger::Table::kSentOf, record_id);
  std::string from = prefix;
  if (!after.empty()) {
    from = ledger::RowKey(ledger::Table::kSentOf, after);
    from.push_back('\0');
  }
  absl::Status fault = absl::OkStatus();
  absl::Status scanned = view.snapshot().Scan(
      from, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        const std::string_view position = key.substr(1);
        if (position.size() != kRecordIdBytes + envelope::kExchangeIdBytes) return true;
        absl::StatusOr<SentRow> sent = ReadSent(view, position.substr(kRecordIdBytes));
        if (absl::IsDataLoss(sent.status()) || absl::IsNotFound(sent.status())) {
          if (unreadable != nullptr) ++*unreadable;
          return true;
        }
        if (!sent.ok()) {
          fault = sent.status();
          return false;
        }
        return visit(position, *sent);
      });
  return scanned.ok() ? fault : scanned;
}

bool IsEnded(SentState state) {
  switch (state) {
    case record::v1::SENT_STATE_COOLING_OFF:
    case record::v1::SENT_STATE_OFFERED:
    case record::v1::SENT_STATE_RELEASED:
      return false;
    default:
      return true;
  }
}

SentState ShownState(const SentExchange& row, uint64_t now_us) {
  if (row.state() == record::v1::SENT_STATE_COOLING_OFF && row.due_at_us() <= now_us) {
    return record::v1::SENT_STATE_OFFERED;
  }
  return row.state();
}

void ForgetKeys(SentExchange& row) {
  row.clear_sealed_key();
  row.clear_sealed_identity_key();
}

std::string SealShare(const crypto::DataKey& record_key, std::string_view exchange_id,
                      const SealedShare& share, crypto::Random& random) {
  crypto::Bytes plain(crypto::View(share.key.expose()));
  for (const envelope::FieldSalt& salt : share.salts) plain += crypto::View(salt);
  std::string sealed = crypto::Seal(record_key, DataOf(kShareLabel, exchange_id), plain, random);
  crypto::Wipe(plain);
  return sealed;
}

absl::StatusOr<SealedShare> OpenShare(const crypto::DataKey& record_key, const SentExchange& row) {
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(record_key, DataOf(kShareLabel, row.exchange_id()), row.sealed_key());
  if (!plain.ok()) return Unreadable();
  constexpr size_t kPiece = 32;
  if (plain->empty() || plain->size() % kPiece != 0) {
    crypto::Wipe(*plain);
    return Unreadable();
  }
  SealedShare share;
  for (size_t at = kPiece; at < plain->size(); at += kPiece) {
    share.salts.push_back(*crypto::ToFixed<kPiece>(std::string_view(*plain).substr(at, kPiece)));
  }
  absl::StatusOr<crypto::DataKey> key = crypto::DataKey::FromBytes(plain->substr(0, kPiece));
  crypto::Wipe(*plain);
  if (!key.ok()) return Unreadable();
  share.key = *std::move(key);
  return share;
}

std::string SealContext(const crypto::DataKey& record_key, std::string_view exchange_id,
                        const record::v1::ShareContext& context, crypto::Random& random) {
  return crypto::Seal(record_key, DataOf(kContextLabel, exchange_id), context.SerializeAsString(),
                      random);
}

absl::StatusOr<record::v1::ShareContext> OpenContext(const crypto::DataKey& record_key,
                                                     const SentExchange& row) {
  absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(record_key, DataOf(kContextLabel, row.exchange_id()), row.sealed_context());
  record::v1::ShareContext context;
  if (!plain.ok() || !context.ParseFromString(*plain)) return Unreadable();
  return context;
}

std::string_view EndingKind(bool partner_is_told) { return partner_is_told ? "cancel" : "end"; }

void WriteSent(const SentRow& before, SentExchange after, peer::v1::EnvelopeKind owed,
               uint64_t not_before_us, Effect& effect) {
  after.set_intent_entry(before.intent_index() + 1);
  const std::string key = SentKey(after.exchange_id());
  effect.preconditions.push_back({key, before.stamp});
  const std::string owed_key = OutboxKey(after.recipient(), after.exchange_id());
  if (owed == peer::v1::ENVELOPE_KIND_UNSPECIFIED) {
    effect.rows.push_back({owed_key, std::nullopt});
  } else {
    record::v1::OwedMessage message;
    message.set_kind(static_cast<uint32_t>(owed));
    message.set_not_before_us(not_before_us);
    // What takes something back waits for nothing.
    if (owed == peer::v1::ENVELOPE_KIND_KEY) message.set_case_token(CaseTokenOf(after));
    effect.rows.push_back({owed_key, message.SerializeAsString()});
  }
  effect.rows.push_back({key, after.SerializeAsString()});
}

std::string SenderPart(const SentExchange& row, const std::string& partnership,
                       std::string_view kind, std::string_view message_digest,
                       std::string_view outcome, const std::optional<ShownLog>& shown) {
  record::v1::CounterpartPart part;
  part.set_exchange_id(row.exchange_id());
  part.set_side(std::string(kSideSender));
  part.set_kind(std::string(kind));
  part.set_peer(row.recipient());
  part.set_partnership(partnership);
  part.set_message_digest(std::string(message_digest));
  part.set_outcome(std::string(outcome));
  part.set_offer_digest(row.offer_digest());
  if (shown) {
    part.set_peer_leaf_hash(std::string(crypto::View(shown->leaf_hash)));
    part.set_peer_size(shown->head.size);
    part.set_peer_root(std::string(crypto::View(shown->head.root)));
  }
  return part.SerializeAsString();
}

}  // namespace sluis::core
