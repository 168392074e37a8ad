// Packs and requests drawn from a seed: the same seed gives the same ones on every machine.
#ifndef SLUIS_TESTS_POLICIES_GENERATED_PACK_H_
#define SLUIS_TESTS_POLICIES_GENERATED_PACK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/request.h"

namespace sluis::policies {

// Whole numbers from a seed. Not std::mt19937 with a distribution: what a distribution makes of its
// numbers differs between libraries.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  // Evenly below `bound`, which is at least 1.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  bool OneIn(std::size_t times) { return Below(times) == 0; }

 private:
  uint64_t Next();  // splitmix64

  uint64_t state_;
};

// The rules of a pack with these words, as YAML from "rules:" on: half of them permits, a quarter
// forbids. Every permit tests `basis` when there is such an attribute.
std::string GeneratedRules(const Schema& schema, std::size_t count, Draw& draw);

// A statutory pack with words of its own: 2 to 9 attributes of every type, optional and derived
// ones among them, and up to `most_rules` rules.
absl::StatusOr<PackSet> GeneratedPack(std::size_t most_rules, Draw& draw);

// The words of the example pack of tests/policies/data with `rules` generated rules instead of its
// own.
absl::StatusOr<std::vector<Pack>> ExampleWithRules(std::size_t rules, Draw& draw);

// A complete request: every value as likely as any other.
Request GeneratedRequest(const PackSet& packs, Draw& draw);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_POLICIES_GENERATED_PACK_H_
