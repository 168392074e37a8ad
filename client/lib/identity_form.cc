#include "client/lib/identity_form.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "client/lib/text.h"

namespace sluis::client {
namespace {

using record::v1::SubjectIdentity;

constexpr char kSex[] = "geslacht";

// Name on the form, most bytes, and the text of the person that it fills; null for the sex.
struct IdentityField {
  FormField field;
  size_t most = 0;
  std::string* (SubjectIdentity::*text)() = nullptr;
};

constexpr IdentityField kFields[] = {
    {{{"achternaam"}}, 400, &SubjectIdentity::mutable_surname},
    {{{"voornaam"}}, 400, &SubjectIdentity::mutable_given},
    {{{"geboren"}}, 32, &SubjectIdentity::mutable_born},
    {{{kSex}, false, false, "vrouw|man"}, 0, nullptr},
    {{{"postcode"}}, 16, &SubjectIdentity::mutable_postal_area},
    {{{"rijksregisternummer"}}, 64, &SubjectIdentity::mutable_national_number},
    {{{"bisnummer"}}, 64, &SubjectIdentity::mutable_bis_number},
    {{{"land"}}, 8, &SubjectIdentity::mutable_foreign_country},
    {{{"buitenlands_nummer"}}, 64, &SubjectIdentity::mutable_foreign_number},
};

constexpr auto kFormFields = [] {
  std::array<FormField, std::size(kFields)> fields{};
  for (size_t i = 0; i < fields.size(); ++i) fields[i] = kFields[i].field;
  return fields;
}();

// What else stands above a column of names or numbers of people.
constexpr std::string_view kOfPersons[] = {"naam",
                                           "naam_en_voornaam",
                                           "familienaam",
                                           "voornamen",
                                           "betrokkene",
                                           "persoon",
                                           "geboortedatum",
                                           "geboortejaar",
                                           "geboortedag",
                                           "nationaal_nummer",
                                           "rrn",
                                           "rijksregister",
                                           "rr_nummer",
                                           "insz",
                                           "bis_nummer",
                                           "paspoort",
                                           "paspoortnummer",
                                           "adres",
                                           "straat",
                                           "telefoon",
                                           "gsm",
                                           "e-mail",
                                           "email",
                                           "nom",
                                           "nom_de_famille",
                                           "prénom",
                                           "prenom",
                                           "date_de_naissance",
                                           "né_le",
                                           "numéro_national",
                                           "numero_national",
                                           "niss",
                                           "adresse",
                                           "name",
                                           "surname",
                                           "last_name",
                                           "first_name",
                                           "given_name",
                                           "date_of_birth",
                                           "birth_date",
                                           "national_number",
                                           "passport",
                                           "address"};

}  // namespace

std::span<const FormField> IdentityFields() { return kFormFields; }

const FormField* FindIdentityField(std::string_view name) {
  const auto found =
      std::find_if(kFormFields.begin(), kFormFields.end(),
                   [&](const FormField& field) { return field.column.name == name; });
  return found == kFormFields.end() ? nullptr : &*found;
}

Form TakeIdentity(Form& form) {
  Form taken;
  for (const FormField& field : kFormFields) {
    const auto at = form.find(field.column.name);
    if (at == form.end()) continue;
    const bool empty =
        std::all_of(at->second.begin(), at->second.end(),
                    [](const std::string& text) { return IsUtf8(text) && Tidy(text).empty(); });
    if (!empty) taken.emplace(at->first, std::move(at->second));
    form.erase(at);
  }
  return taken;
}

std::vector<Remark> FillIdentity(const Form& form, SubjectIdentity* identity) {
  identity->Clear();
  std::vector<Remark> remarks;
  const auto remark = [&](std::string_view field, const char* key, Args args = {}) {
    remarks.push_back({0, 0, std::string(field), {key, std::move(args)}});
  };
  for (const IdentityField& known : kFields) {
    const std::string_view name = known.field.column.name;
    const auto at = form.find(name);
    if (at == form.end() || at->second.empty()) continue;
    if (at->second.size() > 1) {
      remark(name, "field.once");
      continue;
    }
    if (!IsUtf8(at->second.front())) {
      remark(name, "field.not_text");
      continue;
    }
    const std::string value = Tidy(at->second.front());
    if (known.text != nullptr) {
      if (value.size() > known.most) {
        remark(name, "field.too_long", {{"max", std::to_string(known.most)}});
      } else {
        *(identity->*known.text)() = value;
      }
    } else if (const std::string sex = Lower(value); sex == "vrouw" || sex == "v") {
      identity->set_sex(record::v1::SEX_FEMALE);
    } else if (sex == "man" || sex == "m") {
      identity->set_sex(record::v1::SEX_MALE);
    } else if (!sex.empty()) {
      remark(name, "field.not_one_of", {{"words", "vrouw, man"}});
    }
  }
  return remarks;
}

Form FormOf(const SubjectIdentity& identity) {
  Form form;
  SubjectIdentity texts = identity;
  for (const IdentityField& known : kFields) {
    std::string value;
    if (known.text != nullptr) {
      value = *(texts.*known.text)();
    } else if (identity.sex() == record::v1::SEX_FEMALE) {
      value = "vrouw";
    } else if (identity.sex() == record::v1::SEX_MALE) {
      value = "man";
    }
    if (!value.empty()) form[std::string(known.field.column.name)].push_back(std::move(value));
  }
  return form;
}

bool NamesPersons(std::string_view column) {
  std::string name = Lower(Tidy(std::string(column)));
  std::replace(name.begin(), name.end(), ' ', '_');
  return FindIdentityField(name) != nullptr ||
         std::find(std::begin(kOfPersons), std::end(kOfPersons), name) != std::end(kOfPersons);
}

}  // namespace sluis::client
