#include "crypto/group.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "crypto/disclose.h"

namespace sluis::crypto::oprf {
namespace {

static_assert(kElementSize == crypto_core_ristretto255_BYTES);

absl::Status NotAnElement() {
  return absl::InvalidArgumentError(
      "an element is 32 bytes in its canonical encoding and not the identity: ask its sender to "
      "send "
      "it again");
}

absl::Status Identity() {
  return absl::InvalidArgumentError(
      "the result is the identity, which hides nothing: start again with other inputs");
}

// What libsodium 1.0.18 lets through. It decodes an encoding with bit 255 set as the one without,
// so that every element would have two names, and it takes the identity.
bool IsAcceptedInError(const uint8_t* encoding) {
  return Disclose((encoding[kElementSize - 1] >> 7) | sodium_is_zero(encoding, kElementSize));
}

}  // namespace

// The one place where elements are written without having been decoded, and where libsodium's
// answer -1, for a wrong encoding or an identity, gets its meaning. That answer may be known.
class ElementArithmetic {
 public:
  // The encodings given here come from Elements, so -1 can only mean that the result is the
  // identity.
  static Element Product(ScalarView scalar, const Element& element) {
    Element out;
    if (Disclose(crypto_scalarmult_ristretto255(out.encoding_.data(), scalar.data(),
                                                element.encoding_.data()))) {
      return {};
    }
    return out;
  }

  static Element ProductOfGenerator(ScalarView scalar) {
    Element out;
    if (Disclose(crypto_scalarmult_ristretto255_base(out.encoding_.data(), scalar.data()))) {
      return {};
    }
    return out;
  }

  static bool ProductOfUnchecked(uint8_t* out, ScalarView scalar, const uint8_t* encoding) {
    return !Disclose(crypto_scalarmult_ristretto255(out, scalar.data(), encoding));
  }

  static Element Sum(const Element& a, const Element& b) {
    Element out;
    // Cannot fail: both are valid, and a sum may be the identity.
    if (Disclose(crypto_core_ristretto255_add(out.encoding_.data(), a.encoding_.data(),
                                              b.encoding_.data()))) {
      std::abort();
    }
    return out;
  }

  static Element Difference(const Element& a, const Element& b) {
    Element out;
    if (Disclose(crypto_core_ristretto255_sub(out.encoding_.data(), a.encoding_.data(),
                                              b.encoding_.data()))) {
      std::abort();
    }
    return out;
  }

  static Element FromValid(const Encoding& encoding) {
    Element out;
    out.encoding_ = encoding;
    return out;
  }

  static SecretElement FromValid(Secret<kElementSize> bytes) {
    return SecretElement(std::move(bytes));
  }
};

Element operator+(const Element& a, const Element& b) { return ElementArithmetic::Sum(a, b); }
Element operator-(const Element& a, const Element& b) {
  return ElementArithmetic::Difference(a, b);
}

Element Element::Generator() {
  static const Element generator = oprf::MultiplyGenerator(Scalar(1));
  return generator;
}

absl::StatusOr<Element> Element::Deserialize(BytesView bytes) {
  const uint8_t* const data = AsSpan(bytes).data();
  if (bytes.size() != kElementSize || IsAcceptedInError(data) ||
      crypto_core_ristretto255_is_valid_point(data) != 1) {
    return NotAnElement();
  }
  Element out;
  std::copy(bytes.begin(), bytes.end(), out.encoding_.begin());
  return out;
}

Element Element::FromUniform(const FixedBytes<64>& uniform) {
  Element out;
  crypto_core_ristretto255_from_hash(out.encoding_.data(), uniform.data());
  return out;
}

absl::StatusOr<SecretElement> SecretElement::Deserialize(Secret<kElementSize> bytes) {
  const uint8_t* const data = bytes.expose().data();
  if (IsAcceptedInError(data) || Disclose(1 - crypto_core_ristretto255_is_valid_point(data))) {
    return absl::InvalidArgumentError("the element is not one: restore it from where it was kept");
  }
  return SecretElement(std::move(bytes));
}

SecretElement SecretElement::FromUniform(const Secret<64>& uniform) {
  Secret<kElementSize> out;
  crypto_core_ristretto255_from_hash(out.mutable_span().data(), uniform.expose().data());
  return SecretElement(std::move(out));
}

Element Multiply(ScalarView scalar, const Element& element) {
  return ElementArithmetic::Product(scalar, element);
}

Element MultiplyGenerator(ScalarView scalar) {
  return ElementArithmetic::ProductOfGenerator(scalar);
}

absl::StatusOr<Element> Multiply(ScalarView scalar, const SecretElement& element) {
  Encoding out;
  if (!ElementArithmetic::ProductOfUnchecked(out.data(), scalar, element.bytes().expose().data())) {
    return Identity();
  }
  return ElementArithmetic::FromValid(out);
}

absl::StatusOr<Element> MultiplyEncoded(ScalarView scalar, const Encoding& encoding) {
  Encoding out;
  if (IsAcceptedInError(encoding.data()) ||
      !ElementArithmetic::ProductOfUnchecked(out.data(), scalar, encoding.data())) {
    return NotAnElement();
  }
  return ElementArithmetic::FromValid(out);
}

absl::StatusOr<Element> SumOfProducts(std::span<const Scalar> scalars,
                                      std::span<const Encoding> encodings) {
  if (scalars.empty() || scalars.size() != encodings.size()) {
    return absl::InvalidArgumentError("give one factor for each of at least one element");
  }
  absl::StatusOr<Element> sum = MultiplyEncoded(scalars[0], encodings[0]);
  if (!sum.ok()) return sum;
  for (size_t i = 1; i < scalars.size(); ++i) {
    const absl::StatusOr<Element> term = MultiplyEncoded(scalars[i], encodings[i]);
    if (!term.ok()) return term;
    *sum = *sum + *term;
  }
  return sum;
}

size_t AdditionsOf(std::span<const int32_t> numbers) {
  size_t doublings = 0;
  size_t terms = 0;
  for (const int32_t number : numbers) {
    const auto size = static_cast<uint32_t>(std::abs(int64_t{number}));
    doublings = std::max(doublings, static_cast<size_t>(std::bit_width(size)) - 1);
    terms += static_cast<size_t>(std::popcount(size));
  }
  return doublings + terms - 1;
}

absl::StatusOr<Element> SmallSumOfProducts(std::span<const int32_t> numbers,
                                           std::span<const Encoding> encodings) {
  if (numbers.size() < 2 || numbers.size() != encodings.size()) {
    return absl::InvalidArgumentError("give one number for each of at least two elements");
  }
  uint32_t all = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == 0) return absl::InvalidArgumentError("0 leaves its element out: do so");
    if (IsAcceptedInError(encodings[i].data())) return NotAnElement();
    all |= static_cast<uint32_t>(std::abs(int64_t{numbers[i]}));
  }
  // All doublings are shared. The first term stands as it came, and is decoded by the next step, of
  // which there is one: there are two terms at least.
  Encoding sum{};
  bool begun = false;
  for (int bit = static_cast<int>(std::bit_width(all)) - 1; bit >= 0; --bit) {
    if (begun && crypto_core_ristretto255_add(sum.data(), sum.data(), sum.data()) != 0) {
      return NotAnElement();
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto size = static_cast<uint32_t>(std::abs(int64_t{numbers[i]}));
      if (((size >> bit) & 1) == 0) continue;
      const auto operation =
          numbers[i] > 0 ? crypto_core_ristretto255_add : crypto_core_ristretto255_sub;
      if (!begun && numbers[i] > 0) {
        sum = encodings[i];
      } else if (operation(sum.data(), sum.data(), encodings[i].data()) != 0) {
        return NotAnElement();
      }
      begun = true;
    }
  }
  return ElementArithmetic::FromValid(sum);
}

absl::StatusOr<SecretElement> SecretSumOfProducts(std::span<const SecretScalar> scalars,
                                                  std::span<const Encoding> encodings) {
  if (scalars.empty() || scalars.size() != encodings.size()) {
    return absl::InvalidArgumentError("give one factor for each of at least one element");
  }
  Secret<kElementSize> sum;
  Secret<kElementSize> term;
  for (size_t i = 0; i < scalars.size(); ++i) {
    uint8_t* const out = i == 0 ? sum.mutable_span().data() : term.mutable_span().data();
    if (IsAcceptedInError(encodings[i].data()) ||
        !ElementArithmetic::ProductOfUnchecked(out, scalars[i], encodings[i].data())) {
      return NotAnElement();
    }
    if (i == 0) continue;
    // Cannot fail: both have just been written by libsodium.
    if (Disclose(crypto_core_ristretto255_add(sum.mutable_span().data(), sum.expose().data(),
                                              term.expose().data()))) {
      std::abort();
    }
  }
  if (Disclose(sodium_is_zero(sum.expose().data(), kElementSize))) return Identity();
  return ElementArithmetic::FromValid(std::move(sum));
}

}  // namespace sluis::crypto::oprf
