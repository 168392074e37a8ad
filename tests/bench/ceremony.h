// What it costs thirty members together to make a key that none of them has, on one machine.
//
// The machines of all of them, one after another, without disk, network and envelopes. The baseline
// multiplies as often as the protocol as written does, and does nothing else. For n members of whom
// t are needed that is, of elements and of the generator, for each member:
//   announce   n (verify), 2 (key, proof) + n (verify)
//   deal       n (encrypt) + n (verify), t (commit) + 1 (prove) + n (encrypt) + n (verify)
//   judge      n (decrypt) + n (t - 1) (what the share must fit), n
//   confirm    n (t - 1) (package) + n (verify), 1 (prove) + n (verify)
// What comes on top is signatures, decoding, hashing and adding.
#ifndef SLUIS_TESTS_BENCH_CEREMONY_H_
#define SLUIS_TESTS_BENCH_CEREMONY_H_

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// A generation among thirty takes at most so many seconds of one machine.
inline constexpr double kCeremonyBarS = 5;

absl::StatusOr<Result> Ceremony30();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_CEREMONY_H_
