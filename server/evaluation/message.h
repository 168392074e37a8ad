// Requests and answers of an evaluation: reading, signing, and by whom they were signed.
//
// Guarantee: what a Read function returns is within bounds, in its one encoding, and its bytes are
// kept as they came; digests are over those. Elements and proofs are not judged here: they are
// their sender's doing, once the signature shows who that is. Not guaranteed: who signed, until
// SignedBy says so. Thread-safety: values; functions are pure. Errors: kInvalidArgument, which says
// nothing of the content. Source: proto/sluis/peer/v1/evaluation.proto; docs/formats.md,
// "Evaluation".
#ifndef SLUIS_SERVER_EVALUATION_MESSAGE_H_
#define SLUIS_SERVER_EVALUATION_MESSAGE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/group.h"
#include "crypto/signature.h"
#include "server/envelope/user_signature.h"
#include "sluis/peer/v1/evaluation.pb.h"

namespace sluis::evaluation {

using RequestId = envelope::ExchangeId;

// What holders answer for.
inline constexpr std::string_view kAction = "evaluate";

struct Request {
  peer::v1::EvaluationRequest body;
  std::string bytes;      // as signed
  std::string signature;  // of the asker's node
  crypto::Hash digest{};  // by which answers, entries and lists name it

  std::string Serialise() const;
  bool SignedBy(std::span<const crypto::PublicKey> keys) const;
};

absl::StatusOr<Request> ReadRequest(crypto::BytesView signed_request);
Request SignRequest(const peer::v1::EvaluationRequest& body, const crypto::SigningKey& identity);

struct Answer {
  peer::v1::EvaluationAnswer body;
  std::string bytes;
  std::string signature;
  crypto::Hash digest{};

  std::string Serialise() const;
};

// The wrapper of an answer, whose inner form is not looked at yet.
struct AnswerEnvelope {
  std::string bytes;
  std::string signature;

  bool SignedBy(std::span<const crypto::PublicKey> keys) const;
};
absl::StatusOr<AnswerEnvelope> ReadAnswerEnvelope(crypto::BytesView signed_answer);
absl::StatusOr<Answer> ReadAnswer(const AnswerEnvelope& envelope);
// Whether it is an answer of a version that is not known here: its form cannot be judged.
bool IsOfOtherVersion(const AnswerEnvelope& envelope);
Answer SignAnswer(const peer::v1::EvaluationAnswer& body, const crypto::SigningKey& identity);

// Digest of a blinded list, with where each person begins and ends:
//   SHA-256(lp("sluis/evaluation-blinded/v1") || u16 persons || persons times lp(elements))
crypto::Hash BlindedDigest(
    const google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>& persons);

// All elements in order; kInvalidArgument unless 1 to 8 persons of 1 to 5 whole encodings each.
// Nothing about what they encode.
absl::StatusOr<std::vector<crypto::oprf::Encoding>> ElementsOf(
    const google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>& persons);

// What the person who asks signs: request id, case, key and blinded list. Who signs is shown the
// inputs and blinds and computes the list anew (hidden_subject.h).
envelope::StatementItem ItemOf(const RequestId& request_id, std::string_view case_token,
                               const crypto::Hash& key_id, const crypto::Hash& blinded_digest);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_MESSAGE_H_
