#include "tests/bench/analyse.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "policies/class_count.h"
#include "policies/invariants.h"
#include "policies/rule_findings.h"
#include "policies/visibility.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::bench {
namespace {

using policies::Pack;
using policies::PackSet;

constexpr uint64_t kSeed = 1000;
constexpr std::size_t kRules = 1'000;
constexpr std::size_t kRounds = 5;

double SecondsSince(std::chrono::steady_clock::time_point before) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

absl::Status Analyse(const PackSet& packs) {
  if (absl::Status kept = policies::CheckInvariants(packs.layers(), packs); !kept.ok()) return kept;
  const auto rules = policies::RuleSpace::Of(packs);
  if (!rules.ok()) return rules.status();
  const auto count = policies::CountClasses(*rules);
  if (!count.ok()) return count.status();
  const auto idle = policies::FindIdleRules(*rules);
  if (!idle.ok()) return idle.status();
  const auto matrix =
      policies::AccessMatrix(*rules, {"actor.role", "action", "purpose"}, rules->Where({}));
  if (!matrix.ok()) return matrix.status();
  Keep(&*matrix);
  return absl::OkStatus();
}

absl::StatusOr<Result> Time(const char* name, const char* unit, double per_second,
                            const std::vector<Pack>& layers) {
  std::vector<double> analysed, loaded;
  for (std::size_t round = 0; round <= kRounds; ++round) {
    auto before = std::chrono::steady_clock::now();
    const auto packs = PackSet::Load(layers);
    if (!packs.ok()) return packs.status();
    const double load = SecondsSince(before);
    before = std::chrono::steady_clock::now();
    if (absl::Status done = Analyse(*packs); !done.ok()) return done;
    if (round == 0) continue;
    analysed.push_back(SecondsSince(before) * per_second);
    loaded.push_back(load * per_second);
  }
  Result out;
  out.name = name;
  out.unit = unit;
  out.value = Median(analysed);
  out.baseline = Median(loaded);
  out.ratio = out.baseline / out.value;
  out.cpu_us_per_op = out.value / per_second * 1e6;
  return out;
}

}  // namespace

absl::StatusOr<Result> AnalyseExample() {
  const auto packs = policies::LoadFiles({policies::kAboveExample, policies::kExamplePack});
  if (!packs.ok()) return packs.status();
  return Time("analyse_example", "ms", 1e3, packs->layers());
}

absl::StatusOr<Result> Analyse1000() {
  policies::Draw draw(kSeed);
  const auto layers = policies::ExampleWithRules(kRules, draw);
  if (!layers.ok()) return layers.status();
  return Time("analyse_1000", "s", 1, *layers);
}

}  // namespace sluis::bench
