#include "server/evaluation/period.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/hash.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

crypto::Hash HashOf(const std::string& bytes) { return crypto::ToFixed<32>(bytes).value(); }

// Everything but whether it was proven, which one holder may know and another not yet.
bool SayTheSame(const peer::v1::EvaluatedItem& a, const peer::v1::EvaluatedItem& b) {
  return a.request_digest() == b.request_digest() && a.request_id() == b.request_id() &&
         a.leaf_hash() == b.leaf_hash() && a.case_token() == b.case_token() &&
         a.count() == b.count() && a.blinded_digest() == b.blinded_digest();
}

absl::StatusOr<std::vector<DayList>> ReadAll(std::span<const std::string> lists) {
  std::vector<DayList> out;
  for (const std::string& bytes : lists) {
    absl::StatusOr<DayList> list = ReadDayList(bytes);
    if (!list.ok()) return list.status();
    out.push_back(*std::move(list));
  }
  std::sort(out.begin(), out.end(), [](const DayList& a, const DayList& b) {
    return std::tuple(a.body.holder(), a.body.day(), a.digest) <
           std::tuple(b.body.holder(), b.body.day(), b.digest);
  });
  return out;
}

crypto::Hash DigestOf(const keys::Package& package, const PeriodScope& scope,
                      const std::map<std::pair<MemberIndex, uint32_t>, DayList>& lists) {
  crypto::Bytes bytes = crypto::Lp("sluis/evaluation-period/v1");
  crypto::AppendLp(bytes, package.partnership);
  crypto::AppendLp(bytes, scope.asker);
  bytes.append(crypto::View(package.key_id));
  crypto::AppendU32(bytes, scope.first_day);
  crypto::AppendU32(bytes, scope.last_day);
  for (const auto& [at, list] : lists) {
    crypto::AppendU16(bytes, at.first);
    crypto::AppendU32(bytes, at.second);
    bytes.append(crypto::View(list.digest));
  }
  return crypto::Sha256(bytes);
}

}  // namespace

std::string_view PeriodFaultName(PeriodFault fault) {
  switch (fault) {
    case PeriodFault::kLeafUsedTwice:
      return "leaf_used_twice";
    case PeriodFault::kIdUsedTwice:
      return "id_used_twice";
    case PeriodFault::kHoldersDiffer:
      return "holders_differ";
    case PeriodFault::kTwoLists:
      return "two_lists";
    case PeriodFault::kUnproven:
      return "unproven";
    case PeriodFault::kAboveCaps:
      return "above_caps";
  }
  return "unknown";
}

absl::Status Period::Add(const keys::Package& package, const HolderKeys& keys, DayList list) {
  const auto holder = static_cast<MemberIndex>(list.body.holder());
  const auto known = keys.find(holder);
  if (package.Find(holder) == nullptr || known == keys.end() || !list.SignedBy(known->second)) {
    return absl::PermissionDeniedError(
        "a list of evaluations is not signed by the holder that it names; ask that holder for it");
  }
  if (list.body.partnership() != package.partnership || list.body.asker() != scope_.asker ||
      list.body.key_id() != crypto::View(package.key_id) || list.body.day() < scope_.first_day ||
      list.body.day() > scope_.last_day) {
    return absl::PermissionDeniedError(
        "a list of evaluations is about another asker, key or day; leave it out");
  }
  const std::pair<MemberIndex, uint32_t> at = {holder, list.body.day()};
  if (list.body.no_share()) without_share_.insert(holder);
  const auto held = lists_.find(at);
  if (held != lists_.end() && held->second.digest == list.digest) return absl::OkStatus();
  // What either of two lists says happened is looked at.
  Merge(list);
  if (held == lists_.end()) {
    lists_.emplace(at, std::move(list));
  } else {
    findings_.push_back({PeriodFault::kTwoLists, {}, {holder}});
  }
  return absl::OkStatus();
}

void Period::Merge(const DayList& list) {
  const auto holder = static_cast<MemberIndex>(list.body.holder());
  for (const peer::v1::EvaluatedItem& item : list.body.items()) {
    const auto [found, is_new] = requests_.try_emplace(HashOf(item.request_digest()));
    EvaluatedRequest& request = found->second;
    if (is_new) request.item = item;
    if (!SayTheSame(request.item, item)) {
      std::set<MemberIndex> holders = request.holders;
      holders.insert(holder);
      findings_.push_back({PeriodFault::kHoldersDiffer, {found->first}, std::move(holders)});
    }
    request.holders.insert(holder);
    request.proven_to_all = request.proven_to_all && item.proven();
  }
}

void Period::FindTwice() {
  std::map<std::string, std::vector<crypto::Hash>> leaves;
  std::map<std::string, std::vector<crypto::Hash>> ids;
  for (const auto& [digest, request] : requests_) {
    leaves[request.item.leaf_hash()].push_back(digest);
    ids[request.item.request_id()].push_back(digest);
    if (!request.proven_to_all) {
      findings_.push_back({PeriodFault::kUnproven, {digest}, request.holders});
    }
  }
  const auto report = [&](PeriodFault fault, const auto& groups) {
    for (const auto& [what, digests] : groups) {
      if (digests.size() < 2) continue;
      PeriodFinding finding{fault, digests, {}};
      for (const crypto::Hash& digest : digests) {
        const std::set<MemberIndex>& holders = requests_.at(digest).holders;
        finding.holders.insert(holders.begin(), holders.end());
      }
      findings_.push_back(std::move(finding));
    }
  };
  report(PeriodFault::kLeafUsedTwice, leaves);
  report(PeriodFault::kIdUsedTwice, ids);
}

void Period::FindAboveCaps(const Caps& caps) {
  std::map<std::pair<MemberIndex, std::string>, std::map<uint32_t, uint64_t>> cases;
  for (const auto& [at, list] : lists_) {
    uint64_t sum = 0;
    for (const peer::v1::EvaluatedItem& item : list.body.items()) {
      sum += item.count();
      cases[{at.first, item.case_token()}][at.second] += item.count();
    }
    if (sum > caps.per_asker_day) findings_.push_back({PeriodFault::kAboveCaps, {}, {at.first}});
  }
  for (const auto& [whose, days] : cases) {
    uint64_t sum = 0;
    auto from = days.begin();
    for (const auto& [day, count] : days) {
      sum += count;
      while (day - from->first >= caps.case_days) sum -= (from++)->second;
      if (sum <= caps.per_case) continue;
      findings_.push_back({PeriodFault::kAboveCaps, {}, {whose.first}});
      break;
    }
  }
}

absl::StatusOr<Period> Period::Gather(const keys::Package& package, const HolderKeys& keys,
                                      PeriodScope scope, const Caps& caps,
                                      std::span<const std::string> lists) {
  if (scope.last_day < scope.first_day || scope.last_day - scope.first_day >= kMaxPeriodDays) {
    return absl::InvalidArgumentError("a period has 1 to 92 days; give its first and last day");
  }
  const size_t days = scope.last_day - scope.first_day + 1;
  // Twice as many as there should be: who signs two lists is shown by two of them.
  if (lists.size() > 2 * days * package.holders.size()) {
    return absl::InvalidArgumentError(
        "there are more lists than holders and days; give each list once");
  }
  absl::StatusOr<std::vector<DayList>> read = ReadAll(lists);
  if (!read.ok()) return read.status();
  Period out;
  out.partnership_ = package.partnership;
  out.key_id_ = package.key_id;
  out.scope_ = std::move(scope);
  for (DayList& list : *read) {
    if (absl::Status added = out.Add(package, keys, std::move(list)); !added.ok()) return added;
  }
  std::map<uint32_t, size_t> listed;
  for (const auto& [at, list] : out.lists_) {
    if (!list.body.no_share()) ++listed[at.second];
  }
  for (uint32_t day = out.scope_.first_day; day <= out.scope_.last_day; ++day) {
    // Any quorum has a member among those who list then.
    if (listed[day] + package.threshold > package.holders.size()) continue;
    return absl::FailedPreconditionError(
        "so many holders gave no list that a request could be in none; ask them for their lists");
  }
  for (const keys::KeyHolder& holder : package.holders) {
    const bool all = out.ListsOf(holder.index).size() == days;
    (all ? out.holders_ : out.missing_).insert(holder.index);
  }
  out.FindTwice();
  out.FindAboveCaps(caps);
  out.digest_ = DigestOf(package, out.scope_, out.lists_);
  return out;
}

std::vector<const DayList*> Period::ListsOf(MemberIndex holder) const {
  std::vector<const DayList*> out;
  for (auto list = lists_.lower_bound({holder, 0});
       list != lists_.end() && list->first.first == holder; ++list) {
    out.push_back(&list->second);
  }
  return out;
}

}  // namespace sluis::evaluation
