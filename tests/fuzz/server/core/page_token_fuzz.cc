// Page tokens of lists, of the register and of the log: no bytes are a token, what was sealed
// opens, and with one byte changed it does not.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/core/call.h"
#include "server/core/page_token.h"
#include "tests/support/seeded_random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::core;  // NOLINT(google-build-using-namespace)
  static sluis::tests::SeededRandom random(7);
  static const PageTokens tokens(random);
  static const Call call = [] {
    Call made;
    made.method = &MethodNamed("LogService.QueryLog");
    sluis::authn::Caller caller;
    caller.user_id = "an.peeters";
    made.caller = std::make_shared<const sluis::authn::Caller>(caller);
    made.pages = &tokens;
    return made;
  }();
  const std::string bytes(reinterpret_cast<const char*>(data), size);

  const auto opened = tokens.Open(call, "filter", bytes);
  if (opened.ok() || opened.status().message().empty()) std::abort();
  const auto page = PageOf(call, "filter", 10, bytes);
  const auto* refusal = std::get_if<Refusal>(&page);
  if ((refusal == nullptr) != bytes.empty()) std::abort();
  if (refusal != nullptr && (refusal->code.empty() || refusal->message.empty())) std::abort();

  if (size > 256) return 0;
  std::string token = tokens.Seal(call, "filter", bytes);
  const auto position = tokens.Open(call, "filter", token);
  if (!position.ok() || *position != bytes) std::abort();
  if (tokens.Open(call, "another filter", token).ok()) std::abort();
  const size_t at = size == 0 ? 0 : data[0] % token.size();
  token[at] = static_cast<char>(token[at] ^ 1);
  if (tokens.Open(call, "filter", token).ok()) std::abort();
  return 0;
}
