#include "server/core/set_aside_head.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/sent_exchange.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

std::string Prefix(std::string_view partner) {
  std::string prefix = ledger::RowKey(ledger::Table::kSetAsideHead, partner);
  prefix.push_back('\0');
  return prefix;
}

// One act. Of rows from before, no one knows what took the place of the head.
struct Act {
  std::string key;
  uint64_t stamp = 0;
  uint64_t accepted_at_us = 0;
  crypto::TreeHead head;
  crypto::TreeHead instead;  // of size 0: none yet
};

bool ReadHead(crypto::Reader& reader, crypto::TreeHead& head) {
  crypto::BytesView root;
  if (!reader.U64(&head.size) || !reader.Fixed(32, &root)) return false;
  head.root = *crypto::ToFixed<32>(root);
  return true;
}

bool ReadAct(std::string_view rest, std::string_view stored, Act& act) {
  const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
  crypto::Reader key(rest);
  if (!row.ok() || !ReadHead(key, act.head) || !key.done()) return false;
  act.stamp = row->stamp;
  crypto::Reader value(row->value);
  return value.U64(&act.accepted_at_us) &&
         (value.done() || (ReadHead(value, act.instead) && value.done()));
}

// By time.
absl::StatusOr<std::vector<Act>> ActsOf(const View& view, std::string_view partner) {
  std::vector<Act> acts;
  bool readable = true;
  const std::string prefix = Prefix(partner);
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        Act& act = acts.emplace_back();
        act.key = key;
        readable = ReadAct(key.substr(prefix.size()), stored, act);
        return readable;
      });
  if (!scanned.ok()) return scanned;
  if (!readable) {
    return absl::DataLossError(
        "a row about a partner's log that was set aside cannot be read; run the node's doctor");
  }
  std::stable_sort(acts.begin(), acts.end(),
                   [](const Act& a, const Act& b) { return a.accepted_at_us < b.accepted_at_us; });
  return acts;
}

}  // namespace

std::string SetAsideKey(std::string_view partner, const crypto::TreeHead& head) {
  std::string key = Prefix(partner);
  crypto::AppendU64(key, head.size);
  key.append(crypto::View(head.root));
  return key;
}

ledger::RowWrite SetAsideRow(std::string_view partner, const crypto::TreeHead& head,
                             uint64_t accepted_at_us) {
  std::string value;
  crypto::AppendU64(value, accepted_at_us);
  return {SetAsideKey(partner, head), std::move(value)};
}

absl::StatusOr<bool> IsSetAside(const View& view, std::string_view partner,
                                const crypto::TreeHead& head) {
  const absl::StatusOr<uint64_t> stamp = view.StampOf(SetAsideKey(partner, head));
  if (!stamp.ok()) return stamp.status();
  return *stamp != ledger::kAbsent;
}

absl::StatusOr<bool> MayBeLost(const View& view, std::string_view partner,
                               const crypto::TreeHead& head, uint64_t shared_at_us) {
  const absl::StatusOr<std::vector<Act>> acts = ActsOf(view, partner);
  if (!acts.ok()) return acts.status();
  return std::any_of(acts->begin(), acts->end(), [&](const Act& act) {
    return shared_at_us <= act.accepted_at_us && (head == act.head || head.size < act.head.size);
  });
}

absl::StatusOr<uint64_t> LastSetAsideUs(const View& view, std::string_view partner) {
  const absl::StatusOr<std::vector<Act>> acts = ActsOf(view, partner);
  if (!acts.ok()) return acts.status();
  return acts->empty() ? 0 : acts->back().accepted_at_us;
}

absl::StatusOr<KnownLog> KnownLogOf(const View& view, const PartnerHeads& heads,
                                    std::string_view partner) {
  const absl::StatusOr<std::optional<crypto::TreeHead>> stored = heads.Of(LogOriginOf(partner));
  if (!stored.ok()) return stored.status();
  KnownLog known{.head = *stored};
  if (!known.head) return known;
  const absl::StatusOr<std::vector<Act>> acts = ActsOf(view, partner);
  if (!acts.ok()) return acts.status();
  const bool aside = std::any_of(acts->begin(), acts->end(),
                                 [&](const Act& act) { return act.head == *known.head; });
  if (!aside) return known;
  const absl::StatusOr<bool> replaced = heads.WasReplaced(LogOriginOf(partner), *known.head);
  if (!replaced.ok()) return replaced.status();
  // One act is for one other log: known again, it is known like any other.
  if (*replaced) return known;
  known.set_aside = *known.head;
  known.instead = acts->back().instead;
  known.head.reset();
  if (known.instead.size > 0) known.head = known.instead;
  return known;
}

absl::StatusOr<std::optional<crypto::TreeHead>> KnownHeadOf(const View& view,
                                                            const PartnerHeads& heads,
                                                            std::string_view partner) {
  absl::StatusOr<KnownLog> known = KnownLogOf(view, heads, partner);
  if (!known.ok()) return known.status();
  return known->head;
}

absl::Status AddReplaced(const View& view, const PartnerHeads& heads, std::string_view partner,
                         Effect& effect) {
  const absl::StatusOr<std::vector<Act>> acts = ActsOf(view, partner);
  if (!acts.ok()) return acts.status();
  if (acts->empty() || acts->back().instead.size > 0) return absl::OkStatus();
  const Act& last = acts->back();
  const absl::StatusOr<bool> replaced = heads.WasReplaced(LogOriginOf(partner), last.head);
  if (!replaced.ok() || !*replaced) return replaced.status();
  const absl::StatusOr<std::optional<crypto::TreeHead>> known = heads.Of(LogOriginOf(partner));
  if (!known.ok() || !known->has_value()) return known.status();
  std::string value;
  crypto::AppendU64(value, last.accepted_at_us);
  crypto::AppendU64(value, (*known)->size);
  value.append(crypto::View((*known)->root));
  effect.preconditions.push_back({last.key, last.stamp});
  effect.rows.push_back({last.key, std::move(value)});
  return absl::OkStatus();
}

}  // namespace sluis::core
