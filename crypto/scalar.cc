#include "crypto/scalar.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "crypto/disclose.h"

namespace sluis::crypto::oprf {
namespace {

static_assert(kScalarSize == crypto_core_ristretto255_SCALARBYTES);

// L = 2^252 + 27742317777372353535851937790883648493, little-endian.
constexpr FixedBytes<kScalarSize> kOrder = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10};

// 1 when the value is below L, else 0, without a branch on it: libsodium 1.0.18 has no such test.
// Subtracts L byte by byte and looks whether that borrowed.
int IsReduced(std::span<const uint8_t, kScalarSize> bytes) {
  uint32_t borrow = 0;
  for (size_t i = 0; i < kScalarSize; ++i) {
    borrow = ((uint32_t{bytes[i]} - uint32_t{kOrder[i]} - borrow) >> 8) & 1;
  }
  return static_cast<int>(borrow);
}

absl::Status NotReduced() {
  return absl::InvalidArgumentError(
      "a scalar is 32 bytes below the group's order: ask its sender to send it again");
}

absl::Status ZeroHasNoInverse() {
  return absl::InvalidArgumentError("zero has no inverse: take other indexes or another blind");
}

}  // namespace

// The one place that fills a SecretScalar.
class SecretArithmetic {
 public:
  template <typename Operation>
  static SecretScalar Of(Operation operation) {
    SecretScalar out = SecretScalar::Zero();
    operation(out.bytes_.mutable_span().data());
    return out;
  }
};

Scalar::Scalar(uint64_t value) {
  for (size_t i = 0; i < 8; ++i) bytes_[i] = static_cast<uint8_t>(value >> (8 * i));
}

absl::StatusOr<Scalar> Scalar::Deserialize(BytesView bytes) {
  Scalar out;
  if (bytes.size() != kScalarSize) return NotReduced();
  std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  if (IsReduced(out.bytes_) == 0) return NotReduced();
  return out;
}

Scalar Scalar::Reduce(const FixedBytes<64>& wide) {
  Scalar out;
  crypto_core_ristretto255_scalar_reduce(out.bytes_.data(), wide.data());
  return out;
}

Scalar operator+(const Scalar& a, const Scalar& b) {
  Scalar out;
  crypto_core_ristretto255_scalar_add(out.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return out;
}

Scalar operator-(const Scalar& a, const Scalar& b) {
  Scalar out;
  crypto_core_ristretto255_scalar_sub(out.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return out;
}

Scalar operator*(const Scalar& a, const Scalar& b) {
  Scalar out;
  crypto_core_ristretto255_scalar_mul(out.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return out;
}

absl::StatusOr<SecretScalar> SecretScalar::Deserialize(Secret<kScalarSize> bytes) {
  const int zero = sodium_is_zero(bytes.expose().data(), kScalarSize);
  if (Disclose(zero | (1 - IsReduced(bytes.expose())))) {
    return absl::InvalidArgumentError(
        "a secret scalar lies between 1 and the group's order: restore it from where it was kept");
  }
  return SecretScalar(std::move(bytes));
}

SecretScalar SecretScalar::Reduce(const Secret<64>& wide) {
  return SecretArithmetic::Of(
      [&](uint8_t* out) { crypto_core_ristretto255_scalar_reduce(out, wide.expose().data()); });
}

SecretScalar SecretScalar::Random(crypto::Random& random) {
  Secret<64> wide;
  random.Fill(wide.mutable_span());
  SecretScalar out = Reduce(wide);
  // Once in 2^252 by chance: the generator does not work, and no promise can be kept.
  if (Disclose(sodium_is_zero(out.bytes_.expose().data(), kScalarSize))) std::abort();
  return out;
}

SecretScalar SecretSum(ScalarView a, ScalarView b) {
  return SecretArithmetic::Of(
      [&](uint8_t* out) { crypto_core_ristretto255_scalar_add(out, a.data(), b.data()); });
}

SecretScalar SecretDifference(ScalarView a, ScalarView b) {
  return SecretArithmetic::Of(
      [&](uint8_t* out) { crypto_core_ristretto255_scalar_sub(out, a.data(), b.data()); });
}

SecretScalar SecretProduct(ScalarView a, ScalarView b) {
  return SecretArithmetic::Of(
      [&](uint8_t* out) { crypto_core_ristretto255_scalar_mul(out, a.data(), b.data()); });
}

absl::StatusOr<std::vector<SecretScalar>> Invert(std::span<const SecretScalar> scalars) {
  // Montgomery's trick: invert the product of all, then peel one factor off at a time.
  std::vector<SecretScalar> before;  // the product of all before this one
  before.reserve(scalars.size());
  SecretScalar product = SecretSum(Scalar(1), Scalar());
  for (const SecretScalar& scalar : scalars) {
    before.push_back(product.Clone());
    product = SecretProduct(product, scalar);
  }
  if (Disclose(sodium_is_zero(product.bytes().expose().data(), kScalarSize))) {
    return ZeroHasNoInverse();
  }
  SecretScalar inverse = SecretArithmetic::Of([&](uint8_t* out) {
    // Its answer says only that the scalar is not zero.
    (void)crypto_core_ristretto255_scalar_invert(out, product.bytes().expose().data());
  });
  for (size_t i = scalars.size(); i-- > 0;) {
    before[i] = SecretProduct(before[i], inverse);
    inverse = SecretProduct(inverse, scalars[i]);
  }
  return before;
}

absl::StatusOr<std::vector<Scalar>> Invert(std::span<const Scalar> scalars) {
  std::vector<SecretScalar> hidden;
  hidden.reserve(scalars.size());
  for (const Scalar& scalar : scalars) hidden.push_back(SecretSum(scalar, Scalar()));
  absl::StatusOr<std::vector<SecretScalar>> inverses =
      Invert(std::span<const SecretScalar>(hidden));
  if (!inverses.ok()) return inverses.status();
  std::vector<Scalar> out;
  out.reserve(inverses->size());
  for (SecretScalar& inverse : *inverses) out.push_back(Reveal(std::move(inverse)));
  return out;
}

Scalar Reveal(SecretScalar value) {
  Scalar out;
  std::copy(value.bytes_.expose().begin(), value.bytes_.expose().end(), out.bytes_.begin());
  return out;
}

}  // namespace sluis::crypto::oprf
