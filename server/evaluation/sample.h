// Which of what a period lists is looked at, and the nonces that choose it.
//
//   list of a day commits to a nonce ─► all lists in one Period ─► each holder reveals ─► Sample
//
// Guarantee: who draws takes a reveal of every holder, each signed for exactly these lists, and a
// holder signs one period for each asker, key and day (Holder::Reveal): while one holder keeps to
// that, nobody knows the seed before it reveals, and nobody has two seeds to choose from. A number
// of requests is taken from what each holder lists, so that nothing that one holder lists makes the
// others' less likely. Who gives no list or no reveal gains nothing: everything is opened then. Not
// guaranteed: anything when all holders work with the asker. Thread-safety: values; functions are
// pure. Errors: kInvalidArgument for form, kPermissionDenied for a reveal that its holder did not
// sign or of something else, kDataLoss for nonces that are not the ones committed to,
// kFailedPrecondition when lists or reveals are missing.
// Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_EVALUATION_SAMPLE_H_
#define SLUIS_SERVER_EVALUATION_SAMPLE_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/evaluation/period.h"

namespace sluis::evaluation {

struct SignedReveal {
  peer::v1::EvaluationReveal body;
  std::string bytes;  // as signed
  std::string signature;

  std::string Serialise() const;
  bool SignedBy(std::span<const crypto::PublicKey> keys) const;
};
absl::StatusOr<SignedReveal> ReadReveal(crypto::BytesView signed_reveal);
SignedReveal SignReveal(const peer::v1::EvaluationReveal& body, const crypto::SigningKey& identity);

// Whether it is the part of the seed of one of the holders of this period, for exactly its lists.
// Gives the index of that holder; otherwise errors of Seed.
absl::StatusOr<MemberIndex> CheckReveal(const Period& period, const HolderKeys& keys,
                                        crypto::BytesView signed_reveal);
// From one reveal of each holder, in any order.
absl::StatusOr<crypto::Hash> Seed(const Period& period, const HolderKeys& keys,
                                  std::span<const std::string> reveals);
// From what each holder lists `per_holder` requests, all when there are fewer, and all of which
// holders say different things; together, ascending.
std::vector<crypto::Hash> Chosen(const Period& period, const crypto::Hash& seed, size_t per_holder);

// What is opened. Nobody else makes one.
class Sample {
 public:
  static absl::StatusOr<Sample> Drawn(const Period& period, const HolderKeys& keys,
                                      std::span<const std::string> reveals, size_t per_holder);
  // Of reveals that CheckReveal took when they were kept.
  static absl::StatusOr<Sample> OfKept(const Period& period, std::span<const std::string> reveals,
                                       size_t per_holder);
  // For a period of which a list or a reveal cannot be had; and for who wants to see all.
  static Sample Everything(const Period& period);

  const crypto::Hash& period_digest() const { return period_digest_; }
  const std::vector<crypto::Hash>& requests() const { return requests_; }  // ascending

 private:
  Sample(const crypto::Hash& period_digest, std::vector<crypto::Hash> requests)
      : period_digest_(period_digest), requests_(std::move(requests)) {}

  crypto::Hash period_digest_;
  std::vector<crypto::Hash> requests_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_SAMPLE_H_
