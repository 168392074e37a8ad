#include "server/evaluation/review.h"

#include <utility>

namespace sluis::evaluation {
bool IsSettled(OpeningVerdict verdict) {
  return verdict != OpeningVerdict::kUnopenable && verdict != OpeningVerdict::kOtherEntry &&
         verdict != OpeningVerdict::kNotInLog;
}

namespace {

bool IsSettled(const std::optional<OpeningVerdict>& verdict) {
  return verdict && evaluation::IsSettled(*verdict);
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

absl::Status Review::Restore(const crypto::Hash& request, OpeningVerdict verdict) {
  const auto found = sample_.find(request);
  if (found == sample_.end()) {
    return absl::InvalidArgumentError(
        "this request is not in the sample; open only what the sample names");
  }
  found->second = verdict;
  return absl::OkStatus();
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
  // One of the holders lies, and which entry was opened is what one of them says.
  if (listed->second.differs && IsSettled(found->second)) {
    found->second = OpeningVerdict::kOtherRequest;
  }
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
