// Proofs that many elements were multiplied by one key (RFC 9497 section 2.2): the discrete
// logarithms of B to base A and of every D[i] to base C[i] are equal, and the prover knows them.
//
// Guarantee: a proof that verifies holds for exactly these elements in this order, under this
// context. Who proves learns nothing from a random source that stands still: the nonce is hashed
// from fresh bytes, the key, the context and all that is proved, so that it repeats only together
// with the whole proof, and stays secret as long as the key does. Not guaranteed: that B is the
// right party's: take it from where it was pinned, never from the answer. Thread-safety: a
// ProofContext is read by any thread; the Random given must suit the thread. Errors:
// kInvalidArgument for lists that do not fit each other or an encoding that is none, kDataLoss for
// a proof that does not hold.
#ifndef SLUIS_CRYPTO_DLEQ_H_
#define SLUIS_CRYPTO_DLEQ_H_

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/group.h"
#include "crypto/random.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

// The RFC could take 65,536 in one proof; nobody here needs more.
inline constexpr size_t kMaxBatch = 1024;

struct Proof {
  static constexpr size_t kSize = 2 * kScalarSize;

  Scalar challenge;
  Scalar response;

  // challenge || response
  FixedBytes<kSize> Serialize() const;
  // Exactly kSize bytes, both scalars reduced.
  static absl::StatusOr<Proof> Deserialize(BytesView bytes);

  friend bool operator==(const Proof&, const Proof&) = default;
};

// What a proof is made for; a proof of one context is worth nothing in another.
class ProofContext {
 public:
  // `name` is the RFC's contextString; at most 200 bytes, or the process ends.
  explicit ProofContext(BytesView name);

  const Bytes& name() const { return name_; }
  const Bytes& hash_to_scalar_label() const { return hash_to_scalar_label_; }
  const Bytes& seed_label() const { return seed_label_; }

 private:
  Bytes name_;
  Bytes hash_to_scalar_label_;
  Bytes seed_label_;
};

// What is proved. Borrows.
struct Statement {
  const Element& a;
  const Element& b;
  std::span<const Encoding> c;
  std::span<const Encoding> d;
};

// `key` must be the logarithm; when it is not, the proof will not verify.
absl::StatusOr<Proof> GenerateProof(const ProofContext& context, const SecretScalar& key,
                                    const Statement& statement, Random& random);

absl::Status VerifyProof(const ProofContext& context, const Statement& statement,
                         const Proof& proof);

namespace internal {
// With a nonce that serves once, for repeating published proofs: two proofs with one nonce tell the
// key.
absl::StatusOr<Proof> GenerateProofWith(const ProofContext& context, const SecretScalar& key,
                                        const Statement& statement, const SecretScalar& nonce);
}  // namespace internal

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_DLEQ_H_
