// One person as somebody wrote the identity down, brought into the forms that keys are made of.
//
// Guarantee: a person has at least a name or a number. What is held lies in wiped memory, moves and
// does not copy, and nothing prints it; messages name the field and never what stands in it. Not
// guaranteed: that the parts belong together: the date and the sex that a national number hints at
// are not compared with those given, because old numbers keep what was corrected since.
// Thread-safety: like any value. Ownership: a WrittenIdentity borrows for the call; who holds the
// texts wipes them. Errors: kInvalidArgument.
#ifndef SLUIS_SERVER_IDENTITY_PERSON_H_
#define SLUIS_SERVER_IDENTITY_PERSON_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/identity/birth_date.h"
#include "server/identity/foreign_number.h"
#include "server/identity/name_text.h"
#include "server/identity/national_number.h"
#include "server/identity/sex.h"

namespace sluis::identity {

// Empty where nothing is known.
struct WrittenIdentity {
  std::string_view surname = {};
  std::string_view given = {};
  std::string_view born = {};
  std::optional<Sex> sex = {};
  std::string_view postal_code = {};      // of the address now
  std::string_view national_number = {};  // of either kind
  std::string_view bis_number = {};       // that somebody had before a national number
  std::string_view foreign_country = {};
  std::string_view foreign_number = {};
};

class Person {
 public:
  static absl::StatusOr<Person> From(const WrittenIdentity& written);

  const Words& surname() const { return surname_; }
  const Words& given() const { return given_; }
  const BirthDate& born() const { return born_; }
  std::optional<Sex> sex() const { return sex_; }
  const WipedText& area() const { return area_; }
  const std::optional<NationalNumber>& national() const { return national_; }
  const std::optional<NationalNumber>& bis() const { return bis_; }
  const std::optional<ForeignNumber>& foreign() const { return foreign_; }

  Person(Person&&) noexcept = default;
  Person& operator=(Person&&) noexcept = default;
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;

 private:
  Person() = default;
  absl::Status TakeNumbers(const WrittenIdentity& written);

  Words surname_, given_;
  BirthDate born_;
  std::optional<Sex> sex_;
  WipedText area_;
  std::optional<NationalNumber> national_, bis_;
  std::optional<ForeignNumber> foreign_;
};

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_PERSON_H_
