#include "tests/bench/result_json.h"

namespace sluis::bench {

nlohmann::json ToJson(const Result& result) {
  nlohmann::json json = {{"name", result.name},   {"value", result.value},
                         {"unit", result.unit},   {"baseline", result.baseline},
                         {"ratio", result.ratio}, {"cpu_us_per_op", result.cpu_us_per_op}};
  if (!result.invalid.empty()) json["invalid"] = result.invalid;
  return json;
}

}  // namespace sluis::bench
