#include "server/exchange/owed.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "server/core/outbox.h"
#include "server/ledger/log_state.h"
#include "server/ledger/row.h"
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
    case peer::v1::ENVELOPE_KIND_CEREMONY:
      return 3;
    case peer::v1::ENVELOPE_KIND_RECEIPT:
      return 4;
    case peer::v1::ENVELOPE_KIND_KEY:
      return 5;
    default:
      return 6;
  }
}

// Cancel, Erasure, Refusal, Opened, Unopenable, Notice and what ceremonies send: none of them waits
// behind the window.
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
         kind == peer::v1::ENVELOPE_KIND_NOTICE || kind == peer::v1::ENVELOPE_KIND_CEREMONY;
}

absl::StatusOr<OwedRows::Found> OwedRows::Find(const core::View& view, std::string_view partner,
                                               const std::vector<Row>& known) const {
  const std::string prefix = core::OutboxKey(partner, {});
  Found found;
  auto next = known.begin();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const std::string_view id = key.substr(prefix.size());
        while (next != known.end() && next->owed->id() < id) ++next;
        const absl::StatusOr<uint64_t> stamp = ledger::StampOf(stored);
        if (stamp.ok() && next != known.end() && next->owed->id() == id && next->stamp == *stamp) {
          found.rows.push_back(*next);
          return true;
        }
        const absl::StatusOr<envelope::ExchangeId> exchange =
            crypto::ToFixed<envelope::kExchangeIdBytes>(id);
        const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        record::v1::OwedMessage message;
        if (!exchange.ok() || !row.ok() || !message.ParseFromString(row->value) ||
            !peer::v1::EnvelopeKind_IsValid(static_cast<int>(message.kind()))) {
          ++found.unreadable;
          return true;
        }
        found.rows.push_back(
            {row->stamp,
             std::make_shared<const Owed>(
                 Owed{*exchange, static_cast<peer::v1::EnvelopeKind>(message.kind()),
                      message.not_before_us(), message.case_token(), message.leaf(), row->stamp})});
        return true;
      });
  if (!scanned.ok()) return scanned;
  return found;
}

absl::StatusOr<std::shared_ptr<const OwedRows::Found>> OwedRows::Look(const core::View& view,
                                                                      std::string_view partner) {
  auto known = std::make_shared<const Found>();
  {
    std::lock_guard lock(mutex_);
    const auto kept = known_.find(partner);
    if (kept != known_.end()) known = kept->second;
  }
  const auto state = ledger::ReadLogState(view.snapshot());
  if (!state.ok()) return state.status();
  if (state->has_value() && known->log_size == (*state)->size()) return known;
  absl::StatusOr<Found> found = Find(view, partner, known->rows);
  if (!found.ok()) return found.status();
  if (state->has_value() && found->unreadable == 0) found->log_size = (*state)->size();
  auto all = std::make_shared<const Found>(*std::move(found));
  auto kept = all;
  if (all->rows.size() > kMostRemembered) {
    kept = std::make_shared<const Found>(
        Found{{all->rows.begin(), all->rows.begin() + kMostRemembered}, 0, std::nullopt});
  }
  const std::lock_guard lock(mutex_);
  known_.insert_or_assign(std::string(partner), std::move(kept));
  return all;
}

absl::StatusOr<std::vector<Owed>> OwedRows::To(const core::View& view, std::string_view partner,
                                               uint64_t now_us,
                                               const std::function<bool(const Owed&)>& wanted,
                                               size_t* unreadable) {
  const absl::StatusOr<std::shared_ptr<const Found>> found = Look(view, partner);
  if (!found.ok()) return found.status();
  if (unreadable != nullptr) *unreadable = (*found)->unreadable;

  std::map<int, std::vector<Owed>> by_urgency;
  for (const Row& row : (*found)->rows) {
    const Owed& one = *row.owed;
    // Messages of ceremonies have a time for their order alone, which lies ahead once the clock was
    // set back: they never wait for it.
    const bool waits = one.kind != peer::v1::ENVELOPE_KIND_CEREMONY && one.not_before_us > now_us;
    if (waits || !wanted(one)) continue;
    const int urgency = Urgency(one.kind);
    std::vector<Owed>& kept = by_urgency[urgency];
    kept.push_back(one);
    if (urgency > kLastOfEndings && kept.size() >= 2 * kMostOwed) Cut(kept);
  }
  std::vector<Owed> owed;
  for (auto& [urgency, kept] : by_urgency) {
    if (urgency > kLastOfEndings) Cut(kept);
    std::sort(kept.begin(), kept.end(), IsOlder);
    std::move(kept.begin(), kept.end(), std::back_inserter(owed));
  }
  return owed;
}

}  // namespace sluis::exchange
