#include "client/lib/finding.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluis::client {

std::string_view FindingKindName(FindingKind kind) {
  switch (kind) {
    case FindingKind::kMalformed:
      return "malformed";
    case FindingKind::kTruncated:
      return "truncated";
    case FindingKind::kTrailing:
      return "trailing";
    case FindingKind::kBadKey:
      return "bad-key";
    case FindingKind::kBadCheckpoint:
      return "bad-checkpoint";
    case FindingKind::kWrongKey:
      return "wrong-key";
    case FindingKind::kBadSignature:
      return "bad-signature";
    case FindingKind::kWrongOrigin:
      return "wrong-origin";
    case FindingKind::kCount:
      return "count";
    case FindingKind::kHashOnly:
      return "hash-only";
    case FindingKind::kDamaged:
      return "damaged";
    case FindingKind::kLeafFormat:
      return "leaf-format";
    case FindingKind::kIndex:
      return "index";
    case FindingKind::kTime:
      return "time";
    case FindingKind::kCommitment:
      return "commitment";
    case FindingKind::kMissing:
      return "missing";
    case FindingKind::kErasurePart:
      return "erasure-part";
    case FindingKind::kErasureRange:
      return "erasure-range";
    case FindingKind::kErasure:
      return "erasure";
    case FindingKind::kRoot:
      return "root";
    case FindingKind::kBadSeen:
      return "bad-seen";
    case FindingKind::kRewritten:
      return "rewritten";
    case FindingKind::kShorterThanSeen:
      return "shorter-than-seen";
  }
  return "malformed";
}

void SortFindings(std::vector<Finding>& findings) {
  // An empty optional is less than any value: the whole comes before its parts.
  const auto key = [](const Finding& finding) {
    return std::tuple(finding.index, finding.part, FindingKindName(finding.kind));
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
}

void FindingList::Add(Finding finding) {
  ++total_;
  if (kept_.size() < limit_) kept_.push_back(std::move(finding));
}

std::vector<Finding> FindingList::TakeSorted() {
  SortFindings(kept_);
  return std::move(kept_);
}

}  // namespace sluis::client
