#include <algorithm>

#include "server/partnership/manifest.h"
#include "server/partnership/member_form.h"

namespace sluis::partnership {
namespace {

constexpr std::string_view kManifestLabel = "sluis/manifest/v1";

bool IsSignedBy(const Member& member, std::string_view statement, std::string_view signature,
                std::string_view day) {
  for (const Key* key : member.KeysFor(crypto::KeyPurpose::kIdentity, day)) {
    if (crypto::Verify(key->public_key, statement, signature)) return true;
  }
  return false;
}

}  // namespace

crypto::Signature SignManifest(const Manifest& manifest, const crypto::SigningKey& identity) {
  return identity.Sign(Statement(kManifestLabel, manifest.bytes));
}

std::string SignedManifest::Serialise() const {
  record::v1::SignedManifest proto;
  proto.set_manifest(manifest.bytes);
  for (const record::v1::ManifestSignature& signature : signatures) {
    *proto.add_signatures() = signature;
  }
  return proto.SerializeAsString();
}

absl::StatusOr<SignedManifest> ReadSignedManifest(std::string_view signed_manifest) {
  record::v1::SignedManifest proto;
  if (signed_manifest.size() > kMaxSignedManifestBytes || !ParseExactly(signed_manifest, &proto)) {
    return Wrong("manifest", "bytes", "are not those of a manifest with its signatures");
  }
  absl::StatusOr<Manifest> manifest = ReadManifest(proto.manifest());
  if (!manifest.ok()) return manifest.status();
  SignedManifest out;
  for (int i = 0; i < proto.signatures_size(); ++i) {
    const record::v1::ManifestSignature& next = proto.signatures(i);
    const std::string whose = "signature " + std::to_string(i + 1);
    if (manifest->Find(next.organisation()) == nullptr) {
      return Wrong(whose, "organisation", "must be that of a member");
    }
    if (next.signature().size() != crypto::Signature().size()) {
      return Wrong(whose, "signature", "must have 64 bytes");
    }
    if (i > 0 && proto.signatures(i - 1).organisation() >= next.organisation()) {
      return Wrong("manifest", "signatures", "must be sorted by organisation, each once");
    }
    out.signatures.push_back(next);
  }
  out.manifest = *std::move(manifest);
  return out;
}

std::vector<std::string> MissingSignatures(const SignedManifest& signed_manifest,
                                           const Manifest* held, std::string_view day) {
  const Manifest& manifest = signed_manifest.manifest;
  const std::string statement = Statement(kManifestLabel, manifest.bytes);
  std::vector<std::string> missing;
  for (const Member& member : manifest.members) {
    const Member* before = held == nullptr ? nullptr : held->Find(member.organisation);
    const Member& holder = before == nullptr ? member : *before;
    const bool present =
        std::any_of(signed_manifest.signatures.begin(), signed_manifest.signatures.end(),
                    [&](const record::v1::ManifestSignature& signature) {
                      return signature.organisation() == member.organisation &&
                             IsSignedBy(holder, statement, signature.signature(), day);
                    });
    if (!present) missing.push_back(member.organisation);
  }
  return missing;
}

}  // namespace sluis::partnership
