// One key, held by many: each holder evaluates with its share and proves it, and the client puts t
// answers together. Nobody ever has the key.
//
//   client   blinded = blind * HashToGroup(input), the same list to every holder
//   holder   evaluated = share * blinded, with a proof against its verification key
//   client   element = sum of lambda[holder] * evaluated, over blind
//
// What comes out is the element itself and not the RFC's Finalize, so that it can move to a later
// key without the input. It stays where it was made; only tags derived from it leave.
//
// Guarantee: Combine takes answers that VerifyAnswer has verified for this request, from different
// holders, and as many as are needed; any of them give the same result. Blinds serve once: Combine
// takes the request with it. Not guaranteed: that a verification key is the holder's: take it from
// the package that was pinned, never from the answer; nor that `threshold` is the key's: with fewer
// answers another element comes out. Thread-safety: pure functions; the Random given must suit the
// thread. Ownership: blinds and results lie in locked, wiped memory. Errors: kInvalidArgument for
// what does not fit or parse, kDataLoss for an answer whose proof does not hold: keep it as
// evidence and ask another holder.
#ifndef SLUIS_CRYPTO_THRESHOLD_H_
#define SLUIS_CRYPTO_THRESHOLD_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/group.h"
#include "crypto/lagrange.h"
#include "crypto/oprf.h"
#include "crypto/random.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

// What a client asks all holders, and the blinds that it keeps.
class Request {
 public:
  // 1 to kMaxBatch inputs, each blinded with mode VOPRF.
  static absl::StatusOr<Request> Of(std::span<const BytesView> inputs, Random& random);
  // The same to move elements that an older key gave to a newer one.
  static absl::StatusOr<Request> OfElements(std::span<const SecretElement> elements,
                                            Random& random);
  // With given blinds, each for this request alone: drawn by the caller, or those of a published
  // example.
  static absl::StatusOr<Request> With(std::span<const BytesView> inputs,
                                      std::vector<SecretScalar> blinds);

  // What is sent.
  const std::vector<Encoding>& blinded() const { return blinded_; }
  // For the sealed record of what was asked.
  const std::vector<SecretScalar>& blinds() const { return blinds_; }

 private:
  std::vector<SecretScalar> blinds_;
  std::vector<Encoding> blinded_;
};

// What a holder answers: BlindEvaluate of crypto/oprf.h with its share as key and its verification
// key as public key.
using Answer = Evaluation;

// An answer whose proof held. Only VerifyAnswer makes one.
class VerifiedAnswer {
 public:
  MemberIndex holder() const { return holder_; }

 private:
  friend absl::StatusOr<VerifiedAnswer> VerifyAnswer(const Request&, MemberIndex, const Element&,
                                                     Answer);
  friend absl::StatusOr<std::vector<SecretElement>> Combine(Request, size_t,
                                                            std::span<const VerifiedAnswer>);
  VerifiedAnswer(MemberIndex holder, std::vector<Encoding> blinded, std::vector<Encoding> evaluated)
      : holder_(holder), blinded_(std::move(blinded)), evaluated_(std::move(evaluated)) {}

  MemberIndex holder_;
  std::vector<Encoding> blinded_;  // what it answers
  std::vector<Encoding> evaluated_;
};

absl::StatusOr<VerifiedAnswer> VerifyAnswer(const Request& request, MemberIndex holder,
                                            const Element& verification_key, Answer answer);

// The key times each hashed input, in the order of the request, from the first `threshold` answers;
// at least that many are needed.
absl::StatusOr<std::vector<SecretElement>> Combine(Request request, size_t threshold,
                                                   std::span<const VerifiedAnswer> answers);

// The name of one key: SHA-256 of partnership, purpose, epoch and public key. Names of at most
// 65,535 bytes.
absl::StatusOr<Hash> KeyId(BytesView partnership, BytesView purpose, uint32_t epoch,
                           const Element& public_key);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_THRESHOLD_H_
