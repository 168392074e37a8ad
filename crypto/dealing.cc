#include "crypto/dealing.h"

#include <utility>

#include "crypto/disclose.h"

namespace sluis::crypto::oprf {
namespace {

absl::Status CheckThreshold(size_t threshold) {
  if (threshold == 0 || threshold > kMaxMembers) {
    return absl::InvalidArgumentError(
        "1 to 255 members can be needed: choose a threshold among "
        "them");
  }
  return absl::OkStatus();
}

absl::Status CheckMember(MemberIndex member) {
  if (member == 0) {
    return absl::InvalidArgumentError(
        "index 0 is the key itself and nobody's: name members from 1");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Polynomial> Polynomial::Random(SecretScalar constant, size_t threshold,
                                              crypto::Random& random) {
  if (absl::Status checked = CheckThreshold(threshold); !checked.ok()) return checked;
  std::vector<SecretScalar> coefficients;
  coefficients.reserve(threshold);
  coefficients.push_back(std::move(constant));
  while (coefficients.size() < threshold) coefficients.push_back(SecretScalar::Random(random));
  return Polynomial(std::move(coefficients));
}

absl::StatusOr<Polynomial> Polynomial::Of(std::vector<SecretScalar> coefficients) {
  if (absl::Status checked = CheckThreshold(coefficients.size()); !checked.ok()) return checked;
  return Polynomial(std::move(coefficients));
}

absl::StatusOr<SecretScalar> Polynomial::ShareOf(MemberIndex member) const {
  if (absl::Status checked = CheckMember(member); !checked.ok()) return checked;
  SecretScalar value = SecretScalar::Zero();
  for (size_t i = coefficients_.size(); i-- > 0;) {
    value = SecretSum(SecretProduct(value, Scalar(member)), coefficients_[i]);
  }
  return value;
}

Commitments Polynomial::Commit() const {
  Commitments out;
  out.reserve(coefficients_.size());
  for (const SecretScalar& coefficient : coefficients_) {
    out.push_back(MultiplyGenerator(coefficient));
  }
  return out;
}

absl::StatusOr<Commitments> ParseCommitments(BytesView bytes, size_t threshold) {
  if (absl::Status checked = CheckThreshold(threshold); !checked.ok()) return checked;
  if (bytes.size() != threshold * kElementSize) {
    return absl::InvalidArgumentError(
        "a dealing commits to exactly as many coefficients as members are needed: the threshold is "
        "that of the signed parameters");
  }
  Commitments out;
  out.reserve(threshold);
  for (size_t at = 0; at < bytes.size(); at += kElementSize) {
    const absl::StatusOr<Element> element = Element::Deserialize(bytes.substr(at, kElementSize));
    if (!element.ok()) return element.status();
    out.push_back(*element);
  }
  return out;
}

Bytes SerializeCommitments(const Commitments& commitments) {
  Bytes out;
  out.reserve(commitments.size() * kElementSize);
  for (const Element& element : commitments) out.append(View(element.encoding()));
  return out;
}

absl::StatusOr<Element> VerificationKey(const Commitments& commitments, MemberIndex member) {
  if (absl::Status checked = CheckThreshold(commitments.size()); !checked.ok()) return checked;
  if (absl::Status checked = CheckMember(member); !checked.ok()) return checked;
  Element value = commitments.back();
  for (size_t i = commitments.size() - 1; i-- > 0;) {
    value = Multiply(Scalar(member), value) + commitments[i];
  }
  return value;
}

absl::Status VerifyShare(const Commitments& commitments, MemberIndex member,
                         const SecretScalar& share) {
  const absl::StatusOr<Element> key = VerificationKey(commitments, member);
  if (!key.ok()) return key.status();
  // Whether it fits may be known, how it does not may not.
  const Element product = MultiplyGenerator(share);
  if (!Disclose(ConstantTimeEqual(View(product.encoding()), View(key->encoding())) ? 1 : 0)) {
    return absl::DataLossError(
        "the share does not fit the dealer's commitments: complain, which shows who is at fault");
  }
  return absl::OkStatus();
}

absl::StatusOr<SecretScalar> SumOfShares(std::span<const SecretScalar> shares,
                                         std::span<const Scalar> factors) {
  if (shares.empty() || shares.size() != factors.size()) {
    return absl::InvalidArgumentError("give one factor for each of at least one share");
  }
  SecretScalar sum = SecretScalar::Zero();
  for (size_t i = 0; i < shares.size(); ++i) {
    sum = SecretSum(sum, SecretProduct(shares[i], factors[i]));
  }
  return sum;
}

absl::StatusOr<Commitments> SumOfCommitments(std::span<const Commitments> dealings,
                                             std::span<const Scalar> factors) {
  if (dealings.empty() || dealings.size() != factors.size()) {
    return absl::InvalidArgumentError("give one factor for each of at least one dealing");
  }
  Commitments sum(dealings.front().size());
  for (size_t i = 0; i < dealings.size(); ++i) {
    if (dealings[i].size() != sum.size()) {
      return absl::InvalidArgumentError("dealings for different thresholds cannot be added");
    }
    for (size_t m = 0; m < sum.size(); ++m) {
      // Factors are public, and all are 1 in a generation.
      sum[m] = sum[m] +
               (factors[i] == Scalar(1) ? dealings[i][m] : Multiply(factors[i], dealings[i][m]));
    }
  }
  return sum;
}

const ProofContext& ProductContext() {
  static const ProofContext context("TVOPRF-v1-Product");
  return context;
}

}  // namespace sluis::crypto::oprf
