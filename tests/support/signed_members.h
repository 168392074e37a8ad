#ifndef SLUIS_TESTS_SUPPORT_SIGNED_MEMBERS_H_
#define SLUIS_TESTS_SUPPORT_SIGNED_MEMBERS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/signature.h"
#include "server/partnership/manifest.h"

namespace sluis::test {

// What a member is made of; what is left out is made up.
struct MemberSpec {
  std::string organisation = "pz-drie-sluizen.example";
  std::string kind = "police-zone";
  bool secrecy_regime = false;
  std::string host = {};    // the organisation itself
  std::string ca_pem = {};  // a fresh CA
  std::optional<crypto::PublicKey> log = {};
  std::optional<crypto::PublicKey> mandate = {};
  std::shared_ptr<const crypto::SigningKey> identity = {};
  std::optional<crypto::PublicKey> receipt = {};
  std::string zone = "drie-sluizen";
};

// A member of a partnership, and the key with which it signs.
struct MemberKit {
  partnership::Member member;
  std::shared_ptr<const crypto::SigningKey> identity;
};

// Throws when something cannot be made, which ends the test. All keys are valid for centuries.
MemberKit MakeMember(const MemberSpec& spec);

struct ManifestSpec {
  record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_EXERCISE;
  crypto::Hash statutory_pack{};
  crypto::Hash partnership_pack{};
  // The manifest that it follows, null for the first.
  const partnership::Manifest* held = nullptr;
  // Organisations that have not signed.
  std::vector<std::string> unsigned_by = {};
  std::string partnership = "livc-r.vaartland.example";
};

// A manifest of these members with their signatures. Throws likewise.
partnership::SignedManifest MakeSigned(const std::vector<const MemberKit*>& members,
                                       const ManifestSpec& spec);

// Writes `bytes` to `path`.
void WriteBytes(const std::string& path, const std::string& bytes);

}  // namespace sluis::test

#endif  // SLUIS_TESTS_SUPPORT_SIGNED_MEMBERS_H_
