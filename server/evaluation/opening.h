// Whether an opened entry is about the persons that holders evaluated for it.
//
// The asker's privacy officer runs it on what a sample names. What the person checks who signs a
// question is in hidden_subject.h.
//
// Guarantee: kMatches only when the entry has the leaf hash that holders were shown and lies in the
// asker's log under a head that they know, its parts are
// those that the leaf commits to, its case gives the case token that holders counted under, and its
// match keys, hashed for partnership and purpose and hidden
// under its blinds, are exactly the list that holders evaluated, person by person. Not guaranteed:
// that it is the person of the case, or that match keys of one person are: who reads the opened
// entry sees that. Thread-safety: pure. Ownership: opened match keys lie in memory that is wiped.
// Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_EVALUATION_OPENING_H_
#define SLUIS_SERVER_EVALUATION_OPENING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "crypto/secret.h"
#include "server/identity/wiped_text.h"
#include "sluis/peer/v1/evaluation.pb.h"

namespace sluis::evaluation {

// What the asker's node opens of one entry. An empty salt: it could not.
struct Opening {
  std::string leaf;  // 184 bytes
  std::string subject_salt;
  identity::WipedText subject;
  // An entry of the log is the erasure of its subject part; who opens has seen that entry.
  bool subject_erased = false;
  std::string counterpart_salt;
  std::string counterpart;
  // That the leaf is in the tree of a head that holders know, by the number of its entries.
  uint64_t tree_size = 0;
  std::vector<crypto::Hash> inclusion;
};

enum class OpeningVerdict {
  kMatches,
  kUnopenable,    // no entry, or a part that does not open
  kOtherEntry,    // not the entry that holders were shown
  kNotInLog,      // not proven to be in the asker's log as holders know it
  kOtherRequest,  // its counterpart part names another request, key or list
  kOtherPersons,  // its match keys, hidden, are not what holders evaluated
  kOtherCase,     // holders counted it under another case than the one it names
  kErased,        // the right entry, of which nobody can open any more about whom it was
};
// A fixed word, for example "other_persons".
std::string_view OpeningName(OpeningVerdict verdict);
// The verdict of that word; nothing for another one.
std::optional<OpeningVerdict> OpeningNamed(std::string_view word);

// Whose key and log it is about.
struct OpeningContext {
  std::string_view partnership;
  std::string_view purpose;
  const crypto::Hash& key_id;
  std::string_view origin;  // of the asker's log
  // Of that log, as holders know it.
  std::span<const crypto::TreeHead> heads;
  // Of the asker, with which its node makes case tokens; who opens has it.
  const crypto::Secret<32>& case_key;
};

OpeningVerdict CheckOpening(const OpeningContext& context, const peer::v1::EvaluatedItem& item,
                            const Opening& opening);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_OPENING_H_
