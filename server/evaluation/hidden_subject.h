// The subject part of an entry that asks about persons, and what it hides to.
//
// Who is asked to sign a question runs CheckSubject and CheckPersons on what the node shows, before
// anything is signed; the privacy officer runs the same on what a sample names (opening.h).
//
// Guarantee: CheckSubject is true only when the match keys of the part, hashed for partnership and
// purpose and hidden under its blinds, are exactly the list of that digest, person by person;
// CheckPersons only when each match key is one that these identities give. Together: what is signed
// is about these persons and nobody else. Not guaranteed: that an identity is that of the case; who
// reads it sees that. Nothing is told of a K3, which takes a grant: CheckPersons refuses it.
// Thread-safety: pure. Ownership: opened match keys lie in memory that is wiped. Source:
// docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_EVALUATION_HIDDEN_SUBJECT_H_
#define SLUIS_SERVER_EVALUATION_HIDDEN_SUBJECT_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/bytes.h"
#include "sluis/record/v1/entry.pb.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::evaluation {

// A subject part as stored, wiped at the end.
class OpenedSubject {
 public:
  explicit OpenedSubject(crypto::BytesView bytes);
  ~OpenedSubject();
  OpenedSubject(const OpenedSubject&) = delete;
  OpenedSubject& operator=(const OpenedSubject&) = delete;

  std::string_view case_ref() const { return part_.case_ref(); }
  // False also when the bytes are none.
  bool HidesTo(std::string_view partnership, std::string_view purpose, uint32_t count,
               const crypto::Hash& blinded_digest) const;

 private:
  record::v1::SubjectPart part_;
  const bool reads_;
};

// Whether a subject part, as stored, hides to this list. False also for one that cannot be read.
bool CheckSubject(std::string_view partnership, std::string_view purpose, crypto::BytesView subject,
                  uint32_t count, const crypto::Hash& blinded_digest);

// Whether it asks about these persons, in their order, by at least one match key each.
bool CheckPersons(std::string_view partnership, std::string_view purpose,
                  const record::v1::SubjectPart& subject,
                  std::span<const record::v1::SubjectIdentity> persons);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_HIDDEN_SUBJECT_H_
