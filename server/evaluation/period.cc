#include "server/evaluation/period.h"

#include <utility>

#include "crypto/hash.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

crypto::Hash HashOf(const std::string& bytes) { return crypto::ToFixed<32>(bytes).value(); }

// Everything but whether it was proven, which changes.
bool SayTheSame(const peer::v1::EvaluatedItem& a, const peer::v1::EvaluatedItem& b) {
  return a.request_digest() == b.request_digest() && a.request_id() == b.request_id() &&
         a.leaf_hash() == b.leaf_hash() && a.case_token() == b.case_token() &&
         a.count() == b.count() && a.blinded_digest() == b.blinded_digest();
}

crypto::Hash DigestOf(const keys::Package& package, const PeriodScope& scope,
                      const std::map<std::pair<MemberIndex, uint32_t>, DayList>& lists,
                      const std::set<MemberIndex>& holders) {
  crypto::Bytes bytes = crypto::Lp("sluis/evaluation-period/v1");
  crypto::AppendLp(bytes, package.partnership);
  crypto::AppendLp(bytes, scope.asker);
  bytes.append(crypto::View(package.key_id));
  crypto::AppendU32(bytes, scope.first_day);
  crypto::AppendU32(bytes, scope.last_day);
  for (const auto& [at, list] : lists) {
    if (!holders.contains(at.first)) continue;
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
  const auto held = lists_.find(at);
  if (held != lists_.end()) {
    bool same = held->second.body.items_size() == list.body.items_size();
    for (int i = 0; same && i < list.body.items_size(); ++i) {
      same = SayTheSame(held->second.body.items(i), list.body.items(i));
    }
    if (!same) findings_.push_back({PeriodFault::kTwoLists, {}, {holder}});
    // What either of them says happened is looked at, whichever came first.
    if (!same) Merge(list);
    if (held->second.digest <= list.digest) return absl::OkStatus();
  } else {
    Merge(list);
  }
  lists_[at] = std::move(list);
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

absl::StatusOr<Period> Period::Gather(const keys::Package& package, const HolderKeys& keys,
                                      PeriodScope scope, std::span<const std::string> lists) {
  if (scope.last_day < scope.first_day || scope.last_day - scope.first_day >= kMaxPeriodDays) {
    return absl::InvalidArgumentError("a period has 1 to 92 days; give its first and last day");
  }
  Period out;
  out.scope_ = std::move(scope);
  for (const std::string& bytes : lists) {
    absl::StatusOr<DayList> list = ReadDayList(bytes);
    if (!list.ok()) return list.status();
    if (absl::Status added = out.Add(package, keys, *std::move(list)); !added.ok()) return added;
  }
  for (const keys::KeyHolder& holder : package.holders) {
    const size_t days = out.ListsOf(holder.index).size();
    const bool all = days == out.scope_.last_day - out.scope_.first_day + 1;
    (all ? out.holders_ : out.missing_).insert(holder.index);
  }
  // Any quorum has a member among the others then.
  if (out.holders_.size() + package.threshold <= package.holders.size()) {
    return absl::FailedPreconditionError(
        "so many holders gave no list that a request could be in none; ask them for their lists");
  }
  out.FindTwice();
  out.digest_ = DigestOf(package, out.scope_, out.lists_, out.holders_);
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

std::vector<crypto::Hash> Sample(const Period& period, const crypto::Hash& seed, size_t count) {
  std::map<crypto::Hash, crypto::Hash> by_rank;
  for (const auto& [digest, request] : period.requests()) {
    by_rank[crypto::Sha256({crypto::Lp("sluis/evaluation-rank/v1"), crypto::View(seed),
                            crypto::View(digest)})] = digest;
  }
  std::set<crypto::Hash> chosen;
  for (const auto& [rank, digest] : by_rank) {
    if (chosen.size() == count) break;
    chosen.insert(digest);
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace sluis::evaluation
