// URIs of a certificate, one per line: whoever is named has one URI, and it is the one given.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/authn/identity.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::authn;  // NOLINT(google-build-using-namespace)
  std::vector<std::string> uris;
  if (size > 0) uris.emplace_back();
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      uris.emplace_back();
    } else {
      uris.back().push_back(static_cast<char>(data[i]));
    }
  }
  const auto identity = IdentityOf(uris);
  if (!identity.ok()) {
    if (identity.status().message().empty()) std::abort();
    return 0;
  }
  if (uris.size() != 1 || !IsOrganisationId(identity->organisation)) std::abort();
  const bool node = identity->user_id.empty();
  if (!node && !IsUserId(identity->user_id)) std::abort();
  const std::string again =
      node ? NodeUri(identity->organisation) : UserUri(identity->organisation, identity->user_id);
  if (again != uris[0]) std::abort();
  return 0;
}
