// Signed tree heads (C2SP tlog-checkpoint v1.0.0) of a log.
//
//   <origin> LF <size> LF <base64 root> LF      as the text of a signed note
//
// Guarantee: OpenCheckpoint returns only what the given log key signed, under the origin that is
// the key's name; size and root come out together as a TreeHead. An empty tree has the empty root.
// Not guaranteed: that this is the log's only or newest head: that takes witnesses and consistency
// proofs. A log must never sign two heads that contradict each other; SignCheckpoint does not
// remember what it signed. Narrower than C2SP on purpose: no extension lines, the origin is a key
// name (no spaces, no '+') without U+2014, and the signing key carries the origin as its name.
// Thread-safety: pure functions.
// Errors: as crypto/note.h; kInvalidArgument also for a text that is no checkpoint,
// kPermissionDenied for a checkpoint of another origin.
#ifndef SLUIS_CRYPTO_CHECKPOINT_H_
#define SLUIS_CRYPTO_CHECKPOINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/signature.h"

namespace sluis::crypto {

struct Checkpoint {
  std::string origin;
  TreeHead head;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text that is signed; kInvalidArgument when the origin or the head may not be signed.
absl::StatusOr<Bytes> CheckpointText(const Checkpoint& checkpoint);
// The reverse, byte-exact. Proves nothing: for looking up an origin's key and for text already
// verified.
absl::StatusOr<Checkpoint> ParseCheckpointText(BytesView text);

// The whole note, signed under the origin as key name.
absl::StatusOr<Bytes> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);
absl::StatusOr<Checkpoint> OpenCheckpoint(BytesView note, const VerifierKey& log_key);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_CHECKPOINT_H_
