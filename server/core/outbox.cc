#include "server/core/outbox.h"

#include <array>
#include <string>
#include <utility>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/form.h"
#include "server/ledger/sealed_row.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {
namespace {

OwedRow RowOf(const View& view, std::string_view key, std::string_view stored) {
  const std::string_view id = key.substr(key.size() - envelope::kExchangeIdBytes);
  const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
  record::v1::OwedMessage owed;
  if (!row.ok() || !owed.ParseFromString(row->value) ||
      !peer::v1::EnvelopeKind_IsValid(static_cast<int>(owed.kind()))) {
    return {.id = id};
  }
  return {id, static_cast<peer::v1::EnvelopeKind>(owed.kind()), owed.not_before_us()};
}

// One that is there makes the id a used one.
std::array<std::string, 3> RowsOf(std::string_view partner, std::string_view exchange_id) {
  return {SentKey(exchange_id), ReceivedKey(exchange_id), OutboxKey(partner, exchange_id)};
}

}  // namespace

std::string OutboxKey(std::string_view partner, std::string_view exchange_id) {
  std::string rest(partner);
  rest.push_back('\0');
  rest += exchange_id;
  return ledger::RowKey(ledger::Table::kOutbox, rest);
}

absl::StatusOr<bool> IsUsed(const View& view, std::string_view partner,
                            std::string_view exchange_id) {
  for (const std::string& key : RowsOf(partner, exchange_id)) {
    const absl::StatusOr<uint64_t> stamp = view.StampOf(key);
    if (!stamp.ok()) return stamp.status();
    if (*stamp != ledger::kAbsent) return true;
  }
  return false;
}

void RequireUnused(std::string_view partner, std::string_view exchange_id, Effect& effect) {
  for (std::string& key : RowsOf(partner, exchange_id)) {
    effect.preconditions.push_back({std::move(key), ledger::kAbsent});
  }
}

absl::Status VisitOutbox(const View& view, std::string_view partner,
                         const std::function<bool(const OwedRow&)>& visit) {
  const std::string from =
      partner.empty() ? ledger::RowKey(ledger::Table::kOutbox) : OutboxKey(partner, {});
  return view.snapshot().Scan(from, storage::PrefixEnd(from),
                              [&](std::string_view key, std::string_view stored) {
                                if (key.size() < from.size() + envelope::kExchangeIdBytes)
                                  return true;
                                return visit(RowOf(view, key, stored));
                              });
}

absl::StatusOr<std::vector<std::string>> FormerPartners(const View& view,
                                                        const partnership::Manifest& manifest) {
  std::vector<std::string> former;
  const std::string all = ledger::RowKey(ledger::Table::kOutbox);
  const std::string end = storage::PrefixEnd(all);
  for (std::string from = all; from < end;) {
    std::string first;
    const absl::Status scanned =
        view.snapshot().Scan(from, end, [&first](std::string_view key, std::string_view) {
          first = key;
          return false;
        });
    if (!scanned.ok()) return scanned;
    if (first.empty()) break;
    // No id holds a zero byte: what ends the id ends in front of the exchange.
    const size_t length = first.find('\0', all.size());
    if (length == std::string::npos) {
      from = first + '\0';
      continue;
    }
    std::string partner = first.substr(all.size(), length - all.size());
    from = storage::PrefixEnd(OutboxKey(partner, {}));
    if (manifest.Find(partner) == nullptr) former.push_back(std::move(partner));
  }
  return former;
}

}  // namespace sluis::core
