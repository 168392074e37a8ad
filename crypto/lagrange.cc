#include "crypto/lagrange.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace sluis::crypto::oprf {

absl::Status CheckMembers(std::span<const MemberIndex> members) {
  if (members.empty() || members.size() > kMaxMembers) {
    return absl::InvalidArgumentError("1 to 255 members share a key: name them");
  }
  std::vector<MemberIndex> sorted(members.begin(), members.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.front() == 0) {
    return absl::InvalidArgumentError(
        "index 0 is the key itself and nobody's: name members from 1");
  }
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return absl::InvalidArgumentError("a member is named twice: name each once");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Scalar>> LagrangeCoefficients(std::span<const MemberIndex> members,
                                                         MemberIndex at) {
  if (absl::Status checked = CheckMembers(members); !checked.ok()) return checked;
  std::vector<Scalar> numerators(members.size(), Scalar(1));
  std::vector<Scalar> denominators(members.size(), Scalar(1));
  for (size_t i = 0; i < members.size(); ++i) {
    for (const MemberIndex other : members) {
      if (other == members[i]) continue;
      numerators[i] = numerators[i] * (Scalar(at) - Scalar(other));
      denominators[i] = denominators[i] * (Scalar(members[i]) - Scalar(other));
    }
  }
  absl::StatusOr<std::vector<Scalar>> out = Invert(std::span<const Scalar>(denominators));
  if (!out.ok()) return out.status();
  for (size_t i = 0; i < members.size(); ++i) (*out)[i] = (*out)[i] * numerators[i];
  return out;
}

std::optional<WholeCoefficients> SmallLagrangeCoefficients(std::span<const MemberIndex> members) {
  // Indexes beyond this, or more members, have no small coefficients.
  constexpr MemberIndex kMaxIndex = 64;
  constexpr size_t kMaxCount = 5;
  constexpr int64_t kLargest = 1023;
  if (!CheckMembers(members).ok() || members.size() > kMaxCount) return std::nullopt;
  if (*std::max_element(members.begin(), members.end()) > kMaxIndex) return std::nullopt;

  // Each is below 64^4; their common multiple stops growing at kLargest.
  std::vector<int64_t> numerators;
  std::vector<int64_t> denominators;
  int64_t shared = 1;
  for (const MemberIndex member : members) {
    int64_t numerator = 1;
    int64_t denominator = 1;
    for (const MemberIndex other : members) {
      if (other == member) continue;
      numerator *= other;
      denominator *= int64_t{other} - member;
    }
    const int64_t common = std::gcd(numerator, denominator);
    numerators.push_back(numerator / common);
    denominators.push_back(denominator / common);
    shared = std::lcm(shared, denominators.back());
    if (shared > kLargest) return std::nullopt;
  }
  WholeCoefficients out{{}, static_cast<uint32_t>(shared)};
  for (size_t i = 0; i < members.size(); ++i) {
    const int64_t whole = numerators[i] * (shared / denominators[i]);
    if (std::abs(whole) > kLargest) return std::nullopt;
    out.numerators.push_back(static_cast<int32_t>(whole));
  }
  return out;
}

}  // namespace sluis::crypto::oprf
