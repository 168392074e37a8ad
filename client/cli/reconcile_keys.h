// Under whose key each of two exports is verified: part of `sluis log reconcile`.
//
// Guarantee: a key that a manifest or the person gives is never replaced by the one that the export
// claims; only where neither was given does the claimed key serve, and the answer says so.
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_RECONCILE_KEYS_H_
#define SLUIS_CLIENT_CLI_RECONCILE_KEYS_H_

#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/shell.h"
#include "crypto/note.h"
#include "server/partnership/manifest.h"

namespace sluis::cli {

struct KeySources {
  std::string manifest;           // file; empty for none
  std::vector<std::string> keys;  // verifier keys as text, of either log
  bool ask_node = false;  // for the manifest in force at the own node, when neither is given
};

class LogKeys {
 public:
  static Result<LogKeys> Of(Shell& shell, const KeySources& sources);

  // The key for an export that begins here; empty stands for the claimed one. What cannot be read
  // as an export has no key: whoever verifies it will say why. Moves the position of the stream.
  Result<std::string> For(std::istream& exported) const;

 private:
  std::optional<partnership::Manifest> manifest_;
  std::vector<crypto::VerifierKey> keys_;
};

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_RECONCILE_KEYS_H_
