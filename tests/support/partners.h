#ifndef SLUIS_TESTS_SUPPORT_PARTNERS_H_
#define SLUIS_TESTS_SUPPORT_PARTNERS_H_

#include <map>
#include <string>
#include <vector>

#include "crypto/signature.h"
#include "server/partnership/manifest.h"
#include "tests/support/organisation.h"

namespace sluis::test {

// What one manifest says beside who is in it.
struct ManifestForm {
  record::v1::PartnershipState state = record::v1::PARTNERSHIP_STATE_EXERCISE;
  // host:port by organisation; who is missing only dials out.
  std::map<std::string, std::vector<std::string>> addresses;
  // CA certificate, PEM, to pin in the place of the organisation's own.
  std::map<std::string, std::string> pinned;
};

// A partnership of test organisations: makes manifests that all have signed, each following the one
// before, over the packs that their configurations name. Ends the test by an exception when one
// cannot be made.
class Partners {
 public:
  // The next manifest, of these members. Organisations need their keys only here.
  const partnership::SignedManifest& Next(const std::vector<const Organisation*>& members,
                                          const ManifestForm& form = {});
  // Writes a protocol of the members of the newest manifest beside it, protocol.yaml, and the
  // signatures of all: the example of docs/examples with these parties, in force as long as the
  // packs.
  void InstallProtocol(const std::vector<const Organisation*>& members,
                       const Organisation& organisation) const;
  // Writes the newest manifest to where the configuration of that organisation names it.
  void Install(const Organisation& organisation) const;

 private:
  record::v1::Member StatementOf(const Organisation& organisation, const ManifestForm& form);

  // Witness and receipt keys, which no file of a test organisation holds.
  std::map<std::string, std::vector<crypto::PublicKey>> spare_keys_;
  std::vector<partnership::SignedManifest> manifests_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_SUPPORT_PARTNERS_H_
