// What a pseudonym costs besides the multiplications that make it, 3 of 5 holders being needed.
//
// Baselines multiply as often as the protocol as written does, and do nothing else. For a batch of
// m and t holders that is, of elements and of the generator (times t per proof verified):
//   client   m (blind) + t (2m + 3) (verify) + t m (interpolate) + m (take the blind off), t
//   holder   m (evaluate) + m + 2 (prove), 1
// The client does fewer of them: it takes the blind off within the factors of the interpolation, or
// adds where these are small. What comes on top is hashing to the group, adding, decoding and
// inverting.
#ifndef SLUIS_TESTS_BENCH_PSEUDONYM_H_
#define SLUIS_TESTS_BENCH_PSEUDONYM_H_

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// The cost of an element may be 1.15 times that of its multiplications.
inline constexpr double kPseudonymRatio = 1 / 1.15;

absl::StatusOr<Result> PseudonymClientT3Of8();
absl::StatusOr<Result> PseudonymClientT3Of256();
absl::StatusOr<Result> PseudonymHolderOf8();
absl::StatusOr<Result> PseudonymHolderOf256();

// Two clients on two threads; baseline: one.
absl::StatusOr<Result> PseudonymClientTwoCores();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_PSEUDONYM_H_
