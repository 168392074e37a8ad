#include "server/evaluation/person_of.h"

#include <optional>
#include <string>

#include "crypto/secret.h"

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

void WipeIdentity(record::v1::SubjectIdentity& identity) {
  for (std::string* text :
       {identity.mutable_surname(), identity.mutable_given(), identity.mutable_born(),
        identity.mutable_postal_area(), identity.mutable_national_number(),
        identity.mutable_bis_number(), identity.mutable_foreign_country(),
        identity.mutable_foreign_number()}) {
    crypto::Wipe(*text);
  }
  identity.Clear();
}

}  // namespace sluis::evaluation
