// For which lists an asker wants the nonces of the holders: a period as it is told to them, by the
// digests of its lists, signed by the asker.
//
// Guarantee: what ReadStatedPeriod returns is in its one encoding and within bounds, its lists by
// holder and day, each once and of a day of the period; its digest is the one of the Period that is
// gathered from exactly these lists. Not guaranteed: who signed it, until SignedBy says so; that
// such lists exist. Thread-safety: values; functions are pure. Errors: kInvalidArgument. Source:
// docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_EVALUATION_STATED_PERIOD_H_
#define SLUIS_SERVER_EVALUATION_STATED_PERIOD_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "sluis/peer/v1/review.pb.h"

namespace sluis::evaluation {

struct StatedPeriod {
  peer::v1::EvaluationPeriod body;
  std::string bytes;  // as signed
  std::string signature;
  crypto::Hash digest{};  // of the period

  std::string Serialise() const;
  bool SignedBy(std::span<const crypto::PublicKey> keys) const;
};

absl::StatusOr<StatedPeriod> ReadStatedPeriod(crypto::BytesView signed_period);
StatedPeriod SignStatedPeriod(const peer::v1::EvaluationPeriod& body,
                              const crypto::SigningKey& identity);

// SHA-256(lp("sluis/evaluation-period/v1") || lp(partnership) || lp(asker) || key id[32] || u32
// first day || u32 last day || for each list: u16 holder || u32 day || list digest[32]).
crypto::Hash PeriodDigest(const peer::v1::EvaluationPeriod& body);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_STATED_PERIOD_H_
