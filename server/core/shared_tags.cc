#include "server/core/shared_tags.h"

#include <algorithm>
#include <utility>

#include "server/core/asked_evaluation.h"
#include "server/core/ceremony_rows.h"
#include "server/core/end_evaluation.h"
#include "server/core/identity_kinds.h"
#include "server/core/key_use.h"
#include "server/evaluation/tags.h"

namespace sluis::core {
namespace {

struct StoredElement {
  std::string key;
  uint64_t stamp = 0;
};

// The rows that begin so.
absl::StatusOr<std::vector<StoredElement>> RowsOf(const View& view, const std::string& prefix) {
  std::vector<StoredElement> rows;
  absl::Status fault;
  const absl::Status visited = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<uint64_t> stamp = ledger::StampOf(stored);
        if (!stamp.ok()) {
          fault = stamp.status();
          return false;
        }
        rows.push_back({std::string(key), *stamp});
        return true;
      });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  return rows;
}

}  // namespace

bool MayCross(const Call& call, std::string_view kind) {
  const identity::KeyKinds used = IdentityKindsOn(*call.terms, call.today);
  return std::any_of(identity::kKeyKinds.begin(), identity::kKeyKinds.end(),
                     [&](identity::KeyKind one) {
                       return identity::IdType(one) == kind && used.Uses(one) &&
                              identity::ReachOf(one) == identity::Reach::kAcrossNodes;
                     });
}

absl::StatusOr<std::vector<KeyForTags>> KeysForTags(const Call& call, const View& view,
                                                    std::string_view purpose) {
  std::vector<KeyForTags> keys;
  const std::string& partnership = call.terms->partnership;
  const absl::Status visited =
      VisitPinnedForTags(view, partnership, purpose, [&](const PinnedKey& one) {
        if (!MayUse(one.row, *call.terms, call.now_us).ok()) return;
        keys.push_back(
            {std::string(crypto::View(one.package.key_id)),
             {PinnedKeyKey(partnership, purpose, record::v1::KEY_USE_TAGS, one.package.epoch),
              one.stamp}});
      });
  if (!visited.ok()) return visited;
  return keys;
}

absl::StatusOr<TravellingTags> TagsFor(const Call& call, const View& view,
                                       const record::v1::StoredRecord& record,
                                       std::string_view recipient) {
  TravellingTags out;
  const std::string all = ElementsOf(record.record_id());
  // Of most records nothing stands here: no key is read for them.
  const absl::StatusOr<std::vector<StoredElement>> any = RowsOf(view, all);
  if (!any.ok()) return any.status();
  if (any->empty() || !record.has_identity()) return out;
  const std::string& partnership = call.terms->partnership;
  const absl::StatusOr<PinnedKey> pinned = NewestPinnedKey(view, partnership, call.purpose);
  if (absl::IsNotFound(pinned.status())) return out;
  if (!pinned.ok()) return pinned.status();
  if (!MayUse(pinned->row, *call.terms, call.now_us).ok()) return out;
  const keys::Package& package = pinned->package;
  const std::string under = all + std::string(crypto::View(package.key_id));
  for (const StoredElement& row : *any) {
    if (!row.key.starts_with(under)) continue;
    const absl::StatusOr<evaluation::KeptElement> kept =
        ReadElement(view, record.record_id(), row.key);
    if (absl::IsNotFound(kept.status())) continue;
    if (!kept.ok()) return kept.status();
    const std::string_view kind = identity::IdType(kept->kind);
    if (kept->key_id != package.key_id || kept->purpose != call.purpose ||
        kept->partnership != partnership || !MayCross(call, kind)) {
      continue;
    }
    peer::v1::ShareTag& tag = out.tags.emplace_back();
    tag.set_key_id(std::string(crypto::View(kept->key_id)));
    tag.set_kind(std::string(kind));
    tag.set_tag(
        std::string(crypto::View(evaluation::ShareTag(kept->element, kept->key_id, recipient))));
    out.rests_on.push_back({row.key, row.stamp});
  }
  std::sort(out.tags.begin(), out.tags.end(),
            [](const auto& a, const auto& b) { return a.kind() < b.kind(); });
  if (out.tags.empty()) return out;
  out.rests_on.push_back(
      {PinnedKeyKey(partnership, call.purpose, record::v1::KEY_USE_TAGS, package.epoch),
       pinned->stamp});
  return out;
}

}  // namespace sluis::core
