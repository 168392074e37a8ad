// Scalars of ristretto255: integers modulo its prime order L (RFC 9496), 32 bytes, little-endian.
//
// Guarantee: a Scalar and a SecretScalar are always reduced. Deserialize accepts exactly one form
// per value, which libsodium 1.0.18 does not: it takes L+1 for 1 and ignores bit 255. A
// SecretScalar lives in locked, wiped memory (crypto/secret.h), cannot be copied by accident, and
// everything done with it takes time that does not depend on its value; only what Deserialize
// refuses shows. Not guaranteed: that a sum or product is not zero. Thread-safety: pure functions;
// values as any value. Ownership: a ScalarView borrows until the end of the full expression.
// Errors: kInvalidArgument, never naming a value.
#ifndef SLUIS_CRYPTO_SCALAR_H_
#define SLUIS_CRYPTO_SCALAR_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sluis::crypto::oprf {

inline constexpr size_t kScalarSize = 32;

// A scalar that everybody may see: challenges, responses, coefficients.
class Scalar {
 public:
  Scalar() = default;  // zero
  explicit Scalar(uint64_t value);

  // DeserializeScalar of RFC 9497: exactly 32 bytes below L. Zero is a scalar.
  static absl::StatusOr<Scalar> Deserialize(BytesView bytes);
  // 64 little-endian bytes modulo L.
  static Scalar Reduce(const FixedBytes<64>& wide);

  const FixedBytes<kScalarSize>& bytes() const { return bytes_; }
  bool IsZero() const { return *this == Scalar(); }

  friend bool operator==(const Scalar&, const Scalar&) = default;
  friend Scalar operator+(const Scalar& a, const Scalar& b);
  friend Scalar operator-(const Scalar& a, const Scalar& b);
  friend Scalar operator*(const Scalar& a, const Scalar& b);

 private:
  friend Scalar Reveal(class SecretScalar value);

  FixedBytes<kScalarSize> bytes_{};
};

// A key, share, blind or nonce.
class SecretScalar {
 public:
  SecretScalar(SecretScalar&&) noexcept = default;
  SecretScalar& operator=(SecretScalar&&) noexcept = default;

  // A key, share or blind from where it was kept: below L and not zero.
  static absl::StatusOr<SecretScalar> Deserialize(Secret<kScalarSize> bytes);
  // Not zero. A source that gives 64 zero bytes is broken, and the process ends.
  static SecretScalar Random(Random& random);
  // 64 little-endian bytes modulo L.
  static SecretScalar Reduce(const Secret<64>& wide);
  static SecretScalar Zero() { return SecretScalar(Secret<kScalarSize>()); }

  SecretScalar Clone() const { return SecretScalar(bytes_.Clone()); }
  // For keeping it sealed.
  const Secret<kScalarSize>& bytes() const { return bytes_; }

 private:
  friend class SecretArithmetic;
  friend Scalar Reveal(SecretScalar value);
  explicit SecretScalar(Secret<kScalarSize> bytes) : bytes_(std::move(bytes)) {}

  Secret<kScalarSize> bytes_;
};

// Either kind, where both will do.
class ScalarView {
 public:
  // Both are meant to happen without saying so.
  // NOLINTNEXTLINE(google-explicit-constructor)
  ScalarView(const Scalar& scalar) : bytes_(scalar.bytes()) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  ScalarView(const SecretScalar& scalar) : bytes_(scalar.bytes().expose()) {}
  const uint8_t* data() const { return bytes_.data(); }

 private:
  std::span<const uint8_t, kScalarSize> bytes_;
};

SecretScalar SecretSum(ScalarView a, ScalarView b);
SecretScalar SecretDifference(ScalarView a, ScalarView b);
SecretScalar SecretProduct(ScalarView a, ScalarView b);

// The inverses in the same order, for the price of one and three products each. kInvalidArgument
// when one of them is zero.
absl::StatusOr<std::vector<Scalar>> Invert(std::span<const Scalar> scalars);
absl::StatusOr<std::vector<SecretScalar>> Invert(std::span<const SecretScalar> scalars);

// Makes a value public that was computed from secrets, because the protocol publishes it.
Scalar Reveal(SecretScalar value);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_SCALAR_H_
