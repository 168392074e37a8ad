#include "server/core/received_exchange.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "server/core/outbox.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/terms.h"
#include "server/ledger/sealed_row.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::core {
namespace {

using ledger::RowKey;
using ledger::Table;
using record::v1::ReceivedExchange;

// The number of a reason is its place.
constexpr std::array<std::string_view, 6> kUnopenable = {"",           "wrap",  "key",
                                                         "ciphertext", "terms", "fields"};
constexpr std::array<std::string_view, 7> kRefusal = {"",        "rule",     "update", "signature",
                                                      "expired", "replayed", "unknown"};
static_assert(kUnopenable.size() == peer::v1::UnopenableReason_ARRAYSIZE);
static_assert(kRefusal.size() == peer::v1::RefusalReason_ARRAYSIZE);

constexpr size_t kPositionBytes = 8 + 16;

absl::Status Unreadable() {
  return absl::DataLossError("a received exchange cannot be read; run the node's doctor");
}

}  // namespace

std::string ReceivedKey(std::string_view exchange_id) {
  return RowKey(Table::kReceived, exchange_id);
}

std::string ReceivedOrderKey(uint64_t received_at_us, std::string_view exchange_id) {
  std::string rest;
  crypto::AppendU64(rest, received_at_us);
  rest += exchange_id;
  return RowKey(Table::kReceivedOrder, rest);
}

std::string_view UnopenableWord(peer::v1::UnopenableReason reason) {
  return kUnopenable.at(static_cast<size_t>(reason));
}
std::string_view RefusalWord(peer::v1::RefusalReason reason) {
  return kRefusal.at(static_cast<size_t>(reason));
}

absl::StatusOr<ReceivedRow> ReadReceived(const View& view, std::string_view exchange_id) {
  absl::StatusOr<ledger::Row> row =
      ledger::ReadRow(view.snapshot(), view.keyring(), ReceivedKey(exchange_id));
  if (!row.ok()) return row.status();
  if (row->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such exchange");
  ReceivedRow received;
  received.stamp = row->stamp;
  if (!received.row.ParseFromString(row->value) || received.row.exchange_id() != exchange_id) {
    return Unreadable();
  }
  return received;
}

absl::StatusOr<std::string> RecordNamed(const View& view, const std::string& id) {
  const absl::StatusOr<uint64_t> stamp = view.StampOf(RecordKey(id));
  if (!stamp.ok()) return stamp.status();
  if (*stamp != ledger::kAbsent) return id;
  const absl::StatusOr<ReceivedRow> received = ReadReceived(view, id);
  if (absl::IsNotFound(received.status())) return id;
  if (!received.ok()) return received.status();
  return received->row.record_id().empty() ? id : received->row.record_id();
}

absl::StatusOr<StoredOffer> OfferOf(const ReceivedExchange& row) {
  absl::StatusOr<envelope::RecordProof> proof = envelope::ReadRecordProof(row.offer_proof());
  if (!proof.ok() || !std::holds_alternative<peer::v1::Offer>(proof->leaf)) return Unreadable();
  absl::StatusOr<peer::v1::Terms> terms =
      envelope::ReadTerms(std::get<peer::v1::Offer>(proof->leaf).terms());
  if (!terms.ok()) return Unreadable();
  return StoredOffer{*std::move(proof), *std::move(terms)};
}

absl::StatusOr<KeptOffer> KeptOfferOf(const ReceivedExchange& row) {
  peer::v1::RecordProof proof;
  peer::v1::Offer offer;
  if (!proof.ParseFromString(row.offer_proof()) || !offer.ParseFromString(proof.leaf()) ||
      offer.binding().exchange_id() != row.exchange_id()) {
    return Unreadable();
  }
  const bool has_terms = !offer.terms().empty();
  return KeptOffer{std::move(*offer.mutable_binding()), has_terms};
}

void ForgetTerms(ReceivedExchange& row) {
  row.clear_accepted();
  absl::StatusOr<KeptOffer> kept = KeptOfferOf(row);
  if (!kept.ok()) return;
  peer::v1::Offer left;
  *left.mutable_binding() = std::move(kept->binding);
  peer::v1::RecordProof proof;
  proof.set_leaf(left.SerializeAsString());
  row.set_offer_proof(proof.SerializeAsString());
}

envelope::SignedAct ActAbout(const peer::v1::Binding& binding, const peer::v1::Terms& terms,
                             std::string_view action) {
  envelope::SignedAct act{binding.partnership(), binding.sender(), binding.recipient(), action, {}};
  std::copy_n(binding.exchange_id().begin(), act.item.exchange.size(), act.item.exchange.begin());
  act.item.case_token = terms.case_token();
  act.item.fields_root = envelope::FieldsRoot({});
  return act;
}

absl::Status VisitReceivedNewestFirst(
    const View& view, std::string_view before,
    const std::function<bool(std::string_view, const ReceivedRow&)>& visit) {
  const std::string from = RowKey(Table::kReceivedOrder);
  const std::string until =
      before.empty() ? storage::PrefixEnd(from) : RowKey(Table::kReceivedOrder, before);
  absl::Status fault = absl::OkStatus();
  absl::Status scanned =
      view.snapshot().ScanReverse(from, until, [&](std::string_view key, std::string_view) {
        const std::string_view position = key.substr(1);
        if (position.size() != kPositionBytes) return true;
        absl::StatusOr<ReceivedRow> received = ReadReceived(view, position.substr(8));
        if (absl::IsDataLoss(received.status()) || absl::IsNotFound(received.status())) {
          return true;  // it must keep nobody from the others
        }
        if (!received.ok()) {
          fault = received.status();
          return false;
        }
        return visit(position, *received);
      });
  return scanned.ok() ? fault : scanned;
}

void WriteReceived(const ReceivedRow& before, ReceivedExchange after, Effect& effect) {
  after.set_collected_entry(before.collected_entry());
  const std::string key = ReceivedKey(after.exchange_id());
  effect.preconditions.push_back({key, before.stamp});
  effect.rows.push_back({key, after.SerializeAsString()});
}

void Owe(const ReceivedExchange& row, peer::v1::EnvelopeKind kind, uint64_t not_before_us,
         std::string_view case_token, Effect& effect) {
  const std::string key = OutboxKey(row.sender(), row.exchange_id());
  if (kind == peer::v1::ENVELOPE_KIND_UNSPECIFIED) {
    effect.rows.push_back({key, std::nullopt});
    return;
  }
  record::v1::OwedMessage owed;
  owed.set_kind(static_cast<uint32_t>(kind));
  owed.set_not_before_us(not_before_us);
  owed.set_case_token(std::string(case_token));
  effect.rows.push_back({key, owed.SerializeAsString()});
}

std::string ReceiverPart(const ReceivedExchange& row, const std::string& partnership,
                         std::string_view kind, std::string_view message_digest,
                         std::string_view outcome) {
  record::v1::CounterpartPart part;
  part.set_exchange_id(row.exchange_id());
  part.set_side(std::string(envelope::kSideReceiver));
  part.set_kind(std::string(kind));
  part.set_peer(row.sender());
  part.set_partnership(partnership);
  part.set_message_digest(std::string(message_digest));
  part.set_outcome(std::string(outcome));
  if (row.offer_digest() != message_digest) part.set_offer_digest(row.offer_digest());
  return part.SerializeAsString();
}

}  // namespace sluis::core
