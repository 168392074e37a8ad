#include "crypto/lagrange.h"

#include <algorithm>

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

}  // namespace sluis::crypto::oprf
