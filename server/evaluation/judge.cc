#include "server/evaluation/judge.h"

#include "crypto/dleq.h"
#include "crypto/oprf.h"

namespace sluis::evaluation {
namespace {

namespace oprf = crypto::oprf;

// Nothing unless each is an element, canonical and not the identity.
std::optional<std::vector<oprf::Encoding>> ReadElements(crypto::BytesView bytes) {
  std::vector<oprf::Encoding> out;
  for (; !bytes.empty(); bytes.remove_prefix(oprf::kElementSize)) {
    const auto element = oprf::Element::Deserialize(bytes.substr(0, oprf::kElementSize));
    if (!element.ok()) return std::nullopt;
    out.push_back(element->encoding());
  }
  return out;
}

// Whether the package is the one that the request was made for: under any other one an answer that
// is right would look wrong.
bool IsFor(const Request& request, const keys::Package& package) {
  return request.body.key_id() == crypto::View(package.key_id) &&
         request.body.generation() == package.generation &&
         request.body.partnership() == package.partnership;
}

}  // namespace

bool Blames(AnswerVerdict verdict) { return verdict >= AnswerVerdict::kMalformed; }

std::string_view VerdictName(AnswerVerdict verdict) {
  switch (verdict) {
    case AnswerVerdict::kRight:
      return "right";
    case AnswerVerdict::kRefusal:
      return "refusal";
    case AnswerVerdict::kUnreadable:
      return "unreadable";
    case AnswerVerdict::kUnsigned:
      return "unsigned";
    case AnswerVerdict::kOtherVersion:
      return "other_version";
    case AnswerVerdict::kOtherRequest:
      return "other_request";
    case AnswerVerdict::kMalformed:
      return "malformed";
    case AnswerVerdict::kIndex:
      return "index";
    case AnswerVerdict::kKey:
      return "key";
    case AnswerVerdict::kCount:
      return "count";
    case AnswerVerdict::kElements:
      return "elements";
    case AnswerVerdict::kProof:
      return "proof";
  }
  return "unknown";
}

JudgedAnswer CheckForm(const Request& request, size_t count, const keys::Package& package,
                       MemberIndex holder, std::span<const crypto::PublicKey> keys,
                       crypto::BytesView signed_answer) {
  JudgedAnswer out;
  const auto wrong = [&](AnswerVerdict verdict) {
    out.verdict = verdict;
    return std::move(out);
  };
  const absl::StatusOr<AnswerEnvelope> envelope = ReadAnswerEnvelope(signed_answer);
  if (!envelope.ok()) return wrong(AnswerVerdict::kUnreadable);
  if (!envelope->SignedBy(keys)) return wrong(AnswerVerdict::kUnsigned);
  if (IsOfOtherVersion(*envelope)) return wrong(AnswerVerdict::kOtherVersion);
  if (!IsFor(request, package)) return wrong(AnswerVerdict::kOtherRequest);
  absl::StatusOr<Answer> answer = ReadAnswer(*envelope);
  if (!answer.ok()) return wrong(AnswerVerdict::kMalformed);
  out.answer = *std::move(answer);
  const peer::v1::EvaluationAnswer& body = out.answer->body;
  if (body.request_digest() != crypto::View(request.digest)) {
    return wrong(AnswerVerdict::kOtherRequest);
  }
  // Before what it says of keys: who has another sharing says so, rightly.
  if (body.refusal() != peer::v1::EVALUATION_REFUSAL_UNSPECIFIED) {
    return wrong(AnswerVerdict::kRefusal);
  }
  if (body.holder() != holder || package.Find(holder) == nullptr) {
    return wrong(AnswerVerdict::kIndex);
  }
  if (body.key_id() != crypto::View(package.key_id) || body.generation() != package.generation ||
      body.partnership() != package.partnership) {
    return wrong(AnswerVerdict::kKey);
  }
  if (body.evaluated().size() != count * oprf::kElementSize) return wrong(AnswerVerdict::kCount);
  auto elements = ReadElements(body.evaluated());
  if (!elements) return wrong(AnswerVerdict::kElements);
  const absl::StatusOr<oprf::Proof> proof = oprf::Proof::Deserialize(body.proof());
  if (!proof.ok()) return wrong(AnswerVerdict::kProof);
  out.evaluation = oprf::Answer{*std::move(elements), *proof};
  out.verdict = AnswerVerdict::kRight;
  return out;
}

AnswerVerdict JudgeAnswer(const Request& request, const keys::Package& package, MemberIndex holder,
                          std::span<const crypto::PublicKey> keys,
                          crypto::BytesView signed_answer) {
  const auto blinded = ElementsOf(request.body.persons());
  if (!blinded.ok()) return AnswerVerdict::kOtherRequest;
  const JudgedAnswer judged =
      CheckForm(request, blinded->size(), package, holder, keys, signed_answer);
  if (judged.verdict != AnswerVerdict::kRight) return judged.verdict;
  const bool holds =
      oprf::VerifyProof(oprf::ContextOf(oprf::Mode::kVoprf),
                        {oprf::Element::Generator(), package.Find(holder)->verification_key,
                         *blinded, judged.evaluation->evaluated},
                        judged.evaluation->proof)
          .ok();
  return holds ? AnswerVerdict::kRight : AnswerVerdict::kProof;
}

}  // namespace sluis::evaluation
