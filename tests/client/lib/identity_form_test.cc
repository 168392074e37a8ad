#include "client/lib/identity_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/form_words.h"

namespace sluis::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Form Known() {
  return {{"achternaam", {"Van den Ouweland"}},
          {"voornaam", {"Lena Maria"}},
          {"geboren", {"14/3/1985"}},
          {"geslacht", {"V"}},
          {"postcode", {"2018"}},
          {"rijksregisternummer", {"85.07.30-033.28"}},
          {"bisnummer", {"854730-033-17"}},
          {"land", {"FR"}},
          {"buitenlands_nummer", {"12AB34567"}}};
}

std::vector<std::string> Remarks(const Form& form) {
  record::v1::SubjectIdentity identity;
  std::vector<std::string> out;
  for (const Remark& remark : FillIdentity(form, &identity)) {
    out.push_back(remark.field + " " + remark.message.key);
  }
  return out;
}

TEST(IdentityFormTest, EachFieldFillsItsText) {
  record::v1::SubjectIdentity identity;
  ASSERT_THAT(FillIdentity(Known(), &identity), IsEmpty());
  EXPECT_EQ(identity.surname(), "Van den Ouweland");
  EXPECT_EQ(identity.given(), "Lena Maria");
  EXPECT_EQ(identity.born(), "14/3/1985") << "dates are read by the node";
  EXPECT_EQ(identity.sex(), record::v1::SEX_FEMALE);
  EXPECT_EQ(identity.postal_area(), "2018");
  EXPECT_EQ(identity.national_number(), "85.07.30-033.28");
  EXPECT_EQ(identity.bis_number(), "854730-033-17");
  EXPECT_EQ(identity.foreign_country(), "FR");
  EXPECT_EQ(identity.foreign_number(), "12AB34567");
  Form shown = FormOf(identity);
  record::v1::SubjectIdentity again;
  ASSERT_THAT(FillIdentity(shown, &again), IsEmpty());
  EXPECT_EQ(again.SerializeAsString(), identity.SerializeAsString());
  EXPECT_EQ(shown.size(), IdentityFields().size());
}

TEST(IdentityFormTest, WhatIsWrongIsNamedByField) {
  Form form = Known();
  form["achternaam"] = {std::string(401, 'a')};
  form["geslacht"] = {"x"};
  form["voornaam"] = {"een", "twee"};
  form["postcode"] = {"\xff"};
  EXPECT_THAT(Remarks(form), ElementsAre("achternaam field.too_long", "voornaam field.once",
                                         "geslacht field.not_one_of", "postcode field.not_text"));
}

TEST(IdentityFormTest, TakesThePersonOutOfAFormAndLeavesTheSignal) {
  Form form = {{"over", {"persoon"}}, {"achternaam", {"Maes"}}, {"voornaam", {" "}}};
  EXPECT_EQ(TakeIdentity(form), (Form{{"achternaam", {"Maes"}}}));
  EXPECT_EQ(form, (Form{{"over", {"persoon"}}})) << "an empty field names nobody";
  EXPECT_THAT(TakeIdentity(form), IsEmpty());
}

// Fields of a person and of a signal are never taken for each other, nor for columns of a table.
TEST(IdentityFormTest, NoFieldIsOneOfTheSignal) {
  for (const FormField& field : IdentityFields()) {
    EXPECT_EQ(FindFormField(field.column.name), nullptr) << field.column.name;
    EXPECT_TRUE(NamesPersons(field.column.name));
  }
  for (const FormField& field : FormFields()) {
    EXPECT_FALSE(NamesPersons(field.column.name)) << field.column.name;
  }
  for (const char* column : {"Naam", "familienaam", "Rijksregisternummer", "RRN", "Geboortedatum",
                             "date de naissance", "Prénom"}) {
    EXPECT_TRUE(NamesPersons(column)) << column;
  }
}

TEST(IdentityFormTest, EveryFieldOfTheNodeHasItsNameOnTheForm) {
  const auto* fields = record::v1::SubjectIdentity::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    const std::string name = FormNameOf("identity." + fields->field(i)->name());
    EXPECT_NE(FindIdentityField(name), nullptr) << fields->field(i)->name();
  }
}

}  // namespace
}  // namespace sluis::client
