// The status that a node answers, its code in the first byte and its details behind: always one
// exit and one text, and a reason only of a refusal that has a code.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "client/lib/call_failure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  const auto code = static_cast<absl::StatusCode>(1 + data[0] % 16);
  const std::string details(reinterpret_cast<const char*>(data + 1), size - 1);
  const client::Failure failure =
      client::FailureOfCall(code, "said by the node", details, "node.example:7443");
  if (failure.exit == client::Exit::kDone || failure.message.key.empty()) std::abort();
  if (!failure.refusal) {
    if (failure.message.key == "call.denied") std::abort();
    return 0;
  }
  if (failure.refusal->code().empty()) std::abort();
  const auto& texts = failure.refusal->because();
  for (const char* language : {"nl", "en", ""}) {
    const std::string because = client::BecauseOf(*failure.refusal, language);
    if (std::none_of(texts.begin(), texts.end(),
                     [&](const auto& text) { return text.text() == because; }) &&
        !(texts.empty() && because.empty())) {
      std::abort();
    }
  }
  return 0;
}
