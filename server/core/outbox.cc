#include "server/core/outbox.h"

#include <string>

#include "server/core/received_exchange.h"
#include "server/envelope/form.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {
namespace {

OwedRow RowOf(std::string_view id, std::string_view stored) {
  const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
  record::v1::OwedMessage owed;
  if (!row.ok() || !owed.ParseFromString(row->value) ||
      !peer::v1::EnvelopeKind_IsValid(static_cast<int>(owed.kind()))) {
    return {.id = id};
  }
  return {id, static_cast<peer::v1::EnvelopeKind>(owed.kind()), owed.not_before_us()};
}

}  // namespace

absl::Status VisitOutbox(const View& view, std::string_view partner,
                         const std::function<bool(const OwedRow&)>& visit) {
  const std::string from =
      partner.empty() ? ledger::RowKey(ledger::Table::kOutbox) : OutboxKey(partner, {});
  return view.snapshot().Scan(
      from, storage::PrefixEnd(from), [&](std::string_view key, std::string_view stored) {
        if (key.size() < from.size() + envelope::kExchangeIdBytes) return true;
        return visit(RowOf(key.substr(key.size() - envelope::kExchangeIdBytes), stored));
      });
}

}  // namespace sluis::core
