// The oblivious pseudorandom function of RFC 9497 for ristretto255-SHA512, modes OPRF and VOPRF.
//
// A client hides its input under a blind; who holds the key multiplies without seeing what; the
// client takes the blind off. In mode VOPRF a proof shows that the key behind a public key was used
// for the whole batch.
//
// Guarantee: byte for byte the functions of the RFC, with its vectors as tests. Every element from
// outside is checked for its canonical encoding and refused when it is the identity. Blind, input
// and result stay in locked, wiped memory. Not guaranteed: that an output may be stored as a
// pseudonym: Finalize hashes the input as well, so its output cannot move to a later key;
// pseudonyms are made with crypto/threshold.h. Mode POPRF does not exist here. Thread-safety: pure
// functions; the Random given must suit the thread. Ownership: an Evaluation owns its bytes; the
// rest borrows for the call. Errors: kInvalidArgument for input that is too long, lists that do not
// fit, encodings that are none; kDataLoss for a proof that does not hold.
#ifndef SLUIS_CRYPTO_OPRF_H_
#define SLUIS_CRYPTO_OPRF_H_

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/dleq.h"
#include "crypto/group.h"
#include "crypto/random.h"
#include "crypto/scalar.h"
#include "crypto/secret.h"

namespace sluis::crypto::oprf {

enum class Mode : uint8_t { kOprf = 0, kVoprf = 1 };

inline constexpr size_t kMaxInputBytes = 65535;

// "OPRFV1-" || mode || "-ristretto255-SHA512", as the context of proofs.
const ProofContext& ContextOf(Mode mode);

struct KeyPair {
  SecretScalar key;
  Element public_key;
};

// Section 3.2.1; `info` at most 65,535 bytes.
absl::StatusOr<KeyPair> DeriveKeyPair(Mode mode, const Secret<32>& seed, BytesView info);

struct Blinded {
  SecretScalar blind;  // for the client alone, once
  Element element;     // for whoever holds the key
};

// Section 3.3.1. Blinds are never used again, not for the same input either.
absl::StatusOr<Blinded> Blind(Mode mode, BytesView input, Random& random);

// Section 3.3.1: one element, nothing proved.
absl::StatusOr<Element> BlindEvaluate(const SecretScalar& key, const Encoding& blinded);

struct Evaluation {
  std::vector<Encoding> evaluated;
  Proof proof;
};

// Section 3.3.2: a batch of at most kMaxBatch, with one proof for all of it. `public_key` must be
// that of `key`.
absl::StatusOr<Evaluation> BlindEvaluate(const SecretScalar& key, const Element& public_key,
                                         std::span<const Encoding> blinded, Random& random);

// Takes the blind off and hashes: section 3.3.1.
absl::StatusOr<Secret<64>> Finalize(BytesView input, const SecretScalar& blind,
                                    const Encoding& evaluated);

// The same for a batch whose proof is verified first: section 3.3.2.
absl::StatusOr<std::vector<Secret<64>>> Finalize(std::span<const BytesView> inputs,
                                                 std::span<const SecretScalar> blinds,
                                                 std::span<const Encoding> blinded,
                                                 const Element& public_key,
                                                 const Evaluation& evaluation);

namespace internal {
// With a given blind, for repeating published examples.
absl::StatusOr<Element> BlindWith(Mode mode, BytesView input, const SecretScalar& blind);
}  // namespace internal

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_OPRF_H_
