// A request file as it is ('w'), or a user id up to the first line feed and a PKCS#10 request,
// signed ('s'). What is read is written again as it was; what is signed for a user id is read.
#include <algorithm>
#include <cstdint>
#include <string>

#include "client/lib/signing.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

const crypto::SigningKey& Key() {
  static const crypto::SigningKey key = [] {
    crypto::Secret<32> seed;
    std::fill(seed.mutable_span().begin(), seed.mutable_span().end(), uint8_t{7});
    return crypto::SigningKey::FromSeed(std::move(seed));
  }();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 8192) return 0;
  std::string file(reinterpret_cast<const char*>(data + 1), size - 1);
  const bool sign = data[0] == 's';
  if (sign) {
    const size_t line = std::min(file.find('\n'), file.size());
    const std::string user_id = file.substr(0, line);
    if (!client::IsUserId(user_id)) return 0;
    file = client::SignUserRequest(user_id, file.substr(std::min(line + 1, file.size())), Key())
               .SerializeAsString();
  }
  const auto request = client::ParseUserRequest(file, "an.request");
  Require(request.ok() || !sign);
  if (!request.ok()) {
    Require(request.failure().message.key == "user.bad_request");
    return 0;
  }
  Require(client::IsUserId(request->user_id()) && request->signing_key().size() == 32);
  const std::string written = request->SerializeAsString();
  const auto again = client::ParseUserRequest(written, "an.request");
  Require(again.ok() && again->SerializeAsString() == written);
  return 0;
}
