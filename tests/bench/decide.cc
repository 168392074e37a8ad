#include "tests/bench/decide.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/pack_yaml.h"
#include "policies/plain_evaluate.h"
#include "tests/support/generated_pack.h"

namespace sluis::bench {
namespace {

using policies::Draw;
using policies::PackSet;
using policies::Request;
using Seconds = std::chrono::duration<double>;

constexpr uint64_t kSeed = 1000;
constexpr std::size_t kRules = 1'000;
constexpr std::size_t kRequests = 20'000;
constexpr std::size_t kRounds = 5;

absl::StatusOr<PackSet> Load() {
  Draw draw(kSeed);
  auto layers = policies::ExampleWithRules(kRules, draw);
  if (!layers.ok()) return layers.status();
  return PackSet::Load(*std::move(layers));
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Spread {
  double p50_us = 0;
  double p99_us = 0;
  double mean_us = 0;
};

// Every request once, each timed alone.
template <typename Ask>
Spread TimeEach(const std::vector<Request>& requests, const Ask& ask) {
  std::vector<double> us;
  us.reserve(requests.size());
  double sum = 0;
  for (const Request& request : requests) {
    const auto before = std::chrono::steady_clock::now();
    ask(request);
    us.push_back(Seconds(std::chrono::steady_clock::now() - before).count() * 1e6);
    sum += us.back();
  }
  const double mean = sum / static_cast<double>(us.size());
  const auto p99 = us.begin() + static_cast<std::ptrdiff_t>(us.size() * 99 / 100);
  std::nth_element(us.begin(), p99, us.end());
  const double at_most = *p99;
  return {Median(std::move(us)), at_most, mean};
}

template <typename Ask>
absl::StatusOr<Result> Percentile(const char* name, const Ask& ask) {
  const absl::StatusOr<Thousand> asked = AskedOfAThousand();
  if (!asked.ok()) return asked.status();
  const PackSet& packs = asked->packs;
  const std::vector<Request>& requests = asked->requests;
  std::vector<double> measured, median, mean, plain;
  for (std::size_t round = 0; round <= kRounds; ++round) {
    const Spread mine = TimeEach(requests, [&](const Request& one) { ask(packs, one); });
    const Spread other = TimeEach(requests, [&](const Request& one) {
      const policies::Decision decision = policies::DecidePlainly(packs, one);
      Keep(&decision);
    });
    if (round == 0) continue;  // caches
    measured.push_back(mine.p99_us);
    median.push_back(mine.p50_us);
    mean.push_back(mine.mean_us);
    plain.push_back(other.p99_us);
  }
  Result out;
  out.name = name;
  out.unit = "us p99";
  out.value = Median(measured);
  out.p50 = Median(median);
  out.baseline = Median(plain);
  out.ratio = out.baseline / out.value;
  out.cpu_us_per_op = Median(mean);
  return out;
}

void JudgeOnce(const PackSet& packs, const Request& request) {
  const policies::Verdict verdict = policies::Judge(packs, request);
  Keep(&verdict);
}

}  // namespace

absl::StatusOr<Thousand> AskedOfAThousand() {
  absl::StatusOr<PackSet> packs = Load();
  if (!packs.ok()) return packs.status();
  Draw draw(kSeed + 1);
  std::vector<Request> requests;
  for (std::size_t i = 0; i < kRequests; ++i) {
    requests.push_back(policies::GeneratedRequest(*packs, draw));
  }
  return Thousand{*std::move(packs), std::move(requests)};
}

double JudgeP99Us(const Thousand& asked) {
  const auto judge = [&asked](const Request& one) { JudgeOnce(asked.packs, one); };
  return TimeEach(asked.requests, judge).p99_us;
}

absl::StatusOr<Result> Decide1000P99() { return Percentile("decide_1000_p99", JudgeOnce); }

absl::StatusOr<Result> DecideRecord1000P99() {
  return Percentile("decide_record_1000_p99", [](const PackSet& packs, const Request& request) {
    const policies::Decision decision = policies::Decide(packs, request);
    Keep(&decision);
  });
}

absl::StatusOr<Result> PackLoad1000() {
  Draw draw(kSeed);
  const auto layers = policies::ExampleWithRules(kRules, draw);
  if (!layers.ok()) return layers.status();
  Draw again(kSeed);
  const auto text = policies::ExampleTextWithRules(kRules, again);
  if (!text.ok()) return text.status();
  std::vector<double> whole, yaml;
  for (std::size_t round = 0; round <= kRounds; ++round) {
    auto before = std::chrono::steady_clock::now();
    auto pack = policies::ParsePack("generated.yaml", *text);
    if (!pack.ok()) return pack.status();
    const double parsed = Seconds(std::chrono::steady_clock::now() - before).count();
    std::vector<policies::Pack> parts;
    parts.push_back((*layers)[0]);
    parts.push_back(*std::move(pack));
    before = std::chrono::steady_clock::now();
    const auto packs = PackSet::Load(std::move(parts));
    if (!packs.ok()) return packs.status();
    const double loaded = Seconds(std::chrono::steady_clock::now() - before).count();
    if (round == 0) continue;
    whole.push_back(parsed + loaded);
    yaml.push_back(parsed);
  }
  Result out;
  out.name = "pack_load_1000";
  out.unit = "s";
  out.value = Median(whole);
  out.baseline = Median(yaml);
  out.ratio = out.baseline / out.value;
  out.cpu_us_per_op = out.value * 1e6 / static_cast<double>(kRules);
  return out;
}

}  // namespace sluis::bench
