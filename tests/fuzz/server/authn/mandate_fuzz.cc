// Mandates ('m') and status lists ('s') that the mandate key signed over any bytes, and whole
// signed messages that it did not ('w'). What is accepted is well-formed and accepted again as it
// serialises; a revoked mandate is never in force; no signature holds for the other kind.
#include <algorithm>
#include <cstdint>
#include <string>

#include "server/authn/mandate.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

constexpr const char* kOrganisation = "caw.example";

using sluis::tests::Require;

const crypto::SigningKey& Key() {
  static const crypto::SigningKey key = [] {
    crypto::Secret<32> seed;
    std::fill(seed.mutable_span().begin(), seed.mutable_span().end(), uint8_t{7});
    return crypto::SigningKey::FromSeed(std::move(seed));
  }();
  return key;
}

std::string Sign(std::string_view label, const std::string& body) {
  std::string message;
  crypto::AppendLp(message, label);
  return std::string(crypto::View(Key().Sign(message + body)));
}

record::v1::SignedMandate MandateOf(const std::string& body, std::string_view label) {
  record::v1::SignedMandate out;
  out.set_mandate(body);
  out.set_signature(Sign(label, body));
  return out;
}

record::v1::SignedMandateStatus StatusOf(const std::string& body) {
  record::v1::SignedMandateStatus out;
  out.set_status(body);
  out.set_signature(Sign("sluis/mandate-status/v1", body));
  return out;
}

void CheckMandate(authn::MandateVerifier& verifier, const std::string& body) {
  const auto mandate = verifier.Verify(MandateOf(body, "sluis/mandate/v1"));
  const auto crossed = verifier.Verify(MandateOf(body, "sluis/mandate-status/v1"));
  Require(!crossed.ok() && !crossed.status().message().empty());
  if (!mandate.ok()) return Require(!mandate.status().message().empty());
  Require(mandate->organisation() == kOrganisation && mandate->mandate_id().size() == 16);
  Require(mandate->not_after_s() - mandate->not_before_s() <= authn::kMaxMandateSeconds);
  const std::string bytes = mandate->SerializeAsString();
  const auto again = verifier.Verify(MandateOf(bytes, "sluis/mandate/v1"));
  Require(again.ok() && again->SerializeAsString() == bytes);
  record::v1::MandateStatus revoked;
  *revoked.add_revoked() = mandate->mandate_id();
  const uint64_t moment = mandate->not_before_s() * 1'000'000;
  Require(!authn::InForce(*mandate, revoked, moment));
  if (moment / 1'000'000 == mandate->not_before_s()) {
    Require(authn::InForce(*mandate, record::v1::MandateStatus(), moment));
  }
}

void CheckStatus(authn::MandateVerifier& verifier, const std::string& body) {
  const auto status = verifier.Verify(StatusOf(body));
  if (!status.ok()) return Require(!status.status().message().empty());
  Require(status->organisation() == kOrganisation && status->number() > 0);
  Require(std::is_sorted(status->revoked().begin(), status->revoked().end()));
  const std::string bytes = status->SerializeAsString();
  const auto again = verifier.Verify(StatusOf(bytes));
  Require(again.ok() && again->SerializeAsString() == bytes);
  for (const std::string& id : status->revoked()) {
    record::v1::Mandate mandate;
    mandate.set_mandate_id(id);
    mandate.set_not_after_s(2);
    Require(!authn::InForce(mandate, *status, 1'000'000));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  authn::MandateVerifier verifier(kOrganisation, Key().public_key());
  if (data[0] == 'm') CheckMandate(verifier, body);
  if (data[0] == 's') CheckStatus(verifier, body);
  if (data[0] == 'w') {
    // An input cannot hold a signature but one that stands in a seed, and none does.
    record::v1::SignedMandate mandate;
    if (mandate.ParseFromString(body)) Require(!verifier.Verify(mandate).ok());
    record::v1::SignedMandateStatus status;
    if (status.ParseFromString(body)) Require(!verifier.Verify(status).ok());
  }
  return 0;
}
