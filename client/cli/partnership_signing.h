// With what a person signs for partners: the key of the profile, and the mandate under which it
// signs in a partnership.
//
// Errors: a Failure when there is no such mandate or key, or when the key has passed its last day.
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_PARTNERSHIP_SIGNING_H_
#define SLUIS_CLIENT_CLI_PARTNERSHIP_SIGNING_H_

#include <string>

#include "client/cli/shell.h"
#include "client/lib/key_file.h"
#include "client/lib/partnership_mandate.h"
#include "client/lib/statement_signing.h"

namespace sluis::cli {

struct Signing {
  crypto::KeyFile key;
  client::PartnershipMandate mandate;

  client::Signer By(const Shell& shell) const { return {key.key, mandate, shell.now_s()}; }
};

Result<Signing> SigningFor(Shell& shell, const std::string& partnership, const std::string& role);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PARTNERSHIP_SIGNING_H_
