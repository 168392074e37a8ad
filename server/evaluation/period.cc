#include "server/evaluation/period.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "server/evaluation/limits.h"
#include "server/evaluation/stated_period.h"

namespace sluis::evaluation {
namespace {

crypto::Hash HashOf(const std::string& bytes) { return crypto::ToFixed<32>(bytes).value(); }

// Everything but whether it was proven, which one holder may know and another not yet.
bool SayTheSame(const peer::v1::EvaluatedItem& a, const peer::v1::EvaluatedItem& b) {
  return a.request_digest() == b.request_digest() && a.request_id() == b.request_id() &&
         a.leaf_hash() == b.leaf_hash() && a.case_token() == b.case_token() &&
         a.count() == b.count() && a.generation() == b.generation() &&
         a.blinded_digest() == b.blinded_digest();
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

bool InForce(const Sharing& sharing, uint32_t day) {
  return sharing.first_day <= day && day <= sharing.last_day;
}

// Whether it held a share that day.
bool Held(std::span<const Sharing> sharings, MemberIndex holder, uint32_t day) {
  return std::any_of(sharings.begin(), sharings.end(), [&](const Sharing& sharing) {
    return InForce(sharing, day) && sharing.package.Find(holder) != nullptr;
  });
}

absl::Status CheckScope(std::span<const Sharing> sharings, const PeriodScope& scope, size_t lists) {
  if (scope.last_day < scope.first_day || scope.last_day - scope.first_day >= kMaxPeriodDays ||
      scope.last_day > kLastDay) {
    return absl::InvalidArgumentError(
        "a period has 1 to 92 days before the year 10000; give its first and last day");
  }
  if (sharings.empty() || sharings.size() > kMaxSharings) {
    return absl::InvalidArgumentError(
        "a period takes the 1 to 16 sharings of the key that were in force; give those");
  }
  size_t expected = 0;
  for (const Sharing& sharing : sharings) {
    const keys::Package& package = sharing.package;
    if (package.key_id != sharings.front().package.key_id ||
        package.partnership != sharings.front().package.partnership) {
      return absl::InvalidArgumentError(
          "sharings of two keys are two periods; gather the lists of each by itself");
    }
    expected += package.holders.size() * (scope.last_day - scope.first_day + 1);
  }
  for (uint32_t day = scope.first_day; day <= scope.last_day; ++day) {
    if (std::none_of(sharings.begin(), sharings.end(),
                     [&](const Sharing& sharing) { return InForce(sharing, day); })) {
      return absl::InvalidArgumentError(
          "no sharing was in force on a day of the period; give the package of each day");
    }
  }
  // Twice as many as there should be: who signs two lists is shown by two of them.
  if (lists > 2 * expected) {
    return absl::InvalidArgumentError(
        "there are more lists than holders and days; give each list once");
  }
  return absl::OkStatus();
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
    case PeriodFault::kNoShare:
      return "no_share";
    case PeriodFault::kForkedLog:
      return "forked_log";
    case PeriodFault::kOtherSharing:
      return "other_sharing";
  }
  return "unknown";
}

void Period::Report(PeriodFinding finding) {
  if (findings_.size() == kMaxFindings) {
    more_findings_ = true;
  } else {
    findings_.push_back(std::move(finding));
  }
}

absl::Status Period::Add(std::span<const Sharing> sharings, const HolderKeys* keys, DayList list) {
  const auto holder = static_cast<MemberIndex>(list.body.holder());
  const auto is_signed = [&] {
    const auto known = keys->find(holder);
    return known != keys->end() && list.SignedBy(known->second);
  };
  const bool is_holder = std::any_of(sharings.begin(), sharings.end(), [&](const Sharing& one) {
    return one.package.Find(holder) != nullptr;
  });
  if (!is_holder || (keys != nullptr && !is_signed())) {
    return absl::PermissionDeniedError(
        "a list of evaluations is not signed by the holder that it names; ask that holder for it");
  }
  if (list.body.partnership() != partnership_ || list.body.asker() != scope_.asker ||
      list.body.key_id() != crypto::View(key_id_) || list.body.day() < scope_.first_day ||
      list.body.day() > scope_.last_day) {
    return absl::PermissionDeniedError(
        "a list of evaluations is about another asker, key or day; leave it out");
  }
  items_ += static_cast<size_t>(list.body.items_size());
  if (items_ > kMaxPeriodItems) {
    return absl::InvalidArgumentError(
        "the lists name more requests than can be looked at together; take a shorter period");
  }
  const std::pair<MemberIndex, uint32_t> at = {holder, list.body.day()};
  if (list.body.no_share() && Held(sharings, holder, at.second)) without_share_.insert(holder);
  const auto held = lists_.find(at);
  if (held != lists_.end() && held->second.digest == list.digest) return absl::OkStatus();
  // What either of two lists says happened is looked at.
  Merge(list);
  if (held == lists_.end()) {
    lists_.emplace(at, std::move(list));
  } else {
    Report({PeriodFault::kTwoLists, {}, {holder}});
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
      request.differs = true;
      std::set<MemberIndex> holders = request.holders;
      holders.insert(holder);
      Report({PeriodFault::kHoldersDiffer, {found->first}, std::move(holders)});
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
      Report({PeriodFault::kUnproven, {digest}, request.holders});
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
      Report(std::move(finding));
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
    if (sum > caps.per_asker_day) Report({PeriodFault::kAboveCaps, {}, {at.first}});
  }
  for (const auto& [whose, days] : cases) {
    uint64_t sum = 0;
    auto from = days.begin();
    for (const auto& [day, count] : days) {
      sum += count;
      while (day - from->first >= caps.case_days) sum -= (from++)->second;
      if (sum <= caps.per_case) continue;
      Report({PeriodFault::kAboveCaps, {}, {whose.first}});
      break;
    }
  }
}

// Any quorum of each sharing has a member among those who list a day on which it was in force.
absl::Status Period::CheckEnough(std::span<const Sharing> sharings) {
  for (uint32_t day = scope_.first_day; day <= scope_.last_day; ++day) {
    for (const Sharing& sharing : sharings) {
      if (!InForce(sharing, day)) continue;
      size_t listed = 0;
      for (const keys::KeyHolder& holder : sharing.package.holders) {
        const auto list = lists_.find({holder.index, day});
        if (list != lists_.end() && !list->second.body.no_share()) ++listed;
      }
      if (listed + sharing.package.threshold > sharing.package.holders.size()) continue;
      return absl::FailedPreconditionError(
          "so many holders gave no list that a request could be in none; ask them for their lists");
    }
  }
  return absl::OkStatus();
}

// What lists say of sharings, held against the sharings in force.
void Period::CheckSharings(std::span<const Sharing> sharings) {
  std::map<MemberIndex, std::set<uint32_t>> since;
  std::set<crypto::Hash> other;
  std::map<uint64_t, std::map<crypto::Hash, std::set<MemberIndex>>> roots;
  for (const auto& [at, list] : lists_) {
    since[at.first].insert(list.body.since_day());
    for (const peer::v1::EvaluatedItem& item : list.body.items()) {
      const bool in_force = std::any_of(
          sharings.begin(), sharings.end(), [&, day = at.second](const Sharing& sharing) {
            return InForce(sharing, day) && sharing.package.generation == item.generation();
          });
      const crypto::Hash request = HashOf(item.request_digest());
      if (!in_force && other.insert(request).second) {
        Report({PeriodFault::kOtherSharing, {request}, {at.first}});
      }
    }
    if (list.body.log_size() > 0) {
      const crypto::TreeHead head = {list.body.log_size(), HashOf(list.body.log_root())};
      roots[head.size][head.root].insert(at.first);
    }
  }
  for (const auto& [size, of_size] : roots) {
    std::set<MemberIndex> holders;
    for (const auto& [root, who] : of_size) {
      log_heads_.push_back({size, root});
      holders.insert(who.begin(), who.end());
    }
    if (of_size.size() > 1) Report({PeriodFault::kForkedLog, {}, std::move(holders)});
  }
  for (const auto& [holder, days] : since) {
    if (days.size() > 1 || without_share_.contains(holder)) {
      Report({PeriodFault::kNoShare, {}, {holder}});
    }
  }
}

absl::StatusOr<Period> Period::Gather(std::span<const Sharing> sharings, const HolderKeys& keys,
                                      PeriodScope scope, const Caps& caps,
                                      std::span<const std::string> lists) {
  return Of(sharings, &keys, std::move(scope), caps, lists);
}

absl::StatusOr<Period> Period::OfKept(std::span<const Sharing> sharings, PeriodScope scope,
                                      const Caps& caps, std::span<const std::string> lists) {
  return Of(sharings, nullptr, std::move(scope), caps, lists);
}

absl::StatusOr<Period> Period::Of(std::span<const Sharing> sharings, const HolderKeys* keys,
                                  PeriodScope scope, const Caps& caps,
                                  std::span<const std::string> lists) {
  if (absl::Status fits = CheckScope(sharings, scope, lists.size()); !fits.ok()) return fits;
  absl::StatusOr<std::vector<DayList>> read = ReadAll(lists);
  if (!read.ok()) return read.status();
  Period out;
  out.partnership_ = sharings.front().package.partnership;
  out.key_id_ = sharings.front().package.key_id;
  out.scope_ = std::move(scope);
  for (DayList& list : *read) {
    if (absl::Status added = out.Add(sharings, keys, std::move(list)); !added.ok()) return added;
  }
  if (absl::Status enough = out.CheckEnough(sharings); !enough.ok()) return enough;
  for (const Sharing& sharing : sharings) {
    for (const keys::KeyHolder& holder : sharing.package.holders) {
      bool ever = false;
      bool all = true;
      for (uint32_t day = out.scope_.first_day; day <= out.scope_.last_day; ++day) {
        if (!Held(sharings, holder.index, day)) continue;
        ever = true;
        all = all && out.lists_.contains({holder.index, day});
      }
      if (ever) (all ? out.holders_ : out.missing_).insert(holder.index);
    }
  }
  out.CheckSharings(sharings);
  out.FindTwice();
  out.FindAboveCaps(caps);
  out.digest_ = PeriodDigest(out.Stated());
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

peer::v1::EvaluationPeriod Period::Stated() const {
  peer::v1::EvaluationPeriod out;
  out.set_version(kVersion);
  out.set_partnership(partnership_);
  out.set_asker(scope_.asker);
  out.set_key_id(std::string(crypto::View(key_id_)));
  out.set_first_day(scope_.first_day);
  out.set_last_day(scope_.last_day);
  for (const auto& [at, list] : lists_) {
    peer::v1::ListedDay& listed = *out.add_lists();
    listed.set_holder(at.first);
    listed.set_day(at.second);
    listed.set_list_digest(std::string(crypto::View(list.digest)));
  }
  return out;
}

}  // namespace sluis::evaluation
