// Offline proof that an entry is in a log (C2SP tlog-proof): index, inclusion proof and signed
// checkpoint in one text file, extension .tlog-proof.
//
//   c2sp.org/tlog-proof@v1 LF  [extra <base64> LF]  index <n> LF  <base64 hash> LF ...  LF
//   <checkpoint note>
//
// Guarantee: VerifyProof ties the entry's bytes to a head that the log key signed; the tree size is
// the checkpoint's, never the sender's. Parse accepts exactly what Marshal writes. Not guaranteed:
// anything about `extra`, which nobody signs; the checkpoint inside an unverified proof.
// Thread-safety: pure functions.
// Bounds: 63 hashes, 48 KiB of extra data, a checkpoint of kMaxNoteSize.
#ifndef SLUIS_CRYPTO_PROOF_H_
#define SLUIS_CRYPTO_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

namespace sluis::crypto {

inline constexpr size_t kMaxProofHashes = 63;
inline constexpr size_t kMaxProofExtra = size_t{48} << 10;

struct TlogProof {
  Bytes extra;  // unauthenticated; empty means the line is left out
  uint64_t index = 0;
  std::vector<Hash> hashes;  // leaf's sibling first
  Bytes checkpoint;          // the signed note as received

  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

// kInvalidArgument over a bound or without a checkpoint.
absl::StatusOr<Bytes> MarshalProof(const TlogProof& proof);
absl::StatusOr<TlogProof> ParseProof(BytesView text);

// The checkpoint under which `entry` is proved. Errors of OpenCheckpoint and VerifyInclusion.
absl::StatusOr<Checkpoint> VerifyProof(const TlogProof& proof, BytesView entry,
                                       const VerifierKey& log_key);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_PROOF_H_
