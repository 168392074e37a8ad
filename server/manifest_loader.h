#ifndef SLUIS_SERVER_MANIFEST_LOADER_H_
#define SLUIS_SERVER_MANIFEST_LOADER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/signature.h"
#include "server/config.h"
#include "server/core/held_manifest.h"
#include "server/core/terms.h"
#include "server/partnership/manifest.h"

namespace sluis::server {

// What of a node the manifest must say as it is.
struct OwnKeys {
  crypto::PublicKey log;
  crypto::PublicKey identity;
  crypto::PublicKey receipt;
  // The CA certificate of its certificate folder, DER.
  std::string ca_certificate;
};

// Reads the keys for partners and the CA certificate that the configuration names; `log` is that of
// the open ledger. Errors name the file.
absl::StatusOr<OwnKeys> LoadOwnKeys(const Config& config, const crypto::PublicKey& log,
                                    const std::string& today);

// Whether `manifest` says of this organisation what the node is: member, kind, secrecy regime,
// host, CA certificate, keys of log, identity, receipts and mandates, and the two rule packs in
// `terms`. Days of validity are not looked at: a key that has run out in the manifest must not keep
// a node from its own records. FAILED_PRECONDITION says what differs and what to do; `file` is
// where the manifest lies.
absl::Status CheckOwn(const partnership::Manifest& manifest, const std::string& file,
                      const Config& config, const OwnKeys& keys, const core::Terms& terms);

// The manifests between `held` and the one that the configuration names, oldest first: a member
// that was left out of some of them and taken back could bring none of those into force. They lie
// beside it, each under its name with a dot and the version behind it, complete on `today` and
// following the one before; what they say of this node is not looked at. Empty when nothing lies
// between or the first is not there: LoadManifest says then what is missing. Errors name the file.
absl::StatusOr<core::ManifestChain> ManifestsBetween(
    const Config& config, const std::shared_ptr<const partnership::SignedManifest>& held,
    const std::string& today);

// The manifest that the configuration names, when it may come into force after `held` (the one in
// the ledger; null for none): complete on `today`, following `held` or being it, and CheckOwn. Null
// when the configuration names none and none is held. Every error says what to do, and names the
// file.
absl::StatusOr<std::shared_ptr<const partnership::SignedManifest>> LoadManifest(
    const Config& config, const crypto::PublicKey& log, const core::Terms& terms,
    std::shared_ptr<const partnership::SignedManifest> held, const std::string& today);

}  // namespace sluis::server

#endif  // SLUIS_SERVER_MANIFEST_LOADER_H_
