// Who a signal is about: read, brought into one form, sealed apart from the signal.
//
// Guarantee: what is kept is read by server/identity as the same person again (PersonOf): whoever
// makes keys of a stored identity makes those of what was written. Numbers are kept only of the
// kinds that are used. No message quotes anything of it. Not guaranteed: wiped memory of the
// messages themselves; what is serialised here on the way to and from the seal is wiped.
// Thread-safety: pure functions; the Random given must suit the thread.
#ifndef SLUIS_SERVER_CORE_SUBJECT_IDENTITY_H_
#define SLUIS_SERVER_CORE_SUBJECT_IDENTITY_H_

#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/core/signal_check.h"
#include "server/envelope/field_commitment.h"
#include "server/evaluation/person_of.h"
#include "server/identity/key_kind.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::core {

// The name by which rules grant it. It is no field of the content.
using envelope::kIdentityField;

// As it is kept: names as written, dates, numbers and codes in one form, of an address the area
// only. The second alternative names the field at fault ("identity.surname", …).
std::variant<record::v1::SubjectIdentity, SignalProblem> KeptIdentity(
    const record::v1::SubjectIdentity& written, const identity::KeyKinds& used);

// What was kept, without numbers of kinds that are not used any more.
record::v1::SubjectIdentity WithoutUnused(record::v1::SubjectIdentity kept,
                                          const identity::KeyKinds& used);

// Whether it holds a number of a kind that is not used any more.
bool HoldsUnused(const record::v1::SubjectIdentity& kept, const identity::KeyKinds& used);

// The person, in the form that keys are made of.
using evaluation::PersonOf;
using evaluation::WipeIdentity;

// Seals under a key that seals nothing of the content. Identities of one record, of whatever length
// up to 250 bytes, come out equally long; longer ones in steps of 256.
std::string SealIdentity(const crypto::DataKey& key, std::string_view record_id,
                         const record::v1::SubjectIdentity& identity, crypto::Random& random);
// DATA_LOSS for what does not open, is of another record or cannot be read.
absl::StatusOr<record::v1::SubjectIdentity> UnsealIdentity(const crypto::DataKey& key,
                                                           std::string_view record_id,
                                                           std::string_view sealed);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SUBJECT_IDENTITY_H_
