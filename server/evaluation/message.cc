#include "server/evaluation/message.h"

#include <algorithm>

#include "crypto/dleq.h"
#include "crypto/hash.h"
#include "google/protobuf/stubs/logging.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;
using envelope::IsHash;
using Persons = google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>;

constexpr std::string_view kRequestLabel = "sluis/evaluation-request/v1";
constexpr std::string_view kAnswerLabel = "sluis/evaluation-answer/v1";

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "the message of an evaluation is not of the form agreed; bring both nodes to the same "
      "version, and report it to the partner that sent it");
}

bool IsRequest(const peer::v1::EvaluationRequest& body) {
  return body.version() == kVersion && authn::IsOrganisationId(body.partnership()) &&
         authn::IsOrganisationId(body.asker()) && envelope::IsExchangeId(body.request_id()) &&
         IsHash(body.key_id()) && body.generation() != 0 && envelope::IsCode(body.purpose()) &&
         envelope::IsCode(body.basis()) && IsHash(body.case_token()) && IsHash(body.leaf_hash()) &&
         body.has_user();
}

bool IsAnswer(const peer::v1::EvaluationAnswer& body) {
  if (body.version() != kVersion || !authn::IsOrganisationId(body.partnership()) ||
      !IsHash(body.request_digest()) || !IsHash(body.key_id()) || body.holder() == 0 ||
      body.holder() > 65535 || body.generation() == 0 ||
      !peer::v1::EvaluationRefusal_IsValid(body.refusal())) {
    return false;
  }
  const bool refused = body.refusal() != peer::v1::EVALUATION_REFUSAL_UNSPECIFIED;
  if (refused) return body.evaluated().empty() && body.proof().empty();
  return !body.evaluated().empty() && body.evaluated().size() % oprf::kElementSize == 0 &&
         body.evaluated().size() <= kMaxElements * oprf::kElementSize &&
         body.proof().size() == oprf::Proof::kSize;
}

std::string Labelled(std::string_view label, std::string_view bytes) {
  return crypto::Lp(label) + std::string(bytes);
}

bool AnySigned(std::span<const crypto::PublicKey> keys, std::string_view label,
               std::string_view bytes, std::string_view signature) {
  const std::string statement = Labelled(label, bytes);
  return std::any_of(keys.begin(), keys.end(), [&](const crypto::PublicKey& key) {
    return crypto::Verify(key, statement, signature);
  });
}

}  // namespace

std::string Request::Serialise() const {
  peer::v1::SignedEvaluationRequest out;
  out.set_request(bytes);
  out.set_signature(signature);
  return out.SerializeAsString();
}

bool Request::SignedBy(std::span<const crypto::PublicKey> keys) const {
  return AnySigned(keys, kRequestLabel, bytes, signature);
}

absl::StatusOr<Request> ReadRequest(crypto::BytesView signed_request) {
  peer::v1::SignedEvaluationRequest proto;
  Request out;
  if (!envelope::ReadCanonical(signed_request, kMaxRequestBytes, proto) ||
      proto.signature().size() != envelope::kSignatureBytes ||
      !envelope::ReadCanonical(proto.request(), kMaxRequestBytes, out.body) ||
      !IsRequest(out.body)) {
    return Malformed();
  }
  out.bytes = std::move(*proto.mutable_request());
  out.signature = std::move(*proto.mutable_signature());
  out.digest = crypto::Sha256(Labelled(kRequestLabel, out.bytes));
  return out;
}

Request SignRequest(const peer::v1::EvaluationRequest& body, const crypto::SigningKey& identity) {
  Request out;
  out.body = body;
  out.bytes = body.SerializeAsString();
  const std::string statement = Labelled(kRequestLabel, out.bytes);
  out.signature = std::string(crypto::View(identity.Sign(statement)));
  out.digest = crypto::Sha256(statement);
  return out;
}

std::string Answer::Serialise() const {
  peer::v1::SignedEvaluationAnswer out;
  out.set_answer(bytes);
  out.set_signature(signature);
  return out.SerializeAsString();
}

bool AnswerEnvelope::SignedBy(std::span<const crypto::PublicKey> keys) const {
  return AnySigned(keys, kAnswerLabel, bytes, signature);
}

absl::StatusOr<AnswerEnvelope> ReadAnswerEnvelope(crypto::BytesView signed_answer) {
  peer::v1::SignedEvaluationAnswer proto;
  if (!envelope::ReadCanonical(signed_answer, kMaxAnswerBytes, proto) ||
      proto.signature().size() != envelope::kSignatureBytes) {
    return Malformed();
  }
  return AnswerEnvelope{std::move(*proto.mutable_answer()), std::move(*proto.mutable_signature())};
}

absl::StatusOr<Answer> ReadAnswer(const AnswerEnvelope& envelope) {
  Answer out;
  if (!envelope::ReadCanonical(envelope.bytes, kMaxAnswerBytes, out.body) || !IsAnswer(out.body)) {
    return Malformed();
  }
  out.bytes = envelope.bytes;
  out.signature = envelope.signature;
  out.digest = crypto::Sha256(Labelled(kAnswerLabel, out.bytes));
  return out;
}

bool IsOfOtherVersion(const AnswerEnvelope& envelope) {
  const google::protobuf::LogSilencer silent;
  peer::v1::EvaluationAnswer body;
  return body.ParseFromString(envelope.bytes) && body.version() != kVersion;
}

Answer SignAnswer(const peer::v1::EvaluationAnswer& body, const crypto::SigningKey& identity) {
  Answer out;
  out.body = body;
  out.bytes = body.SerializeAsString();
  const std::string statement = Labelled(kAnswerLabel, out.bytes);
  out.signature = std::string(crypto::View(identity.Sign(statement)));
  out.digest = crypto::Sha256(statement);
  return out;
}

crypto::Hash BlindedDigest(const Persons& persons) {
  crypto::Bytes bytes = crypto::Lp("sluis/evaluation-blinded/v1");
  crypto::AppendU16(bytes, static_cast<uint16_t>(persons.size()));
  for (const peer::v1::BlindedPerson& person : persons) crypto::AppendLp(bytes, person.elements());
  return crypto::Sha256(bytes);
}

absl::StatusOr<std::vector<oprf::Encoding>> ElementsOf(const Persons& persons) {
  const absl::Status wrong = absl::InvalidArgumentError(
      "a request is about 1 to 8 persons with 1 to 5 elements each; ask for fewer at a time");
  if (persons.empty() || persons.size() > static_cast<int>(kMaxPersons)) return wrong;
  std::vector<oprf::Encoding> out;
  for (const peer::v1::BlindedPerson& person : persons) {
    crypto::BytesView rest = person.elements();
    if (rest.empty() || rest.size() % oprf::kElementSize != 0 ||
        rest.size() > kMaxKeysPerPerson * oprf::kElementSize) {
      return wrong;
    }
    for (; !rest.empty(); rest.remove_prefix(oprf::kElementSize)) {
      out.push_back(
          crypto::ToFixed<oprf::kElementSize>(rest.substr(0, oprf::kElementSize)).value());
    }
  }
  return out;
}

envelope::StatementItem ItemOf(const RequestId& request_id, std::string_view case_token,
                               const crypto::Hash& key_id, const crypto::Hash& blinded_digest) {
  envelope::StatementItem item;
  item.exchange = request_id;
  item.case_token = std::string(case_token);
  item.fields_root = crypto::Sha256({crypto::Lp("sluis/evaluation-asked/v1"), crypto::View(key_id),
                                     crypto::View(blinded_digest)});
  return item;
}

}  // namespace sluis::evaluation
