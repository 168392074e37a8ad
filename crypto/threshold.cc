#include "crypto/threshold.h"

#include <array>
#include <optional>
#include <utility>

#include "crypto/hash.h"

namespace sluis::crypto::oprf {
namespace {

absl::Status CheckCount(size_t count) {
  if (count == 0 || count > kMaxBatch) {
    return absl::InvalidArgumentError("a request has 1 to 1024 elements: ask for fewer at a time");
  }
  return absl::OkStatus();
}

// Coefficients with which adding costs less than multiplying each answer: an addition is a quarter
// of a multiplication, and both ways end in one.
std::optional<WholeCoefficients> WorthAdding(std::span<const MemberIndex> holders) {
  std::optional<WholeCoefficients> out = SmallLagrangeCoefficients(holders);
  if (holders.size() < 2 || !out.has_value()) return std::nullopt;
  if (AdditionsOf(out->numerators) >= 5 * (holders.size() - 1)) return std::nullopt;
  return out;
}

Scalar InverseOf(uint32_t number) {
  const std::array<Scalar, 1> scalars = {Scalar(number)};
  return Invert(std::span<const Scalar>(scalars)).value().front();
}

}  // namespace

absl::StatusOr<Request> Request::Of(std::span<const BytesView> inputs, Random& random) {
  if (absl::Status checked = CheckCount(inputs.size()); !checked.ok()) return checked;
  std::vector<SecretScalar> blinds;
  blinds.reserve(inputs.size());
  while (blinds.size() < inputs.size()) blinds.push_back(SecretScalar::Random(random));
  return With(inputs, std::move(blinds));
}

absl::StatusOr<Request> Request::With(std::span<const BytesView> inputs,
                                      std::vector<SecretScalar> blinds) {
  if (absl::Status checked = CheckCount(inputs.size()); !checked.ok()) return checked;
  if (blinds.size() != inputs.size()) {
    return absl::InvalidArgumentError("give one blind for each input");
  }
  Request out;
  out.blinded_.reserve(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const absl::StatusOr<Element> element = internal::BlindWith(Mode::kVoprf, inputs[i], blinds[i]);
    if (!element.ok()) return element.status();
    out.blinded_.push_back(element->encoding());
  }
  out.blinds_ = std::move(blinds);
  return out;
}

absl::StatusOr<Request> Request::OfElements(std::span<const SecretElement> elements,
                                            Random& random) {
  if (absl::Status checked = CheckCount(elements.size()); !checked.ok()) return checked;
  Request out;
  out.blinded_.reserve(elements.size());
  out.blinds_.reserve(elements.size());
  for (const SecretElement& element : elements) {
    out.blinds_.push_back(SecretScalar::Random(random));
    const absl::StatusOr<Element> blinded = Multiply(out.blinds_.back(), element);
    if (!blinded.ok()) return blinded.status();
    out.blinded_.push_back(blinded->encoding());
  }
  return out;
}

absl::StatusOr<VerifiedAnswer> VerifyAnswer(const Request& request, MemberIndex holder,
                                            const Element& verification_key, Answer answer) {
  if (absl::Status checked = CheckMembers(std::span(&holder, 1)); !checked.ok()) return checked;
  if (absl::Status verified =
          VerifyProof(ContextOf(Mode::kVoprf),
                      {Element::Generator(), verification_key, request.blinded(), answer.evaluated},
                      answer.proof);
      !verified.ok()) {
    return verified;
  }
  return VerifiedAnswer(holder, request.blinded(), std::move(answer.evaluated));
}

absl::StatusOr<std::vector<SecretElement>> Combine(Request request, size_t threshold,
                                                   std::span<const VerifiedAnswer> answers) {
  if (threshold == 0 || answers.size() < threshold) {
    return absl::InvalidArgumentError("fewer holders answered than are needed: ask more of them");
  }
  answers = answers.first(threshold);
  std::vector<MemberIndex> holders;
  for (const VerifiedAnswer& answer : answers) {
    if (answer.blinded_ != request.blinded()) {
      return absl::InvalidArgumentError(
          "an answer is for another request: verify it against its own");
    }
    holders.push_back(answer.holder());
  }
  const absl::StatusOr<std::vector<Scalar>> lambda = LagrangeCoefficients(holders);
  if (!lambda.ok()) return lambda.status();
  const absl::StatusOr<std::vector<SecretScalar>> inverses =
      Invert(std::span<const SecretScalar>(request.blinds()));
  if (!inverses.ok()) return inverses.status();

  const std::optional<WholeCoefficients> small = WorthAdding(holders);
  const Scalar over = small.has_value() ? InverseOf(small->denominator) : Scalar();
  std::vector<SecretElement> out;
  out.reserve(inverses->size());
  for (size_t i = 0; i < inverses->size(); ++i) {
    std::vector<Encoding> evaluated;
    for (const VerifiedAnswer& answer : answers) evaluated.push_back(answer.evaluated_[i]);
    // Taking the blind off within the factors saves a multiplication.
    std::vector<SecretScalar> factors;
    if (small.has_value()) {
      const absl::StatusOr<Element> sum = SmallSumOfProducts(small->numerators, evaluated);
      if (!sum.ok()) return sum.status();
      evaluated = {sum->encoding()};
      factors.push_back(SecretProduct((*inverses)[i], over));
    } else {
      for (const Scalar& each : *lambda) factors.push_back(SecretProduct((*inverses)[i], each));
    }
    absl::StatusOr<SecretElement> element = SecretSumOfProducts(factors, evaluated);
    if (!element.ok()) return element.status();
    out.push_back(*std::move(element));
  }
  return out;
}

absl::StatusOr<Hash> KeyId(BytesView partnership, BytesView purpose, uint32_t epoch,
                           const Element& public_key) {
  Bytes input("TVOPRF-v1-KeyId");
  for (const BytesView name : {partnership, purpose}) {
    if (name.size() > 65535) {
      return absl::InvalidArgumentError("a name has at most 65535 bytes: give a shorter one");
    }
    AppendU16(input, static_cast<uint16_t>(name.size()));
    input.append(name);
  }
  AppendU32(input, epoch);
  input.append(View(public_key.encoding()));
  return Sha256(input);
}

}  // namespace sluis::crypto::oprf
