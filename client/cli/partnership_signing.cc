#include "client/cli/partnership_signing.h"

#include <utility>

#include "client/lib/signing.h"

namespace sluis::cli {

Result<Signing> SigningFor(Shell& shell, const std::string& partnership, const std::string& role) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return profile.failure();
  auto mandate = client::MandateFor(*profile, partnership, role, shell.now_s());
  if (!mandate.ok()) return mandate.failure();
  auto key = client::ReadKey(profile->PathOf("signing.key"), crypto::KeyPurpose::kSigning);
  if (!key.ok()) return key.failure();
  if (key->not_after < shell.today()) {
    return Failure{Exit::kUsage, {"doctor.signing_expired", {{"day", key->not_after}}}, nullptr};
  }
  return Signing{std::move(*key), std::move(*mandate)};
}

}  // namespace sluis::cli
