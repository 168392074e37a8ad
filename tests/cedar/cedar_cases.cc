// cedar_cases: random packs said in Cedar, random requests, and what Sluis answers; one pack to a
// line of JSON, read by compare.mjs. The same seed gives the same lines on every machine.
//
//   {"pack": name, "policies": {id: text}, "rules": {id: the rule as its file has it},
//    "fields": [name], "cases": [{"context": {attribute: value}, "decision": "allow" or "deny",
//      "determining": [id], "requires": [id], "shown": [field]}]}
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "tests/cedar/cedar_policy.h"
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

nlohmann::json AsWritten(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kEmpty:
      return nullptr;
    case YamlNode::Kind::kScalar:
      return node.word.text;
    case YamlNode::Kind::kSequence: {
      nlohmann::json list = nlohmann::json::array();
      for (const YamlNode& item : node.items) list.push_back(AsWritten(item));
      return list;
    }
    case YamlNode::Kind::kMapping: {
      nlohmann::json mapping = nlohmann::json::object();
      for (const YamlEntry& entry : node.entries) {
        mapping[entry.key.text] = AsWritten(entry.value);
      }
      return mapping;
    }
  }
  return nullptr;
}

nlohmann::json Described(const std::string& name, const PackSet& packs) {
  nlohmann::json line = {{"pack", name},
                         {"policies", nlohmann::json::object()},
                         {"rules", nlohmann::json::object()},
                         {"fields", nlohmann::json::array()},
                         {"cases", nlohmann::json::array()}};
  for (CedarPolicy& policy : CedarPolicies(packs)) {
    line["policies"][policy.id] = std::move(policy.text);
  }
  for (const Pack& layer : packs.layers()) {
    const YamlNode* rules = layer.tree.Find("rules");
    if (rules == nullptr) continue;
    for (const YamlNode& rule : rules->items) {
      line["rules"][rule.Find("id")->word.text] = AsWritten(rule);
    }
  }
  for (const Field& field : packs.schema().fields) line["fields"].push_back(field.name);
  return line;
}

nlohmann::json Answered(const PackSet& packs, const Request& request) {
  const Decision decision = Decide(packs, request);
  const bool allowed = decision.outcome == Outcome::kPermit;
  nlohmann::json shown = nlohmann::json::array();
  for (const GrantedField& field : decision.granted) shown.push_back(field.name);
  return {{"context", CedarContext(packs, request)},
          {"decision", allowed ? "allow" : "deny"},
          {"determining", allowed ? decision.permits : decision.forbids},
          {"requires", decision.requires_},
          {"shown", std::move(shown)}};
}

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
  nlohmann::json line = Described(name, *packs);
  for (uint64_t i = 0; i < requests; ++i) {
    line["cases"].push_back(Answered(*packs, GeneratedRequest(*packs, draw)));
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
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--help" || args[i] == "-h") {
      std::fwrite(kHelp.data(), 1, kHelp.size(), stdout);
      return 0;
    }
    const auto number = i + 1 < args.size() ? Number(args[i + 1]) : std::nullopt;
    if ((args[i] != "--count" && args[i] != "--seed") || !number) {
      std::fprintf(stderr, "cedar_cases: '%s' is not understood; see --help\n", args[i].c_str());
      return kExitUsage;
    }
    (args[i] == "--count" ? count : seed) = *number;
    ++i;
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
