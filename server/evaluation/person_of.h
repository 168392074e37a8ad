// A person as it is kept or shown, in the form that match keys are made of: one mapping for the
// node that makes them and for whoever makes them anew to see about whom they are.
//
// Guarantee: what PersonOf takes gives the same match keys wherever it runs. Thread-safety: pure.
// Errors: kInvalidArgument of identity::Person, naming no content.
#ifndef SLUIS_SERVER_EVALUATION_PERSON_OF_H_
#define SLUIS_SERVER_EVALUATION_PERSON_OF_H_

#include "absl/status/statusor.h"
#include "server/identity/person.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::evaluation {

absl::StatusOr<identity::Person> PersonOf(const record::v1::SubjectIdentity& identity);

// Zeroes what it holds, and drops it.
void WipeIdentity(record::v1::SubjectIdentity& identity);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_PERSON_OF_H_
