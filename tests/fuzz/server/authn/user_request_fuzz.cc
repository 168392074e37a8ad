// A person's request as a message ('w'), or any bytes as its PKCS#10 request, signed over ('d').
// What is accepted is a whole register row; nothing may stand behind the PKCS#10 request.
#include <algorithm>
#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/authn/identity.h"
#include "server/authn/user_request.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

record::v1::UserRequest Signed(const std::string& der) {
  static const crypto::SigningKey key = [] {
    crypto::Secret<32> seed;
    std::fill(seed.mutable_span().begin(), seed.mutable_span().end(), uint8_t{7});
    return crypto::SigningKey::FromSeed(std::move(seed));
  }();
  record::v1::UserRequest request;
  request.set_user_id("an.peeters");
  request.set_signing_key(std::string(crypto::View(key.public_key())));
  request.set_certificate_request(der);
  std::string message;
  crypto::AppendLp(message, "sluis/user-request/v1");
  crypto::AppendLp(message, request.user_id());
  crypto::AppendLp(message, request.signing_key());
  crypto::AppendLp(message, request.certificate_request());
  request.set_signature(std::string(crypto::View(key.Sign(message))));
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  record::v1::UserRequest request;
  if (data[0] != 'w') {
    request = Signed(bytes);
  } else if (!request.ParseFromString(bytes)) {
    return 0;
  }
  const auto user = authn::VerifyUserRequest(request);
  if (!user.ok()) {
    Require(!user.status().message().empty());
    return 0;
  }
  Require(authn::IsUserId(user->user_id()) && user->user_id() == request.user_id());
  Require(user->signing_key().size() == 32 && user->tls_key_digest().size() == 32);
  Require(!authn::VerifyUserRequest(Signed(request.certificate_request() + "x")).ok());
  return 0;
}
