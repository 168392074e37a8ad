// A mandate file as it is ('w'), or a serialised Mandate put into one ('m'). What is read can be
// stored by its partnership's name inside a folder, names no user, and is read again as it was.
#include <cstdint>
#include <string>

#include "client/lib/partnership_mandate.h"
#include "client/lib/signing.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

using sluis::tests::Require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 8192) return 0;
  std::string file(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'm') {
    record::v1::SignedMandate signed_mandate;
    signed_mandate.set_mandate(file);
    signed_mandate.set_signature(std::string(64, 's'));
    file = signed_mandate.SerializeAsString();
  }
  const auto read = client::ParsePartnershipMandate(file, "an.mandate");
  if (!read.ok()) {
    Require(read.failure().message.key == "mandate.bad_file");
    return 0;
  }
  const record::v1::Mandate& mandate = read->mandate;
  Require(client::IsOrganisationId(mandate.partnership()) &&
          mandate.partnership().find('/') == std::string::npos);
  Require(mandate.user_id().empty() && mandate.pseudonym().size() == 16 &&
          mandate.signing_key().size() == 32);
  const std::string written = read->signed_mandate.SerializeAsString();
  const auto again = client::ParsePartnershipMandate(written, "an.mandate");
  Require(again.ok() && again->signed_mandate.mandate() == read->signed_mandate.mandate());
  return 0;
}
