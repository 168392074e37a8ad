#include "server/core/set_aside_head.h"

#include <algorithm>

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

absl::StatusOr<bool> StaysSetAside(const View& view, const PartnerHeads& heads,
                                   std::string_view partner, const crypto::TreeHead& head) {
  const absl::StatusOr<bool> aside = IsSetAside(view, partner, head);
  if (!aside.ok() || !*aside) return aside;
  const absl::StatusOr<bool> replaced = heads.WasReplaced(LogOriginOf(partner), head);
  if (!replaced.ok()) return replaced.status();
  return !*replaced;
}

absl::StatusOr<uint64_t> LastSetAsideUs(const View& view, std::string_view partner) {
  uint64_t last = 0;
  bool readable = true;
  const std::string prefix = Prefix(partner);
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::SplitRow(stored);
        uint64_t at_us = 0;
        readable = row.ok();
        if (readable) {
          crypto::Reader reader(row->value);
          readable = reader.U64(&at_us) && reader.done();
        }
        last = std::max(last, at_us);
        return readable;
      });
  if (!scanned.ok()) return scanned;
  if (!readable) {
    return absl::DataLossError(
        "a row about a partner's log that was set aside cannot be read; run the node's doctor");
  }
  return last;
}

absl::StatusOr<std::optional<crypto::TreeHead>> KnownHeadOf(const View& view,
                                                            const PartnerHeads& heads,
                                                            std::string_view partner) {
  absl::StatusOr<std::optional<crypto::TreeHead>> known = heads.Of(LogOriginOf(partner));
  if (!known.ok() || !known->has_value()) return known;
  const absl::StatusOr<bool> aside = StaysSetAside(view, heads, partner, **known);
  if (!aside.ok()) return aside.status();
  if (*aside) known->reset();
  return known;
}

}  // namespace sluis::core
