// cedar_cases: random packs said in Cedar, random requests, and what Sluis answers; one pack to a
// line (cedar_line.h), read by compare.mjs. The same seed gives the same lines on every machine.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cedar/cedar_line.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

constexpr uint64_t kPerPack = 10;

constexpr std::string_view kHelp =
    "usage: cedar_cases [--count N] [--seed S]\n"
    "Writes N (20000) pairs of a random pack and a random request, the pack said in Cedar, and "
    "what\n"
    "Sluis answers: one JSON line for the ten pairs of a pack. For tests/cedar/compare.mjs.\n"
    "exit codes: 0 all well; 1 a pack did not load, or the lines could not be written; 2 wrong "
    "usage\n"
    "example: cedar_cases --count 100 --seed 7\n";

// Mostly small packs, where much depends on each rule; of the others enough to meet every form.
absl::StatusOr<PackSet> PackNumber(uint64_t number, Draw& draw) {
  if (number == 0) {
    auto layers = ExampleWithRules(kMaxRules, draw);
    if (!layers.ok()) return layers.status();
    return PackSet::Load(*std::move(layers));
  }
  if (number % 16 == 1) return LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  if (number % 8 == 3) return GeneratedPack(130, draw);
  if (number % 2 == 0) return GeneratedLayers(6, draw);
  return GeneratedPack(12, draw);
}

bool WritePack(uint64_t seed, uint64_t number, uint64_t requests) {
  Draw draw((seed << 32) + number);
  const absl::StatusOr<PackSet> packs = PackNumber(number, draw);
  const std::string name = "pack " + std::to_string(number) + " of seed " + std::to_string(seed);
  if (!packs.ok()) {
    std::fprintf(stderr, "cedar_cases: %s: %s\n", name.c_str(),
                 std::string(packs.status().message()).c_str());
    return false;
  }
  nlohmann::json line = CedarLine(name, *packs);
  for (uint64_t i = 0; i < requests; ++i) {
    line["cases"].push_back(CedarCase(*packs, GeneratedRequest(*packs, draw)));
  }
  const std::string text = line.dump() + "\n";
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int Main(const std::vector<std::string>& args) {
  uint64_t count = 20'000, seed = 1;
  for (const std::string& arg : args) {
    if (arg != "--help" && arg != "-h") continue;
    std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
    return 0;
  }
  for (std::size_t i = 0; i < args.size(); i += 2) {
    const auto number = i + 1 < args.size() ? Number(args[i + 1]) : std::nullopt;
    if ((args[i] != "--count" && args[i] != "--seed") || !number) {
      std::fprintf(stderr, "cedar_cases: '%s' is not understood; see --help\n", args[i].c_str());
      return kExitUsage;
    }
    (args[i] == "--count" ? count : seed) = *number;
  }
  for (uint64_t pack = 0; pack * kPerPack < count; ++pack) {
    if (!WritePack(seed, pack, std::min(kPerPack, count - pack * kPerPack))) return kExitFailed;
  }
  return std::fflush(stdout) == 0 ? 0 : kExitFailed;
}

}  // namespace
}  // namespace sluis::policies

int main(int argc, char** argv) {
  return sluis::policies::Main(std::vector<std::string>(argv + 1, argv + argc));
}
