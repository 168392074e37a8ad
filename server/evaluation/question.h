// The asker's first half: match keys, hashed and hidden, as they are logged before anybody is
// asked.
//
// Guarantee: what is asked about is a CrossNodeInput of server/identity, made for the partnership
// and purpose of the key: no free text, nothing that may not cross nodes, and a K3 only for the
// case that it was granted for. Each element is hidden under a blind of its own, used in this one
// question. A blind follows from fresh bytes, a secret of this node, the request id, the place and
// the match key itself: a random source that stands still repeats no blind for another person, and
// tells nobody the blinds without that secret. Match keys and blinds lie in memory that is wiped;
// the subject part is the caller's to seal and to wipe (WipeSubject). Not guaranteed: that match
// keys under one person are of one person, or that the person is the one the case is about: the
// privacy officer samples. Thread-safety: a Question belongs to one thread. Errors:
// kInvalidArgument, never naming content.
#ifndef SLUIS_SERVER_EVALUATION_QUESTION_H_
#define SLUIS_SERVER_EVALUATION_QUESTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/threshold.h"
#include "server/evaluation/logged_durably.h"
#include "server/evaluation/message.h"
#include "server/evaluation/parts.h"
#include "server/identity/key_input.h"
#include "server/keys/package.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::evaluation {

// 1 to kMaxKeysPerPerson match keys.
using Person = std::vector<identity::CrossNodeInput>;

// Where blinds come from. Borrows.
struct BlindSource {
  crypto::Random& random;
  const crypto::Secret<32>& hedge;  // of this node, for nothing else
};

class Question {
 public:
  // `case_ref`: the case for which it is asked, 1 to kMaxCaseRefBytes. Errors also for a key that
  // is not one of tags, for match keys of another partnership, purpose or case, for one that is
  // there twice or hashes to the identity, and for more than fit in an entry.
  static absl::StatusOr<Question> Of(const keys::Package& package, std::string_view case_ref,
                                     std::vector<Person> persons, const BlindSource& source);

  const RequestId& request_id() const { return entry_.request_id; }
  const crypto::Hash& key_id() const { return entry_.key_id; }
  const AskedEntry& entry() const { return entry_; }
  uint32_t count() const { return entry_.count; }
  const google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson>& blinded() const {
    return blinded_;
  }
  // Case, match keys and blinds, for the entry before anybody is asked.
  void FillSubject(record::v1::SubjectPart& subject) const;
  // To be logged before anybody is asked, with a subject part that FillSubject filled. Until then
  // nothing happened: a question that is not logged is dropped.
  ToLog Log() const;
  // What the person who asks signs.
  envelope::StatementItem Item(std::string_view case_token) const;

 private:
  friend class Asker;
  Question(std::string_view case_ref, std::vector<Person> persons, crypto::oprf::Request hidden)
      : case_ref_(case_ref), persons_(std::move(persons)), hidden_(std::move(hidden)) {}

  std::string case_ref_;
  std::vector<Person> persons_;
  crypto::oprf::Request hidden_;
  AskedEntry entry_;
  google::protobuf::RepeatedPtrField<peer::v1::BlindedPerson> blinded_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_QUESTION_H_
