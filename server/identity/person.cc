#include "server/identity/person.h"

#include <string>
#include <utility>

#include "server/identity/postal_area.h"

namespace sluis::identity {
namespace {

absl::Status In(const char* field, const absl::Status& fault) {
  return absl::Status(fault.code(), std::string(field) + ": " + std::string(fault.message()));
}

}  // namespace

absl::StatusOr<Person> Person::From(const WrittenIdentity& written) {
  Person person;
  absl::StatusOr<Words> surname = NormaliseName(written.surname);
  if (!surname.ok()) return In("surname", surname.status());
  absl::StatusOr<Words> given = NormaliseName(written.given);
  if (!given.ok()) return In("given name", given.status());
  absl::StatusOr<BirthDate> born = BirthDate::Parse(written.born);
  if (!born.ok()) return born.status();
  absl::StatusOr<WipedText> area = PostalArea(written.postal_code);
  if (!area.ok()) return area.status();
  person.surname_ = *std::move(surname);
  person.given_ = *std::move(given);
  person.born_ = *std::move(born);
  person.sex_ = written.sex;
  person.area_ = *std::move(area);
  if (absl::Status taken = person.TakeNumbers(written); !taken.ok()) return taken;
  if (person.surname_.empty() && person.given_.empty() && !person.national_ && !person.bis_ &&
      !person.foreign_) {
    return absl::InvalidArgumentError("person: give a name or a number");
  }
  return person;
}

absl::Status Person::TakeNumbers(const WrittenIdentity& written) {
  if (!written.national_number.empty()) {
    absl::StatusOr<NationalNumber> number = NationalNumber::Parse(written.national_number);
    if (!number.ok()) return number.status();
    auto& own = number->kind() == NumberKind::kBis ? bis_ : national_;
    own = *std::move(number);
  }
  if (!written.bis_number.empty()) {
    absl::StatusOr<NationalNumber> number = NationalNumber::Parse(written.bis_number);
    if (!number.ok()) return In("bis number", number.status());
    if (number->kind() != NumberKind::kBis) {
      return absl::InvalidArgumentError("bis number: this is a national number; swap the fields");
    }
    if (bis_) {
      return absl::InvalidArgumentError("bis number: both numbers are bis numbers; give the newer");
    }
    bis_ = *std::move(number);
  }
  if (!written.foreign_number.empty()) {
    absl::StatusOr<ForeignNumber> number =
        ForeignNumber::Parse(written.foreign_country, written.foreign_number);
    if (!number.ok()) return number.status();
    foreign_ = *std::move(number);
  } else if (!written.foreign_country.empty()) {
    return absl::InvalidArgumentError(
        "foreign number: there is a country and no number; give both");
  }
  return absl::OkStatus();
}

}  // namespace sluis::identity
