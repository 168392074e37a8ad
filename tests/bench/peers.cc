#include "tests/bench/peers.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/decide.h"
#include "tests/cedar/cedar_line.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {
namespace {

constexpr std::size_t kRounds = 5;
// Of the requests; a tenth of them warms up. They take milliseconds each.
constexpr std::size_t kCases = 440;

// Exit statuses of measure.mjs, and of a shell that finds no node.
constexpr int kSkipped = 3;
constexpr int kNoProgram = 127;

struct Ended {
  int status = 0;
  std::string said;
};

absl::StatusOr<Ended> Run(const std::string& command) {
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return absl::InternalError("cannot start: " + command);
  Ended ended;
  std::array<char, 4096> piece{};
  while (const std::size_t read = std::fread(piece.data(), 1, piece.size(), output)) {
    ended.said.append(piece.data(), read);
  }
  const int status = ::pclose(output);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  while (!ended.said.empty() && ended.said.back() == '\n') ended.said.pop_back();
  return ended;
}

absl::Status Write(const std::string& path, const Thousand& asked) {
  nlohmann::json line = policies::CedarLine("1,000 rules", asked.packs);
  for (std::size_t i = 0; i < kCases; ++i) {
    line["cases"].push_back(policies::CedarCase(asked.packs, asked.requests[i]));
  }
  std::ofstream file(path);
  file << line.dump() << "\n";
  file.close();
  if (file.fail()) return absl::InternalError("cannot write " + path);
  return absl::OkStatus();
}

double Median(std::array<double, kRounds> values) {
  std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
  return values[kRounds / 2];
}

absl::StatusOr<Result> Measure(const char* name, const std::string& engine) {
  const absl::StatusOr<Thousand> asked = AskedOfAThousand();
  if (!asked.ok()) return asked.status();
  const tests::TempFolder folder;
  const std::string line = folder.PathOf("line.json");
  if (absl::Status written = Write(line, *asked); !written.ok()) return written;
  const std::string command = "node '" + tests::InSources("/tests/cedar/measure.mjs") + "' " +
                              engine + " '" + line + "' 2>&1";

  Result out;
  out.name = name;
  out.unit = "us p99";
  std::array<double, kRounds> p99{}, p50{}, cpu{}, ours{};
  JudgeP99Us(*asked);  // caches
  for (std::size_t round = 0; round < kRounds; ++round) {
    ours[round] = JudgeP99Us(*asked);
    const absl::StatusOr<Ended> ended = Run(command);
    if (!ended.ok()) return ended.status();
    if (ended->status == kSkipped || ended->status == kNoProgram) {
      out.not_measured = ended->said;
      return out;
    }
    const nlohmann::json said = nlohmann::json::parse(ended->said, nullptr, false);
    if (ended->status != 0 || !said.is_object()) return absl::InternalError(ended->said);
    p99[round] = said.at("p99_us");
    p50[round] = said.at("p50_us");
    cpu[round] = said.at("cpu_us");
  }
  out.value = Median(p99);
  out.p50 = Median(p50);
  out.baseline = Median(ours);
  out.ratio = out.value / out.baseline;
  out.cpu_us_per_op = Median(cpu);
  return out;
}

}  // namespace

absl::StatusOr<Result> CedarWasm1000() { return Measure("cedar_wasm_1000", "cedar"); }

absl::StatusOr<Result> Casbin1000() { return Measure("casbin_1000", "casbin"); }

}  // namespace sluis::bench
