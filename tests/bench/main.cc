// sluis_bench: measures and writes the results as JSON. Run it through `./dev bench`.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/analyse.h"
#include "tests/bench/bench.h"
#include "tests/bench/ceremony.h"
#include "tests/bench/decide.h"
#include "tests/bench/demo_again.h"
#include "tests/bench/evaluate_one.h"
#include "tests/bench/exchange_deliver_bulk.h"
#include "tests/bench/exchange_deliver_one.h"
#include "tests/bench/exchange_p95.h"
#include "tests/bench/exchange_send_bulk.h"
#include "tests/bench/log_append.h"
#include "tests/bench/log_verify.h"
#include "tests/bench/peers.h"
#include "tests/bench/pseudonym.h"
#include "tests/bench/record_unary.h"
#include "tests/bench/result_json.h"
#include "tests/bench/start_10m.h"
#include "tests/bench/token_lookup.h"
#include "tests/support/places.h"

namespace sluis::bench {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

// All measurements, in the order in which they run.
std::vector<Bench> AllBenches() {
  return {
      {"log_append",
       "append sealed entries durably; baseline: the same rows written raw",
       LogAppend,
       {.least = 100'000, .least_ratio = 0.5}},
      {"log_verify",
       "verify an export with closed parts; baseline: the same hashes",
       LogVerify,
       {.least = 700'000, .least_ratio = 0.4}},
      {"record_unary",
       "record a signal over mutual TLS; baseline: an echo of the same sizes",
       RecordUnary,
       {.least_ratio = 0.3}},
      {"deliver_one",
       "collect one offered record over mutual TLS; baseline: an echo of the same sizes",
       ExchangeDeliverOne,
       {.least_ratio = 0.2, .goal_ratio = 0.35}},
      {"deliver_bulk",
       "collect envelopes of 256 offers; baseline: the same rows written raw",
       ExchangeDeliverBulk,
       {.least = 20'000, .least_ratio = 0.35, .goal = 30'000, .goal_ratio = 0.5}},
      {"send_bulk",
       "share many records and compose their envelopes; baseline: the same rows written raw",
       ExchangeSendBulk,
       {.least = 15'000}},
      {"exchange_p95",
       "from due to readable at the partner, idle nodes; baseline: 3 ticks + 200 ms",
       ExchangeP95,
       {.most = kExchangeBarMs}},
      {"decide_1000_p99",
       "decide under 1,000 rules, without the record; baseline: the plain evaluator",
       Decide1000P99,
       {.most = 2}},
      {"decide_record_1000_p99",
       "decide under 1,000 rules, with the whole record; baseline: the plain evaluator",
       DecideRecord1000P99,
       {.most = 10}},
      {"cedar_wasm_1000",
       "Cedar (npm) decides under the same rules; baseline: decide_1000_p99; needs ./dev cedar "
       "once",
       CedarWasm1000},
      {"casbin_1000", "casbin (npm) likewise", Casbin1000},
      {"pack_load_1000",
       "read, check and compile 1,000 rules; baseline: reading their YAML",
       PackLoad1000,
       {.most = 1}},
      {"analyse_example",
       "count, check and find out all of the example pack; baseline: loading it",
       AnalyseExample,
       {.most = 50}},
      {"analyse_1000",
       "the same of 1,000 generated rules; baseline: loading them",
       Analyse1000,
       {.most = 10}},
      {"pseudonym_client_t3_8",
       "ask 3 of 5 holders for 8 at a time, combine; baseline: the multiplications alone",
       PseudonymClientT3Of8,
       {.least_ratio = kPseudonymRatio}},
      {"pseudonym_client_t3_256",
       "the same for 256 at a time",
       PseudonymClientT3Of256,
       {.least_ratio = kPseudonymRatio}},
      {"pseudonym_client_2_cores",
       "the same for 8 at a time on two threads; baseline: on one",
       PseudonymClientTwoCores,
       {.least_ratio = 1.8}},
      {"pseudonym_holder_8",
       "evaluate 8 at a time with one proof; baseline: the multiplications alone",
       PseudonymHolderOf8,
       {.least_ratio = kPseudonymRatio}},
      {"pseudonym_holder_256",
       "the same for 256 at a time",
       PseudonymHolderOf256,
       {.least_ratio = kPseudonymRatio}},
      {"ceremony_30",
       "30 members make a key on one machine; baseline: the multiplications alone",
       Ceremony30,
       {.least = 1 / kCeremonyBarS}},
      {"evaluate_one",
       "one person by 3 of 5 holders, all entries durable, from signature to element; baseline: "
       "20 ms",
       EvaluateOne,
       {.most = kEvaluateBarMs}},
      {"demo_again",
       "the demonstration with programs that are built, once; baseline: the 60 s of its bar",
       DemoAgain,
       {.most = kDemoBarS}},
      {"start_10m",
       "open a ledger of 10 million entries; baseline: its store alone; with --all or when named",
       Start10m,
       {.most = 1},
       true},
      {"token_lookup_10m",
       "find a match token among 10 million, p99; baseline: its bar of 50 us; with --all or when "
       "named",
       TokenLookup10m,
       {.most = kTokenLookupBarUs},
       true},
  };
}

void PrintHelp(const std::vector<Bench>& benches) {
  std::printf(
      "usage: sluis_bench [--all] [--bars] [--only NAME]... [--out FILE]\n"
      "Medians of at least five rounds, baseline in the same run. Results go to "
      "build/bench/results.json\n"
      "or FILE: an array of {name, value, unit, baseline, ratio, cpu_us_per_op, bar, goal}. A run\n"
      "that says nothing is marked invalid: it has \"invalid\" as well, with the reason. What "
      "this\n"
      "machine lacks the programs for is {name, not_measured}.\n"
      "With --bars a measurement that misses what a quiet two-core machine must reach fails.\n"
      "Measurements:\n");
  for (const Bench& bench : benches) std::printf("  %-24s %s\n", bench.name, bench.what);
  std::printf("example: sluis_bench --only log_verify\n");
}

struct Arguments {
  std::vector<Bench> chosen;
  std::string out = tests::InSources("/build/bench/results.json");
  bool bars = false;
};

// False when the arguments cannot be understood; the reason is printed.
bool Parse(const std::vector<std::string>& args, const std::vector<Bench>& benches,
           Arguments& parsed) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--all") {
      parsed.chosen = benches;
      continue;
    }
    if (args[i] == "--bars") {
      parsed.bars = true;
      continue;
    }
    const bool has_value = i + 1 < args.size();
    if (args[i] == "--out" && has_value) {
      parsed.out = args[++i];
      continue;
    }
    if (args[i] != "--only" || !has_value) {
      std::fprintf(stderr, "sluis_bench: '%s' is not understood; see --help\n", args[i].c_str());
      return false;
    }
    ++i;
    const size_t before = parsed.chosen.size();
    for (const Bench& bench : benches) {
      if (args[i] == bench.name) parsed.chosen.push_back(bench);
    }
    if (parsed.chosen.size() == before) {
      std::fprintf(stderr, "sluis_bench: there is no measurement '%s'; see --help\n",
                   args[i].c_str());
      return false;
    }
  }
  if (parsed.chosen.empty()) {
    std::copy_if(benches.begin(), benches.end(), std::back_inserter(parsed.chosen),
                 [](const Bench& bench) { return !bench.long_one; });
  }
  return true;
}

// Says so when the measurement misses its bar, which counts, or its goal.
bool Reaches(const Bar& bar, const Result& result) {
  if (!result.not_measured.empty()) return true;
  std::string missed;
  if (!result.invalid.empty()) missed += "; the run is invalid: " + result.invalid;
  if (result.value < bar.least) missed += "; at least " + std::to_string(bar.least);
  if (result.value > bar.most) missed += "; at most " + std::to_string(bar.most);
  if (result.ratio < bar.least_ratio)
    missed += "; ratio at least " + std::to_string(bar.least_ratio);
  if (!missed.empty()) std::printf("%-24s misses its bar%s\n", result.name.c_str(), missed.c_str());
  std::string short_of;
  if (result.value < bar.goal) short_of += "; at least " + std::to_string(bar.goal);
  if (result.ratio < bar.goal_ratio) {
    short_of += "; ratio at least " + std::to_string(bar.goal_ratio);
  }
  if (!short_of.empty()) {
    std::printf("%-24s is short of its goal%s\n", result.name.c_str(), short_of.c_str());
  }
  return missed.empty();
}

void Print(const Result& result) {
  if (!result.not_measured.empty()) {
    std::printf("%-24s not measured: %s\n", result.name.c_str(), result.not_measured.c_str());
    return;
  }
  std::printf("%-24s %12.6g %-10s baseline %12.6g  ratio %.2f  cpu %.2f us/op", result.name.c_str(),
              result.value, result.unit.c_str(), result.baseline, result.ratio,
              result.cpu_us_per_op);
  if (result.p50 != 0) std::printf("  p50 %.6g", result.p50);
  std::printf("\n");
}

int Run(const Arguments& arguments) {
  bool all_reached = true;
  nlohmann::json results = nlohmann::json::array();
  for (const Bench& bench : arguments.chosen) {
    const absl::StatusOr<Result> result = bench.run();
    if (!result.ok()) {
      std::fprintf(stderr, "sluis_bench: %s: %s\n", bench.name,
                   std::string(result.status().message()).c_str());
      return kExitFailed;
    }
    Print(*result);
    all_reached = Reaches(bench.bar, *result) && all_reached;
    results.push_back(ToJson(*result, bench.bar));
  }
  const std::filesystem::path path(arguments.out);
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream file(path);
  file << results.dump(2) << "\n";
  file.close();
  if (file.fail()) {
    std::fprintf(stderr, "sluis_bench: cannot write %s; name another with --out\n",
                 arguments.out.c_str());
    return kExitFailed;
  }
  return arguments.bars && !all_reached ? kExitFailed : 0;
}

int Main(const std::vector<std::string>& args) {
  const std::vector<Bench> benches = AllBenches();
  for (const std::string& arg : args) {
    if (arg != "--help" && arg != "-h") continue;
    PrintHelp(benches);
    return 0;
  }
  Arguments arguments;
  if (!Parse(args, benches, arguments)) return kExitUsage;
  return Run(arguments);
}

}  // namespace
}  // namespace sluis::bench

int main(int argc, char** argv) {
  return sluis::bench::Main(std::vector<std::string>(argv + 1, argv + argc));
}
