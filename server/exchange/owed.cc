#include "server/exchange/owed.h"

#include <algorithm>
#include <tuple>

#include "server/ledger/row.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::exchange {
namespace {

// Smaller is sent sooner.
int Urgency(peer::v1::EnvelopeKind kind) {
  switch (kind) {
    case peer::v1::ENVELOPE_KIND_CANCEL:
      return 0;
    case peer::v1::ENVELOPE_KIND_ERASURE:
      return 1;
    case peer::v1::ENVELOPE_KIND_REFUSAL:
      return 2;
    case peer::v1::ENVELOPE_KIND_OPENED:
    case peer::v1::ENVELOPE_KIND_UNOPENABLE:
      return 3;
    case peer::v1::ENVELOPE_KIND_RECEIPT:
      return 4;
    case peer::v1::ENVELOPE_KIND_KEY:
      return 5;
    default:
      return 6;
  }
}

}  // namespace

bool IsFinal(peer::v1::EnvelopeKind kind) {
  return kind == peer::v1::ENVELOPE_KIND_CANCEL || kind == peer::v1::ENVELOPE_KIND_REFUSAL ||
         kind == peer::v1::ENVELOPE_KIND_OPENED || kind == peer::v1::ENVELOPE_KIND_UNOPENABLE;
}

absl::StatusOr<std::vector<Owed>> OwedTo(const core::View& view, std::string_view partner,
                                         uint64_t now_us,
                                         const std::function<bool(const Owed&)>& wanted) {
  std::string prefix = ledger::RowKey(ledger::Table::kOutbox, partner);
  prefix.push_back('\0');
  std::vector<Owed> owed;
  bool readable = true;
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        Owed one;
        record::v1::OwedMessage message;
        const absl::StatusOr<envelope::ExchangeId> exchange =
            crypto::ToFixed<envelope::kExchangeIdBytes>(key.substr(prefix.size()));
        const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
        readable = exchange.ok() && row.ok() && message.ParseFromString(row->value) &&
                   peer::v1::EnvelopeKind_IsValid(static_cast<int>(message.kind()));
        if (!readable) return false;
        if (message.not_before_us() > now_us) return true;
        one = {*exchange, static_cast<peer::v1::EnvelopeKind>(message.kind()),
               message.not_before_us(), message.case_token()};
        if (wanted(one)) owed.push_back(std::move(one));
        return owed.size() < kMostOwed;
      });
  if (!scanned.ok()) return scanned;
  if (!readable) {
    return absl::DataLossError("a row of the outbox cannot be read; put the node back");
  }
  std::sort(owed.begin(), owed.end(), [](const Owed& a, const Owed& b) {
    return std::tuple(Urgency(a.kind), a.not_before_us, a.exchange) <
           std::tuple(Urgency(b.kind), b.not_before_us, b.exchange);
  });
  return owed;
}

}  // namespace sluis::exchange
