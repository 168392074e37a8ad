// Verifiable dealing after Feldman: one secret, shared so that `threshold` members together have it
// and fewer learn nothing, with commitments by which each member checks its share.
//
//   polynomial   f(x) = a[0] + a[1] x + ... + a[t-1] x^(t-1)
//   commitments  A[m] = a[m] * generator
//   share of j   f(j), checked by f(j) * generator == sum of j^m * A[m]
//
// Every key ceremony deals, and differs in what a[0] is and in how that is shown:
//   generation   a[0] random, shown by a ProofOfPossession (no dealer chooses it from the others')
//   reshare      a[0] the old share, shown by A[0] == its old verification key
//   epoch roll   a[0] the product of two shares, shown by a proof in ProductContext()
//
// Guarantee: a share that VerifyShare takes lies on the committed polynomial; commitments parsed
// for a threshold have exactly that many elements. Not guaranteed: that the constant is the right
// one (check it as above), nor that all members saw the same commitments (compare transcripts).
// Thread-safety: pure functions; the Random given must suit the thread. Ownership: coefficients and
// shares lie in locked, wiped memory. Errors: kInvalidArgument for numbers out of range and bytes
// that do not parse; kDataLoss for a share or proof that does not fit: its dealer is at fault.
#ifndef SLUIS_CRYPTO_DEALING_H_
#define SLUIS_CRYPTO_DEALING_H_

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/dleq.h"
#include "crypto/group.h"
#include "crypto/lagrange.h"
#include "crypto/random.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

using Commitments = std::vector<Element>;

class Polynomial {
 public:
  // Random but for its constant. 1 to kMaxMembers members shall be needed.
  static absl::StatusOr<Polynomial> Random(SecretScalar constant, size_t threshold,
                                           crypto::Random& random);
  // With these coefficients, the constant first.
  static absl::StatusOr<Polynomial> Of(std::vector<SecretScalar> coefficients);

  // The share of one member; never of 0, which is the secret.
  absl::StatusOr<SecretScalar> ShareOf(MemberIndex member) const;
  Commitments Commit() const;
  const SecretScalar& constant() const { return coefficients_.front(); }

 private:
  explicit Polynomial(std::vector<SecretScalar> coefficients)
      : coefficients_(std::move(coefficients)) {}

  std::vector<SecretScalar> coefficients_;
};

// Exactly `threshold` elements of 32 bytes, each as Element::Deserialize takes them. A coefficient
// of zero is refused with the identity that stands for it: chance does not make one.
absl::StatusOr<Commitments> ParseCommitments(BytesView bytes, size_t threshold);
Bytes SerializeCommitments(const Commitments& commitments);

// What a member's share times the generator must be; for the commitments of a key, the member's
// verification key. May be the identity where sums of commitments cancel out.
absl::StatusOr<Element> VerificationKey(const Commitments& commitments, MemberIndex member);

absl::Status VerifyShare(const Commitments& commitments, MemberIndex member,
                         const SecretScalar& share);

// The shares, respectively commitments, of the sum of factor times dealing: all factors 1 in a
// generation, Lagrange coefficients of the dealers in a reshare and an epoch roll. Counts must
// agree, and all commitments have one length.
absl::StatusOr<SecretScalar> SumOfShares(std::span<const SecretScalar> shares,
                                         std::span<const Scalar> factors);
absl::StatusOr<Commitments> SumOfCommitments(std::span<const Commitments> dealings,
                                             std::span<const Scalar> factors);

// That the maker knows the logarithm of an element, for one session and maker: Schnorr's proof.
struct ProofOfPossession {
  static constexpr size_t kSize = kElementSize + kScalarSize;

  Element commitment;
  Scalar response;

  // commitment || response
  FixedBytes<kSize> Serialize() const;
  static absl::StatusOr<ProofOfPossession> Deserialize(BytesView bytes);
};

// `context` names session and maker, at most 65,535 bytes. The nonce is hedged as in crypto/dleq.h.
absl::StatusOr<ProofOfPossession> ProvePossession(BytesView context, const SecretScalar& secret,
                                                  const Element& element, crypto::Random& random);
absl::Status VerifyPossession(BytesView context, const Element& element,
                              const ProofOfPossession& proof);

// For proving A[0] = d * V, where d * generator and V = s * generator are verification keys: dealt
// is the product d * s. Statement {generator, d * generator, {V}, {A[0]}}.
const ProofContext& ProductContext();

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_DEALING_H_
