// The person whom a signal is about, as people fill it in: fields with Dutch names, beside those of
// the signal (client/lib/signal_form.h) and never among the columns of a table.
//
// Guarantee: FillIdentity answers no remark only where each value is one text of the length that
// identity.proto states and the sex is a word; FormOf(identity) filled in again gives the same. Not
// guaranteed: that the node takes it: names, dates and numbers are read there, and which numbers
// are used its partnership decides. Thread-safety: pure.
#ifndef SLUIS_CLIENT_LIB_IDENTITY_FORM_H_
#define SLUIS_CLIENT_LIB_IDENTITY_FORM_H_

#include <span>
#include <string_view>
#include <vector>

#include "client/lib/signal_form.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::client {

// All fields of a person, in the order of the documentation.
std::span<const FormField> IdentityFields();
// The field of this name; null when there is none.
const FormField* FindIdentityField(std::string_view name);

// Takes the fields of a person out of `form`; empty when nobody is named in it.
Form TakeIdentity(Form& form);

// Writes the person; answers what is wrong, in the order of the fields, empty when all is well.
std::vector<Remark> FillIdentity(const Form& form, record::v1::SubjectIdentity* identity);

Form FormOf(const record::v1::SubjectIdentity& identity);

// Whether a column of this name would bring in persons: a field of a person, or a word that
// registers and lists have for one.
bool NamesPersons(std::string_view column);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_IDENTITY_FORM_H_
