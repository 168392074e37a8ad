// A birth date as people write it, parts of which may be unknown.
//
// Guarantee: a full date exists in the calendar; a day is never known without its month, nor a
// month without its year. One date has one value however it is written. It lies in locked, wiped
// memory; no message quotes it. 1 January 1900, which programs store for nothing, is unknown. Not
// guaranteed: that 1 January of another year is more than "that year": registers write it for
// either. Thread-safety: like any value. Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_BIRTH_DATE_H_
#define SLUIS_SERVER_IDENTITY_BIRTH_DATE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

class BirthDate {
 public:
  static constexpr size_t kMaxWrittenBytes = 32;
  static constexpr int kFirstYear = 1880;
  static constexpr int kLastYear = 2100;

  BirthDate() = default;  // unknown

  // Year first (1985-03-14) or day first (14/3/1985), parted by dots, dashes, slashes or spaces,
  // the year with four digits; 1985, 03/1985 and 1985-03 where no more is known, and 0 or 00 for a
  // part that is not. Nothing written is unknown.
  static absl::StatusOr<BirthDate> Parse(std::string_view written);

  // Day, month and year are known.
  bool IsFull() const { return fields_.expose()[3] != 0; }
  bool IsUnknown() const { return fields_.expose()[0] == 0; }

  // YYYY-MM-DD; empty unless IsFull.
  WipedText Iso() const;
  // What is known: YYYY-MM-DD, YYYY-MM, YYYY or nothing. Parse reads it as the same date.
  WipedText Known() const;
  // The same with the smaller of day and month first: one text for a date and for its swap.
  WipedText IsoUnswapped() const;

 private:
  int year() const { return fields_.expose()[0] * 100 + fields_.expose()[1]; }

  crypto::Secret<4> fields_;  // century, year in it, month, day; 0 where unknown
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_BIRTH_DATE_H_
