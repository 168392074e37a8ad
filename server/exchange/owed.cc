#include "server/exchange/owed.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "server/ledger/sealed_row.h"
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
    case peer::v1::ENVELOPE_KIND_NOTICE:
      return 3;
    case peer::v1::ENVELOPE_KIND_RECEIPT:
      return 4;
    case peer::v1::ENVELOPE_KIND_KEY:
      return 5;
    default:
      return 6;
  }
}

// Cancel, Erasure, Refusal, Opened, Unopenable and Notice: none of them waits behind the window.
constexpr int kLastOfEndings = 3;

bool IsOlder(const Owed& a, const Owed& b) {
  return std::tie(a.not_before_us, a.exchange) < std::tie(b.not_before_us, b.exchange);
}

// Leaves the oldest kMostOwed.
void Cut(std::vector<Owed>& owed) {
  if (owed.size() <= kMostOwed) return;
  const auto end = owed.begin() + kMostOwed;
  std::nth_element(owed.begin(), end, owed.end(), IsOlder);
  owed.erase(end, owed.end());
}

}  // namespace

bool IsFinal(peer::v1::EnvelopeKind kind) {
  return kind == peer::v1::ENVELOPE_KIND_CANCEL || kind == peer::v1::ENVELOPE_KIND_REFUSAL ||
         kind == peer::v1::ENVELOPE_KIND_OPENED || kind == peer::v1::ENVELOPE_KIND_UNOPENABLE ||
         kind == peer::v1::ENVELOPE_KIND_NOTICE;
}

absl::StatusOr<std::vector<Owed>> OwedTo(const core::View& view, std::string_view partner,
                                         uint64_t now_us,
                                         const std::function<bool(const Owed&)>& wanted,
                                         size_t* unreadable) {
  std::string prefix = ledger::RowKey(ledger::Table::kOutbox, partner);
  prefix.push_back('\0');
  std::map<int, std::vector<Owed>> by_urgency;
  size_t unread = 0;
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        Owed one;
        record::v1::OwedMessage message;
        const absl::StatusOr<envelope::ExchangeId> exchange =
            crypto::ToFixed<envelope::kExchangeIdBytes>(key.substr(prefix.size()));
        const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        if (!exchange.ok() || !row.ok() || !message.ParseFromString(row->value) ||
            !peer::v1::EnvelopeKind_IsValid(static_cast<int>(message.kind()))) {
          ++unread;
          return true;
        }
        if (message.not_before_us() > now_us) return true;
        one = {*exchange, static_cast<peer::v1::EnvelopeKind>(message.kind()),
               message.not_before_us(), message.case_token(), message.leaf()};
        if (!wanted(one)) return true;
        std::vector<Owed>& kept = by_urgency[Urgency(one.kind)];
        kept.push_back(std::move(one));
        if (Urgency(kept.back().kind) > kLastOfEndings && kept.size() >= 2 * kMostOwed) Cut(kept);
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (unreadable != nullptr) *unreadable = unread;
  std::vector<Owed> owed;
  for (auto& [urgency, kept] : by_urgency) {
    if (urgency > kLastOfEndings) Cut(kept);
    std::sort(kept.begin(), kept.end(), IsOlder);
    std::move(kept.begin(), kept.end(), std::back_inserter(owed));
  }
  return owed;
}

}  // namespace sluis::exchange
