// What one holder evaluated for one asker on one day, signed once, after that day; and the nonce
// of that day, to which it commits.
//
// Guarantee: a nonce follows from a secret of its holder, so that it is the same whenever it is
// asked for, and the commitment tells nothing of it. A list that ReadDayList returns is in its one
// encoding, within bounds, and sorted, each request once. Not guaranteed: who signed it, until
// SignedBy says so; that it is complete: other holders evaluated the same requests, and their lists
// are held against it (period.h). Thread-safety: values; functions are pure. Errors:
// kInvalidArgument.
#ifndef SLUIS_SERVER_EVALUATION_DAY_LIST_H_
#define SLUIS_SERVER_EVALUATION_DAY_LIST_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "sluis/peer/v1/evaluation.pb.h"

namespace sluis::evaluation {

struct DayList {
  peer::v1::EvaluationList body;
  std::string bytes;  // as signed
  std::string signature;
  crypto::Hash digest{};

  std::string Serialise() const;
  bool SignedBy(std::span<const crypto::PublicKey> keys) const;
};

absl::StatusOr<DayList> ReadDayList(crypto::BytesView signed_list);
// HMAC-SHA256(secret, lp("sluis/evaluation-nonce/v1") || lp(partnership) || lp(asker) || key
// id[32] || u16 holder || u32 day), of the list that says these.
crypto::Hash NonceFor(const crypto::Secret<32>& secret, const peer::v1::EvaluationList& list);
// SHA-256 of the same fields under another label, and the nonce.
crypto::Hash NonceCommitment(const peer::v1::EvaluationList& list, crypto::BytesView nonce);

DayList SignDayList(const peer::v1::EvaluationList& body, const crypto::SigningKey& identity);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_DAY_LIST_H_
