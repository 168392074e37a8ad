// The number of the National Register (Rijksregisternummer, numéro de registre national) and the
// bis number of persons who are known to the state but not registered there.
//
//   YYMMDD sss cc    sss serial of that day, 001 to 998, odd for men; cc = 97 - (YYMMDDsss mod 97),
//                    for who was born from 2000 on with a 2 before the nine digits
//   bis              the month is 20 higher, or 40 when the sex was known when it was given
//
// Guarantee: a value has 11 digits whose check digits fit one of the two rules, which cannot both
// fit. One number has one value, however it is written. The digits lie in locked, wiped memory; no
// message quotes any of them. Not guaranteed: that the number was given to anybody; that the date
// in it is one (unknown parts are 00, and corrections leave old dates behind), so WrittenDate is
// never compared with a birth date; SexHint is a hint for whoever fills in a form and nothing else.
// Thread-safety: like any value. Ownership: expose() borrows. Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_NATIONAL_NUMBER_H_
#define SLUIS_SERVER_IDENTITY_NATIONAL_NUMBER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "server/identity/sex.h"

namespace sluis::identity {

enum class NumberKind : uint8_t { kNational, kBis };

// What a number says of a birth; nothing stands for 00. Not to be trusted.
struct WrittenDate {
  std::optional<int> year, month, day;
};

class NationalNumber {
 public:
  static constexpr size_t kDigits = 11;
  static constexpr size_t kMaxWrittenBytes = 64;

  // Digits with dots, dashes, slashes and spaces between them, as people write them.
  static absl::StatusOr<NationalNumber> Parse(std::string_view written);

  NumberKind kind() const { return kind_; }
  // The digits in ASCII.
  std::span<const uint8_t, kDigits> expose() const { return digits_.expose(); }
  WrittenDate written_date() const;
  // Nothing for a bis number that was given while the sex was unknown.
  std::optional<Sex> sex_hint() const;

 private:
  NationalNumber() = default;
  // The number that `count` digits from `from` on make.
  int Value(size_t from, size_t count) const;

  crypto::Secret<kDigits> digits_;
  NumberKind kind_ = NumberKind::kNational;
  bool born_from_2000_ = false;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_NATIONAL_NUMBER_H_
