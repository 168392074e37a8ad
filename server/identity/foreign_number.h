// A number that another state gave a person: of a passport, an identity card, a register.
//
// Guarantee: country and number in one form each: a country code of ISO 3166-1 in capitals (and XK,
// which papers bear as well), and 4 to 32 capital letters and digits with at least one digit, that
// are not what everybody fills in for none: zeros, one digit over and over, digits in a row, a word
// for unknown. The number lies in locked, wiped memory; no message quotes it. Not guaranteed:
// anything about the number itself. States number otherwise, one paper may stand for a whole
// family, offices have fillers of their own, and papers are renewed under new numbers: equal
// numbers are a reason to look, never a match, and different ones say nothing
// (server/identity/result_class.h). Thread-safety: like any value. Ownership: expose() borrows.
// Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_FOREIGN_NUMBER_H_
#define SLUIS_SERVER_IDENTITY_FOREIGN_NUMBER_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace sluis::identity {

class ForeignNumber {
 public:
  static constexpr size_t kMinLength = 4;
  static constexpr size_t kMaxLength = 32;
  static constexpr size_t kMaxWrittenBytes = 64;

  // A Belgian number is none: it has a type of its own.
  static absl::StatusOr<ForeignNumber> Parse(std::string_view country, std::string_view written);

  std::string_view country() const { return {country_.data(), country_.size()}; }
  std::span<const uint8_t> expose() const { return number_.expose().first(length_); }

 private:
  ForeignNumber() = default;

  std::array<char, 2> country_{};
  crypto::Secret<kMaxLength> number_;
  size_t length_ = 0;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_FOREIGN_NUMBER_H_
