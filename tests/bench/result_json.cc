#include "tests/bench/result_json.h"

#include <cmath>

namespace sluis::bench {
namespace {

// What is set of it; 0 and infinity are not.
nlohmann::json Given(double value, double most, double ratio) {
  nlohmann::json given = nlohmann::json::object();
  if (value != 0) given["value"] = value;
  if (!std::isinf(most)) given["most"] = most;
  if (ratio != 0) given["ratio"] = ratio;
  return given;
}

}  // namespace

nlohmann::json ToJson(const Result& result, const Bar& bar) {
  if (!result.not_measured.empty()) {
    return {{"name", result.name}, {"not_measured", result.not_measured}};
  }
  nlohmann::json json = {{"name", result.name},   {"value", result.value},
                         {"unit", result.unit},   {"baseline", result.baseline},
                         {"ratio", result.ratio}, {"cpu_us_per_op", result.cpu_us_per_op}};
  if (auto given = Given(bar.least, bar.most, bar.least_ratio); !given.empty()) {
    json["bar"] = std::move(given);
  }
  if (auto given = Given(bar.goal, HUGE_VAL, bar.goal_ratio); !given.empty()) {
    json["goal"] = std::move(given);
  }
  if (result.p50 != 0) json["p50"] = result.p50;
  if (!result.invalid.empty()) json["invalid"] = result.invalid;
  return json;
}

}  // namespace sluis::bench
