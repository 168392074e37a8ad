// Packs and requests drawn from a seed: the same seed gives the same ones on every machine.
#ifndef SLUIS_TESTS_SUPPORT_GENERATED_PACK_H_
#define SLUIS_TESTS_SUPPORT_GENERATED_PACK_H_

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

struct RuleShape {
  std::size_t least_tests = 0;
  std::size_t most_tests = 4;
  // Tests name one or two words, so that a rule meets few requests and many rules leave some alone.
  bool narrow = false;
  // Forbids and requires alone: what a node may say.
  bool only_restrains = false;
  std::string_view ids = "G-";  // what the ids begin with
};

// The rules of a pack with these words, as YAML from "rules:" on: half of them permits, a quarter
// forbids. Every permit tests `basis` as well when there is such an attribute.
std::string GeneratedRules(const Schema& schema, std::size_t count, const RuleShape& shape,
                           Draw& draw);

// The words of a statutory pack, from its header on: 2 to 9 attributes of every type, optional and
// derived ones among them.
std::string GeneratedWords(Draw& draw);

// A statutory pack with such words and up to `most_rules` rules.
absl::StatusOr<PackSet> GeneratedPack(std::size_t most_rules, Draw& draw);

// Such a pack as the first of three layers with up to `most_rules` rules each: a partnership that
// adds a role, and a node.
absl::StatusOr<PackSet> GeneratedLayers(std::size_t most_rules, Draw& draw);

// The words of the example pack of tests/policies/data with `rules` narrow generated rules instead
// of its own: the text of that pack, and its layers as PackSet::Load takes them.
absl::StatusOr<std::string> ExampleTextWithRules(std::size_t rules, Draw& draw);
absl::StatusOr<std::vector<Pack>> ExampleWithRules(std::size_t rules, Draw& draw);

// A complete request: every value as likely as any other.
Request GeneratedRequest(const PackSet& packs, Draw& draw);

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_SUPPORT_GENERATED_PACK_H_
