// A new TLS key and certificate for a node that has one, from the CA that it has.
//
// The certificate folder (tls.crt, tls.key, ca.crt) is exchanged as a whole, in one step of the
// file system: whoever reads it finds the earlier pair or the new one, and never none. A running
// node reads its folder every few seconds and needs no restart.
//
// Guarantee: nothing is changed unless the CA key belongs to the folder's own ca.crt, that CA
// signed the certificate in force, and it lasts at least as long as the new one. The names are
// those of the certificate in force. The earlier folder stays beside as `<folder>.previous`; the
// one that lay there is removed. The new files belong to whom the folder belongs. Not guaranteed:
// that the file system can exchange; a failure says so and leaves the folder in force.
// Thread-safety: none; one renewal at a time. Ownership: the CA key is wiped after use. Errors: a
// Failure.
#ifndef SLUIS_CLIENT_LIB_NODE_RENEWAL_H_
#define SLUIS_CLIENT_LIB_NODE_RENEWAL_H_

#include <cstdint>
#include <string>

#include "client/lib/certificate.h"
#include "client/lib/message.h"

namespace sluis::client {

struct RenewalPlan {
  std::string folder;  // the node's certificate_folder; tls.key in it is not read
  std::string ca_key_path;
  int days = kLeafDays;
};

struct Renewed {
  CertificateFacts certificate;
  std::string previous_folder;
};

Result<Renewed> RenewNodeCertificate(const RenewalPlan& plan, int64_t now_s);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_NODE_RENEWAL_H_
