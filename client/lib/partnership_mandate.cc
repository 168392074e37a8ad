#include "client/lib/partnership_mandate.h"

#include <algorithm>

#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "client/lib/text.h"
#include "crypto/bytes.h"
#include "server/authn/mandate.h"

namespace sluis::client {
namespace {

constexpr size_t kMaxFileBytes = 8 << 10;
constexpr size_t kIdBytes = 16;

bool HasForm(const record::v1::Mandate& mandate) {
  return mandate.mandate_id().size() == kIdBytes && IsOrganisationId(mandate.organisation()) &&
         IsOrganisationId(mandate.partnership()) && mandate.user_id().empty() &&
         mandate.pseudonym().size() == kIdBytes &&
         mandate.signing_key().size() == crypto::PublicKey().size();
}

Failure NotUsable(std::string key, const record::v1::Mandate& mandate, uint64_t at_s) {
  return {Exit::kUsage,
          {std::move(key),
           {{"partnership", mandate.partnership()}, {"day", LegalDay(static_cast<int64_t>(at_s))}}},
          nullptr};
}

}  // namespace

Result<PartnershipMandate> ReadPartnershipMandate(const std::string& path) {
  const Result<std::string> bytes = ReadWhole(path, kMaxFileBytes);
  if (!bytes.ok()) return bytes.failure();
  return ParsePartnershipMandate(*bytes, path);
}

Result<PartnershipMandate> ParsePartnershipMandate(const std::string& bytes,
                                                   const std::string& path) {
  PartnershipMandate out;
  if (bytes.size() > kMaxFileBytes || !out.signed_mandate.ParseFromString(bytes) ||
      !out.mandate.ParseFromString(out.signed_mandate.mandate()) || !HasForm(out.mandate)) {
    return Failure{Exit::kUsage, {"mandate.bad_file", {{"path", path}}}, nullptr};
  }
  return out;
}

std::string MandatePath(const Profile& profile, const std::string& partnership) {
  return profile.PathOf(partnership + ".mandate");
}

Step InstallMandate(const PartnershipMandate& mandate, const Profile& profile,
                    const crypto::PublicKey& signing_key) {
  if (mandate.mandate.organisation() != profile.organisation ||
      mandate.mandate.signing_key() != crypto::View(signing_key)) {
    return Failure{Exit::kUsage, {"mandate.other_person", {{"path", profile.folder}}}, nullptr};
  }
  return WriteOver(MandatePath(profile, mandate.mandate.partnership()),
                   mandate.signed_mandate.SerializeAsString(), FileMode::kPrivate);
}

Result<PartnershipMandate> MandateFor(const Profile& profile, const std::string& partnership,
                                      const std::string& role, int64_t now_s) {
  // The name comes from the node: it must not lead out of the folder.
  const std::string path = MandatePath(profile, partnership);
  if (!IsOrganisationId(partnership) || !Exists(path)) {
    return Failure{Exit::kUsage, {"mandate.none_for", {{"partnership", partnership}}}, nullptr};
  }
  Result<PartnershipMandate> found = ReadPartnershipMandate(path);
  if (!found.ok()) return found;
  const record::v1::Mandate& mandate = found->mandate;
  const auto now = static_cast<uint64_t>(now_s);
  if (now > mandate.not_after_s()) {
    return NotUsable("mandate.ended", mandate, mandate.not_after_s());
  }
  if (now < mandate.not_before_s()) {
    return NotUsable("mandate.not_yet", mandate, mandate.not_before_s());
  }
  if (std::find(mandate.roles().begin(), mandate.roles().end(), role) == mandate.roles().end()) {
    std::string roles;
    for (const std::string& one : mandate.roles()) roles += (roles.empty() ? "" : ", ") + one;
    return Failure{
        Exit::kUsage,
        {"mandate.without_role", {{"partnership", partnership}, {"role", role}, {"roles", roles}}},
        nullptr};
  }
  return found;
}

Result<std::string> PseudonymToKeep(const std::string& path, const record::v1::Mandate& next,
                                    const crypto::PublicKey& mandate_key) {
  const Result<PartnershipMandate> before = ReadPartnershipMandate(path);
  if (!before.ok()) return before.failure();
  authn::MandateVerifier verifier(next.organisation(), mandate_key);
  if (!verifier.Verify(before->signed_mandate).ok() ||
      before->mandate.partnership() != next.partnership() ||
      before->mandate.signing_key() != next.signing_key()) {
    return Failure{Exit::kUsage, {"mandate.not_followed", {{"path", path}}}, nullptr};
  }
  return before->mandate.pseudonym();
}

}  // namespace sluis::client
