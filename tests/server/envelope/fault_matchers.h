// What a refusal of server/exchange says, as a test reads it.
#ifndef SLUIS_TESTS_SERVER_ENVELOPE_FAULT_MATCHERS_H_
#define SLUIS_TESTS_SERVER_ENVELOPE_FAULT_MATCHERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/envelope/fault.h"

namespace sluis::envelope {

// "ok", the word of the fault, or "other" for a status that carries none.
inline std::string Word(const absl::Status& status) {
  if (status.ok()) return "ok";
  const auto fault = FaultOf(status);
  return fault ? std::string(FaultName(*fault)) : "other";
}

template <typename T>
std::string Word(const absl::StatusOr<T>& result) {
  return Word(result.status());
}

}  // namespace sluis::envelope

#endif  // SLUIS_TESTS_SERVER_ENVELOPE_FAULT_MATCHERS_H_
