#include "server/evaluation/review.h"

#include <set>
#include <utility>

namespace sluis::evaluation {
namespace {

// What another opening could still change.
bool IsSettled(const std::optional<OpeningVerdict>& verdict) {
  return verdict && *verdict != OpeningVerdict::kUnopenable &&
         *verdict != OpeningVerdict::kOtherEntry && *verdict != OpeningVerdict::kNotInLog;
}

}  // namespace

Review::Review(const keys::Package& package, const Period& period,
               const crypto::Secret<32>& case_key, const Sample& sample, uint64_t open_until_s)
    : package_(package),
      period_(period),
      origin_(period.scope().asker + "/log"),
      heads_(period.log_heads()),
      case_key_(case_key),
      open_until_s_(open_until_s) {
  for (const crypto::Hash& request : sample.requests()) sample_[request];
}

absl::StatusOr<OpeningVerdict> Review::Take(const crypto::Hash& request, const Opening& opening,
                                            uint64_t now_s) {
  const auto found = sample_.find(request);
  const auto listed = period_.requests().find(request);
  if (found == sample_.end() || listed == period_.requests().end()) {
    return absl::InvalidArgumentError(
        "this request is not in the sample; open only what the sample names");
  }
  if (IsSettled(found->second)) return *found->second;
  if (now_s > open_until_s_) return OpeningVerdict::kUnopenable;
  found->second = CheckOpening(
      {package_.partnership, package_.purpose, package_.key_id, origin_, heads_, case_key_},
      listed->second.item, opening);
  return *found->second;
}

std::vector<crypto::Hash> Review::Waiting(uint64_t now_s) const {
  std::vector<crypto::Hash> out;
  if (now_s > open_until_s_) return out;
  for (const auto& [request, verdict] : sample_) {
    if (!IsSettled(verdict)) out.push_back(request);
  }
  return out;
}

absl::StatusOr<std::vector<crypto::Hash>> Review::ToDestroy(uint64_t now_s) const {
  if (!Closed(now_s)) {
    return absl::FailedPreconditionError(
        "entries of the sample are still to be opened; destroy nothing before the review is over");
  }
  std::set<crypto::Hash> leaves;
  for (const auto& [digest, request] : period_.requests()) {
    // Of form, or it would be in no list.
    leaves.insert(crypto::ToFixed<32>(request.item.leaf_hash()).value());
  }
  return std::vector<crypto::Hash>(leaves.begin(), leaves.end());
}

std::vector<Review::Result> Review::Results(uint64_t now_s) const {
  std::vector<Result> out;
  for (const auto& [request, verdict] : sample_) {
    if (IsSettled(verdict) || now_s > open_until_s_) {
      out.push_back({request, verdict.value_or(OpeningVerdict::kUnopenable)});
    }
  }
  return out;
}

}  // namespace sluis::evaluation
