// Requests to two pack sets at once: the words of both, and what each makes of every one of them.
//
// For each attribute that either declares and that rules or words tell apart there is a level with
// its groups of values; one group of every level together stand for a class of requests. Internal
// to this folder. Borrows the pack sets. Thread-safe.
#ifndef SLUIS_POLICIES_PAIRED_SPACE_H_
#define SLUIS_POLICIES_PAIRED_SPACE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/rule_bits.h"
#include "policies/rule_space.h"

namespace sluis::policies {

// Before and after.
inline constexpr std::size_t kVersions = 2;
template <typename T>
using Both = std::array<T, kVersions>;

// Values of one attribute that both pack sets treat alike.
struct PairedGroup {
  std::string word;           // the first of these values
  absl::uint128 weight = 0;   // how many values
  Both<bool> known{};         // whether that pack set has the word
  Both<RuleBits> possible{};  // the rules that it does not rule out; none when it is not known
};

struct PairedLevel {
  std::string attribute;
  std::vector<PairedGroup> groups;
  Both<RuleBits> tested{};  // rules that the value can rule out
  absl::uint128 classes = 0;

  bool AllKnown() const;
};

class PairedSpace {
 public:
  // Errors as of ComparePacks.
  static absl::StatusOr<PairedSpace> Of(const PackSet& before, const PackSet& after);

  const PackSet& packs(std::size_t version) const { return rules_[version].packs(); }
  // Those that tell most rules apart first.
  const std::vector<PairedLevel>& levels() const { return levels_; }
  // Rules that match some request.
  const RuleBits& all(std::size_t version) const { return all_[version]; }
  // Rules of that version to which no rule of the other means the same.
  const RuleBits& own(std::size_t version) const { return own_[version]; }
  // "attribute=value, ..." in the order of the later schema; `words` has one word per level.
  std::string Example(const std::vector<std::string_view>& words) const;

 private:
  struct Value {
    std::string word;
    Both<std::optional<ValueId>> ids;
  };

  explicit PairedSpace(Both<RuleSpace> rules) : rules_(std::move(rules)) {}

  const Attribute* Find(std::size_t version, std::string_view name) const;
  std::vector<Value> ValuesOf(const std::string& name) const;
  absl::Status AddAttribute(const std::string& name, Both<std::vector<std::string>>& meanings);
  void FindOwn(Both<std::vector<std::string>>& meanings);

  Both<RuleSpace> rules_;
  Both<RuleBits> all_{}, own_{};
  std::vector<PairedLevel> levels_;
  std::vector<std::pair<std::string, std::string>> alike_;  // attribute and its first value
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PAIRED_SPACE_H_
