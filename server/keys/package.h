// The pinned package of a key that no single node has: what everybody knows of it.
//
// Guarantee: a Package value is consistent: sorted holders, verification keys that follow from the
// commitments, the key id that follows from partnership, purpose, epoch and public key, none of
// them the identity. Reading costs a multiplication per holder and coefficient. What Make makes,
// Read reads.
// Not guaranteed: that a ceremony made it, or that its holders confirmed it: that is for whoever
// pins it to have seen. Thread-safety: values; functions are pure. Errors: kInvalidArgument, naming
// the field.
// Source: docs/formats.md, "Package of a key".
#ifndef SLUIS_SERVER_KEYS_PACKAGE_H_
#define SLUIS_SERVER_KEYS_PACKAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/dealing.h"
#include "server/keys/committee.h"
#include "sluis/record/v1/key_package.pb.h"

namespace sluis::keys {

inline constexpr size_t kMaxPackageBytes = 16 << 10;

struct KeyHolder {
  MemberIndex index;
  std::string organisation;
  crypto::oprf::Element verification_key;
};

struct Package {
  std::string partnership;
  std::string purpose;
  uint32_t epoch = 0;
  record::v1::KeyUse use = record::v1::KEY_USE_UNSPECIFIED;
  uint32_t generation = 0;  // of its sharing
  std::optional<crypto::Hash> previous_digest;
  std::optional<crypto::Hash> factor_digest;
  size_t threshold = 0;
  std::vector<KeyHolder> holders;  // sorted by index
  crypto::oprf::Commitments commitments;
  crypto::Hash key_id{};
  crypto::Hash ceremony{};
  crypto::Hash transcript{};
  std::string bytes;      // as pinned
  crypto::Hash digest{};  // that the holders confirmed

  const crypto::oprf::Element& public_key() const { return commitments.front(); }
  // Null when there is none.
  const KeyHolder* Find(MemberIndex index) const;
};

struct PackageDraft {
  std::string partnership;
  std::string purpose;
  uint32_t epoch = 0;
  record::v1::KeyUse use = record::v1::KEY_USE_TAGS;
  uint32_t generation = 1;
  std::optional<crypto::Hash> previous_digest;
  std::optional<crypto::Hash> factor_digest;
  std::vector<Seat> holders;
  crypto::oprf::Commitments commitments;
  crypto::Hash ceremony{};
  crypto::Hash transcript{};
};
// Also when the public key or a verification key comes out as the identity.
absl::StatusOr<Package> MakePackage(PackageDraft draft);

// Of the bytes of a package, whether they are of form or not.
crypto::Hash PackageDigest(crypto::BytesView bytes);

absl::StatusOr<Package> ReadPackage(crypto::BytesView bytes);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_PACKAGE_H_
