// Lagrange coefficients: the factors with which the values of a polynomial at some indexes give its
// value at another.
//
// Guarantee: for every polynomial of degree below the number of indexes the sum of coefficient
// times value is its value at `at`. At 0 that is the shared secret; at a member's index, its share.
// Not guaranteed: that as many values suffice as were given. Thread-safety: pure. Errors:
// kInvalidArgument when there is no index, more than kMaxMembers, one that is 0, or one twice.
#ifndef SLUIS_CRYPTO_LAGRANGE_H_
#define SLUIS_CRYPTO_LAGRANGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

// A member's place in the sharing, 1 to 65535, never given to another organisation.
using MemberIndex = uint16_t;

// How many may share one key.
inline constexpr size_t kMaxMembers = 255;

// Whether these may hold shares together: 1 to kMaxMembers of them, none 0, none twice.
absl::Status CheckMembers(std::span<const MemberIndex> members);

// In the order of `members`.
absl::StatusOr<std::vector<Scalar>> LagrangeCoefficients(std::span<const MemberIndex> members,
                                                         MemberIndex at = 0);

// The coefficients at 0 as whole numbers over one denominator. Small committees have small ones:
// members 1, 2 and 3 take 3, -3 and 1 over 1. Adding an element three times costs less than
// multiplying it.
struct WholeCoefficients {
  std::vector<int32_t> numerators;  // none is 0
  uint32_t denominator;
};

// Nothing when a number is above 1023, or the members could not share a key.
std::optional<WholeCoefficients> SmallLagrangeCoefficients(std::span<const MemberIndex> members);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_LAGRANGE_H_
