// The manifest of a partnership: reading, checking and chaining it. Pure; node and command share
// it.
//
// Guarantee: a `Manifest` value was read from bytes that obey every rule of manifest.proto, so who
// holds one need not check again: members sorted and unique, keys well-formed, of one purpose and
// one member each, addresses and names bounded, CA certificates readable, marked as CA and of one
// member each, both pack digests there, and nothing else in it: no unknown field, no second
// spelling. Bytes are kept as they came: digests and signatures are over those.
// Not guaranteed by reading alone: that anybody signed (MissingSignatures), that it follows the one
// held (CheckFollows), or that the outside world is as it says.
// Thread-safety: values; functions are pure. Errors: kInvalidArgument for a form that is broken,
// naming the member by its place (1-based) and the field; never quoting keys.
// Source: manifest.proto; "Identity" in ARCHITECTURE.md.
#ifndef SLUIS_SERVER_PARTNERSHIP_MANIFEST_H_
#define SLUIS_SERVER_PARTNERSHIP_MANIFEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/key_file.h"
#include "crypto/signature.h"
#include "sluis/record/v1/manifest.pb.h"

namespace sluis::partnership {

inline constexpr size_t kMaxSignedManifestBytes = 1 << 20;
inline constexpr size_t kMaxSignedMemberBytes = 16 << 10;
inline constexpr size_t kMaxMembers = 64;

// A public key of a member.
struct Key {
  crypto::KeyPurpose purpose;
  crypto::PublicKey public_key;
  std::string not_before, not_after;  // YYYY-MM-DD, both days count

  std::string id() const { return crypto::KeyId(purpose, public_key); }
  bool ValidOn(std::string_view day) const { return not_before <= day && day <= not_after; }
};

struct Member {
  std::string organisation;
  std::string name;
  std::string kind;
  bool secrecy_regime = false;
  std::string host;
  std::string ca_certificate;  // DER
  std::vector<std::string> addresses;
  std::vector<Key> keys;
  std::string zone;   // police zone in which it works; empty for none or more than one
  std::string bytes;  // as signed by the member

  // Keys of that purpose valid on that day, in the order of the manifest.
  std::vector<const Key*> KeysFor(crypto::KeyPurpose purpose, std::string_view day) const;
  // Lower-case hexadecimal SHA-256 of the CA certificate, by which people compare it.
  std::string ca_fingerprint() const;
};

struct Manifest {
  std::string partnership;
  std::string name;
  uint64_t version = 0;
  std::optional<crypto::Hash> previous_digest;
  record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_UNSPECIFIED;
  std::vector<Member> members;
  crypto::Hash statutory_pack{};
  crypto::Hash partnership_pack{};
  std::string bytes;      // as signed
  crypto::Hash digest{};  // SHA-256 of bytes

  // Null when there is no such member.
  const Member* Find(std::string_view organisation) const;
};

// A member's statement about itself: form, and the signature by one of the identity keys in it
// (proof that the member holds it). PERMISSION_DENIED when the signature does not hold.
absl::StatusOr<Member> ReadSignedMember(std::string_view signed_member);

// The bytes of a member's statement, as `sluis partnership member` writes them. INVALID_ARGUMENT
// when the statement breaks a rule.
absl::StatusOr<std::string> SignMember(const record::v1::Member& member,
                                       const crypto::SigningKey& identity);

// The form of the inner `manifest` bytes.
absl::StatusOr<Manifest> ReadManifest(std::string_view manifest);

// Canonical bytes of a draft from parts that are checked like a manifest that is read: members are
// sorted here.
struct Draft {
  std::string partnership;
  std::string name;
  record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_UNSPECIFIED;
  std::vector<Member> members;
  crypto::Hash statutory_pack{};
  crypto::Hash partnership_pack{};
};
// `held` is the manifest that the draft follows, null for the first. Errors of ReadManifest and
// CheckFollows.
absl::StatusOr<Manifest> MakeManifest(const Draft& draft, const Manifest* held);

crypto::Signature SignManifest(const Manifest& manifest, const crypto::SigningKey& identity);

// A manifest with its signatures.
struct SignedManifest {
  Manifest manifest;
  std::vector<record::v1::ManifestSignature> signatures;

  std::string Serialise() const;
};

// Form of the whole, signatures sorted, unique and of members; not whether they hold.
absl::StatusOr<SignedManifest> ReadSignedManifest(std::string_view signed_manifest);

// Organisations whose signature is missing or does not hold on `day`, sorted; empty when complete.
// A member that is in `held` (null for the first manifest) must have signed with an identity key
// that `held` gives it and that is valid on `day`: whoever drafts cannot replace a member's keys
// and sign in its place. A new member signs with an identity key of its own statement.
// `day` is the day on which the manifest is taken into force; asking again about one that is in
// force already would count keys that have expired since as missing.
std::vector<std::string> MissingSignatures(const SignedManifest& signed_manifest,
                                           const Manifest* held, std::string_view day);

// Whether `next` may take the place of `held` (null when none is held): same partnership, version
// and digest of the one before, a state that may follow. FAILED_PRECONDITION says which, and what
// to install first. A node that holds none may take any version, since it may join late. The same
// manifest does not follow itself: whoever reads one again compares digests first.
absl::Status CheckFollows(const Manifest* held, const Manifest& next);

}  // namespace sluis::partnership

#endif  // SLUIS_SERVER_PARTNERSHIP_MANIFEST_H_
