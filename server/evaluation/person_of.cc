#include "server/evaluation/person_of.h"

#include <optional>

namespace sluis::evaluation {

absl::StatusOr<identity::Person> PersonOf(const record::v1::SubjectIdentity& identity) {
  std::optional<identity::Sex> sex;
  if (identity.sex() == record::v1::SEX_FEMALE) sex = identity::Sex::kFemale;
  if (identity.sex() == record::v1::SEX_MALE) sex = identity::Sex::kMale;
  return identity::Person::From({.surname = identity.surname(),
                                 .given = identity.given(),
                                 .born = identity.born(),
                                 .sex = sex,
                                 .postal_code = identity.postal_area(),
                                 .national_number = identity.national_number(),
                                 .bis_number = identity.bis_number(),
                                 .foreign_country = identity.foreign_country(),
                                 .foreign_number = identity.foreign_number()});
}

}  // namespace sluis::evaluation
